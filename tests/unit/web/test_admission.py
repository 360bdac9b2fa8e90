"""Who is let in: rates, room, and whose request it is."""

from ipaddress import ip_network

import pytest

from impl.errors import Busy, TooManyRequests
from impl.web.admission import FORGET_OVER, Admission, InFlightLimit, Rate, client_of
from impl.web.scope_keys import CLIENT


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_send_its_share_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    rate = Rate(10, 1.0, clock)
    assert [rate.wait("a") for _ in range(10)] == [0] * 10
    assert rate.wait("a") == pytest.approx(0.1)
    assert rate.wait("b") == 0
    clock.now += 0.1
    assert rate.wait("a") == 0
    assert rate.wait("a") == pytest.approx(0.1)


def test_over_a_long_time_no_more_get_in_than_the_rate_allows() -> None:
    clock = Clock()
    rate = Rate(100, 1.0, clock)
    admitted = 0
    for _ in range(10_000):
        clock.now += 0.001
        admitted += not rate.wait("a")
    assert 1000 <= admitted <= 1100


def test_clients_that_are_silent_are_forgotten() -> None:
    clock = Clock()
    rate = Rate(1, 1.0, clock)
    for number in range(FORGET_OVER * 3):
        clock.now += 0.01
        rate.wait(f"client {number}")
    assert len(rate) <= FORGET_OVER + 1


def test_the_error_tells_when_to_come_back() -> None:
    admission = Admission(1, InFlightLimit(1), Rate(1, 60.0, Clock()))
    scope = {"client": ("192.0.2.1", 5), "headers": []}
    admission.admit(scope)
    with pytest.raises(TooManyRequests) as refused:
        admission.admit(scope)
    assert refused.value.seconds == 60


def test_room_is_given_back_and_refused_where_there_is_none() -> None:
    room = InFlightLimit(2)
    with room, room, pytest.raises(Busy), room:
        pass
    with room, room:
        pass


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", " , ", "10.0.0.1"),
        ("10.0.0.1", "unknown", "unknown"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::9", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("10.0.0.1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_a_client_is_the_last_address_that_is_no_proxy_of_ours(
    peer: str, forwarded: str, client: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"client": (peer, 5), "headers": headers}
    assert client_of(scope, [ip_network("10.0.0.0/8")]) == client


def test_a_client_that_has_proven_who_it_is_counts_as_that() -> None:
    scope = {"client": ("192.0.2.1", 5), "headers": [], CLIENT: "alice"}
    assert client_of(scope, []) == "alice"
