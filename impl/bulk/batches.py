"""The lines of a file in batches, each with its place in the file."""

from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

BATCH_LINES = 2000
BATCH_BYTES = 4 * 1024 * 1024
PIECE = 1 << 20
NEWLINE = 10


@dataclass(frozen=True)
class Place:
    """A place in a file: the lines and bytes before it, and the SHA-256 of these bytes."""

    line: int = 0
    offset: int = 0
    digest: str = sha256().hexdigest()


@dataclass(frozen=True)
class Batch:
    """Lines that are not blank, each with its number, counted from 1; and the place after them."""

    lines: list[tuple[int, bytes]]
    end: Place


class Lines:
    """A file read line by line; of a longer line, only the first `most` + 1 bytes."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self._hash = sha256()
        self._line = self._offset = 0

    def skip(self, place: Place) -> bool:
        """Go to a place; whether the bytes before it are the same as then."""
        while self._offset < place.offset:
            piece = self._file.read(min(PIECE, place.offset - self._offset))
            if not piece:
                break
            self._count(piece)
        self._line = place.line
        return self._place() == place

    def batch(self) -> Batch | None:
        """The next lines; None at the end."""
        start, begun = self._offset, self._line
        lines: list[tuple[int, bytes]] = []
        while self._line - begun < BATCH_LINES and self._offset - start < BATCH_BYTES:
            text = self._file.readline(self._most + 1)
            if not text:
                break
            self._line += 1
            self._count(text)
            if text[-1] != NEWLINE and len(text) > self._most:
                self._pass()
            if not text.isspace():
                lines.append((self._line, text))
        return Batch(lines, self._place()) if self._line > begun else None

    def _pass(self) -> None:
        """Skip the rest of a line that is too long."""
        while piece := self._file.readline(PIECE):
            self._count(piece)
            if piece[-1] == NEWLINE:
                return

    def _count(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._offset += len(piece)

    def _place(self) -> Place:
        return Place(self._line, self._offset, self._hash.hexdigest())
