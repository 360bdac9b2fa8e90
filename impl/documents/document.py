"""The document of a bill, as PDF and as HTML."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from babel import Locale, UnknownLocaleError
from jinja2 import DictLoader, Environment, StrictUndefined

from impl.documents.assets import LANGUAGE, WEB, Assets, DocumentError, Words, assets, logo
from impl.documents.formats import Formats
from impl.documents.paper import Paper
from impl.documents.sample import BILL, RATES
from impl.documents.statement import Clerk, Seller, Statement
from impl.documents.style import Style

__all__ = ["DocumentError", "Documents", "Style"]

LINE_ENDS = re.compile(r"\n|\\n|;")
MADE_WITH = ("babel", "iso4217", "jinja2", "typst", "tzdata")


class Documents:
    """Makes documents in one style: the same ones of the same bill, from any thread."""

    fingerprint: str
    """Changes with the style, the logo, a template, a font, and the libraries it is made with."""

    def __init__(self, style: Style) -> None:
        """Read templates and logo, and try them; DocumentError where they don't serve."""
        used, picture = assets(style.templates), logo(style.seller_logo)
        self._clerk = _clerk(style, used.words)
        self._paper = Paper(used, picture)
        self._web = _environment(used, picture.uri())
        self._rehearse()
        self.fingerprint = _fingerprint(style, used, picture.content)

    def pdf(self, bill: Mapping[str, Any], rates: Sequence[Mapping[str, Any]]) -> bytes:
        """The bill on A4, for archives (PDF/A) and screen readers (PDF/UA) if fonts suffice."""
        made = bill.get("lastUpdate") or bill.get("billDate")
        return self._paper.pdf(self._clerk.statement(bill, rates), made)

    def html(self, bill: Mapping[str, Any], rates: Sequence[Mapping[str, Any]]) -> bytes:
        """The bill as one page in UTF-8 that refers to nothing outside it."""
        return self._page(self._clerk.statement(bill, rates))

    def _page(self, statement: Statement) -> bytes:
        return self._web.get_template(WEB).render(bill=statement).encode()

    def _rehearse(self) -> None:
        """Raise DocumentError where a template fails, on a full bill or on an empty one."""
        for bill, rates in ((BILL, RATES), ({}, [])):
            statement = self._clerk.statement(bill, rates)
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


def _clerk(style: Style, words: Mapping[str, Words]) -> Clerk:
    """Who writes statements in the style: in English where there are no words for its locale."""
    formats = Formats(_locale(style.locale), _zone(style.time_zone))
    known = [each for each in (str(formats.locale), formats.locale.language) if each in words]
    language = Locale.parse([*known, LANGUAGE][0])
    return Clerk(
        formats=formats,
        language=language.language,
        direction=language.text_direction,
        words=words[[*known, LANGUAGE][0]],
        seller=Seller(style.seller_name.strip(), _lines(style.seller_address)),
    )


def _lines(address: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in LINE_ENDS.split(address) if line.strip())


def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise DocumentError(f"locale: {name!r} is not known; one is en_GB") from error


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
