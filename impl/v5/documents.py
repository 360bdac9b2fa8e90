"""Documents of v4, as they are stored, in v5's shape, and back. Pure.

Neither direction looks at a value that both versions have, so values may be JSON or typed.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import orjson

from impl.errors import FieldInvalid, Place, path, refuse
from impl.patch.operations import same
from impl.v5 import rate_filters
from impl.v5.mapping import (
    BASE_TYPE,
    REFERRED_TYPE,
    SHAPES,
    TYPE,
    WRAPPER,
    Json,
    Shape,
    is_extensible,
)

Convert: TypeAlias = Callable[[Any], Any]
Names: TypeAlias = tuple[tuple[str, str], ...]
_ABSENT = object()


def up(document: Mapping[str, Any], resource: str) -> Json:
    """A document of the resource as v5 shows it."""
    return converted(_copied(document, SHAPES[resource]), resource)


def converted(document: Json, resource: str) -> Json:
    """The same of JSON that nobody else has: it changes the argument, in half the time."""
    shown: Json = _UP[resource](document)
    return shown


def down(document: Mapping[str, Any], resource: str) -> Json:
    """A document or a body of v5 as v4 has it.

    Values that only v5 declares stay as extension attributes. Raises FieldInvalid for an attribute
    that has no place in v4.
    """
    return _down_object(dict(document), SHAPES[resource], ())


def changed(stored: Json, before: Json, after: Json, resource: str) -> Json:
    """The stored v4 document, after a change of its v5 shape from `before` to `after`.

    What the change leaves alone stays as it is stored, even if v5 does not show it.
    """
    merged: Json = _merged(stored, down(before, resource), down(after, resource))
    return merged


# ---------------------------------------------------------------- v4 to v5


def _copied(value: Any, shape: Shape) -> Any:
    """The value with those parts copied that its converter changes."""
    if isinstance(value, list):
        return [_copied(each, shape) for each in value]
    if not isinstance(value, dict):
        return value
    copy = dict(value)
    for name, member in (shape.nested[1] if shape.nested else shape).members.items():
        if name in copy:
            copy[name] = _copied(copy[name], member)
    return copy


def _converter(shape: Shape) -> Convert:
    """A function that makes v5's shape of an object or an array of objects; made once a shape."""
    convert = _object(shape) if shape.nested is None else _wrapper(shape, *shape.nested)

    def converted(value: Any) -> Any:
        if isinstance(value, dict):
            return convert(value)
        if isinstance(value, list):
            return [convert(each) if isinstance(each, dict) else converted(each) for each in value]
        return value

    return converted


def _object(shape: Shape) -> Convert:
    """A function that changes an object into v5's shape, and returns it."""
    set_types = _types(shape)
    members = [(name, _converter(member)) for name, member in shape.members.items()]
    names, limits = tuple(shape.v5_names.items()), tuple(shape.limited.items())
    if not (limits or members or names or shape.rate_filter):
        return set_types

    def converted(value: Json) -> Json:
        for name, fits in limits:
            if name in value and not fits(value[name]):
                del value[name]
        set_types(value)
        for name, convert in members:
            if name in value:
                value[name] = convert(value[name])
        if shape.rate_filter and shape.rate_filter in value:
            _show_filter(value, shape.rate_filter)
        return _renamed(value, names) if names else value

    return converted


def _show_filter(value: Json, name: str) -> None:
    """Show a query in v5's names; remove one that these can't say."""
    text = rate_filters.shown(value.pop(name))
    if text is not None:
        value[name] = text


def _renamed(value: Json, names: Names) -> Json:
    """Rename members, all at once, for two may change places; a blank name removes a member."""
    moved = [(new, value.pop(old)) for old, new in names if old in value]
    value.update([each for each in moved if each[0]])
    return value


def _types(shape: Shape) -> Convert:
    """A function that sets what v5 requires of types, and what an object refers to by default."""
    if not shape.type:
        return lambda value: value
    is_chosen = shape.typed_by or shape.type_from or shape.fits
    return _chosen_type(shape) if is_chosen else _fixed_type(shape)


def _fixed_type(shape: Shape) -> Convert:
    """The function for a shape of one type, in half the time of `_chosen_type`: most are."""
    own, v4_type, refers_to = shape.type, shape.v4_type, shape.refers_to

    def typed(value: Json) -> Json:
        name = value.get(TYPE)
        if name is None or name == v4_type:
            value[TYPE] = own
        elif name != own:
            value.setdefault(BASE_TYPE, own)
        if refers_to and REFERRED_TYPE not in value:
            value[REFERRED_TYPE] = refers_to
        return value

    return typed


def _chosen_type(shape: Shape) -> Convert:
    """The function for a shape whose type depends on the object."""
    v4_type, type_from, refers_to = shape.v4_type, shape.type_from, shape.refers_to
    all_fits, default_type = shape.fits, shape.typed_by or shape.default_type

    def typed(value: Json) -> Json:
        if type_from and type_from in value:
            value[TYPE] = value[type_from]
        name = value.get(TYPE)
        if name is None or name == v4_type:
            value[TYPE] = default_type(value)
        elif name in all_fits:
            value[TYPE] = name if all_fits[name](value) else default_type(value)
        elif name != shape.type:
            value.setdefault(BASE_TYPE, default_type(value))
        if refers_to and REFERRED_TYPE not in value:
            value[REFERRED_TYPE] = refers_to
        return value

    return typed


def _wrapper(shape: Shape, name: str, nested: Shape) -> Convert:
    set_types, inner, all_own = _types(shape), _object(nested), tuple(shape.own)

    def wrapped(value: Json) -> Json:
        outer = _outer(value.pop(WRAPPER), shape, name) if WRAPPER in value else {}
        set_types(outer)
        for own in all_own:
            if own in value:
                outer[own] = value.pop(own)
        outer[name] = inner(value)
        return outer

    return wrapped


def _outer(stored: Any, shape: Shape, nested: str) -> Json:
    """What `_flat` has stored beside a nested object; nothing of an extension of a v4 client."""
    is_ours = is_extensible(stored) and not stored.keys() & {*shape.own, nested}
    return stored.copy() if is_ours else {}


_UP: Mapping[str, Convert] = {name: _object(shape) for name, shape in SHAPES.items()}


# ---------------------------------------------------------------- v5 to v4


def refuse_v4_names(body: Mapping[str, Any], resource: str) -> None:
    """Raise FieldInvalid if the body has v4's name of an attribute, and not v5's.

    It would be an extension attribute: a credit without its type would be billed as a charge.
    """
    refuse(
        FieldInvalid(v4, f"is {v5} in v5")
        for v5, v4 in SHAPES[resource].renamed.items()
        if v4 in body and v5 not in body
    )


def _down(value: Any, shape: Shape, at: Place) -> Any:
    if isinstance(value, list):
        return [_down(each, shape, (*at, index)) for index, each in enumerate(value)]
    return _down_object(dict(value), shape, at) if isinstance(value, dict) else value


def _down_object(value: Json, shape: Shape, at: Place) -> Json:
    """The object in v4's shape; changes the argument."""
    if shape.nested is not None:
        return _flat(value, shape, *shape.nested, at)
    if shape.v4_names:
        value = _with_v4_names(value, shape, at)
    for name, member in shape.members.items():
        if name in value:
            value[name] = _down(value[name], member, (*at, shape.v5_names.get(name, name)))
    if shape.rate_filter and shape.rate_filter in value:
        value[shape.rate_filter] = rate_filters.stored(value[shape.rate_filter])
    return value if shape.is_resource else _without_default_type(value, shape)


def _with_v4_names(value: Json, shape: Shape, at: Place) -> Json:
    for v5, v4 in shape.either.items():
        if v5 in value and v4 in value and not same(value[v5], value[v4]):
            raise FieldInvalid(path((*at, v4)), f"is not what {v5} is, which has the same meaning")
    return {shape.v4_names.get(name, name): member for name, member in value.items()}


def _without_default_type(value: Json, shape: Shape) -> Json:
    rest = {name: member for name, member in value.items() if name != TYPE}
    return rest if shape.type and value.get(TYPE) == shape.default_type(rest) else value


def _flat(value: Json, shape: Shape, name: str, nested: Shape, at: Place) -> Json:
    own = {own: value.pop(own) for own in shape.own if own in value}
    flat = _down(value.pop(name, {}), nested, (*at, name))
    if not isinstance(flat, dict):
        raise FieldInvalid(path((*at, name)), "is not an object")
    taken = sorted(flat.keys() & {*shape.own, WRAPPER})
    refuse(FieldInvalid(path((*at, name, each)), "has no place in v4") for each in taken)
    outer = _without_default_type(value, shape)
    return flat | own | ({WRAPPER: outer} if outer else {})


# ---------------------------------------------------------------- changes


def _merged(stored: Any, before: Any, after: Any) -> Any:
    """The stored value with what differs between the other two."""
    if same(before, after):
        return stored
    values = (stored, before, after)
    if all(isinstance(each, dict) for each in values):
        each_name = (
            (name, *(each.get(name, _ABSENT) for each in values)) for name in stored | after
        )
        members = {name: _merged(*each) for name, *each in each_name}
        return {name: member for name, member in members.items() if member is not _ABSENT}
    if all(isinstance(each, list) for each in values):
        return _merged_list(stored, before, after)
    return after


def _merged_list(stored: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """The list after the change, with each element that the change has only moved as stored.

    An element that is new at a place stands for the one that was there, unless that has moved, or
    the list is shorter now.
    """
    places = _places([_key(each) for each in before], [_key(each) for each in after])
    moved = {*places.values()}
    merged = []
    for place, each in enumerate(after):
        if (old := places.get(place)) is not None:
            merged.append(stored[old])
        elif (
            place < len(before) <= len(after)
            and place not in moved
            and _is_same(before[place], each)
        ):
            merged.append(_merged(stored[place], before[place], each))
        else:
            merged.append(each)
    return merged


def _places(before: list[bytes], after: list[bytes]) -> dict[int, int]:
    """Where elements stood before that are there still, by their places now.

    Of equal ones, each stands for one: those that stay where they are, and then the others in turn.
    """
    same_place = [n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old == new]
    found = dict(zip(same_place, same_place, strict=True))
    free: dict[bytes, list[int]] = {}
    for place in reversed(range(len(before))):
        if place not in found:
            free.setdefault(before[place], []).append(place)
    for place, key in enumerate(after):
        if place not in found and free.get(key):
            found[place] = free[key].pop()
    return found


def _key(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two elements may be the same one: they have the same `id`, or none."""
    ids = [each.get("id") if isinstance(each, dict) else None for each in (one, other)]
    return bool(ids[0] == ids[1])
