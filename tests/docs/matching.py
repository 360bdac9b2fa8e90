"""Whether a command prints what a page shows: white space and the order of members do not count."""

import json
import re
from typing import Any

CUT = "..."
"""Stands on a page for text, members or items that are cut."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[\[\]{}]')
Json = Any


def matches(shown: str, printed: str) -> bool:
    """Whether the text that was printed is the one that is shown, but for what is cut there."""
    wanted, got = _values(_as_json(shown)), _values(printed)
    if wanted is not None and got is not None:
        return len(wanted) == len(got) and all(map(_fits, wanted, got))
    return _is_like(_squeezed(shown), _squeezed(printed))


def _fits(wanted: Json, got: Json) -> bool:
    if isinstance(wanted, dict) and isinstance(got, dict):
        named = wanted.keys() - {CUT}
        more = got.keys() - named
        return all(name in got and _fits(wanted[name], got[name]) for name in named) and (
            CUT in wanted or not more
        )
    if isinstance(wanted, list) and isinstance(got, list):
        return _items_fit(wanted, got)
    if isinstance(wanted, str):
        text = got if isinstance(got, str) else json.dumps(got)
        return wanted == CUT or (isinstance(got, str) and _is_like(wanted, text))
    return type(wanted) is type(got) and bool(wanted == got)


def _items_fit(wanted: list[Json], got: list[Json]) -> bool:
    """Items in their order; where some are cut, the others come one behind the other."""
    if CUT not in wanted:
        return len(wanted) == len(got) and all(map(_fits, wanted, got))
    rest = iter(got)
    return all(any(_fits(each, item) for item in rest) for each in wanted if each != CUT)


def _is_like(wanted: str, got: str) -> bool:
    pattern = ".*".join(map(re.escape, wanted.split(CUT)))
    return re.fullmatch(pattern, got, re.DOTALL) is not None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _as_json(shown: str) -> str:
    """JSON with what is cut as a member or an item named by dots."""
    inside: list[str] = []

    def replace(token: re.Match[str]) -> str:
        text = token.group()
        if text in "[{":
            inside.append(text)
        elif text in "]}" and inside:
            inside.pop()
        elif text == CUT and inside:
            return f'"{CUT}":0' if inside[-1] == "{" else f'"{CUT}"'
        return text

    return _TOKEN.sub(replace, shown)


def _values(text: str) -> list[Json] | None:
    """The JSON values one behind the other; None where that is not all, or there are none."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        try:
            value, end = decoder.raw_decode(rest)
        except ValueError:
            return None
        found.append(value)
        rest = rest[end:].lstrip()
    return found or None
