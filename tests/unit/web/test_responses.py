"""Server-sent events: what stands in a stream of them."""

from typing import Any

import pytest

from impl.links import links
from impl.query.language import QUIET, Document, Query
from impl.web import responses
from impl.web.responses import Responder, Streams


def told(*rows: Document) -> list[bytes]:
    nothing: Any = None
    asked = Responder(nothing, nothing, links("http://h/v4", "events"), Query(), Streams(1))
    return list(asked._told(iter(rows)))  # noqa: SLF001


def test_an_event_has_its_id_its_type_and_one_line_of_json() -> None:
    event = Document({"id": "7", "eventId": "E", "eventType": "T", "event": {"x": {"id": "a b"}}})
    assert told(event)[1] == (
        b"id: E\nevent: T\ndata: "
        b'{"eventId":"E","eventType":"T","event":{"x":{"id":"a b","href":"http://h/v4/x/a%20b"}}}'
        b"\n\n"
    )


def test_silence_is_broken_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(QUIET, QUIET)[1:] == [b"", b""]
    monkeypatch.setattr(responses, "KEEP_ALIVE_SECONDS", 0)
    assert told(QUIET)[1] == b": still here\n\n"
