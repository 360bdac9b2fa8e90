"""`fields=`: which attributes of a document are shown (TMF630 Part 1, attribute selection)."""

import re
from typing import Any

from impl.errors import NotTranslated
from impl.query.attributes import MAX_LEVELS, Attribute
from impl.query.language import Document, Path, Selection

_SELECTOR = r"\[\s*(?:[*?:'\"]|-?\d)[^\[\]]*\]"
_ROOT, _WILDCARD = r"(?:\A|[,;])\s*\$\s*(?:\Z|[.,;])", r"(?:\A|[.,;])\s*\*\s*(?:\Z|[.,;])"
_JSONPATH = re.compile(f"{_SELECTOR}|{_ROOT}|{_WILDCARD}")
FOLLOWING = {"href", "url"}
"""What is not stored but follows from the id that stands beside it."""


def selection(text: str, resource: Attribute) -> Selection | None:
    """What a `fields` parameter selects; None for all of it.

    `id` and `href` always come, at each level what the contract requires, and the `id` with a link
    that is made of it; unknown names select nothing, and `none` selects no more than that. Raises
    NotTranslated for JSONPath, which TMF630 Part 6 allows here.
    """
    if _JSONPATH.search(text):
        raise NotTranslated("JSONPath", attribute="fields")
    names = [name.strip() for name in re.split("[,;]", text) if name.strip()]
    if not names:
        return None
    paths = [tuple(name.split(".")) for name in names if name.count(".") < MAX_LEVELS]
    return _tree([*paths, ("id",), ("href",)], resource)


def _tree(paths: list[Path], owner: Attribute | None) -> Selection:
    below: dict[str, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    if below.keys() & FOLLOWING:
        below.setdefault("id", [()])
    tree: dict[str, Selection | None] = dict.fromkeys(owner.always if owner else ())
    for name, inner in below.items():
        whole = not all(inner)
        tree[name] = None if whole else _tree(inner, owner and owner.find((name,)))
    return tree


def project(document: Document, chosen: Selection | None) -> Document:
    """The document with the chosen attributes, in the document's order."""
    return document if chosen is None else Document(_chosen(document, chosen), document.version)


def _chosen(value: Any, chosen: Selection | None) -> Any:
    if chosen is None:
        return value
    if isinstance(value, list):
        return [_chosen(each, chosen) for each in value if isinstance(each, dict)]
    if not isinstance(value, dict):
        return {}
    return {
        name: _chosen(held, chosen[name])
        for name, held in value.items()
        if name in chosen and (chosen[name] is None or isinstance(held, (dict, list)))
    }
