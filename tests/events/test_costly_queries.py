"""Queries of subscriptions that take long to ask of an event: they cost nobody else's events."""

from typing import Any

import pytest

from impl.events import subscribers
from impl.events.subscription_query import MOST_LOOKS, Selector
from impl.query import evaluate, regex
from impl.query.evaluate import SEARCHED
from impl.query.language import Document, Query
from impl.store import routing
from tests.events.conftest import World

pytestmark = pytest.mark.long

RATE = "appliedCustomerBillingRate"
COSTLY = f"event.{RATE}.x-l=~[ab]*a[ab]{{90}}c;[ab]*a[ab]{{91}}c"
TEXT = "ab" * (MOST_LOOKS * SEARCHED // 4 + SEARCHED)
"""A text that one pattern may search, and two may not."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that queries are asked of, by the ids of what they tell of."""
    ids: list[str] = []
    selects = Selector.selects

    def noted(selector: Selector, event: Document) -> bool:
        ids.extend(told["id"] for told in event["event"].values())
        return selects(selector, event)

    monkeypatch.setattr(Selector, "selects", noted)
    return ids


def feed(world: World) -> list[str]:
    return [
        next(iter(each["event"].values()))["id"] for each in world.store.stream("event", Query())
    ]


def test_a_query_that_looks_at_too_much_is_a_failure_of_its_subscription_alone(
    world: World, asked: list[str]
) -> None:
    costly = world.subscribe("http://127.0.0.1:9/a", COSTLY)
    other = world.subscribe("http://127.0.0.1:9/b")
    world.store.insert(RATE, {"id": "long", "x-l": [TEXT]})
    world.store.insert(RATE, {"id": "later"})
    world.dispatcher().step()
    assert feed(world) == ["long", "later"]
    assert sorted(asked) == ["later", "long", "long"], "the costly one is left alone then"
    told = world.health(costly)
    assert (told.pending, told.failed) == (0, 2)
    assert told.kept["lastError"] == subscribers.TOO_LONG
    assert world.health(other).failed == 0
    assert world.store.dead_letters.count() == 0


def test_a_query_is_asked_again_once_it_has_rested(
    world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "PAUSE_SECONDS", 0)
    costly = world.subscribe("http://127.0.0.1:9/a", COSTLY)
    world.store.insert(RATE, {"id": "long", "x-l": [TEXT]})
    world.store.insert(RATE, {"id": "later"})
    world.dispatcher().step()
    assert sorted(asked) == ["later", "long"]
    assert world.health(costly).failed == 1


def test_the_slow_ones_of_many_queries_rest(
    world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "EVENT_SECONDS", 0)
    monkeypatch.setattr(subscribers, "SLOW_SECONDS", 0)
    one = world.subscribe("http://127.0.0.1:9/a")
    for id_ in ("1", "2"):
        world.store.insert(RATE, {"id": id_})
    world.dispatcher().step()
    assert feed(world) == ["1", "2"]
    assert asked == ["1"]
    assert world.health(one).failed == 1


def test_an_event_that_takes_too_long_to_route_is_set_aside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "AT_MOST_SECONDS", 0)
    world.subscribe("http://127.0.0.1:9/a")
    world.store.insert(RATE, {"id": "1"})
    world.dispatcher().step()
    (note,) = world.store.dead_letters.all()
    assert (note["id"], note["reason"]) == (
        "1",
        "the queries of subscriptions take too long to ask of the event",
    )
    assert feed(world) == []


def test_a_step_of_the_relay_ends_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "ROUTING_SECONDS", -1)
    for id_ in ("1", "2"):
        world.store.insert(RATE, {"id": id_})
    dispatcher = world.dispatcher()
    for told in (["1"], ["1", "2"]):
        dispatcher.step()
        assert feed(world) == told


def test_a_pattern_that_is_not_found_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[Any] = []
    search = regex.search

    def noted(pattern: str, text: str) -> bool:
        searched.append(text)
        return search(pattern, text)

    monkeypatch.setattr(regex, "search", noted)
    assert not evaluate._search("b$", "a")  # noqa: SLF001
    assert searched == ["a"]
    assert evaluate._search("a$", "a\n")  # noqa: SLF001
