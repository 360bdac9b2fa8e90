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

from impl.documents.assets import HTML_TEMPLATE, Assets, DocumentError, assets, logo
from impl.documents.bill_values import Json, text
from impl.documents.languages import Ranges, chosen, of_bill, tag
from impl.documents.locale_formats import Formats
from impl.documents.pdf import PdfWriter
from impl.documents.sample import BILL, RATES
from impl.documents.statement import Seller, Statement, StatementWriter
from impl.documents.style import Style
from impl.documents.vocabulary import Vocabulary

__all__ = ["HTML", "PDF", "DocumentError", "Documents", "Renderer", "Style"]

PDF, HTML = "application/pdf", "text/html"

LINE_ENDS = re.compile(r"\n|\\n|;")
CACHED_WRITERS = 64
"""The locales whose writers are cached."""

LIBRARIES = ("babel", "iso4217", "jinja2", "typst", "tzdata")


def _ignore(_: str) -> None:
    """Report nothing."""


class Renderer:
    """Renders documents in one style. This base knows their language and fingerprint.

    A language is a tag such as `de-AT` that `language` returned; blank is the style's own.
    """

    fingerprint: str
    """A hash of the style, logo, templates, fonts and library versions."""

    def __init__(self, style: Style) -> None:
        """Read templates and logo; DocumentError if one can't be read, or a locale lacks words."""
        self._assets, self._logo = assets(style.templates, style.fonts), logo(style.seller_logo)
        self._default_locale = _locale(style.locale, self._assets.words)
        self.fingerprint = _fingerprint(style, self._assets, self._logo.content)

    def language(self, ranges: Ranges, bill: Json) -> str:
        """The language of the bill's document: its own, or else by a reader's `Accept-Language`."""
        default, words = self._default_locale, self._assets.words
        stated = of_bill(text(bill.get("language")), default, words)
        return tag(stated or chosen(ranges, default, words))

    def render(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", cache_key: str = ""
    ) -> bytes:
        """The bill's document in a media type, PDF or HTML.

        A renderer may cache it under the key, which must change with the bill and its rates; a
        blank key is not cached.
        """
        raise NotImplementedError


class Documents(Renderer):
    """Renders in this process: always the same document of the same bill, from any thread."""

    def __init__(self, style: Style, report: Callable[[str], None] = _ignore) -> None:
        """Try templates, logo and fonts, too; DocumentError if one fails.

        `report` is called with the id of each bill whose PDF has letters that no font has.
        """
        super().__init__(style)
        self._writer = lru_cache(CACHED_WRITERS)(partial(_writer, style, self._assets.words))
        self._pdf = PdfWriter(self._assets, self._logo, style.fonts)
        self._html = _environment(self._assets, self._logo.uri())
        self._report = report
        self._try_templates()

    def render(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", cache_key: str = ""
    ) -> bytes:
        """The document; nothing is cached."""
        del cache_key
        return {PDF: self.pdf, HTML: self.html}[media](bill, rates, language)

    def pdf(self, bill: Json, rates: Iterable[Json], language: str = "") -> bytes:
        """The bill on A4, for archives (PDF/A) and screen readers (PDF/UA) if fonts suffice."""
        date = bill.get("lastUpdate") or bill.get("billDate")
        pdf = self._pdf.pdf(self._statement(bill, rates, language), date)
        if pdf.lacks_letters:
            self._report(text(bill.get("id")))
        return pdf.content

    def html(self, bill: Json, rates: Iterable[Json], language: str = "") -> bytes:
        """The bill as one page in UTF-8 that refers to nothing outside it."""
        return self._page(self._statement(bill, rates, language))

    def _statement(self, bill: Json, rates: Iterable[Json], language: str = "") -> Statement:
        locale = Locale.parse(language.replace("-", "_")) if language else self._default_locale
        return self._writer(locale).statement(bill, rates)

    def _page(self, statement: Statement) -> bytes:
        return self._html.get_template(HTML_TEMPLATE).render(bill=statement).encode()

    def _try_templates(self) -> None:
        """Raise DocumentError if a template fails on a full bill or on an empty one."""
        for bill, rates in ((BILL, RATES), ({}, [])):
            statement = self._statement(bill, rates)
            self._pdf.try_template(statement)
            try:
                self._page(statement)
            except Exception as error:  # a template may raise anything
                raise DocumentError(f"templates: {HTML_TEMPLATE} fails: {error}") from error


def _environment(assets_: Assets, picture: str) -> Environment:
    """Jinja's environment: values are escaped, and an undefined one is an error."""
    loader = DictLoader(assets_.of_suffix(".jinja"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.globals["logo"] = picture
    return environment


def _writer(style: Style, words: Vocabulary, locale: Locale) -> StatementWriter:
    """The writer of statements in the style, for a locale that has words."""
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
    """The locale of that name; DocumentError if it is unknown or has no words."""
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


def _fingerprint(style: Style, assets_: Assets, picture: bytes) -> str:
    values = {name: str(value) for name, value in asdict(style).items()}
    stamp = hashlib.sha256(orjson.dumps([values, [version(each) for each in LIBRARIES]]))
    stamp.update(assets_.digest())
    stamp.update(hashlib.sha256(picture).digest())
    return stamp.hexdigest()[:16]
