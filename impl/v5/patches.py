"""Patches of v5: applied in v5's shape, written as the v4 document they lead to. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from impl.patch.apply import Patch
from impl.patch.operations import UNKNOWN, same
from impl.query.attributes import Attribute
from impl.v5.documents import changed, up
from impl.v5.errors import named_already
from impl.v5.mapping import SHAPES, TYPE, Json
from impl.v5.paths import stored_path


@dataclass(frozen=True)
class V5Patch(Patch):
    """A patch in any of the four formats, of a document in v5's shape.

    To a collection it is a patch of the v4 document, so patchable attributes, versions and events
    stay as they are. `view` shows v4 documents, with links below v5's base.
    """

    resource: str = ""
    attributes: Attribute = UNKNOWN
    """The resource's attributes by their v5 names."""

    check: Callable[[Json], object] = lambda _: None
    """Raises the error of a document that v5's contract does not allow."""

    def apply(self, document: Json, _resource: Attribute, zone: tzinfo) -> Any:
        """A copy of the v4 document with the patch applied; the same one if it changes nothing.

        What the patch leaves alone stays as it is stored, even if v5 does not show it. Errors name
        attributes as v5 does.
        """
        before = up(document, self.resource)
        with named_already():
            after = replace(self, body=self._body()).patched(before, zone)
            if not isinstance(after, dict):
                return after
            if same(before, after):
                return document
            self.check(after)
            return changed(document, before, after, self.resource)

    def patched(self, shown: Json, zone: tzinfo) -> Any:
        """A copy of a document of v5 with the patch applied."""
        return super().apply(shown, self.attributes, zone)

    @property
    def merged(self) -> Json:
        """The members of a merge patch by their v4 names; empty for the other formats."""
        body = self._body() if self._is_merge else {}
        return {stored_path((name,), self.resource)[0]: each for name, each in body.items()}

    def mentions(self, document: Json, changed: Json) -> frozenset[str]:
        """The v4 attributes that it sets: all in a merge patch, else those that it changes."""
        return frozenset(self.merged) if self._is_merge else super().mentions(document, changed)

    def _body(self) -> Any:
        """The body, in a merge patch by the names that v5 shows, and without the default `@type`.

        v5 requires `@type` of every body, to say which schema it has. So the default one leaves the
        `@type` of a resource of a subtype alone, and a patch of the state alone needs no document.
        """
        if not self._is_merge:
            return self.body
        shape = SHAPES[self.resource]
        names = {v4: v5 for v5, v4 in shape.either.items() if v5 not in self.body}
        body = {names.get(name, name): each for name, each in self.body.items()}
        return {name: each for name, each in body.items() if (name, each) != (TYPE, shape.type)}
