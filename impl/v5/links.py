"""Documents as a client of v5 reads them: v5's shape, with `href`s below v5's base."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from impl.links import Links, links, to_json
from impl.query.language import Document, Rendered, Selection
from impl.query.project import project
from impl.v5.documents import up
from impl.v5.mapping import Json


@dataclass(frozen=True)
class V5Links(Links):
    """The documents of one resource in v5's shape, with the selected attributes or all."""

    fields: Selection | None = None

    @property
    def v4(self) -> Links:
        """The links in documents of v4's shape, which patches change."""
        return links(self.base, self.resource)

    def one(self, document: Mapping[str, Any]) -> bytes:
        """A document as JSON."""
        return to_json(next(self._shown([document])))

    def many(self, documents: Iterable[Mapping[str, Any]]) -> bytes:
        """A list of documents as JSON."""
        return to_json(list(self._shown(documents)))

    def _shown(self, documents: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
        v4 = self.v4
        for each in documents:
            with_links = (
                orjson.loads(v4.one(each)) if isinstance(each, Rendered) else v4.added(each)
            )
            shown = up(with_links, self.resource)
            yield shown if self.fields is None else project(Document(shown), self.fields)
