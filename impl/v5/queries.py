"""Queries in v5's names over documents as v4 stores them. Pure.

Values and their types stay as they are, so a question finds the same documents in both versions, by
the same index.
"""

from dataclasses import dataclass, replace

from impl.errors import NotTranslated
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.language import (
    NOTHING,
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Key,
    Not,
    Path,
    Query,
    Selection,
    Some,
)
from impl.query.paths import Leaf, changed
from impl.v5.mapping import BASE_TYPE, SHAPES, TYPE, Shape
from impl.v5.paths import End, end, stored_path

_TEXT = Attribute("string")
_TYPES = {TYPE: replace(_TEXT, required=True), BASE_TYPE: _TEXT, "@schemaLocation": _TEXT}


@dataclass(frozen=True)
class Translated:
    """A query of v5: as the store runs it, and the attributes that v5 shows of what it finds."""

    query: Query
    fields: Selection | None


def translated(query: Query, resource: str) -> Translated:
    """The query over stored documents; NotTranslated for what only v5's shape can decide."""
    shape = SHAPES[resource]
    fields = _canonical(query.fields, shape)
    stored = replace(
        query,
        where=_condition(query.where, shape, ()),
        order=tuple(_key(key, shape) for key in query.order),
        fields=_stored_selection(fields, shape),
        unknown=tuple(stored_path(each, resource) for each in query.unknown),
    )
    return Translated(stored, fields)


def _key(key: Key, shape: Shape) -> Key:
    place = end(key.path, shape)
    if place.special:
        name = ".".join(key.path)
        raise NotTranslated(f"an order by {name}, which is not stored as shown", attribute="sort")
    return replace(key, path=place.path)


# ---------------------------------------------------------------- attributes


def attributes(stored: Attribute, resource: str) -> Attribute:
    """The resource's attributes by their v5 names, with the types of v4's, which are stored."""
    return _attributes(stored, SHAPES[resource])


def _attributes(owner: Attribute, shape: Shape) -> Attribute:
    members = dict(owner.members)
    for name, member in shape.members.items():
        known = members.get(name, Attribute("object", array=member.array))
        members[name] = _attributes(known, member)
    members |= {name: limit.attribute for name, limit in shape.limits.items()}
    members |= dict.fromkeys(shape.texts, _TEXT)
    if shape.nested is not None:
        members = _nested(members, shape, *shape.nested)
    members |= _TYPES if shape.type else {}
    named = {v5: members.pop(v4) for v5, v4 in shape.renamed.items()}
    named |= {v5: members[v4] for v5, v4 in shape.either.items()}
    if shape.type_from:
        named[TYPE] = replace(members[shape.type_from], required=True)
    return replace(owner, members=members | named)


def _nested(
    members: dict[str, Attribute], shape: Shape, name: str, nested: Shape
) -> dict[str, Attribute]:
    own = {each: members.pop(each) for each in shape.own}
    object_ = _attributes(Attribute("object", members), nested)
    return own | {name: replace(object_, required=True)}


# ---------------------------------------------------------------- fields


def _canonical(chosen: Selection | None, shape: Shape | None) -> Selection | None:
    """The selection by the names that v5 shows."""
    if chosen is None or shape is None:
        return chosen
    names = {v4: v5 for v5, v4 in shape.either.items()}
    shown: dict[str, Selection | None] = {}
    for name, inner in chosen.items():
        below = _canonical(inner, shape.members.get(shape.v4_names.get(name, name)))
        v5 = names.get(name, name)
        other = shown.get(v5, below)
        shown[v5] = None if below is None or other is None else {**other, **below}
    return shown


def _stored_selection(chosen: Selection | None, shape: Shape | None) -> Selection | None:
    """The stored attributes that the chosen ones are made of."""
    if chosen is None or shape is None:
        return chosen
    if shape.nested or shape.typed_by:
        return None
    names = {shape.v4_names.get(name, name): inner for name, inner in chosen.items()}
    return {
        name: _stored_selection(inner, shape.members.get(name)) for name, inner in names.items()
    }


# ---------------------------------------------------------------- conditions


def _condition(condition: Condition, shape: Shape | None, above: Path) -> Condition:
    """The condition on a stored object of this shape; `above` leads there, for errors."""

    def stored(part: Leaf) -> Condition:
        if not isinstance(part, Element):
            return _leaf(part, shape, above)
        place = end(part.path, shape)
        if place.special:
            return NOTHING  # it is no array
        return Element(place.path, _condition(part.where, place.shape, (*above, *part.path)))

    return changed(condition, stored)


def _leaf(leaf: Compare | Exists, shape: Shape | None, above: Path) -> Condition:
    place = end(leaf.path, shape)
    stored = replace(leaf, path=place.path)
    if place.special is None:
        return stored
    if place.limit and isinstance(stored, Compare) and place.limit.covers(stored):
        return stored
    if place.array and place.special != "nowhere":
        return _in_element(leaf, place, shape, above)
    match place.special:
        case "nowhere":
            return NOTHING
        case "nested":
            return stored if isinstance(stored, Exists) else NOTHING
        case "limited" if place.limit:
            shown = place.limit.condition(place.path)
            return shown if isinstance(stored, Exists) else Every((stored, shown))
    default = _default(place)
    if default is None:
        name = ".".join((*above, *leaf.path))
        raise NotTranslated("a search by what is not stored as shown", attribute=name)
    return _with_default(stored, place, *default)


def _in_element(leaf: Compare | Exists, place: End, shape: Shape | None, above: Path) -> Condition:
    """The condition on an element of the first array that the path goes through."""
    array, below = leaf.path[: place.array], leaf.path[place.array :]
    inner = _leaf(replace(leaf, path=below), end(array, shape).shape, (*above, *array))
    return NOTHING if inner == NOTHING else Element(place.path[: place.array], inner)


def _default(place: End) -> tuple[str, Condition] | None:
    """What v5 shows if nothing is stored, and the condition on a stored value that means the same.

    None if it depends on more than that.
    """
    shape = place.owner
    if shape is None or place.special == "computed":
        return None
    if place.special == "referred type":
        return shape.refers_to, NOTHING
    same = Compare(place.path, (shape.v4_type,)) if shape.v4_type else NOTHING
    return None if shape.typed_by else (shape.type, same)


def _with_default(stored: Compare | Exists, place: End, default: str, same: Condition) -> Condition:
    """The condition on an attribute that v5 shows of every object of its owner's shape."""
    there = Exists(place.parent)
    if isinstance(stored, Exists):
        return there
    if holds(replace(stored, path=("default",)), {"default": default}):
        return Every((there, Some((stored, Not(Exists(place.path)), same))))
    return stored if same == NOTHING else Every((stored, Not(same)))
