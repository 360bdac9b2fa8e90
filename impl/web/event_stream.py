"""Server-sent events: a live list as the text of an event stream (HTML Living Standard 9.2)."""

import time
from collections.abc import Iterable, Iterator
from typing import Final

from impl.links import Links
from impl.query.language import IDLE, Document

KEEP_ALIVE_SECONDS = 15
"""While no event comes, clients get a comment this often, so that proxies keep the connection."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Neither caches nor nginx may hold a stream back."""


def encoded(rows: Iterable[Document], links: Links) -> Iterator[bytes]:
    """The text of each event, with its `id` as the place in the stream.

    It is empty for most IDLE rows: the bridge then only checks that the client is still there.
    """
    yield b": the feed goes on\n\n"
    last_sent = time.monotonic()
    for row in rows:
        text = b""
        if row is not IDLE:
            text = _event(row["id"], links.event_type(row["eventType"]), links.one(row))
        elif time.monotonic() - last_sent >= KEEP_ALIVE_SECONDS:
            text = b": still here\n\n"
        last_sent = time.monotonic() if text else last_sent
        yield text


def _event(id_: str, event_type: str, data: bytes) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (id_.encode(), event_type.encode(), data)
