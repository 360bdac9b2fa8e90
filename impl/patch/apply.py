"""A patch as a client sent it, and the document that it leads to."""

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
    """How clients see documents, with attributes such as `href` that are shown but not stored."""

    def one(self, document: Mapping[str, Any]) -> bytes:
        """The JSON text of the document as clients see it."""

    def removed(self, shown: Mapping[str, Any]) -> Json:
        """The document without the attributes that are only shown."""


@dataclass(frozen=True)
class Patch:
    """A patch: its body, the media type that says how to read it, and the view that it changes."""

    media_type: str
    body: Any
    view: View
    wanted: Callable[[], bool] = lambda: True
    """Whether the client still waits for the answer."""

    alone: bool = True
    """Whether no other heavy patch is applied at the same time."""

    def shown(self, document: Mapping[str, Any]) -> Json:
        """The document as the client sees it, as JSON values.

        Raises Postponed if the document is large and the patch is not `alone`.
        """
        text = self.view.one(document)
        Budget(alone=self.alone).start(text)
        value: Json = orjson.loads(text)
        return value

    def apply(self, document: Json, resource: Attribute, zone: tzinfo) -> Any:
        """A copy of the JSON document with the patch applied.

        Dates in the paths of JSON Patch with queries are days of the time zone. Raises Conflict if
        the patch does not fit the document, BodyInvalid, and Postponed if it is heavy and not
        `alone`.
        """
        budget = Budget(alone=self.alone)
        match self.media_type:
            case "application/json-patch+json":
                return operations.patched(document, self.body, resource, budget)
            case "application/json-patch-query+json":
                return selection.patched(document, self.body, resource, zone, budget)
        return merge(document, self.body)

    def mentions(self, document: Json, changed: Json) -> frozenset[str]:
        """The attributes that it sets: all names in a merge patch, else those that it changes."""
        if self._is_merge:
            return frozenset(self.body)
        names = document.keys() | changed.keys()
        return frozenset(name for name in names if document.get(name) != changed.get(name))

    @property
    def merged(self) -> Json:
        """The members of a merge patch; empty for the other formats."""
        return dict(self.body) if self._is_merge else {}

    @property
    def assigned(self) -> Json:
        """The members of a merge patch if all are plain values; else empty."""
        return self.merged if all(type(each) in _PLAIN for each in self.merged.values()) else {}

    @property
    def _is_merge(self) -> bool:
        return isinstance(self.body, dict) and "query" not in self.media_type

    def named(self, document: Json, changed: Json) -> Json:
        """The changed document, and null for each attribute that a merge patch removes in vain."""
        nulls = {name: value for name, value in self.merged.items() if value is None}
        return {name: null for name, null in nulls.items() if name not in document} | changed


def refuse_unpatchable(before: Json, after: Json, patchable: frozenset[str] | None) -> None:
    """Raise FieldInvalid for each attribute that changes and is not patchable.

    None stands for all attributes but `id` and `href`.
    """
    names = before.keys() | after.keys()
    fixed = names & {"id", "href"} if patchable is None else names - patchable
    refuse(
        FieldInvalid(name, "can't be patched")
        for name in sorted(fixed)
        if not (name in before and name in after and operations.same(before[name], after[name]))
    )
