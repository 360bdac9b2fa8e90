"""Posts events to one receiver, over one connection, to addresses that its callback may have.

Each connection goes to an address that was checked, under the callback's own name, without a proxy.
Redirects are not followed. A try ends in time, however slowly the receiver drips its answer.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TypeAlias

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from impl.events import callbacks
from impl.events.callbacks import Allowance, Callback, Refused, Resolve

ANSWER_BYTES = 64 * 1024
"""How much of an answer's body is read, and ignored."""

ADDRESSES = 4
"""The most addresses of a host that are tried."""

WATCH_SECONDS = 0.25
AGENT = "tmf678"
_FAILURES = (OSError, HTTPError, http.client.HTTPException, ValueError)
Find: TypeAlias = Callable[[], socket.socket | None]
_STALE = (ConnectionError, http.client.RemoteDisconnected)


class Unreachable(Exception):
    """The receiver gave no answer; the message says why."""


@dataclass(frozen=True)
class Patience:
    """How long a try may take: to connect, and in all."""

    connect: float = 3.0
    total: float = 15.0


@dataclass(frozen=True)
class Answer:
    """A receiver's answer."""

    status: int
    retry_after: str | None = None


class Watchdog:
    """Breaks off tries that take too long."""

    def __init__(self) -> None:
        self._tries: dict[int, tuple[float, Find]] = {}

    @contextmanager
    def within(self, until: float, find: Find) -> Iterator[None]:
        """Shut the socket down if this block has not ended by `until`."""
        self._tries[id(find)] = (until, find)
        try:
            yield
        finally:
            del self._tries[id(find)]

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set."""
        while not stop.wait(WATCH_SECONDS):
            now = time.monotonic()
            for until, find in list(self._tries.values()):
                late = find() if until < now else None
                if late is not None:
                    with suppress(OSError):
                        late.shutdown(socket.SHUT_RDWR)


class _Final(http.client.HTTPResponse):
    """The final response: interim ones before it are skipped (RFC 9110 section 15.2)."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        interim = 100 <= status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS
        return version, HTTPStatus.CONTINUE if interim else status, reason

    def read_bounded(self) -> bool:
        """Read the body up to ANSWER_BYTES; whether the connection can be used again.

        Raises IncompleteRead if the body ends before its length.
        """
        body = self.read(ANSWER_BYTES)
        if len(body) == ANSWER_BYTES:
            return False
        if self.length:
            raise http.client.IncompleteRead(body, self.length)
        return not self.will_close


class Receiver:
    """A callback with one connection, kept open between posts. For one thread at a time."""

    def __init__(
        self,
        url: str,
        allowance: Allowance,
        watchdog: Watchdog,
        patience: Patience = Patience(),
        resolve: Resolve = callbacks.lookup,
    ) -> None:
        self._url = url
        self._allowance = allowance
        self._watchdog = watchdog
        self._patience = patience
        self._resolve = resolve
        self._connection: HTTPConnection | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body; Unreachable if no whole answer comes in time."""
        until = time.monotonic() + self._patience.total
        try:
            return self._post(_request(self._callback, headers, body), until)
        except (*_FAILURES, Refused) as error:
            self.close()
            raise Unreachable(_reason(error, late=time.monotonic() >= until)) from None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @cached_property
    def _callback(self) -> Callback:
        return callbacks.read(self._url)

    def _post(self, request: bytes, until: float) -> Answer:
        if self._connection is not None:
            with suppress(*_STALE):  # the receiver may have closed it
                return self._exchange(self._connection.sock, request, until)
        self.close()
        self._connection = self._connected(self._callback, until)
        return self._exchange(self._connection.sock, request, until)

    def _exchange(self, socket_: socket.socket, request: bytes, until: float) -> Answer:
        with self._watchdog.within(until, lambda: socket_):
            socket_.sendall(request)
            with closing(_Final(socket_, method="POST")) as answer:
                answer.begin()
                reusable = answer.read_bounded()
        if time.monotonic() >= until:
            raise TimeoutError  # an answer that was cut off can look whole
        if not reusable:
            self.close()
        return Answer(answer.status, answer.headers.get("Retry-After"))

    def _connected(self, callback: Callback, until: float) -> HTTPConnection:
        """A connection to the first of the callback's addresses that accepts one."""
        addresses = callbacks.addresses(callback, self._allowance, self._resolve)[:ADDRESSES]
        for address in addresses[:-1]:
            with suppress(OSError, HTTPError):
                return self._connected_to(callback, address, until)
        return self._connected_to(callback, addresses[-1], until)

    def _connected_to(self, callback: Callback, address: str, until: float) -> HTTPConnection:
        connection = self._connection_to(callback, address)
        try:
            with self._watchdog.within(until, lambda: connection.sock):
                connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(self._patience.total)
        return connection

    def _connection_to(self, callback: Callback, address: str) -> HTTPConnection:
        if callback.scheme == "http":
            return HTTPConnection(address, callback.port, timeout=self._patience.connect)
        return HTTPSConnection(
            address,
            callback.port,
            timeout=self._patience.connect,
            server_hostname=callback.host,
            assert_hostname=callback.host,
            cert_reqs="CERT_REQUIRED",
        )


def _request(callback: Callback, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request as it is sent: the client's own writing of it takes twice as long as its sending.

    Raises ValueError for a header that HTTP does not allow (RFC 9110 section 5.5).
    """
    lines = {
        "Host": callback.authority,
        "User-Agent": AGENT,
        "Accept-Encoding": "identity",
        "Content-Length": str(len(body)),
        **headers,
    }
    fields = "".join([f"{name}: {value}\r\n" for name, value in lines.items()])
    if not fields.count("\r") == fields.count("\n") == len(lines):
        raise ValueError("a header with a line break")
    return f"POST {callback.target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + body


def _reason(error: Exception, *, late: bool) -> str:
    """The reason in a few words, without addresses and without text from the receiver."""
    if late or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, Refused):
        return f"callback: {error}"
    if isinstance(error, ssl.SSLCertVerificationError | CertificateError):
        return "its certificate is not valid"
    return f"no answer: {type(error).__name__}"
