"""`fields=`: which attributes of a document are shown (TMF630 Part 1, attribute selection)."""

import re
from typing import Any

from impl.errors import NotTranslated
from impl.query.attributes import MAX_LEVELS, Attribute
from impl.query.language import Document, Path, Selection

_SELECTOR = r"\[\s*(?:[*?:'\"]|-?\d)[^\[\]]*\]"
_ROOT, _WILDCARD = r"(?:\A|[,;])\s*\$\s*(?:\Z|[.,;])", r"(?:\A|[.,;])\s*\*\s*(?:\Z|[.,;])"
_JSONPATH = re.compile(f"{_SELECTOR}|{_ROOT}|{_WILDCARD}")
MADE_OF_ID = {"href", "url"}
"""Links that are not stored: the server makes them of the `id` beside them."""


def selection(text: str, resource: Attribute) -> Selection | None:
    """What a `fields` parameter selects; None for everything.

    `id` and `href` always come, and so do the members that the contract requires at each level. A
    link brings the `id` that it is made of. Unknown names select nothing; `none` is such a name.
    Raises NotTranslated for JSONPath, which TMF630 Part 6 allows here.
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
    if below.keys() & MADE_OF_ID:
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
        name: _chosen(member, chosen[name])
        for name, member in value.items()
        if name in chosen and (chosen[name] is None or isinstance(member, (dict, list)))
    }
