"""Documents made by processes of their own, few at a time, and kept for who asks again.

Making a document takes memory in proportion to its length, which the process keeps. So it is done
elsewhere: bounded in time and memory, and killed past either.
"""

import pickle
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import Pipe

from impl.concurrency import ConcurrencyLimit
from impl.documents.document import DocumentError, Look, Style
from impl.documents.limits import RenderLimits
from impl.documents.renderer import Job, Result, Setup
from impl.documents.values import Json, text
from impl.errors import Busy
from impl.processes import python
from impl.query.language import Document

PART_BYTES = 256 * 1024
"""How much is handed over at a time, but for a single rate that is larger."""

OVER = (EOFError, OSError)
"""What tells that a process has ended before its time."""


class RendererPool(Look):
    """Makes documents as `Documents` does, from any thread."""

    def __init__(
        self, style: Style, lacking: Callable[[str], None], bounds: RenderLimits = RenderLimits()
    ) -> None:
        """DocumentError where the style can't be read; nothing is started yet.

        `lacking` is told the id of each bill whose PDF has letters that no font has.
        """
        super().__init__(style)
        self._setup = Setup(style, bounds.seconds, bounds.memory_bytes)
        self._lacking = lacking
        self._patience = bounds.seconds
        self._turns = ConcurrencyLimit(bounds.processes, bounds.waiting, "documents")
        self._idle: list[_Process] = []
        self._kept = Kept(bounds.cache_bytes)

    def start(self) -> None:
        """Have a process ready; DocumentError where the style does not serve."""
        self._idle.append(_Process(self._setup))

    def made(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", key: str = ""
    ) -> bytes:
        """The document. Raises Busy where it, or those before it, take too long or too much."""
        named = (key, media, language)
        content = self._kept.get(named)
        if content is not None:
            return content
        with self._turns.within(self._patience):
            content = self._kept.get(named)  # by who had the turn before
            if content is None:
                content = self._printed(Job(media, _plain(bill), language), rates)
                if key:
                    self._kept.keep(named, content)
        return content

    def _printed(self, job: Job, rates: Iterable[Json]) -> bytes:
        result = self._done(job, rates)
        if result.trouble:
            raise DocumentError(result.trouble)
        if result.lacks_letters:
            self._lacking(text(job.bill.get("id")))
        return result.content

    def _done(self, job: Job, rates: Iterable[Json]) -> Result:
        process = self._process()
        try:
            result = process.do(job, rates)
        except OVER:
            process.end()
            raise Busy("the document takes more time or memory than allowed") from None
        except BaseException:
            process.end()  # for it waits for what is left of the rates
            raise
        if result.worn:
            process.end()
        else:
            self._idle.append(process)
        return result

    def _process(self) -> "_Process":
        """One that waits for work, or a new one."""
        with suppress(IndexError):
            while True:
                process = self._idle.pop()
                if process.runs:
                    return process
                process.end()
        return _Process(self._setup)


class _Process:
    """A process that makes one document at a time (`impl.documents.renderer`)."""

    def __init__(self, setup: Setup) -> None:
        """DocumentError where the style does not serve; Busy where the process does not start."""
        self._pipe, theirs = Pipe()
        with theirs:
            # Not by -m: what it answers with would be of a module of another name than here.
            command = [*python(), "-c", "from impl.documents.renderer import main; main()"]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), start_new_session=True)
        try:
            self._pipe.send(setup)
            trouble: str = self._pipe.recv()
        except OVER:
            self.end()
            raise Busy("the process that makes documents does not start") from None
        if trouble:
            self.end()
            raise DocumentError(trouble)

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def do(self, job: Job, rates: Iterable[Json]) -> Result:
        self._pipe.send(job)
        for part in _parts(rates):
            self._pipe.send(part)
        self._pipe.send([])
        result: Result = self._pipe.recv()
        return result

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def _parts(rates: Iterable[Json]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for rate in rates:
        packed = pickle.dumps(_plain(rate))
        size += len(packed)
        if part and size > PART_BYTES:
            yield part
            part, size = [], len(packed)
        part.append(packed)
    if part:
        yield part


def _plain(document: Json) -> Json:
    """The document without what the store keeps with it."""
    return Document(document, derived=getattr(document, "derived", ()))


class Kept:
    """Documents up to so many bytes in all, those that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> bytes | None:
        """What is kept under the key."""
        with self._lock:
            content = self._kept.get(key)
            if content is not None:
                self._kept.move_to_end(key)
            return content

    def keep(self, key: tuple[str, ...], content: bytes) -> None:
        """Keep what is not larger than all may be."""
        with self._lock:
            if key in self._kept or len(content) > self._most:
                return
            self._kept[key] = content
            self._size += len(content)
            while self._size > self._most:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone)
