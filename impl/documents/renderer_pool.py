"""A pool of processes that render documents, few at a time, and a cache of the documents.

Rendering takes memory in proportion to the length of a document, and the process does not give it
back. So child processes do it, with limits of time and memory, and are killed past either.
"""

import pickle
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import Pipe

from impl.concurrency import ConcurrencyLimit
from impl.documents.bill_values import Json, text
from impl.documents.document import DocumentError, Renderer, Style
from impl.documents.limits import RenderLimits
from impl.documents.renderer import Job, Result, Setup
from impl.errors import Busy
from impl.processes import python
from impl.query.language import Document

PART_BYTES = 256 * 1024
"""The most bytes of rates in one message, unless a single rate is larger."""

PROCESS_DIED = (EOFError, OSError)
"""The errors of a pipe whose process has died."""


class RendererPool(Renderer):
    """Renders the same documents as `Documents`, in child processes, from any thread."""

    def __init__(self, style: Style, report: Callable[[str], None], limits: RenderLimits) -> None:
        """Read the style, and start no process yet; DocumentError if a file can't be read.

        `report` is called with the id of each bill whose PDF has letters that no font has.
        """
        super().__init__(style)
        self._setup = Setup(style, limits.seconds, limits.memory_bytes)
        self._report = report
        self._wait_seconds = limits.seconds
        self._turns = ConcurrencyLimit(limits.processes, limits.waiting, "documents")
        self._idle: list[_Process] = []
        self._cache = DocumentCache(limits.cache_bytes)

    def start(self) -> None:
        """Start a process; DocumentError if a template, the logo or a font fails."""
        self._idle.append(_Process(self._setup))

    def render(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", cache_key: str = ""
    ) -> bytes:
        """The document; Busy if it, or those before it, take too much time or memory."""
        key = (cache_key, media, language)
        content = self._cache.get(key)
        if content is not None:
            return content
        with self._turns.within(self._wait_seconds):
            content = self._cache.get(key)  # another thread may have rendered it meanwhile
            if content is None:
                content = self._content(Job(media, _plain(bill), language), rates)
                if cache_key:
                    self._cache.put(key, content)
        return content

    def _content(self, job: Job, rates: Iterable[Json]) -> bytes:
        result = self._result(job, rates)
        if result.error:
            raise DocumentError(result.error)
        if result.lacks_letters:
            self._report(text(job.bill.get("id")))
        return result.content

    def _result(self, job: Job, rates: Iterable[Json]) -> Result:
        process = self._process()
        try:
            result = process.do(job, rates)
        except PROCESS_DIED:
            process.end()
            raise Busy("the document takes more time or memory than allowed") from None
        except BaseException:
            process.end()  # because it waits for the other rates
            raise
        if result.retired:
            process.end()
        else:
            self._idle.append(process)
        return result

    def _process(self) -> "_Process":
        """An idle process, or a new one."""
        with suppress(IndexError):
            while True:
                process = self._idle.pop()
                if process.runs:
                    return process
                process.end()
        return _Process(self._setup)


class _Process:
    """A process that renders one document at a time (`impl.documents.renderer`)."""

    def __init__(self, setup: Setup) -> None:
        """DocumentError if a template, logo or font fails; Busy if the process does not start."""
        self._pipe, child = Pipe()
        with child:
            # Not by -m, because the Result would then be of the module `__main__`.
            command = [*python(), "-c", "from impl.documents.renderer import main; main()"]
            self._process = subprocess.Popen(command, stdin=child.fileno(), start_new_session=True)
        try:
            self._pipe.send(setup)
            error: str = self._pipe.recv()
        except PROCESS_DIED:
            self.end()
            raise Busy("the process that makes documents does not start") from None
        if error:
            self.end()
            raise DocumentError(error)

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
    """The document without the store's own data of it."""
    return Document(document, derived=getattr(document, "derived", ()))


class DocumentCache:
    """A cache of the most recently used documents, up to a number of bytes in all."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._documents: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> bytes | None:
        """The document under the key."""
        with self._lock:
            content = self._documents.get(key)
            if content is not None:
                self._documents.move_to_end(key)
            return content

    def put(self, key: tuple[str, ...], content: bytes) -> None:
        """Add a document, unless it alone is too large."""
        with self._lock:
            if key in self._documents or len(content) > self._max_bytes:
                return
            self._documents[key] = content
            self._size += len(content)
            while self._size > self._max_bytes:
                _, oldest = self._documents.popitem(last=False)
                self._size -= len(oldest)
