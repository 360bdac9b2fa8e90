"""A patch as it came, and what it makes of a document."""

from dataclasses import dataclass
from typing import Any

from impl.errors import FieldInvalid
from impl.patch.merge import merge

Json = dict[str, Any]


@dataclass(frozen=True)
class Patch:
    """A patch's body, the media type that says how to read it, and the resource's own URL."""

    media_type: str
    body: Any
    href: str

    def apply(self, document: Json) -> Json:
        """The JSON document with the patch applied; the document itself is left as it was."""
        patched: Json = merge(document, self.body)
        return patched


def refuse_unpatchable(before: Json, after: Json, patchable: frozenset[str] | None) -> None:
    """Raise FieldInvalid for the first changed attribute that a patch may not change.

    With None, all may be changed but `id` and `href`.
    """
    for name in sorted(before.keys() | after.keys()):
        allowed = name not in ("id", "href") if patchable is None else name in patchable
        if not allowed and before.get(name) != after.get(name):
            raise FieldInvalid(name, "can't be patched")
