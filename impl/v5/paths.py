"""Paths of v5 as they are stored, and stored ones as v5 names them. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from impl.errors import Place
from impl.query.language import Path
from impl.v5.mapping import BASE_TYPE, REFERRED_TYPE, SHAPES, TYPE, WRAPPER, Limit, Shape

_INDEX = re.compile("[0-9]{1,9}")

Special: TypeAlias = Literal["type", "referred type", "computed", "limited", "nested", "nowhere"]
"""Why v5 may show another value than the one that is stored at a path.

The first two have defaults. A `computed` value follows from others. A `limited` one may be a value
that v5 does not show. A `nested` object is not stored as one. `nowhere` is a path that leads to
nothing in any document of v5.
"""


@dataclass(frozen=True)
class End:
    """Where a path of v5 leads from an object on."""

    path: Path = ()
    """The stored path."""

    special: Special | None = None
    owner: Shape | None = None
    """The shape of the object whose member the last name is, if that is special."""

    parent: Path = ()
    """The stored path of that object."""

    shape: Shape | None = None
    """The shape of the value; None if it is the same in both versions."""

    limit: Limit | None = None
    """The values that v5 shows, if the value is limited."""

    in_array: bool = False
    """Whether the value is an array of such objects."""

    array: int = 0
    """How many names lead to the first array that the path goes through; 0 without one."""


def end(path: Path, shape: Shape | None) -> End:
    """Where the path leads from an object of this shape on."""
    place = End(shape=shape)
    for at, name in enumerate(path):
        place = _below(place, name, at)
    return place


def stored_path(path: Path, resource: str) -> Path:
    """The path of v5 as it is stored."""
    return end(path, SHAPES[resource]).path


def shown_place(place: Place, resource: str) -> Place:
    """The place in a v4 document of the resource as v5 names it."""
    shown: list[str | int] = []
    shape: Shape | None = SHAPES[resource]
    for at, name in enumerate(place):
        if shape is None or isinstance(name, int):
            shown.append(name)
        elif shape.nested is None:
            shown.append(shape.v5_names.get(name) or name)
            shape = shape.members.get(name)
        elif name in shape.own:
            return (*shown, *place[at:])
        elif name == WRAPPER:
            return (*shown, *place[at + 1 :])
        elif name == shape.nested[0]:  # v5's contract has found the error
            return (*shown, *place[at:])
        else:
            return (*shown, shape.nested[0], *place[at:])
    return tuple(shown)


def _below(place: End, name: str, at: int) -> End:
    if place.special is not None and place.special != "nested":
        return replace(place, special="nowhere", shape=None)
    if place.shape is None:
        return replace(place, path=(*place.path, name))
    if place.in_array and _INDEX.fullmatch(name):
        return replace(place, path=(*place.path, name), in_array=False)
    array = place.array or (at if place.in_array else 0)
    inner = _member if place.shape.nested is None else _outer_member
    return replace(inner(place, place.shape, name), array=array, parent=place.path)


def _member(place: End, shape: Shape, name: str) -> End:
    outer = place.owner if place.special == "nested" else None
    if outer is not None and name in {*outer.own, WRAPPER}:
        return replace(place, special="nowhere", shape=None)
    stored = shape.v4_names.get(name, name)
    member = shape.members.get(stored)
    return End(
        path=(*place.path, stored),
        special=_special(shape, name, stored),
        owner=shape,
        shape=member,
        limit=shape.limits.get(stored),
        in_array=member is not None and member.array,
    )


def _special(shape: Shape, name: str, stored: str) -> Special | None:
    if stored in shape.limits:
        return "limited"
    if name == TYPE and shape.type and not shape.is_resource and not shape.type_from:
        return "type"
    if name == BASE_TYPE and shape.type:
        return "computed"
    if shape.rate_filter and stored == shape.rate_filter:
        return "computed"
    return "referred type" if name == REFERRED_TYPE and shape.refers_to else None


def _outer_member(place: End, shape: Shape, name: str) -> End:
    """A member of an object that has others in a nested one."""
    if shape.nested is not None and name == shape.nested[0]:
        return End(place.path, "nested", owner=shape, shape=shape.nested[1])
    if name in shape.own:
        return End((*place.path, name))
    special = _special(shape, name, name)
    return End((*place.path, WRAPPER, name), special, owner=shape)
