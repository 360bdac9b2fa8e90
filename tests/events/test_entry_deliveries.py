"""Rows of deliveries for many events: taken in slices, split where one fails, counted by events."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from impl.resources import FEED
from impl.store.backlog import backlog
from impl.store.deliveries import Claim, DeliveryOutcomes, Failure
from impl.store.delivery_rows import Delivery, new_rows
from impl.store.documents import EXPIRES
from impl.store.event_batches import BatchedEvent, pack
from impl.store.routing import Routing, place
from tests.events import receiver as receivers
from tests.events.conftest import World
from tests.events.receiver import Receiver
from tests.waiting import until

BILL = "customerBill"
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def publish(
    world: World, first: int, bills: Sequence[str], routes: Sequence[Routing] | None = None
) -> list[dict[str, Any]]:
    """Put an entry with an event of each bill into the feed, with its rows, which come back."""
    everyone = tuple(each["_id"] for each in world.store.collection("consumer")[0].find())
    events = [
        BatchedEvent(
            {
                "eventId": uuid4().hex,
                "eventType": "CustomerBillCreateEvent",
                "event": {BILL: {"id": bill, "n": first + n}},
            },
            f"{BILL}/{bill}",
        )
        for n, bill in enumerate(bills)
    ]
    (batch,) = pack(events)
    entry = place(first + len(bills) - 1)
    world.store.collection(FEED)[0].insert_one({"_id": entry, EXPIRES: LATER, **batch})
    routes = routes or [Routing(f"{BILL}/{bill}", everyone) for bill in bills]
    places = [place(first + n) for n in range(len(bills))]
    rows = new_rows(entry, zip(places, routes, strict=True), world.now(), LATER)
    world.store.collection("delivery")[0].insert_many(rows)
    return rows


def single(world: World, subscription: str, position: int, bill: str) -> None:
    """Put an event and its delivery where earlier releases had them."""
    at = place(position)
    event: dict[str, Any] = {"eventId": uuid4().hex, "eventType": "CustomerBillCreateEvent"}
    event |= {"id": at, "event": {BILL: {"id": bill, "n": position}}}
    feed, rows = (world.store.collection(name)[0] for name in (FEED, "delivery"))
    feed.insert_one({"_id": at, "_rev": 1, EXPIRES: LATER, **event})
    row: dict[str, Any] = {
        "_id": f"{subscription}/{at}",
        "subscription": subscription,
        "position": at,
    }
    row |= {"subject": f"{BILL}/{bill}", "state": "pending", "tries": 0, EXPIRES: LATER}
    rows.insert_one({**row, "since": world.now()})


def rows(world: World) -> list[dict[str, Any]]:
    return list(world.store.collection("delivery")[0].find().sort("position"))


def positions(deliveries: Sequence[Delivery]) -> list[int]:
    return [int(each.position) for each in deliveries]


@pytest.fixture
def subscription(world: World) -> str:
    return world.subscribe("http://127.0.0.1:22/")


@pytest.fixture
def claim(world: World, subscription: str) -> Claim:
    claim = world.deliveries.claim(subscription, 60)
    assert claim is not None
    return claim


def delivered(world: World, claim: Claim, limit: int) -> list[int]:
    due = world.deliveries.next(claim.subscription, limit).due
    assert world.deliveries.settle(claim, DeliveryOutcomes(delivered=due), 60)
    return positions(due)


def test_a_row_is_taken_in_slices_and_counts_the_events_that_are_left(
    world: World, claim: Claim
) -> None:
    publish(world, 1, [*"abcdefg"])
    assert len(rows(world)) == 1
    for slice_, left in ([1, 2, 3], 4), ([4, 5, 6], 1), ([7], 0):
        assert delivered(world, claim, 3) == slice_
        assert world.health(claim.subscription).pending == left
    assert rows(world) == []
    assert world.health(claim.subscription).kept["delivered"] == 7


def test_a_row_names_the_events_that_a_subscription_gets(world: World, claim: Claim) -> None:
    mine, other = Routing("s/1", (claim.subscription,)), Routing("s/2", ())
    (row,) = publish(world, 1, [*"abcdef"], [mine, other, mine, other, mine, mine])
    assert (row["places"], row["count"]) == ([1, 3, 5, 6], 4)
    assert delivered(world, claim, 2) == [1, 3]
    assert delivered(world, claim, 4) == [5, 6]
    assert rows(world) == []


def test_one_event_has_a_row_of_its_own(world: World, claim: Claim) -> None:
    (row,) = publish(world, 1, [*"ab"], [Routing("s/1", ()), Routing("s/2", (claim.subscription,))])
    assert row["subject"] == "s/2"
    assert delivered(world, claim, 4) == [2]


def test_what_fails_and_what_is_behind_it_gets_a_row_of_its_own(world: World, claim: Claim) -> None:
    publish(world, 1, [*"abacad"])
    first, second, *_ = world.deliveries.next(claim.subscription, 16).due
    failure = Failure(first, "HTTP status 500", world.now() + timedelta(seconds=60))
    outcomes = DeliveryOutcomes(delivered=[second], failed=[failure])
    assert world.deliveries.settle(claim, outcomes, 60)
    found = world.deliveries.next(claim.subscription, 16)
    assert positions(found.due) == [4, 6]
    assert positions(found.behind) == [3, 5]
    assert world.deliveries.split(claim, found.behind)
    assert world.deliveries.next(claim.subscription, 16).behind == []
    assert delivered(world, claim, 16) == [4, 6]
    assert world.health(claim.subscription).pending == 3
    assert [row["tries"] for row in rows(world)] == [1, 0, 0]
    world.deliveries.retry(claim.subscription)
    assert delivered(world, claim, 16) == [1, 3, 5]
    assert rows(world) == []


def test_rows_of_earlier_releases_are_merged_in_the_order_of_the_feed(
    world: World, claim: Claim
) -> None:
    single(world, claim.subscription, 1, "a")
    publish(world, 2, [*"abc"])
    single(world, claim.subscription, 5, "a")
    publish(world, 6, [*"ab"])
    found = world.deliveries.next(claim.subscription, 16).due
    assert positions(found) == [1, 2, 3, 4, 5, 6, 7]
    events = world.deliveries.events(found)
    assert [events[each.position]["event"][BILL]["n"] for each in found] == [*range(1, 8)]
    assert delivered(world, claim, 4) == [1, 2, 3, 4]


def test_a_worker_that_lost_its_claim_changes_nothing(world: World, claim: Claim) -> None:
    publish(world, 1, [*"aab"])
    before = rows(world)
    due = world.deliveries.next(claim.subscription, 16).due
    late = Claim(claim.subscription, "other", "", 0)
    failed = [Failure(due[0], "HTTP status 500", LATER)]
    for outcomes in DeliveryOutcomes(delivered=due), DeliveryOutcomes(failed=failed):
        assert not world.deliveries.settle(late, outcomes, 60)
    assert not world.deliveries.split(late, due)
    assert rows(world) == before


def test_events_are_counted_and_not_rows(world: World, claim: Claim) -> None:
    id_ = claim.subscription
    publish(world, 1, [*"abc"])
    skipped = Routing("s/1", (), (id_,))
    publish(world, 4, [*"ab"], [skipped, skipped])
    single(world, id_, 6, "a")
    assert (world.health(id_).pending, world.health(id_).failed) == (4, 2)
    assert backlog(world.store).deliveries == {"pending": 4, "dead": 2}
    world.deliveries.redeliver(id_)
    assert (world.health(id_).pending, world.health(id_).failed) == (6, 0)
    assert delivered(world, claim, 16) == [1, 2, 3, 4, 5, 6]


def test_events_that_wait_too_long_are_given_up_with_their_row(world: World, claim: Claim) -> None:
    publish(world, 1, [*"abc"])
    due = world.deliveries.next(claim.subscription, 1).due
    before = world.now() + timedelta(seconds=1)
    outcomes = DeliveryOutcomes(failed=[Failure(due[0], "no answer", None)], dead_before=before)
    assert world.deliveries.settle(claim, outcomes, 60)
    assert (world.health(claim.subscription).pending, world.health(claim.subscription).failed) == (
        0,
        3,
    )
    world.deliveries.redeliver(claim.subscription)
    assert delivered(world, claim, 16) == [1, 2, 3]


def test_events_that_expired_are_given_up(world: World) -> None:
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        publish(world, 1, [*"abc"])
        world.store.collection(FEED)[0].delete_many({})
        world.work()
        until(lambda: world.health(subscription).failed == 3)
        assert not receiver.posts
        assert world.health(subscription).kept["lastError"].startswith("the event has expired")


def test_one_event_of_an_entry_that_is_not_taken_holds_up_only_its_own_resource(
    world: World,
) -> None:
    def picky(handler: receivers.Handler) -> None:
        last = handler.server.receiver.posts[-1]
        handler.answer(500 if last.subject == f"{BILL}/b" else 200)

    with Receiver(picky) as receiver:
        subscription = world.subscribe(receiver.url)
        publish(world, 1, [*"abc"] * 40)
        publish(world, 121, [*"cba"] * 20)
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == 120)
        until(lambda: len(rows(world)) == 60)
        assert len({post.id for post in receiver.posts if post.subject == f"{BILL}/b"}) == 1
        receiver.posts.clear()
        receiver.behave = receivers.ok
        world.ahead = timedelta(hours=1)
        until(lambda: world.health(subscription).kept["delivered"] == 180)
        numbers = [post.event["event"][BILL]["n"] for post in receiver.accepted]
        assert numbers == sorted(numbers)
        until(lambda: rows(world) == [])


def test_a_long_row_behind_one_failure_is_split_and_others_go_on(world: World) -> None:
    def picky(handler: receivers.Handler) -> None:
        last = handler.server.receiver.posts[-1]
        handler.answer(500 if last.subject == f"{BILL}/b" else 200)

    with Receiver(picky) as receiver:
        subscription = world.subscribe(receiver.url)
        publish(world, 1, ["b"] * 240)
        publish(world, 241, [*"bca"])
        world.work()
        until(lambda: world.health(subscription).kept["delivered"] == 2)
        until(lambda: world.health(subscription).pending == 241)
