"""What was refused, and why: a file of JSON lines beside the one that was imported."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from impl.bulk.files import troubles
from impl.errors import ApiError

LONGEST = 2000
"""How much of a line that is too long is shown."""


@dataclass(frozen=True)
class Refusal:
    """A line that is not kept, and the error that a client would be told."""

    number: int
    text: bytes
    error: ApiError


class Refusals:
    """The file of refused lines; `tell` makes the Error body of an error, as JSON.

    It is there only where lines were refused. Raises FileTrouble.
    """

    def __init__(self, path: Path, tell: Callable[[ApiError], bytes], most_bytes: int) -> None:
        self.path = path
        self._tell = tell
        self._most_bytes = most_bytes

    def resume(self, size: int) -> int:
        """Go on behind this many bytes of an earlier run's; how many of them are there."""
        with troubles(str(self.path)):
            if not size:
                self.path.unlink(missing_ok=True)
                return 0
            with suppress(FileNotFoundError):
                return min(size, self.path.stat().st_size)
            return 0

    def write(self, refusals: Sequence[Refusal], at: int) -> int:
        """Write them behind so many bytes, whatever was there, onto the disk; the file's size."""
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
