"""A child process that renders documents for its parent (`impl.documents.renderer_pool`).

Its standard input is a socket to the parent. The parent first sends a Setup, and the child answers
with an error text, blank if there is none. Then the parent sends for each document a Job, its rates
in lists, and an empty list, and the child answers with a Result. The child ends with its parent,
past its memory, and past the time of a job.
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

from impl.documents.bill_values import Json
from impl.documents.document import DocumentError, Documents, Style
from impl.error_summary import summary

RETIRE_BYTES = 256 * 1024 * 1024
"""The memory past which a process is replaced by a new one after a document."""

STATM = Path("/proc/self/statm")

MAX_ERROR = 400
"""The characters of an error summary that the parent gets: its end, which fits a log line."""


@dataclass(frozen=True)
class Setup:
    """The style of documents, and the time and memory that each may take."""

    style: Style
    seconds: int
    memory_bytes: int


@dataclass(frozen=True)
class Job:
    """A document to render; its rates follow."""

    media: str
    bill: Json
    language: str


@dataclass(frozen=True)
class Result:
    """A document, or the error that prevented it."""

    content: bytes = b""
    error: str = ""
    lacks_letters: bool = False
    retired: bool = False
    """Whether this was the last document of the process."""


def main() -> None:
    """Render documents until the parent is gone."""
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
    with suppress(EOFError, OSError):  # the parent is gone
        while not _work(pipe, documents, lacking, setup.seconds):
            pass


def _work(
    pipe: "Connection[Any, Any]", documents: Documents, lacking: list[str], seconds: int
) -> bool:
    """Do one job; return whether it was the last one."""
    job: Job = pipe.recv()
    signal.alarm(seconds)
    result = _render(documents, job, _rates(pipe), lacking)
    signal.alarm(0)
    pipe.send(result)
    return result.retired


def _rates(pipe: "Connection[Any, Any]") -> Iterator[Json]:
    while part := pipe.recv():
        yield from map(pickle.loads, part)


def _render(documents: Documents, job: Job, rates: Iterator[Json], lacking: list[str]) -> Result:
    """The result of a job; MemoryError, which ends the process, if memory runs out."""
    lacking.clear()
    try:
        content = documents.render(job.media, job.bill, rates, job.language)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the parent raises it
        deque(rates, maxlen=0)  # read the other rates, which come before the next job
        return Result(error=summary(error)[-MAX_ERROR:])
    gc.collect()
    return Result(content, lacks_letters=bool(lacking), retired=_memory_bytes() > RETIRE_BYTES)


def _memory_bytes() -> int:
    """The resident memory of this process; 0 if the system does not say."""
    with suppress(OSError):  # getrusage would count the memory of the parent, too
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    return 0
