"""A patch as it came, and what it makes of a document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Protocol

import orjson

from impl.errors import FieldInvalid, refuse
from impl.patch import operations, selection
from impl.patch.budget import Budget
from impl.patch.merge import merge
from impl.query.attributes import Attribute

Json = dict[str, Any]
_PLAIN = frozenset({str, int, float, bool})


class View(Protocol):
    """How a client sees documents: what is shown of one, and what of that is stored."""

    def one(self, document: Mapping[str, Any]) -> bytes:
        """The document as the client sees it, as JSON."""

    def removed(self, shown: Mapping[str, Any]) -> Json:
        """What the client sees, without what is only shown."""


@dataclass(frozen=True)
class Patch:
    """A patch's body, the media type that says how to read it, and the view that it is about."""

    media_type: str
    body: Any
    view: View
    wanted: Callable[[], bool] = lambda: True
    """Whether who sent it still waits for what comes of it."""

    alone: bool = True
    """Whether no other patch is applied now that does much."""

    def shown(self, document: Mapping[str, Any]) -> Json:
        """The document as who sent the patch sees it, as JSON values.

        Raises Postponed where it is a large one, and the patch is not `alone`.
        """
        text = self.view.one(document)
        Budget(alone=self.alone).begins(text)
        value: Json = orjson.loads(text)
        return value

    def apply(self, document: Json, resource: Attribute, zone: tzinfo) -> Any:
        """The JSON document with the patch applied; the document itself is left as it was.

        Dates in the paths of JSON Patch with queries are days of the time zone. Raises Conflict
        where the patch does not fit the document, BodyInvalid, and Postponed where it does much and
        is not `alone`.
        """
        work = Budget(alone=self.alone)
        match self.media_type:
            case "application/json-patch+json":
                return operations.patched(document, self.body, resource, work)
            case "application/json-patch-query+json":
                return selection.patched(document, self.body, resource, zone, work)
        return merge(document, self.body)

    def mentions(self, document: Json, changed: Json) -> frozenset[str]:
        """The attributes that it sets: all that a merge patch names, else those that it changes."""
        if self._is_merge:
            return frozenset(self.body)
        names = document.keys() | changed.keys()
        return frozenset(name for name in names if document.get(name) != changed.get(name))

    @property
    def merged(self) -> Json:
        """What a merge patch says of attributes; nothing of the other formats."""
        return dict(self.body) if self._is_merge else {}

    @property
    def assigned(self) -> Json:
        """What a merge patch does, where that is to give attributes plain values; else nothing."""
        return self.merged if all(type(each) in _PLAIN for each in self.merged.values()) else {}

    @property
    def _is_merge(self) -> bool:
        return isinstance(self.body, dict) and "query" not in self.media_type

    def named(self, document: Json, changed: Json) -> Json:
        """The changed document, and what a merge patch removes that was not there: it named it."""
        nulls = {name: value for name, value in self.merged.items() if value is None}
        return {name: null for name, null in nulls.items() if name not in document} | changed


def refuse_unpatchable(before: Json, after: Json, patchable: frozenset[str] | None) -> None:
    """Raise FieldInvalid where attributes change that a patch may not change.

    With None, all may be changed but `id` and `href`.
    """
    names = before.keys() | after.keys()
    kept = names & {"id", "href"} if patchable is None else names - patchable
    refuse(
        FieldInvalid(name, "can't be patched")
        for name in sorted(kept)
        if not (name in before and name in after and operations.same(before[name], after[name]))
    )
