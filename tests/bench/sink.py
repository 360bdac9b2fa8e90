"""Command: a receiver of events that costs little, so that it is the sender that is measured.

`python -m tests.bench.sink PORT` answers every POST with 204 and counts the events of each path,
each once; GET answers with the counts.
"""

import asyncio
import json
import re
import sys
from collections import defaultdict

_LENGTH = re.compile(rb"(?i)content-length: *([0-9]+)")
_ID = re.compile(rb"(?i)webhook-id: *([^\r]+)")


class Sink:
    """What came, by path."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, set[bytes]] = defaultdict(set)
        self._posts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as the client keeps it."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(await self._answer(head, reader))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader) -> bytes:
        method, path, _ = head.split(b" ", 2)
        if method == b"GET":
            counts = {path: len(ids) for path, ids in self._seen.items()}
            body = json.dumps({"posts": self._posts, "events": counts}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        length, id_ = _LENGTH.search(head), _ID.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        self._posts += 1
        self._seen[path.decode()].add(id_[1] if id_ else b"")
        return b"HTTP/1.1 204 No Content\r\n\r\n"


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(Sink().serve, "127.0.0.1", int(sys.argv[1]), backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
