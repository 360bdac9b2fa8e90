"""The text of a `rateFilter` in v5's names as one in v4's names, which is stored, and back. Pure.

Only names change; values stay as the client wrote them. A new text is used only if it parses to the
same condition.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC
from functools import cache
from typing import TypeAlias
from urllib.parse import quote, unquote_plus

from impl.errors import ApiError, FieldInvalid, NotTranslated, ParameterInvalid
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.filters import SUFFIXES
from impl.query.language import Condition, Path, Query
from impl.query.parse import Limits, parse
from impl.resources import BY_NAME, RATES
from impl.v5 import queries
from impl.v5.mapping import SHAPES
from impl.v5.paths import shown_place, stored_path

RATE_FILTER = "rateFilter"
_NAME = re.compile(r"(\A\??|[&;])((?:[\w@.-]|%40)+)", re.ASCII)
"""The name of an attribute filter, and what is before it."""

_JSONPATH = re.compile(r"(?:\A\??|(?<=&))filter=[^&]*")
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|\bpartyOrPartyRole\.|@?\w+")

_PLAIN = "!$'()*,/:<=>?@[]|"
"""Characters of JSONPath that need no escape in a query string."""

Rename: TypeAlias = Callable[[Path], Path]


def stored(text: str) -> str:
    """A filter of v5 as it is stored.

    Raises FieldInvalid if it can't be read, and NotTranslated if v4's names can't say the same.
    """
    try:
        _refuse_v4_names(text)
        condition = _v5_condition(text)
    except ParameterInvalid as error:
        raise FieldInvalid(RATE_FILTER, str(error)) from None
    except NotTranslated as error:
        raise NotTranslated(str(error), attribute=RATE_FILTER) from None
    names = {**SHAPES[RATES].v4_names, "partyOrPartyRole.": ""}
    v4 = _renamed(text, lambda path: stored_path(path, RATES), names)
    if not _is(condition, _v4_condition, v4):
        raise NotTranslated("a filter that v4's names can't express", attribute=RATE_FILTER)
    return v4


def shown(text: str) -> str | None:
    """A stored filter as v5 shows it; None if v5's names can't say the same."""
    v5 = _renamed(text, _shown_path, SHAPES[RATES].v5_names)
    try:
        return v5 if _is(_v4_condition(text), _v5_condition, v5) else None
    except ApiError:
        return None


def _is(condition: Condition, read: Callable[[str], Condition], text: str) -> bool:
    """Whether the text has this meaning."""
    try:
        return read(text) == condition
    except ApiError:
        return False


@cache
def _rate() -> Attribute:
    from impl.tmf678 import API  # noqa: PLC0415 - the API of v5 is made of this package

    return attributes.of(API.schemas[BY_NAME[RATES].schema])


def _v4_condition(text: str) -> Condition:
    return parse(text.removeprefix("?"), _rate(), Limits(), UTC).where


def _v5_condition(text: str) -> Condition:
    return queries.translated(_v5_query(text), RATES).query.where


def _v5_query(text: str) -> Query:
    names = queries.attributes(_rate(), RATES)
    return parse(text.removeprefix("?"), names, Limits(), UTC)


def _refuse_v4_names(text: str) -> None:
    """Raise ParameterInvalid for an attribute that v5 has under another name."""
    for path in _v5_query(text).unknown:
        if _rate().find(path) is not None:
            raise ParameterInvalid(".".join(path), f"is {'.'.join(_shown_path(path))} in v5")


def _shown_path(path: Path) -> Path:
    return tuple(map(str, shown_place(path, RATES)))


def _renamed(text: str, rename: Rename, words: Mapping[str, str]) -> str:
    """The text with each name of an attribute filter, and each of these words of JSONPath, new."""
    if found := _JSONPATH.search(text):
        before, after = text[: found.start()], text[found.end() :]
        path = _with_words(found[0], words)
        return _with_names(before, rename) + path + _with_names(after, rename)
    return _with_names(text, rename)


def _with_names(text: str, rename: Rename) -> str:
    def named(found: re.Match[str]) -> str:
        path = tuple(unquote_plus(found[2]).split("."))
        suffixed = len(path) > 1 and path[-1] in SUFFIXES
        end = path[-1:] if suffixed else ()
        new = (*rename(path[:-1] if suffixed else path), *end)
        return found[0] if new == path else found[1] + quote(".".join(new), safe="@.")

    return _NAME.sub(named, text)


def _with_words(text: str, words: Mapping[str, str]) -> str:
    name, _, path = text.partition("=")
    plain = unquote_plus(path)
    new = _WORD.sub(lambda found: words.get(found[0], found[0]), plain)
    return text if new == plain else f"{name}={quote(new, safe=_PLAIN)}"
