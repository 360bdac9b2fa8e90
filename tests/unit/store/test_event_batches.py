"""Batches of events keep every event, and say in the clear what MongoDB finds them by."""

from datetime import UTC, datetime

from bson.codec_options import CodecOptions

from impl.store.documents import OWNERS
from impl.store.event_batches import BODY, MOST_BYTES, MOST_EVENTS, BatchedEvent, pack, unpack

OPTIONS: CodecOptions[dict[str, object]] = CodecOptions(tz_aware=True, tzinfo=UTC)


def _event(number: int, size: int = 10) -> BatchedEvent:
    event = {
        "eventId": f"id-{number:05}",
        "eventType": "CustomerBillCreateEvent",
        "eventTime": datetime(2026, 11, 1, tzinfo=UTC),
        "event": {"customerBill": {"id": f"bill-{number}", "more": "x" * size}},
    }
    return BatchedEvent(event, f"customerBill/bill-{number}", [f"owner-{number % 2}"])


def test_a_batch_gives_back_its_events() -> None:
    events = [_event(number) for number in range(3)]
    (batch,) = pack(events)
    assert list(unpack(batch, OPTIONS)) == events
    assert list(unpack(batch, OPTIONS, 2)) == events[2:]


def test_a_batch_says_in_the_clear_which_events_it_holds() -> None:
    (batch,) = pack([_event(number) for number in range(3)])
    assert batch["eventId"] == ["id-00000", "id-00001", "id-00002"]
    assert batch["eventType"] == ["CustomerBillCreateEvent"] * 3
    assert batch["subject"] == ["customerBill/bill-0", "customerBill/bill-1", "customerBill/bill-2"]
    assert batch[OWNERS] == ["owner-0", "owner-1"]


def test_batches_are_bounded_by_number_and_bytes() -> None:
    assert [len(each["eventId"]) for each in pack(map(_event, range(MOST_EVENTS + 1)))] == [250, 1]
    large = [_event(number, MOST_BYTES // 2) for number in range(3)]
    assert [len(each["eventId"]) for each in pack(large)] == [1, 1, 1]
    assert [len(each["eventId"]) for each in pack([_event(0, 2 * MOST_BYTES)])] == [1]


def test_a_batch_is_a_tenth_of_its_events() -> None:
    (batch,) = pack([_event(number, 400) for number in range(100)])
    assert len(batch[BODY]) < 100 * 400 / 10


def test_no_events_make_no_batch() -> None:
    assert list(pack([])) == []
