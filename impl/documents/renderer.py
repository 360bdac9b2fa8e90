"""The process that makes documents for another one (`impl.documents.renderer_pool`).

Its standard input is a socket to that one. First comes a Setup, answered by the trouble with it or
an empty text; then for each document a Job, its rates in lists, and an empty list, answered by a
Result. The process ends when the other one does, past its memory, and past a job's time.
"""

import gc
import pickle
import resource
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from impl.documents.document import DocumentError, Documents, Style
from impl.documents.values import Json
from impl.error_summary import summary

WORN_BYTES = 256 * 1024 * 1024
"""How much memory a process may hold to be kept; past that, another one takes its place."""

STATM = Path("/proc/self/statm")

MOST_TROUBLE = 400
"""Characters of what is told of a fault: its end, which a line of the log has room for."""


@dataclass(frozen=True)
class Setup:
    """How documents look, and what each may take."""

    style: Style
    seconds: int
    memory_bytes: int


@dataclass(frozen=True)
class Job:
    """A document to be made, but for the rates."""

    media: str
    bill: Json
    language: str


@dataclass(frozen=True)
class Result:
    """A document, or why there is none."""

    content: bytes = b""
    trouble: str = ""
    lacks_letters: bool = False
    worn: bool = False
    """Whether this was the process's last document."""


def main() -> None:
    """Work until there is nobody to work for."""
    pipe: Connection[Any, Any] = Connection(0)
    setup: Setup = pipe.recv()
    resource.setrlimit(resource.RLIMIT_DATA, (setup.memory_bytes, setup.memory_bytes))
    lacking: list[str] = []
    try:
        documents = Documents(setup.style, lacking.append)
    except DocumentError as error:
        pipe.send(str(error))
        return
    pipe.send("")
    with suppress(EOFError, OSError):  # the other process is gone
        while not _worked(pipe, documents, lacking, setup.seconds):
            pass


def _worked(
    pipe: "Connection[Any, Any]", documents: Documents, lacking: list[str], seconds: int
) -> bool:
    """Do one job; whether that was the last one."""
    job: Job = pipe.recv()
    signal.alarm(seconds)
    result = _done(documents, job, _rates(pipe), lacking)
    signal.alarm(0)
    pipe.send(result)
    return result.worn


def _rates(pipe: "Connection[Any, Any]") -> Iterator[Json]:
    while part := pipe.recv():
        yield from map(pickle.loads, part)


def _done(documents: Documents, job: Job, rates: Iterator[Json], lacking: list[str]) -> Result:
    """The job's result; where memory is short, there is none and the process ends."""
    lacking.clear()
    try:
        content = documents.made(job.media, job.bill, rates, job.language)
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - it is told where the document was asked for
        deque(rates, maxlen=0)  # what is left of them is in the way of the next job
        return Result(trouble=summary(fault)[-MOST_TROUBLE:])
    gc.collect()
    return Result(content, lacks_letters=bool(lacking), worn=_held() > WORN_BYTES)


def _held() -> int:
    """How many bytes this process holds; 0 where the system does not say."""
    with suppress(OSError):  # getrusage counts what the process had that started this one
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    return 0
