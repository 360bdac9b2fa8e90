"""The refused lines and their errors: a file of JSON lines beside the imported one."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from impl.bulk.files import troubles
from impl.errors import ApiError

LONGEST = 2000
"""Bytes shown of a line that is too long."""


@dataclass(frozen=True)
class Refusal:
    """A refused line, and the error that a client would get."""

    number: int
    text: bytes
    error: ApiError


class Refusals:
    """The file of refused lines, which exists only if there are any. Raises FileTrouble.

    `tell` makes the Error body of an error, as JSON.
    """

    def __init__(self, path: Path, tell: Callable[[ApiError], bytes], most_bytes: int) -> None:
        self.path = path
        self._tell = tell
        self._most_bytes = most_bytes

    def resume(self, size: int) -> int:
        """Continue after this many bytes of an earlier run's file; how many of them exist."""
        with troubles(str(self.path)):
            if not size:
                self.path.unlink(missing_ok=True)
                return 0
            with suppress(FileNotFoundError):
                return min(size, self.path.stat().st_size)
            return 0

    def write(self, refusals: Sequence[Refusal], at: int) -> int:
        """Cut the file off at this offset, write refusals there and sync; the file's size."""
        if not refusals:
            return at
        with troubles(str(self.path)), self.path.open("ab") as file:
            file.truncate(at)
            for refusal in sorted(refusals, key=lambda each: each.number):
                file.write(self._line(refusal))
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def _line(self, refusal: Refusal) -> bytes:
        text = refusal.text.rstrip(b"\r\n")
        shown = text if len(refusal.text) <= self._most_bytes else text[:LONGEST] + b"..."
        line = {
            "line": refusal.number,
            "error": orjson.Fragment(self._tell(refusal.error)),
            "text": shown.decode("utf-8", "backslashreplace"),
        }
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
