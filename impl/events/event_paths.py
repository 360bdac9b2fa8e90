"""Paths in events: `event.` may be left out before the name of a resource. Pure."""

from dataclasses import replace

from impl.query.language import Path, Query, Selection
from impl.query.paths import renamed
from impl.resources import PUBLISHED


def whole(query: Query) -> Query:
    """The query with `event` put before each path that begins with a resource's name."""
    return replace(
        query,
        where=renamed(query.where, _whole),
        order=tuple(replace(key, path=_whole(key.path)) for key in query.order),
        fields=_within_event(query.fields),
        unknown=tuple(map(_whole, query.unknown)),
    )


def _whole(path: Path) -> Path:
    return ("event", *path) if path[:1] and path[0] in PUBLISHED else path


def _within_event(fields: Selection | None) -> Selection | None:
    """The selection with what it names of a resource moved into its `event`."""
    if fields is None or not any(name in fields for name in PUBLISHED):
        return fields
    others = {name: inner for name, inner in fields.items() if name not in PUBLISHED}
    short = {name: fields[name] for name in PUBLISHED if name in fields}
    event = others.get("event", {})
    return others | {"event": event if event is None else {**event, **short}}
