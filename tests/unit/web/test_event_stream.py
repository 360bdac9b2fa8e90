"""Server-sent events: what stands in a stream of them."""

import pytest

from impl.links import links
from impl.query.language import IDLE, Document
from impl.web import event_stream


def encoded(*rows: Document) -> list[bytes]:
    return list(event_stream.encoded(rows, links("http://h/v4", "events")))


def test_an_event_has_its_id_its_type_and_one_line_of_json() -> None:
    event = Document({"id": "7", "eventId": "E", "eventType": "T", "event": {"x": {"id": "a b"}}})
    assert encoded(event)[1] == (
        b"id: 7\nevent: T\ndata: "
        b'{"eventId":"E","eventType":"T","event":{"x":{"id":"a b","href":"http://h/v4/x/a%20b"}}}'
        b"\n\n"
    )


def test_silence_is_broken_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encoded(IDLE, IDLE)[1:] == [b"", b""]
    monkeypatch.setattr(event_stream, "KEEP_ALIVE_SECONDS", 0)
    assert encoded(IDLE)[1] == b": still here\n\n"
