"""Statements on paper: PDF, set by typst."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, cast

import orjson
import typst

from impl.documents.assets import PAPER, Assets, DocumentError, Logo
from impl.documents.statement import Statement

ARCHIVAL: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
"""For archives (PDF/A-2a) and for screen readers (PDF/UA-1)."""

LEAST: "list[typst.PDFStandard]" = ["a-2b"]
"""For archives, whatever a template does not describe; every letter must have its font, too."""

LACKS = re.compile(r"^error: PDF/.* could not be displayed with ", re.MULTILINE)
"""What typst says of a letter that no font has, where the standard forbids that."""

LAST = 253_402_300_799
LARGE = 200
"""Lines past which a bill is set alone, and its layout forgotten at once."""
KEPT = 10
"""Documents for which typst keeps the layout of one, to set what is like it faster."""


@dataclass(frozen=True)
class Printed:
    """A PDF, and whether its text has letters that no font has."""

    content: bytes
    lacks_letters: bool = False


class Paper:
    """Sets statements in one template, from any thread.

    No font of the system is used, so that a bill looks the same on any machine. Those within typst
    have Latin, Greek, Cyrillic, Hebrew and Arabic letters. Chinese, Japanese and Korean ones, and
    emoji, show as boxes unless a font of the operator's has them. The operator's come next to that
    of the template, in the order of their files.
    """

    def __init__(self, used: Assets, logo: Logo, named: Path | None = None) -> None:
        """DocumentError where the folder of fonts that is named has none."""
        files = used.of_suffix(".typ", ".json", ".svg")
        self._files = {name: text.encode() for name, text in files.items() if name != PAPER}
        self._files["main.typ"] = files[PAPER].encode()
        self._logo = logo.svg()
        # Kept, for fonts take long to load; a typst.Compiler would forget sources given as bytes.
        folders: list[Any] = [str(folder) for folder in used.font_folders]
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
        own = [(font.path, font.family) for font in self._fonts.fonts() if font.path]
        if named and not any(Path(path).is_relative_to(named) for path, _ in own):
            raise DocumentError(f"fonts: {named} holds no font")
        self._families = list(dict.fromkeys(family for _, family in sorted(own)))
        self._standards = ARCHIVAL
        self._alone = Lock()

    def rehearse(self, statement: Statement) -> None:
        """Try a statement that every bill resembles; DocumentError where it can't be set.

        A template that does not make PDF/A-2a and PDF/UA, such as one with a picture that has no
        description, makes PDF/A-2b from now on.
        """
        try:
            self._set(statement, 0, [])
        except typst.TypstError as error:
            raise DocumentError(f"templates: {PAPER} fails: {error}") from error
        try:
            self._set(statement, 0, ARCHIVAL)
        except typst.TypstError as error:
            if not LACKS.search(error.diagnostic):
                self._standards = LEAST

    def pdf(self, statement: Statement, made: Any) -> Printed:
        """The pages, dated as made."""
        if sum(len(group.entries) for group in statement.groups) <= LARGE:
            return self._either(statement, _seconds(made))
        with self._alone:
            try:
                return self._either(statement, _seconds(made))
            finally:
                self._forget()

    def _either(self, statement: Statement, made: int) -> Printed:
        """PDF/A, or where the template or a letter of the bill does not let it be, plain PDF."""
        try:
            return Printed(self._set(statement, made, self._standards))
        except typst.TypstError as error:
            lacks = bool(LACKS.search(error.diagnostic))
        return Printed(self._set(statement, made, []), lacks)

    def _forget(self) -> None:
        """Give back the memory of past layouts; 2,000 lines take about 150 MB."""
        for _ in range(KEPT):
            typst.compile(b"", font_paths=self._fonts, ignore_system_fonts=True)

    def _set(self, statement: Statement, made: int, standards: "list[typst.PDFStandard]") -> bytes:
        return typst.compile(
            cast("bytes", self._files),  # typst's own types forget that it takes many files
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={
                "statement": orjson.dumps(statement).decode(),
                "logo": self._logo,
                "fonts": orjson.dumps(self._families).decode(),
            },
            pdf_standards=standards,
            timestamp=made,
        )


def _seconds(moment: Any) -> int:
    """The moment in Unix time, as far as that goes; 0 where it is none."""
    if not isinstance(moment, datetime):
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(int(aware.timestamp()), 0), LAST)
