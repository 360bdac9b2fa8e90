"""Statements on paper: PDF, set by typst."""

from datetime import UTC, datetime
from typing import Any, cast

import orjson
import typst

from impl.billing.assets import PAPER, Assets, DocumentError, Logo
from impl.billing.statement import Statement

ARCHIVAL: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
"""For archives (PDF/A-2a) and for screen readers (PDF/UA-1)."""
LAST = 253_402_300_799


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
        self._fonts = typst.Fonts(
            include_system_fonts=False, font_paths=[str(font) for font in used.fonts]
        )
        self._standards = ARCHIVAL

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
        """The pages, dated as made; a letter that no font has makes it plain PDF."""
        try:
            return self._set(statement, _seconds(made), self._standards)
        except typst.TypstError:
            return self._set(statement, _seconds(made), [])

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
