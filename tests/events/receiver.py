"""A real receiver of events, which can be in every kind of trouble."""

import json
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Post:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return str(self.event["eventId"])

    @property
    def subject(self) -> str:
        resource, told = next(iter(self.event["event"].items()))
        return f"{resource}/{told['id']}"


class Handler(BaseHTTPRequestHandler):
    """Keeps what comes, and answers as the receiver behaves."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        post = Post(self.path, dict(self.headers.items()), body)
        self.server.receiver.take(post, self)

    def do_GET(self) -> None:
        self.server.receiver.followed = True
        self.answer(200)

    def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if body or status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    receiver: "Receiver"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


Behaviour = Callable[[Handler], None]


def ok(handler: Handler) -> None:
    handler.answer(204)


def status(code: int, **headers: str) -> Behaviour:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, named, b"no")


def slow(seconds: float) -> Behaviour:
    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        handler.answer(200)

    return answer


def hang(handler: Handler) -> None:
    handler.server.receiver.stopping.wait(60)
    handler.close_connection = True


def close_early(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: Handler) -> None:
    """A header that never ends, a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.server.receiver.stopping.wait(0.1):
        handler.wfile.write(b"x")
    handler.close_connection = True


def garbage(handler: Handler) -> None:
    handler.wfile.write(b"\x16\x03\x01 what?\r\n\r\n")
    handler.close_connection = True


def endless(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while not handler.server.receiver.stopping.is_set():
        handler.wfile.write(b"x" * 65536)
    handler.close_connection = True


class Receiver:
    """An HTTP server on loopback, or another address. Use as a context manager."""

    def __init__(self, behave: Behaviour = ok, host: str = "127.0.0.1") -> None:
        self.behave = behave
        self.host = host
        self.posts: list[Post] = []
        self.accepted: list[Post] = []
        self.followed = False
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = self._started(0)
        self.port = self._server.server_port
        self.url = f"http://{host}:{self.port}/listener"

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, post: Post, handler: Handler) -> None:
        behave = self.behave
        with self._lock:
            self.posts.append(post)
        behave(handler)
        if behave is ok:
            with self._lock:
                self.accepted.append(post)

    def go_down(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        self._server = self._started(self.port)

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def by_subject(self) -> dict[str, list[str]]:
        """The ids that were accepted first, in order, by what they are about."""
        found: dict[str, list[str]] = defaultdict(list)
        for post in self.accepted:
            if post.id not in found[post.subject]:
                found[post.subject].append(post.id)
        return found

    def _started(self, port: int) -> _Server:
        server = _Server((self.host, port), Handler)
        server.receiver = self
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server
