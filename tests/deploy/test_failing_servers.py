"""The shipped proxy configuration, before servers that some requests end."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.proxy import NGINX, Proxy

pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None,
    reason="nginx and openssl are missing: apt-get install nginx-light openssl",
)


class Fragile(BaseHTTPRequestHandler):
    """Closes the connection without an answer on `/bad`."""

    def do_GET(self) -> None:
        if self.path != "/bad":
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def fragile() -> Iterator[int]:
    """The port of such a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Fragile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_request_that_no_server_answers_takes_no_server_away(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ports = [stack.enter_context(fragile()) for _ in range(2)]
        client = stack.enter_context(stack.enter_context(Proxy(tmp_path, ports)).client())
        assert client.get("/bad").status_code == 503
        assert {client.get("/good").status_code for _ in range(20)} == {200}
