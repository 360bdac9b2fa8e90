"""How long is waited: exactly, with the jitter in hand."""

from datetime import UTC, datetime

import pytest

from impl.events.backoff import delay, retry_after

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


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
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds
