"""Statements as PDF, typeset by typst."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, cast

import orjson
import typst

from impl.documents.assets import PDF_TEMPLATE, Assets, DocumentError, Logo
from impl.documents.statement import Statement

ARCHIVAL: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
"""PDF for archives (PDF/A-2a) and for screen readers (PDF/UA-1)."""

ARCHIVAL_ONLY: "list[typst.PDFStandard]" = ["a-2b"]
"""PDF for archives only, if a template lacks descriptions; every letter must have a font, too."""

MISSING_LETTERS = re.compile(r"^error: PDF/.* could not be displayed with ", re.MULTILINE)
"""typst's error for a letter that no font has, which the standards forbid."""

LAST_SECOND = 253_402_300_799
"""The end of the year 9999 in Unix time."""
LARGE = 200
"""Bills of more lines are typeset one at a time, and their layout is dropped from typst's cache."""
CACHE_ROUNDS = 10
"""typst drops a cached layout after this many documents that do not use it."""


@dataclass(frozen=True)
class Pdf:
    """A PDF, and whether its text has letters that no font has."""

    content: bytes
    lacks_letters: bool = False


class PdfWriter:
    """Typesets statements with one template, from any thread.

    It uses no font of the system, so that a bill looks the same on any machine. The fonts in typst
    have Latin, Greek, Cyrillic, Hebrew and Arabic letters. Chinese, Japanese and Korean letters and
    emoji show as boxes unless the operator's fonts have them. These come after the template's font,
    in the order of their files.
    """

    def __init__(self, assets: Assets, logo: Logo, fonts: Path | None = None) -> None:
        """Load the fonts; DocumentError if the operator's folder of `fonts` has none."""
        files = assets.of_suffix(".typ", ".json", ".svg")
        self._files = {name: text.encode() for name, text in files.items() if name != PDF_TEMPLATE}
        self._files["main.typ"] = files[PDF_TEMPLATE].encode()
        self._logo = logo.svg()
        # Loaded once, because it takes long; a typst.Compiler would forget sources given as bytes.
        folders: list[Any] = [str(folder) for folder in assets.font_folders]
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
        own = [(font.path, font.family) for font in self._fonts.fonts() if font.path]
        if fonts and not any(Path(path).is_relative_to(fonts) for path, _ in own):
            raise DocumentError(f"fonts: {fonts} holds no font")
        self._families = list(dict.fromkeys(family for _, family in sorted(own)))
        self._standards = ARCHIVAL
        self._large_lock = Lock()

    def try_template(self, statement: Statement) -> None:
        """Typeset a sample statement; DocumentError if the template fails.

        A template that can't make PDF/A-2a and PDF/UA, such as one with a picture without a
        description, makes PDF/A-2b from now on.
        """
        try:
            self._compile(statement, 0, [])
        except typst.TypstError as error:
            raise DocumentError(f"templates: {PDF_TEMPLATE} fails: {error}") from error
        try:
            self._compile(statement, 0, ARCHIVAL)
        except typst.TypstError as error:
            if not MISSING_LETTERS.search(error.diagnostic):
                self._standards = ARCHIVAL_ONLY

    def pdf(self, statement: Statement, date: Any) -> Pdf:
        """The PDF, with this date as its time of creation."""
        if sum(len(group.entries) for group in statement.groups) <= LARGE:
            return self._archival_or_plain(statement, _seconds(date))
        with self._large_lock:
            try:
                return self._archival_or_plain(statement, _seconds(date))
            finally:
                self._empty_cache()

    def _archival_or_plain(self, statement: Statement, timestamp: int) -> Pdf:
        """PDF/A, or plain PDF if the template or a letter of the bill prevents that."""
        try:
            return Pdf(self._compile(statement, timestamp, self._standards))
        except typst.TypstError as error:
            lacks_letters = bool(MISSING_LETTERS.search(error.diagnostic))
        return Pdf(self._compile(statement, timestamp, []), lacks_letters)

    def _empty_cache(self) -> None:
        """Free the memory of past layouts; 2,000 lines take about 150 MB."""
        for _ in range(CACHE_ROUNDS):
            typst.compile(b"", font_paths=self._fonts, ignore_system_fonts=True)

    def _compile(
        self, statement: Statement, timestamp: int, standards: "list[typst.PDFStandard]"
    ) -> bytes:
        return typst.compile(
            cast("bytes", self._files),  # typst's own types lack the mapping of files
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={
                "statement": orjson.dumps(statement).decode(),
                "logo": self._logo,
                "fonts": orjson.dumps(self._families).decode(),
            },
            pdf_standards=standards,
            timestamp=timestamp,
        )


def _seconds(moment: Any) -> int:
    """The moment in Unix time, within its range; 0 if it is no moment."""
    if not isinstance(moment, datetime):
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(int(aware.timestamp()), 0), LAST_SECOND)
