"""The choice of a document's locale, by `Accept-Language`, among those that have words."""

import re
from collections.abc import Iterator, Sequence, Set

from babel import Locale, UnknownLocaleError

from impl.documents.vocabulary import Vocabulary

TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LONGEST_TAG = 100
Ranges = Sequence[tuple[str, float]]
"""Language ranges with their weights; 0 is not acceptable (RFC 9110 section 12.5.4)."""


def of_bill(name: str, default: Locale, words: Vocabulary) -> Locale | None:
    """The locale for a language tag of the bill's own, widened as a range; None without words."""
    locales = (_locale(each, default, words) for each in _widened(name[:LONGEST_TAG]))
    return next((each for each in locales if each), None)


def chosen(ranges: Ranges, default: Locale, words: Vocabulary) -> Locale:
    """The locale of the highest weight that has words; the default if none has.

    A range that is too narrow is widened (RFC 4647 section 3.4): `de-AT-1901` to `de-AT`, then
    `de`. The bare language of the default locale means that locale. `*` is the default locale, or
    the first other language if the default one is refused.
    """
    refused = {name.lower() for name, weight in ranges if weight <= 0}
    for name, weight in sorted(ranges, key=lambda each: -each[1]):
        if weight <= 0:
            break
        for candidate in _any(default, words, refused) if name == "*" else _widened(name):
            locale = None if candidate.lower() in refused else _locale(candidate, default, words)
            if locale:
                return locale
    return default


def tag(locale: Locale) -> str:
    """The locale's name in HTTP, such as `de-AT` (RFC 5646)."""
    return str(locale).replace("_", "-")


def _any(default: Locale, words: Vocabulary, refused: Set[str]) -> Iterator[str]:
    """The tags that `*` stands for, without those that are refused by name."""
    for name in (tag(default), *(each.replace("_", "-") for each in words)):
        if refused.isdisjoint(_widened(name.lower())):
            yield name


def _widened(name: str) -> Iterator[str]:
    """The range, then each wider one."""
    while name:
        yield name
        name = name.rpartition("-")[0]


def _locale(name: str, default: Locale, words: Vocabulary) -> Locale | None:
    """The locale of that name, if it has words."""
    if not TAG.fullmatch(name) or name.partition("-")[0].lower() not in words.languages:
        return None
    if name.lower() == default.language:
        return default
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    return locale if words.name_for(locale) else None
