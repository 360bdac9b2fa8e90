"""The import of a file: stores its lines in batches, each line as a `POST` of it would be.

Some batches are read while one before them is written. An import that was killed resumes after its
last batch, on any machine. Without a checkpoint, lines that are stored already are found by their
ids.
"""

import sys
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from tqdm import tqdm

from impl.bulk.batch_writer import PAUSES_SECONDS, BatchWriter, Progress, Read
from impl.bulk.batches import Batch, Lines
from impl.bulk.files import FileTrouble, Source, troubles
from impl.bulk.reader import Line, Reader
from impl.bulk.refusals import Refusal, Refusals
from impl.errors import ApiError, Unavailable
from impl.processes import Stop

AHEAD = 3
"""Batches that wait to be written, at most: a slow write holds up no reading."""


class Stopped(Exception):
    """An import stopped before its end, because of its `__cause__`."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class Import:
    """The import of one file."""

    def __init__(
        self, source: Source, reader: Reader, writer: BatchWriter, refusals: Refusals, stop: Stop
    ) -> None:
        self._source = source
        self._reader = reader
        self._writer = writer
        self._refusals = refusals
        self._stop = stop

    def run(self, most_bytes: int) -> Progress:
        """Import the file from where an earlier run ended; the outcomes of all its lines.

        Raises Stopped because of FileTrouble, Unavailable or KeyboardInterrupt.
        """
        progress = Progress()
        writing: deque[Future[Progress]] = deque()
        with ThreadPoolExecutor(1, "writer") as thread, self._bar() as bar:
            try:
                lines, progress = self._begun(most_bytes)
                while (batch := self._next(lines)) is not None:
                    read = self._read(batch)
                    if self._stop.is_set():
                        raise KeyboardInterrupt
                    if len(writing) == AHEAD:
                        progress = writing.popleft().result()
                    before = writing[-1] if writing else progress
                    writing.append(thread.submit(self._write, read, before))
                    bar.update(self._source.position - bar.n)
                    bar.set_postfix_str(f"{progress.place.line:,} lines", refresh=False)
                progress = writing[-1].result() if writing else progress
                self._writer.end()
            except (FileTrouble, Unavailable, KeyboardInterrupt) as error:
                cause = KeyboardInterrupt() if self._stop.is_set() else error
                self._stop.set()
                raise Stopped(_settled(writing, progress)) from cause
        return progress

    def _bar(self) -> "tqdm[Any]":
        return tqdm(total=self._source.size, unit="B", unit_scale=True, disable=None)

    def _begun(self, most_bytes: int) -> tuple[Lines, Progress]:
        """The file after an earlier run's last batch, or from its start if it has changed."""
        progress = self._writer.checkpoint()
        lines = Lines(self._source.lines, most_bytes)
        with troubles(self._source.path), self._stop.waiting():
            if not lines.skip(progress.place):
                self._source.rewind()
                lines, progress = Lines(self._source.lines, most_bytes), Progress()
        return lines, replace(progress, size=self._refusals.resume(progress.size))

    def _next(self, lines: Lines) -> Batch | None:
        with troubles(self._source.path), self._stop.waiting():
            return lines.batch()

    def _read(self, batch: Batch) -> Read:
        read = Read(batch.end)
        for number, text in batch.lines:
            try:
                read.new.append(self._line(number, text))
            except Unavailable:
                raise
            except ApiError as error:
                read.refused.append(Refusal(number, text, error))
        return read

    def _write(self, read: Read, before: Progress | Future[Progress]) -> Progress:
        """Write a batch after the one before it; raises what that one has raised."""
        progress = before if isinstance(before, Progress) else before.result()
        return self._writer.write(read, progress, _say)

    def _line(self, number: int, text: bytes) -> Line:
        """The line; waits for the database if its rules read something there."""
        for pause in PAUSES_SECONDS:
            try:
                return self._reader.read(number, text)
            except Unavailable as error:
                _say(str(error))
                if self._stop.wait(pause):
                    raise
        return self._reader.read(number, text)


def _say(trouble: str) -> None:
    tqdm.write(f"waiting: {trouble}", file=sys.stderr)


def _settled(writing: Iterable[Future[Progress]], progress: Progress) -> Progress:
    """The progress once the batches in flight are written, or one of them has failed."""
    with suppress(ApiError, FileTrouble):
        for each in writing:
            progress = each.result()
    return progress
