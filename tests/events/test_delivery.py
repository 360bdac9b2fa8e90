"""Events arrive, in order, whatever trouble a receiver is in; and it is nobody else's trouble."""

import time
from collections import Counter
from datetime import UTC, timedelta
from typing import Any

import pytest

from impl.errors import FieldInvalid, NotFound
from impl.events import subscription_query
from impl.events.build import trace
from impl.events.courier import Courier
from impl.events.posting import Patience
from impl.events.subscription_query import Selector
from impl.handlers import hub
from impl.store.backlog import backlog
from impl.store.relay import Relay
from tests.events import receiver as receivers
from tests.events.conftest import World
from tests.events.receiver import Behaviour, Receiver
from tests.faults.test_spoilt import SPOILT
from tests.waiting import until

BILL = "customerBill"
HASTY = Patience(connect=0.5, total=1.0)


def write(world: World, bills: int = 3, changes: int = 4) -> int:
    """Make bills and change them; how many events that makes."""
    for bill in range(bills):
        world.store.insert(BILL, {"id": str(bill), "n": 0})
    for _ in range(changes):
        for bill in range(bills):
            world.store.change(BILL, str(bill), lambda b: {**b, "n": b["n"] + 1})
    return bills * (changes + 1)


def assert_in_order(receiver: Receiver, bills: int = 3, changes: int = 4) -> None:
    first: dict[str, list[int]] = {}
    seen = set()
    for post in receiver.accepted:
        if post.id not in seen:
            seen.add(post.id)
            first.setdefault(post.subject, []).append(post.event["event"][BILL]["n"])
    assert first == {f"{BILL}/{n}": list(range(changes + 1)) for n in range(bills)}


def test_all_arrives_once_in_order_and_signed(world: World) -> None:
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == count)
        assert_in_order(receiver)
        assert Counter(post.id for post in receiver.posts).most_common(1)[0][1] == 1
        post = receiver.posts[0]
        assert post.path == "/listener"
        assert post.headers["Content-Type"] == "application/json"
        assert post.headers["webhook-id"] == post.id
        assert post.event["event"][BILL]["href"] == "http://api.example/v4/customerBill/0"
        until(lambda: world.health(subscription).pending == 0)


@pytest.mark.parametrize(
    "trouble",
    [
        receivers.status(500),
        receivers.status(404),
        receivers.status(304),
        receivers.status(100 + 502),
        receivers.hang,
        receivers.drip,
        receivers.close_early,
        receivers.garbage,
        receivers.endless,
    ],
    ids=["500", "404", "304", "602", "hang", "drip", "close", "garbage", "endless"],
)
def test_a_receiver_in_trouble_gets_all_when_it_is_well_again(
    world: World, trouble: Behaviour
) -> None:
    with Receiver(trouble) as receiver, Receiver() as other:
        subscription, healthy = world.subscribe(receiver.url), world.subscribe(other.url)
        count = write(world)
        world.work(HASTY)
        until(lambda: len(other.accepted) == count)
        if trouble is not receivers.endless:  # the status came, the rest is not waited for
            until(lambda: "lastError" in world.health(subscription).kept)
            assert world.health(subscription).kept["delivered"] == 0
        receiver.behave = receivers.ok
        world.ahead = timedelta(hours=1)
        until(lambda: world.health(subscription).kept["delivered"] == count)
        if trouble is not receivers.endless:
            assert_in_order(receiver)
        assert world.health(healthy).kept["delivered"] == count
        assert len({post.id for post in receiver.posts}) == count


def test_a_receiver_that_is_down_is_tried_ever_less_often(world: World) -> None:
    with Receiver() as receiver:
        receiver.go_down()
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: world.health(subscription).kept["failures"] >= 3)
        kept = world.health(subscription).kept
        assert kept["due"] > world.now() + timedelta(seconds=1)
        assert kept["lastError"].startswith("no answer")
        receiver.come_back()
        world.ahead = timedelta(hours=1)
        until(lambda: world.health(subscription).kept["delivered"] == count)
        assert_in_order(receiver)
        assert world.health(subscription).kept["failures"] == 0


def test_a_redirect_is_not_followed(world: World) -> None:
    with Receiver() as other, Receiver(receivers.status(302, Location=other.url)) as receiver:
        subscription = world.subscribe(receiver.url)
        write(world, 1, 0)
        world.work()
        until(lambda: "lastError" in world.health(subscription).kept)
        assert world.health(subscription).kept["lastError"] == "HTTP status 302"
        assert not other.posts
        assert not receiver.followed


def test_one_event_that_is_not_taken_holds_up_only_its_own_resource(world: World) -> None:
    def picky(handler: receivers.Handler) -> None:
        last = handler.server.receiver.posts[-1]
        handler.answer(500 if last.subject == f"{BILL}/1" else 200)

    with Receiver(picky) as receiver:
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == count - 5)
        until(lambda: sum(p.subject == f"{BILL}/1" for p in receiver.posts) >= 2)
        world.store.insert(BILL, {"id": "later"})
        until(lambda: receiver.posts[-1].subject == f"{BILL}/later" or None)
        assert len({p.id for p in receiver.posts if p.subject == f"{BILL}/1"}) == 1
        assert world.health(subscription).kept["failures"] == 0


def test_gone_ends_the_subscription(world: World) -> None:
    with Receiver(receivers.status(410)) as receiver:
        subscription = world.subscribe(receiver.url)
        write(world)
        world.work()
        until(lambda: not world.store.has("hub", subscription))
        until(lambda: world.health(subscription).pending == 0)
        posts = len(receiver.posts)
        world.store.insert(BILL, {"id": "later"})
        time.sleep(0.5)  # several rounds of the worker, which must post nothing
        assert len(receiver.posts) == posts == 1


def test_retry_after_is_kept_to(world: World) -> None:
    with Receiver(receivers.status(429, Retry_After="600")) as receiver:
        subscription = world.subscribe(receiver.url)
        write(world, 1, 0)
        world.work()
        until(lambda: "lastError" in world.health(subscription).kept)
        assert world.health(subscription).kept["due"] > world.now() + timedelta(seconds=590)
        assert len(receiver.posts) == 1
        receiver.behave = receivers.ok
        world.ahead = timedelta(seconds=601)
        until(lambda: world.health(subscription).kept["delivered"] == 1)


def test_after_three_days_a_delivery_is_dead_and_can_be_sent_again(world: World) -> None:
    with Receiver(receivers.status(500)) as receiver:
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: "lastError" in world.health(subscription).kept)
        for _ in range(80):
            world.ahead += timedelta(hours=1)
            time.sleep(0.02)
        until(lambda: world.health(subscription).failed == count)
        assert world.health(subscription).pending == 0
        receiver.behave = receivers.ok
        world.store.insert(BILL, {"id": "0b"})
        world.ahead += timedelta(hours=1)
        until(lambda: len(receiver.accepted) == 1)
        assert world.health(subscription).failed == count
        world.deliveries.redeliver(subscription)
        until(lambda: world.health(subscription).kept["delivered"] == count + 1)
        receiver.accepted.pop(0)
        assert_in_order(receiver)


def test_failed_counts_what_was_given_up_and_no_tries(world: World) -> None:
    def shown() -> dict[str, Any]:
        kept = world.store.get("hub", subscription)
        return {**kept, **hub.health_attributes(world.health(subscription))}

    with Receiver(receivers.status(500)) as receiver:
        subscription = world.subscribe(receiver.url)
        world.store.insert(BILL, {"id": "1"})
        world.work()
        for _ in range(3):
            before = len(receiver.posts)
            world.ahead += timedelta(hours=2)
            until(lambda before=before: len(receiver.posts) > before)  # type: ignore[misc]
        until(lambda: world.health(subscription).kept["failed"] >= 3)
        assert (shown()["pending"], shown()["failed"]) == (1, 0)
        world.ahead += timedelta(hours=73)
        until(lambda: shown()["failed"] == 1)
        assert shown()["pending"] == 0


def test_what_ends_takes_what_is_pending_with_it(world: World) -> None:
    with Receiver(receivers.status(500)) as receiver:
        subscription = world.subscribe(receiver.url)
        write(world)
        world.work()
        until(lambda: receiver.posts)
        world.end(subscription)
        with pytest.raises(NotFound):
            world.store.get("hub", subscription)
        until(lambda: world.health(subscription).pending == 0)


def test_a_worker_takes_over_from_one_that_hangs(world: World) -> None:
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.dispatcher().close()
        world.store.relay.is_idle()
        zombie = world.dispatcher()
        zombie._relay()  # noqa: SLF001
        claim = world.deliveries.claim(subscription, 25)
        assert claim is not None
        assert world.deliveries.claim(subscription, 25) is None
        world.work()
        time.sleep(0.5)  # several rounds of the worker, which must post nothing
        assert not receiver.posts
        world.ahead = timedelta(seconds=26)
        until(lambda: world.health(subscription).kept["delivered"] == count)
        zombie.close()


def test_a_subscription_that_can_t_be_served_any_more_holds_up_nobody(world: World) -> None:
    with Receiver() as receiver:
        world.subscribe(f"{receiver.url}/unreadable", "eventType=NoSuchEvent")
        odd = world.subscribe("http://127.0.0.1:22/")
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == count)
        until(lambda: "lastError" in world.health(odd).kept)
        assert world.health(odd).kept["lastError"].startswith("callback: has a port")
        assert len(receiver.posts) == count


def test_a_spoilt_subscription_takes_nobody_elses_events(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, _ = world.store.collection("hub")
    spoilt: list[Any] = [{"_id": f"s{n}"} | each for n, each in enumerate(SPOILT.values())]
    rows.insert_many([{"callback": str(n), **each} for n, each in enumerate(spoilt)])
    rows.insert_one({"_id": "q", "id": "q", "_rev": 1, "callback": "c", "query": 5})
    world.deliveries.subscribe("q", "secret")
    selects = Selector.selects

    def failing(self: Selector, event: Any) -> bool:
        return selects(self, event) if self.fields is None else 1 / 0 > 0

    monkeypatch.setattr(Selector, "selects", failing)
    world.subscribe("http://127.0.0.1:22/", "fields=eventType")
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        count = write(world)
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == count)
    assert world.store.dead_letters.all() == []


@pytest.mark.parametrize(
    "query",
    [
        "customerBill.state=sent,paid,new",
        "eventType=NoSuchEvent,CustomerBillCreateEvent",
        "eventType=CustomerBillCreateEvent&fields=relatedParty[?(@.id=='C')]",
    ],
)
def test_a_subscription_of_an_earlier_release_goes_on(world: World, query: str) -> None:
    with pytest.raises(FieldInvalid):
        subscription_query.read(query, UTC)
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url, query)
        world.store.insert(BILL, {"id": "1", "state": "new"})
        world.store.insert("billCycle", {"id": "1"})
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == 1)
        assert receiver.posts[0].event["event"][BILL]["id"] == "1"


def test_a_relay_that_fails_rests_is_counted_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.store.insert(BILL, {"id": "1"})
    running, tried = world.dispatcher(), list[object]()

    def failing(*_: object) -> None:
        tried.append(None)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Relay, "move", failing)
        for _ in range(5):
            assert not running.step()
    assert len(tried) == 1
    faults = backlog(world.store).faults
    assert {loop: count for loop, count in faults.items() if count} == {"relay": 1}
    until(lambda: running.step() or world.store.relay.is_idle())
    running.close()


def test_a_courier_that_fails_is_counted_and_its_subscription_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = world.subscribe("http://127.0.0.1:22/")
    world.store.insert(BILL, {"id": "1"})
    monkeypatch.setattr(Courier, "run", lambda _: 1 / 0)
    world.work()
    until(lambda: "lastError" in world.health(subscription).kept)
    why = "a fault of the server's: ZeroDivisionError"
    assert world.health(subscription).kept["lastError"] == why
    assert backlog(world.store).faults["courier"] == 1


def test_what_is_wrong_with_a_subscription_is_logged_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("impl.events.subscribers.log.warning", lambda _, **what: told.append(what))
    unreadable = world.subscribe("http://127.0.0.1:22/", "filter=(")
    running = world.dispatcher()
    for number in range(3):
        world.store.insert(BILL, {"id": str(number)})
        running.step()
    running.close()
    assert [each["subscription"] for each in told] == [unreadable]


def test_of_a_large_resource_only_its_place_is_sent(world: World) -> None:
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        world.store.insert(BILL, {"id": "1", "description": "x" * 2_000_000})
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == 1)
        told = receiver.posts[0].event["event"][BILL]
        assert told == {"id": "1", "href": "http://api.example/v4/customerBill/1"}


def test_slow_receivers_hold_up_nobody(world: World) -> None:
    with Receiver(receivers.slow(0.5)) as sluggish, Receiver() as quick:
        for number in range(20):
            world.subscribe(f"{sluggish.url}?{number}")
        world.subscribe(quick.url)
        count = write(world)
        world.work()
        began = time.monotonic()
        until(lambda: len(quick.accepted) == count)
        assert time.monotonic() - began < 20 * 0.5


def test_forty_of_fifty_get_all_while_ten_are_dead(world: World) -> None:
    with Receiver() as receiver, Receiver(receivers.hang) as dead:
        living = [world.subscribe(f"{receiver.url}/{number}") for number in range(40)]
        for number in range(5):
            world.subscribe(f"{dead.url}/{number}")
            world.subscribe(f"http://127.0.0.1:1024/{number}")
        count = write(world, bills=10, changes=2)
        world.work()
        world.work()
        until(lambda: len(receiver.accepted) >= 40 * count, 60)
        until(lambda: all(world.health(each).kept["delivered"] == count for each in living))
        each = Counter((post.path, post.id) for post in receiver.posts)
        assert len(each) == 40 * count
        assert set(each.values()) == {1}


def test_a_receiver_is_told_whose_trace_an_event_is_part_of(world: World) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with Receiver() as receiver:
        world.subscribe(receiver.url)
        token = trace.set(parent)
        world.store.insert(BILL, {"id": "traced"})
        trace.reset(token)
        world.store.insert(BILL, {"id": "alone"})
        world.work()
        until(lambda: len(receiver.posts) == 2)
        told = {post.subject: post.headers.get("traceparent") for post in receiver.posts}
        assert told == {f"{BILL}/traced": parent, f"{BILL}/alone": None}


def test_attempts_are_counted_by_outcome_whoever_ends_a_subscription(world: World) -> None:
    with Receiver(receivers.status(500)) as failing, Receiver() as well:
        failed = world.subscribe(failing.url)
        delivered = world.subscribe(well.url)
        world.store.insert(BILL, {"id": "1"})
        world.work()
        until(lambda: world.health(failed).kept["failed"] >= 1)
        until(lambda: world.health(delivered).kept["delivered"] == 1)
        before = backlog(world.store).attempts
        assert before["delivered"] == 1
        assert before["failed"] >= 1
        world.end(delivered)
        world.end(failed)
        after = backlog(world.store).attempts
        assert after["delivered"] == 1
        assert after["failed"] >= before["failed"]
