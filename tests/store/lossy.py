"""A connection to MongoDB that breaks at a command, before or after MongoDB has done it."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Lossy:
    """A way to MongoDB on which the first such command is lost, or the answer to it."""

    def __init__(
        self, port: int, command: bytes, *, arrives: bool, meanwhile: Callable[[], None]
    ) -> None:
        self._port, self._command = port, command
        self._arrives, self._meanwhile = arrives, meanwhile
        self.lost = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"mongodb://127.0.0.1:{self._listener.getsockname()[1]}/?directConnection=true"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while asked := client.recv(1 << 20):
                if self._command in asked and not self.lost:
                    self.lost = True
                    self._lose(asked, client)
                    return
                server.sendall(asked)

    def _lose(self, asked: bytes, client: socket.socket) -> None:
        if self._arrives:
            with socket.create_connection(("127.0.0.1", self._port)) as other:
                other.sendall(asked)
                assert other.recv(1 << 20)
        self._meanwhile()
        client.shutdown(socket.SHUT_RDWR)


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while said := server.recv(1 << 20):
            client.sendall(said)
