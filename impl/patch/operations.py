"""JSON Patch (RFC 6902) with pointers (RFC 6901): all operations in their order, or none."""

import re
from typing import Any, TypeAlias

import orjson

from impl import json_pointer
from impl.document_limits import MAX_DEPTH, MAX_MEMBERS
from impl.errors import BodyInvalid, Conflict, FieldMissing, about, path
from impl.patch.budget import HOLDERS, Budget, members, refuse_many, size
from impl.query.attributes import Attribute

Pointer: TypeAlias = tuple[str, ...]
Index: TypeAlias = tuple[int, ...]
"""The place of an operation in the body: an index, or empty if the operation is the body."""

_BAD_ESCAPE = re.compile(r"~(?![01])")
UNKNOWN = Attribute("any")
WALK = 2
"""The work of walking past a value, in copied characters."""


def patched(
    document: Any,
    operations: list[dict[str, Any]],
    resource: Attribute = UNKNOWN,
    budget: Budget | None = None,
) -> Any:
    """A copy of the document with all operations applied.

    If an operation adds to a list of the resource that is absent, an empty list is created first.
    Raises BodyInvalid for a malformed patch and for one that does too much, and Conflict if a
    `test` fails or a path leads nowhere in this document (RFC 5789 section 2.2).
    """
    refuse_many(operations)
    return Patcher(document, resource, budget or Budget()).apply(operations)


class Patcher:
    """A document while it is patched, within the budget of one patch."""

    def __init__(self, document: Any, resource: Attribute, budget: Budget) -> None:
        self._root = _copied(document)
        self._resource = resource
        self._budget = budget

    def apply(self, operations: list[dict[str, Any]]) -> Any:
        """Apply the operations in their order; the patched document."""
        for index, operation in enumerate(operations):
            with about(path([index, "path"])):
                at = pointer(operation["path"])
            self.one(operation["op"], at, operation, (index,))
        return self._root

    @property
    def document(self) -> Any:
        """The document as it is by now."""
        return self._root

    def one(self, op: str, at: Pointer, operation: dict[str, Any], where: Index) -> None:
        """Apply one operation at a place; errors name `where` it is in the body."""
        with about(path([*where, "path"])):
            self._apply(op, at, operation, where)

    def _apply(self, op: str, at: Pointer, operation: dict[str, Any], where: Index) -> None:
        match op:
            case "test":
                if not same(self._get(at), self._value(operation, where)):
                    why = f"is not what is stored at {operation['path']!r}"
                    raise Conflict(why, attribute=path([*where, "value"]))
            case "remove":
                self._remove(at)
            case "add":
                self._add(at, _copied(self._value(operation, where)))
            case "replace":
                self._replace(at, _copied(self._value(operation, where)))
            case "move" | "copy":
                with about(path([*where, "from"])):
                    source = self._from(operation, where)
                    value = self._get(source)
                self._transfer(op, at, source, value)

    def _transfer(self, op: str, at: Pointer, source: Pointer, value: Any) -> None:
        if op == "move":
            if at[: len(source)] == source and at != source:
                raise Conflict("a value can't be moved into itself")
            self._remove(source)
            self._add(at, value)
            return
        self._budget.spend(size(value))
        self._add(at, _copied(value))

    def _value(self, operation: dict[str, Any], where: Index) -> Any:
        if "value" not in operation:
            raise FieldMissing(path([*where, "value"]), "is needed")
        return operation["value"]

    def _from(self, operation: dict[str, Any], where: Index) -> Pointer:
        if "from" not in operation:
            raise FieldMissing(path([*where, "from"]), "is needed")
        return pointer(operation["from"])

    def _get(self, at: Pointer) -> Any:
        value = self._root
        for name in at:
            value = _member(value, name, at)
        return value

    def is_list(self, at: Pointer) -> bool:
        """Whether the contract has a list at a place."""
        attribute: Attribute | None = self._resource
        in_list = False
        for name in at:
            in_list = not in_list and attribute is not None and attribute.array
            if not in_list:
                attribute = attribute and attribute.members.get(name)
        return attribute is not None and attribute.array and not in_list

    def _list_to_add_to(self, at: Pointer) -> Any:
        """The value at a place; a new empty list if the contract has a list that is absent."""
        owner = self._get(at[:-1]) if at else None
        if isinstance(owner, dict) and at[-1] not in owner and self.is_list(at):
            owner[at[-1]] = []
        return self._get(at)

    def _add(self, at: Pointer, value: Any) -> None:
        self._budget.spend(_measured(value, MAX_DEPTH - len(at)))
        if not at:
            self._root = value
            return
        appends = at[-1] in ("-", "0")
        parent = self._list_to_add_to(at[:-1]) if appends else self._get(at[:-1])
        if isinstance(parent, list):
            parent.insert(len(parent) if at[-1] == "-" else _index(at[-1], len(parent), at), value)
        elif isinstance(parent, dict):
            parent[at[-1]] = value
        else:
            raise _nowhere(at)
        if len(parent) > MAX_MEMBERS:
            raise Conflict(f"/{'/'.join(at[:-1])} would have more than {MAX_MEMBERS} members")

    def _replace(self, at: Pointer, value: Any) -> None:
        self._budget.spend(_measured(value, MAX_DEPTH - len(at)))
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
    """The names and indexes of a JSON Pointer; BodyInvalid if the text is none."""
    if (text and not text.startswith("/")) or _BAD_ESCAPE.search(text):
        raise BodyInvalid(f"{text!r} is not a JSON Pointer")
    return json_pointer.parts(text)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, `true` is not 1."""
    if one is other:  # true for most values that a patch leaves alone
        return True
    if not (isinstance(one, HOLDERS) and isinstance(other, HOLDERS)):
        return _alike(one, other)
    if one != other:
        return False
    return orjson.dumps(one) == orjson.dumps(other) or _alike(one, other)  # the first is fast


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
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
    return Conflict(f"there is no /{'/'.join(at)} in the stored resource")


def _copied(value: Any) -> Any:
    """A deep copy of a JSON value; `copy.deepcopy` takes far longer."""
    if isinstance(value, dict):
        return {k: _copied(v) if isinstance(v, HOLDERS) else v for k, v in value.items()}
    if isinstance(value, list):
        return [_copied(each) if isinstance(each, HOLDERS) else each for each in value]
    return value


def _measured(value: Any, levels: int) -> int:
    """The work of counting the levels of a value; Conflict if it has more than these."""
    if not isinstance(value, HOLDERS):
        return WALK
    if levels <= 0:
        raise Conflict(f"the resource would nest deeper than {MAX_DEPTH} levels")
    below = [_measured(each, levels - 1) for each in members(value) if isinstance(each, HOLDERS)]
    return WALK * (1 + len(value) - len(below)) + sum(below)
