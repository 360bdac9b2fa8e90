"""Files of lines, by name: `-` is standard input or output, and what ends in `.gz` is packed."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from impl.errors import CommandError

PIECE = 1 << 20
PACKED = ".gz"
LEVEL = 6


class FileTrouble(CommandError):
    """A file can't be read or written; the message names it and says why."""


@contextmanager
def troubles(name: str) -> Iterator[None]:
    """Raise FileTrouble for what goes wrong with a file."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise FileTrouble(f"{name}: {why}") from None


class Source:
    """A file to read from, as a context manager; FileTrouble where it can't be opened."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._stack = ExitStack()

    def __enter__(self) -> "Source":
        with troubles(self.path):
            self._file: BinaryIO = sys.stdin.buffer
            if self.path != "-":
                self._file = self._stack.enter_context(Path(self.path).open("rb", PIECE))
            self.size = os.fstat(self._file.fileno()).st_size or None
        self.lines = self._unpacked()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def position(self) -> int:
        """How many bytes of the file are read, as far as that can be told."""
        with suppress(OSError):
            return self._file.tell()
        return 0

    def rewind(self) -> None:
        """Begin anew; OSError where that can't be."""
        self._file.seek(0)
        self.lines = self._unpacked()

    def _unpacked(self) -> BinaryIO:
        if not self.path.endswith(PACKED):
            return self._file
        return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=self._file), PIECE))


@contextmanager
def target(path: str) -> Iterator[BinaryIO]:
    """A file to write to that is there whole, under its name, or not at all.

    It takes the place of one that is there already once all is written. What is no file, such as a
    pipe, is written to as it comes. Raises FileTrouble.
    """
    with troubles(path):
        if path == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif Path(path).exists() and not Path(path).is_file():
            with Path(path).open("wb", PIECE) as file, _packed(file, path) as packed:
                yield packed
        else:
            with _replaced(Path(path).resolve()) as file, _packed(file, path) as packed:
                yield packed


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb", PIECE) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _packed(file: BinaryIO, path: str) -> Iterator[BinaryIO]:
    if not path.endswith(PACKED):
        yield file
        return
    with gzip.GzipFile("", "wb", LEVEL, file) as packed:
        yield cast(BinaryIO, packed)
