"""Which locale a document is written in, of those that there are words for."""

import re
from collections.abc import Iterator, Sequence, Set

from babel import Locale, UnknownLocaleError

from impl.documents.vocabulary import Vocabulary

TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
Wanted = Sequence[tuple[str, float]]
"""Language ranges, each with how much it is liked: 0 is not at all (RFC 9110 section 12.5.4)."""


def chosen(wanted: Wanted, usual: Locale, words: Vocabulary) -> Locale:
    """The locale that a reader likes best; the usual one where none of theirs has words.

    A range that is too narrow is widened (RFC 4647 section 3.4): `de-AT-1901` is `de-AT`, then
    `de`. The language of the usual locale alone is that locale. `*` is the usual locale, or where
    its language is refused, the first other language.
    """
    refused = {name.lower() for name, liking in wanted if liking <= 0}
    for name, liking in sorted(wanted, key=lambda each: -each[1]):
        if liking <= 0:
            break
        for candidate in _any(usual, words, refused) if name == "*" else _widened(name):
            locale = None if candidate.lower() in refused else _locale(candidate, usual, words)
            if locale:
                return locale
    return usual


def tag(locale: Locale) -> str:
    """The locale's name in HTTP, such as `de-AT` (RFC 5646)."""
    return str(locale).replace("_", "-")


def _any(usual: Locale, words: Vocabulary, refused: Set[str]) -> Iterator[str]:
    """What `*` stands for, without what is refused by name."""
    for name in (tag(usual), *(each.replace("_", "-") for each in words)):
        if refused.isdisjoint(_widened(name.lower())):
            yield name


def _widened(name: str) -> Iterator[str]:
    """The range, and those that it is part of, the narrowest first."""
    while name:
        yield name
        name = name.rpartition("-")[0]


def _locale(name: str, usual: Locale, words: Vocabulary) -> Locale | None:
    """The locale of that name, if there are words for it."""
    if not TAG.fullmatch(name) or name.partition("-")[0].lower() not in words.languages:
        return None
    if name.lower() == usual.language:
        return usual
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    return locale if words.name_for(locale) else None
