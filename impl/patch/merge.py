"""JSON Merge Patch (RFC 7396)."""

from typing import Any

from impl.document_limits import MAX_MEMBERS
from impl.errors import Conflict, path


def merge(target: Any, patch: Any, at: tuple[str, ...] = ()) -> Any:
    """A copy of the target with the patch merged in; `at` is the target's path, for errors.

    Null removes, objects merge, all else replaces. Raises Conflict if an object would have more
    members than a resource may.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value, (*at, name))
    if len(merged) > MAX_MEMBERS:
        raise Conflict(f"an object would have more than {MAX_MEMBERS} members", attribute=path(at))
    return merged
