"""The issuer's keys: when it is asked for them, and what is left while it is away."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from impl.auth import keys
from impl.auth.keys import (
    FIRST_SECONDS,
    FRESH_SECONDS,
    MOST_KEYS,
    MOST_LOGGED,
    RETRY_SECONDS,
    Keys,
)
from impl.errors import Unavailable
from tests.auth.issuer import Issuer, jwks, public


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer("rsa", "ec", "ed") as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(issuer: Issuer, clock: Clock) -> Keys:
    return Keys(keys.source(issuer.url), clock)


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


def test_many_at_once_ask_the_issuer_once(ring: Keys, issuer: Issuer) -> None:
    async def work() -> list[Any]:
        issuer.go_on.clear()
        waiting = [asyncio.create_task(ring.find("rsa", "RS256")) for _ in range(50)]
        while not issuer.asked:
            await asyncio.sleep(0.01)
        issuer.go_on.set()
        return await asyncio.gather(*waiting)

    assert all(run(work))
    assert issuer.asked == 1


def test_the_event_loop_turns_while_the_issuer_is_slow(ring: Keys, issuer: Issuer) -> None:
    async def work() -> int:
        issuer.go_on.clear()
        waiting = asyncio.create_task(ring.find("rsa", "RS256"))
        turns = 0
        while not issuer.asked or turns < 20:
            await asyncio.sleep(0.001)
            turns += 1
        assert not waiting.done()
        issuer.go_on.set()
        assert await waiting
        return turns

    assert run(work) >= 20


def test_an_unknown_key_asks_again_but_not_within_30_seconds(
    ring: Keys, issuer: Issuer, clock: Clock
) -> None:
    async def work() -> None:
        assert await ring.find("rsa", "RS256")
        for _ in range(100):
            assert await ring.find("nobody's", "RS256") is None
        assert issuer.asked == 1
        issuer.content = jwks("rsa", "next")
        clock.now += RETRY_SECONDS + 1
        assert await ring.find("next", "RS256")
        assert await ring.find("../../x", "RS256") is None

    run(work)
    assert issuer.asked == 2


def test_keys_are_kept_while_the_issuer_is_away(ring: Keys, issuer: Issuer, clock: Clock) -> None:
    async def work() -> None:
        assert await ring.find("rsa", "RS256")
        for status, content in ((503, b""), (200, b"<html>"), (200, b'{"keys": []}')):
            issuer.status, issuer.content = status, content
            clock.now += FRESH_SECONDS + 1
            asked = issuer.asked
            assert await ring.find("unknown", "RS256") is None  # waits for the answer
            assert issuer.asked == asked + 1
            assert await ring.find("rsa", "RS256")

    run(work)


def test_a_key_that_the_issuer_has_withdrawn_goes(ring: Keys, issuer: Issuer, clock: Clock) -> None:
    async def work() -> None:
        assert await ring.find("rsa", "RS256")
        issuer.content = jwks("next")
        clock.now += FRESH_SECONDS + 1
        assert await ring.find("rsa", "RS256")  # nobody waits for a refresh
        assert await ring.find("next", "RS256")
        assert await ring.find("rsa", "RS256") is None

    run(work)


def test_without_any_keys_it_is_unavailable_and_asks_every_other_second(
    ring: Keys, issuer: Issuer, clock: Clock
) -> None:
    async def work() -> None:
        issuer.status = 500
        for _ in range(3):
            with pytest.raises(Unavailable):
                await ring.find("rsa", "RS256")
        assert issuer.asked == 1
        issuer.status = 200
        clock.now += FIRST_SECONDS + 1
        assert await ring.find("rsa", "RS256")

    run(work)


def test_an_issuer_that_nobody_hears_of_is_unavailable(clock: Clock) -> None:
    with Issuer("rsa") as gone:
        url = gone.url
    ring = Keys(keys.source(url), clock)
    with pytest.raises(Unavailable):
        run(lambda: ring.find("rsa", "RS256"))


def test_no_id_means_the_only_key_there_is(ring: Keys, issuer: Issuer, clock: Clock) -> None:
    async def work() -> None:
        assert await ring.find(None, "RS256")
        issuer.content = jwks("rsa", "next")
        clock.now += FRESH_SECONDS + 1
        assert await ring.find("next", "RS256")
        assert await ring.find(None, "RS256") is None

    run(work)


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(jwks("ec"))
    ring = Keys(keys.source(str(path)), time.monotonic)
    assert run(lambda: ring.find("ec", "ES256"))


UNUSABLE = [
    public("rsa", use="enc"),
    public("rsa", alg="RSA-OAEP"),
    public("rsa", key_ops=["encrypt"]),
    public("rsa") | {"n": "AQAB"},
    {"kid": "hs", "kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},
    {"kid": "hs", "kty": "oct", "alg": "HS256", "k": "c2VjcmV0"},
    {"kty": "RSA"},
    public("rsa", key_ops=None),
    public("rsa", key_ops="verify"),
    public("rsa", key_ops=7),
    public("rsa", use=None),
    public("rsa", alg=None),
    public("rsa", alg=[]),
    public("rsa") | {"kid": None},
    public("rsa") | {"kid": 5},
    public("rsa") | {"n": None},
    public("rsa") | {"n": 5},
    public("rsa") | {"e": {}},
    public("rsa") | {"kty": None},
    public("ed") | {"x": "AA"},
    public("ed") | {"x": []},
    {"kty": "EC", "crv": ["P-256"]},
    {},
    "text",
    None,
]


@pytest.mark.parametrize("key", UNUSABLE)
def test_what_is_no_public_key_for_signatures_is_left_out(key: Any) -> None:
    with pytest.raises(ValueError, match="JWKS"):
        keys.read(json.dumps({"keys": [key]}).encode())
    ring = keys.read(json.dumps({"keys": [key, public("ec")]}).encode())
    assert {name: [kid for kid, _ in found] for name, found in ring.items()} == {"ES256": ["ec"]}


FOR_ELSE = [*UNUSABLE[:3], UNUSABLE[4], UNUSABLE[5]]
"""Keys that are sound, and for something else."""

ODD = [key for key in UNUSABLE if key not in FOR_ELSE]


@pytest.mark.parametrize("key", ODD)
def test_a_key_that_cannot_be_read_is_named_in_the_log_without_what_it_holds(key: Any) -> None:
    with capture_logs() as logs:
        keys.read(json.dumps({"keys": [public("ec"), key]}).encode())
    (said,) = logs
    assert (said["log_level"], said["event"], said["number"]) == ("warning", "key skipped", 1)
    assert 0 < len(said["reason"]) < 40


@pytest.mark.parametrize("key", FOR_ELSE)
def test_a_key_for_something_else_is_no_trouble(key: Any) -> None:
    with capture_logs() as logs:
        keys.read(json.dumps({"keys": [public("ec"), key]}).encode())
    assert not logs


def test_a_key_that_is_there_twice_is_one(ring: Keys, issuer: Issuer) -> None:
    again = public("rsa") | {"kid": "again"}
    issuer.content = json.dumps({"keys": [public("rsa"), public("rsa"), again]}).encode()

    async def work() -> None:
        for kid in ("rsa", "again", None):
            assert await ring.find(kid, "RS256")

    run(work)


def test_two_keys_of_one_id_are_none(ring: Keys, issuer: Issuer) -> None:
    other = public("next") | {"kid": "rsa"}
    issuer.content = json.dumps({"keys": [public("rsa"), other]}).encode()

    async def work() -> None:
        assert await ring.find("rsa", "RS256") is None

    run(work)


@pytest.mark.parametrize("other", [{"kty": "RSA"}, FOR_ELSE[0]])
def test_keys_that_are_not_kept_leave_room_for_others(other: Any) -> None:
    with capture_logs() as logs:
        ring = keys.read(json.dumps({"keys": [*[other] * 500, public("ec")]}).encode())
    assert [kid for kid, _ in ring["ES256"]] == ["ec"]
    assert len(logs) <= MOST_LOGGED + 1
    assert other in FOR_ELSE or logs[-1]["count"] == 500


def test_the_log_tells_of_keys_past_those_that_are_kept() -> None:
    many = [public("ec") | {"kid": str(number)} for number in range(MOST_KEYS + 2)]
    with capture_logs() as logs:
        ring = keys.read(json.dumps({"keys": many}).encode())
    assert len(ring["ES256"]) == MOST_KEYS
    assert [(each["event"], each["first"]) for each in logs] == [("keys left out", MOST_KEYS)]


def test_an_odd_key_takes_no_other_with_it(ring: Keys, issuer: Issuer) -> None:
    odd = public("next", key_ops=None)
    issuer.content = json.dumps({"keys": [odd, public("rsa")]}).encode()

    async def work() -> None:
        assert await ring.find("rsa", "RS256")
        assert await ring.find("next", "RS256") is None

    run(work)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": 1}', b"\xff", b"9" * 2**21])
def test_what_is_no_jwks_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        keys.read(content)
