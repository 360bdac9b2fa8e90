"""What follows from tries: the schedule of three days, walked in no time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.events.retry_policy import LONGEST_SECONDS, RetryPolicy, Tried, delay, retry_after
from impl.store.deliveries import EVER
from impl.store.delivery_rows import Delivery

NOW = datetime(2026, 10, 1, tzinfo=UTC)
POLICY = RetryPolicy(timedelta(hours=72), jitter=lambda: 0.5)


def delivery(tries: int = 0, since: datetime = NOW, subject: str = "customerBill/1") -> Delivery:
    return Delivery(f"d-{subject}", subject, "1", tries, since)


def failed(error: str = "HTTP status 500", tries: int = 0, **what: Any) -> Tried:
    return Tried(delivery(tries), error, **what)


def test_waits_double_from_a_second_to_an_hour() -> None:
    waits = [delay(tries, lambda: 0.5) for tries in range(1, 16)]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_SECONDS
    assert delay(10_000, lambda: 0.5) == LONGEST_SECONDS


def test_jitter_is_a_fifth_and_an_hour_is_the_most() -> None:
    assert [round(delay(3, lambda x=x: x), 2) for x in (0.0, 0.5, 1.0)] == [3.2, 4.0, 4.8]  # type: ignore[misc]
    assert delay(40, lambda: 1.0) == LONGEST_SECONDS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("7", 7.0),
        ("99999999", 3600.0),
        ("9" * 5000, 3600.0),
        ("Thu, 01 Oct 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Oct 2020 00:00:30 GMT", 0.0),
        ("Thu, 01 Oct 2099 00:00:30 GMT", 3600.0),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds


def test_success_clears_all() -> None:
    done = POLICY.decide([Tried(delivery())], failures=7, blocked=3, now=NOW)
    assert (done.failures, done.due, done.failed) == (0, EVER, [])
    assert done.delivered == [delivery()]


def test_one_event_that_fails_holds_up_only_what_is_behind_it() -> None:
    done = POLICY.decide([failed(tries=2), Tried(delivery(subject="b"))], 0, 1, NOW)
    assert (done.failures, done.due, done.dead_before) == (0, EVER, None)
    assert done.failed[0].due == NOW + timedelta(seconds=4)
    alone = POLICY.decide([failed(tries=2)], 0, 1, NOW)
    assert (alone.failures, alone.due) == (0, EVER)


@pytest.mark.parametrize(
    ("tried", "failures", "blocked"),
    [
        ([failed("no answer in time", unreachable=True)], 0, 0),
        ([failed()], 1, 0),
        ([failed()], 0, 4),
        ([failed()] * 5, 0, 0),
    ],
)
def test_a_receiver_in_trouble_is_left_alone(
    tried: list[Tried], failures: int, blocked: int
) -> None:
    done = POLICY.decide(tried, failures, blocked, NOW)
    assert done.failures == failures + 1
    assert done.due == NOW + timedelta(seconds=2**failures)
    assert done.dead_before == NOW - timedelta(hours=72)


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    done = POLICY.decide([failed("HTTP status 429", retry_after=600)], 0, 0, NOW)
    assert done.due == NOW + timedelta(seconds=600)
    assert done.failed[0].due == NOW + timedelta(seconds=600)
    assert done.failures == 0


def test_three_days_of_tries() -> None:
    now, each = NOW, delivery()
    tries = 0
    while True:
        tries += 1
        done = POLICY.decide([Tried(each, "HTTP status 500")], 0, 0, now)
        due = done.failed[0].due
        if due is None:
            break
        now, each = due, delivery(tries)
    assert timedelta(hours=71) <= now - NOW <= timedelta(hours=72)
    assert tries == 12 + 71, "twelve that double up to an hour, then one an hour"


def test_what_is_lost_is_given_up_at_once() -> None:
    assert POLICY.decide([failed(lost=True)], 0, 0, NOW).failed[0].due is None


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 1), (2, 2), (3, 4), (10, 512), (12, 2048), (13, 3600), (50, 3600), (10_000, 3600)],
)
def test_waits_double_up_to_an_hour(tries: int, seconds: float) -> None:
    assert delay(tries, lambda: 0.5) == pytest.approx(seconds)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 6.4), (1.0, 9.6)])
def test_jitter_is_a_fifth_each_way(jitter: float, seconds: float) -> None:
    assert delay(4, lambda: jitter) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        ("99999999", 3600),
        ("9" * 5000, 3600),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("Wed, 25 Nov 2026 12:00:00 GMT", 3600),
        ("Tue, 24 Nov 2026 12:01:00", None),
        ("Tue, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds
