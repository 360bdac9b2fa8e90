"""JSON Patch (RFC 6902) on pointers (RFC 6901): operations applied one after the other, or none."""

import re
from collections.abc import Collection
from typing import Any, TypeAlias

from impl.bounds import MAX_DEPTH, MAX_MEMBERS
from impl.errors import BodyInvalid, Conflict, FieldInvalid

Pointer: TypeAlias = tuple[str, ...]
_BAD_ESCAPE = re.compile(r"~(?![01])")
MAX_OPERATIONS = 100
MAX_COPIED = 1_000_000
"""How many characters of text a patch may copy: a few doublings fill any memory."""
VALUE_COST = 16
"""What a value takes beside its text, in characters: copying it takes that much longer."""


def patched(document: Any, operations: list[dict[str, Any]]) -> Any:
    """The document with all operations applied; it is left as it was.

    Raises BodyInvalid for what is no patch, and Conflict where a `test` fails or a path leads
    nowhere in this document (RFC 5789 section 2.2).
    """
    if len(operations) > MAX_OPERATIONS:
        raise BodyInvalid(f"a patch of over {MAX_OPERATIONS} operations")
    return Patcher(document).apply(operations)


class Patcher:
    """A document being patched."""

    def __init__(self, document: Any) -> None:
        self._root = _copied(document)
        self._copied = 0

    def apply(self, operations: list[dict[str, Any]]) -> Any:
        """Apply the operations in their order; what they make of the document."""
        for index, operation in enumerate(operations):
            self.one(operation["op"], pointer(operation["path"]), operation, f"{index}")
        return self._root

    @property
    def document(self) -> Any:
        """The document as it is by now."""
        return self._root

    def one(self, op: str, at: Pointer, operation: dict[str, Any], name: str) -> None:
        """Apply one operation at a place."""
        match op:
            case "test":
                if not same(self._get(at), self._value(operation, name)):
                    raise Conflict(f"{name}.value: is not what is stored at {operation['path']!r}")
            case "remove":
                self._remove(at)
            case "add":
                self._add(at, self._value(operation, name))
            case "replace":
                self._replace(at, self._value(operation, name))
            case "move" | "copy":
                self._transfer(op, at, self._from(operation, name))

    def _transfer(self, op: str, at: Pointer, source: Pointer) -> None:
        value = self._get(source)
        if op == "move":
            if at[: len(source)] == source and at != source:
                raise Conflict("a value can't be moved into itself")
            self._remove(source)
            self._add(at, value)
            return
        self._copied += _size(value)
        if self._copied > MAX_COPIED:
            raise BodyInvalid("a patch that copies more than one resource may hold")
        self._add(at, _copied(value))

    def _value(self, operation: dict[str, Any], name: str) -> Any:
        if "value" not in operation:
            raise FieldInvalid(f"{name}.value", "is needed")
        return _copied(operation["value"])

    def _from(self, operation: dict[str, Any], name: str) -> Pointer:
        if "from" not in operation:
            raise FieldInvalid(f"{name}.from", "is needed")
        return pointer(operation["from"])

    def _get(self, at: Pointer) -> Any:
        value = self._root
        for name in at:
            value = _member(value, name, at)
        return value

    def _add(self, at: Pointer, value: Any) -> None:
        _refuse_deeper(value, MAX_DEPTH - len(at))
        if not at:
            self._root = value
            return
        parent = self._get(at[:-1])
        if isinstance(parent, list):
            parent.insert(len(parent) if at[-1] == "-" else _index(at[-1], len(parent), at), value)
        elif isinstance(parent, dict):
            parent[at[-1]] = value
        else:
            raise _nowhere(at)
        if len(parent) > MAX_MEMBERS:
            raise Conflict(f"/{'/'.join(at[:-1])} would have more than {MAX_MEMBERS} members")

    def _replace(self, at: Pointer, value: Any) -> None:
        _refuse_deeper(value, MAX_DEPTH - len(at))
        if not at:
            self._root = value
            return
        parent = self._get(at[:-1])
        _member(parent, at[-1], at)
        parent[_index(at[-1], len(parent) - 1, at) if isinstance(parent, list) else at[-1]] = value

    def _remove(self, at: Pointer) -> None:
        if not at:
            raise Conflict("the whole resource can't be removed by a patch")
        parent = self._get(at[:-1])
        _member(parent, at[-1], at)
        del parent[_index(at[-1], len(parent) - 1, at) if isinstance(parent, list) else at[-1]]


def pointer(text: str) -> Pointer:
    """The names and indexes of a JSON Pointer; BodyInvalid where it is none."""
    if (text and not text.startswith("/")) or _BAD_ESCAPE.search(text):
        raise BodyInvalid(f"{text!r} is not a JSON Pointer")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, `true` is not 1."""
    if one is other:  # as most is that a patch leaves alone
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _member(value: Any, name: str, at: Pointer) -> Any:
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, list):
        return value[_index(name, len(value) - 1, at)]
    raise _nowhere(at)


def _index(name: str, last: int, at: Pointer) -> int:
    is_index = name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
    if not is_index or len(name) > 9 or int(name) > last:
        raise _nowhere(at)
    return int(name)


def _nowhere(at: Pointer) -> Conflict:
    return Conflict(f"there is no /{'/'.join(at)} in what is stored")


def _members(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _size(value: Any) -> int:
    """What copying it costs: the characters of its texts and names, and its values."""
    names = sum(map(len, value)) if isinstance(value, dict) else 0
    text = len(value) if isinstance(value, str) else 0
    return VALUE_COST + names + text + sum(map(_size, _members(value)))


def _copied(value: Any) -> Any:
    """A JSON value that shares nothing that may change; `copy.deepcopy` takes far longer."""
    if isinstance(value, dict):
        return {name: _copied(member) for name, member in value.items()}
    return [_copied(member) for member in value] if isinstance(value, list) else value


def _refuse_deeper(value: Any, levels: int) -> None:
    if isinstance(value, (dict, list)) and levels <= 0:
        raise Conflict(f"the resource would nest deeper than {MAX_DEPTH} levels")
    for member in _members(value):
        _refuse_deeper(member, levels - 1)
