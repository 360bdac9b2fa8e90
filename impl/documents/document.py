"""The document of a bill, as PDF and as HTML."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import lru_cache, partial
from importlib.metadata import version
from zoneinfo import ZoneInfo

import orjson
from babel import Locale, UnknownLocaleError
from jinja2 import DictLoader, Environment, StrictUndefined

from impl.documents.assets import WEB, Assets, DocumentError, assets, logo
from impl.documents.formats import Formats
from impl.documents.languages import Wanted, chosen, tag
from impl.documents.pdf import Paper
from impl.documents.sample import BILL, RATES
from impl.documents.statement import Seller, Statement, StatementWriter
from impl.documents.style import Style
from impl.documents.values import Json, text
from impl.documents.vocabulary import Vocabulary

__all__ = ["HTML", "PDF", "DocumentError", "Documents", "Look", "Style"]

PDF, HTML = "application/pdf", "text/html"

LINE_ENDS = re.compile(r"\n|\\n|;")
CLERKS = 64
"""How many locales are kept ready."""

MADE_WITH = ("babel", "iso4217", "jinja2", "typst", "tzdata")


def _ignore(_: str) -> None:
    """Tell nobody."""


class Look:
    """How the documents of one style look, which can be told without making any.

    A language is a tag such as `de-AT`, one that `language` has chosen; none is the style's.
    """

    fingerprint: str
    """Changes with the style, the logo, a template, a font, and the libraries it is made with."""

    def __init__(self, style: Style) -> None:
        """Read templates and logo; DocumentError where they can't be, or the style has no words."""
        self._used, self._logo = assets(style.templates, style.fonts), logo(style.seller_logo)
        self._usual = _locale(style.locale, self._used.words)
        self.fingerprint = _fingerprint(style, self._used, self._logo.content)

    def language(self, wanted: Wanted) -> str:
        """The language that a reader who wants these gets."""
        return tag(chosen(wanted, self._usual, self._used.words))

    def made(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", key: str = ""
    ) -> bytes:
        """The bill's document in a media type, PDF or HTML.

        What is made under a key may be given again under it; under none it is made anew.
        """
        raise NotImplementedError


class Documents(Look):
    """Makes documents in one style: the same ones of the same bill, from any thread."""

    def __init__(self, style: Style, lacking: Callable[[str], None] = _ignore) -> None:
        """Try templates, logo and fonts, too; DocumentError where they don't serve.

        `lacking` is told the id of each bill whose PDF has letters that no font has.
        """
        super().__init__(style)
        self._clerk = lru_cache(CLERKS)(partial(_clerk, style, self._used.words))
        self._paper = Paper(self._used, self._logo, style.fonts)
        self._web = _environment(self._used, self._logo.uri())
        self._lacking = lacking
        self._rehearse()

    def made(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", key: str = ""
    ) -> bytes:
        """The document, made anew whatever the key."""
        del key
        return {PDF: self.pdf, HTML: self.html}[media](bill, rates, language)

    def pdf(self, bill: Json, rates: Iterable[Json], language: str = "") -> bytes:
        """The bill on A4, for archives (PDF/A) and screen readers (PDF/UA) if fonts suffice."""
        made = bill.get("lastUpdate") or bill.get("billDate")
        printed = self._paper.pdf(self._statement(bill, rates, language), made)
        if printed.lacks_letters:
            self._lacking(text(bill.get("id")))
        return printed.content

    def html(self, bill: Json, rates: Iterable[Json], language: str = "") -> bytes:
        """The bill as one page in UTF-8 that refers to nothing outside it."""
        return self._page(self._statement(bill, rates, language))

    def _statement(self, bill: Json, rates: Iterable[Json], language: str = "") -> Statement:
        locale = Locale.parse(language.replace("-", "_")) if language else self._usual
        return self._clerk(locale).statement(bill, rates)

    def _page(self, statement: Statement) -> bytes:
        return self._web.get_template(WEB).render(bill=statement).encode()

    def _rehearse(self) -> None:
        """Raise DocumentError where a template fails, on a full bill or on an empty one."""
        for bill, rates in ((BILL, RATES), ({}, [])):
            statement = self._statement(bill, rates)
            self._paper.rehearse(statement)
            try:
                self._page(statement)
            except Exception as error:  # a template may raise anything
                raise DocumentError(f"templates: {WEB} fails: {error}") from error


def _environment(used: Assets, picture: str) -> Environment:
    """Where pages are made: all that they show is escaped, and what they don't know is an error."""
    loader = DictLoader(used.of_suffix(".jinja"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.globals["logo"] = picture
    return environment


def _clerk(style: Style, words: Vocabulary, locale: Locale) -> StatementWriter:
    """Who writes statements in the style for a locale that there are words for."""
    return StatementWriter(
        formats=Formats(locale, _zone(style.time_zone)),
        language=locale.language,
        direction=locale.text_direction,
        words=words[words.name_for(locale)],
        seller=Seller(text(style.seller_name), _lines(style.seller_address)),
        itemised=style.itemised,
        rates=style.rates,
    )


def _lines(address: str) -> tuple[str, ...]:
    return tuple(line for line in map(text, LINE_ENDS.split(address)) if line)


def _locale(name: str, words: Vocabulary) -> Locale:
    """The locale of that name; DocumentError where there is none, or no words for it."""
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise DocumentError(f"locale: {name!r} is not known; one is en_GB") from error
    if not words.name_for(locale):
        raise DocumentError(f"locale: {name!r} has no words; there are {', '.join(words)}")
    return locale


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise DocumentError(f"time zone: {name!r} is not known; one is Europe/Zurich") from error


def _fingerprint(style: Style, used: Assets, picture: bytes) -> str:
    looks = {name: str(value) for name, value in asdict(style).items()}
    stamp = hashlib.sha256(orjson.dumps([looks, [version(each) for each in MADE_WITH]]))
    stamp.update(used.digest())
    stamp.update(hashlib.sha256(picture).digest())
    return stamp.hexdigest()[:16]
