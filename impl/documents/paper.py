"""Statements on paper: PDF, set by typst."""

from datetime import UTC, datetime
from threading import Lock
from typing import Any, cast

import orjson
import typst

from impl.documents.assets import PAPER, Assets, DocumentError, Logo
from impl.documents.statement import Statement

ARCHIVAL: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
"""For archives (PDF/A-2a) and for screen readers (PDF/UA-1)."""
LAST = 253_402_300_799
LARGE = 200
"""Lines past which a bill is set alone, and its layout forgotten at once."""
KEPT = 10
"""Documents for which typst keeps the layout of one, to set what is like it faster."""


class Paper:
    """Sets statements in one template, from any thread.

    No font of the system is used, so that a bill looks the same on any machine. Those within typst
    have Latin, Greek, Cyrillic, Hebrew and Arabic letters. Chinese, Japanese and Korean ones, and
    emoji, show as boxes unless a font in the template folder's `fonts/` has them.
    """

    def __init__(self, used: Assets, logo: Logo) -> None:
        files = used.of_suffix(".typ", ".json", ".svg")
        self._files = {name: text.encode() for name, text in files.items() if name != PAPER}
        self._files["main.typ"] = files[PAPER].encode()
        self._logo = logo.svg()
        # Kept, for fonts take long to load; a typst.Compiler would forget sources given as bytes.
        folders = sorted({str(font.parent) for font in used.fonts})
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
        self._standards = ARCHIVAL
        self._alone = Lock()

    def rehearse(self, statement: Statement) -> None:
        """Try a statement that every bill resembles; DocumentError where it can't be set.

        A template that does not make PDF/A and PDF/UA, such as one with a picture that has no
        description, makes plain PDF from now on.
        """
        try:
            self._set(statement, 0, [])
        except typst.TypstError as error:
            raise DocumentError(f"templates: {PAPER} fails: {error}") from error
        try:
            self._set(statement, 0, ARCHIVAL)
        except typst.TypstError:
            self._standards = []

    def pdf(self, statement: Statement, made: Any) -> bytes:
        """The pages, dated as made."""
        if sum(len(group.entries) for group in statement.groups) <= LARGE:
            return self._either(statement, _seconds(made))
        with self._alone:
            try:
                return self._either(statement, _seconds(made))
            finally:
                self._forget()

    def _either(self, statement: Statement, made: int) -> bytes:
        """PDF/A if its fonts have all letters of the bill; else plain PDF."""
        try:
            return self._set(statement, made, self._standards)
        except typst.TypstError:
            return self._set(statement, made, [])

    def _forget(self) -> None:
        """Give back the memory of past layouts; 2,000 lines take about 150 MB."""
        for _ in range(KEPT):
            typst.compile(b"", font_paths=self._fonts, ignore_system_fonts=True)

    def _set(self, statement: Statement, made: int, standards: "list[typst.PDFStandard]") -> bytes:
        return typst.compile(
            cast("bytes", self._files),  # typst's own types forget that it takes many files
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"statement": orjson.dumps(statement).decode(), "logo": self._logo},
            pdf_standards=standards,
            timestamp=made,
        )


def _seconds(moment: Any) -> int:
    """The moment in Unix time, as far as that goes; 0 where it is none."""
    if not isinstance(moment, datetime):
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(int(aware.timestamp()), 0), LAST)
