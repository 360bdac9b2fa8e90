"""A subscription of version 5 gets events of its shape, signed over those bytes."""

from impl.events import signing
from impl.store.deliveries import Deliveries
from tests.events.conftest import World
from tests.events.receiver import Receiver
from tests.waiting import until

RATE = {"id": "1", "type": "usage", "@type": "AppliedCustomerBillingRate"}


def subscribe(world: World, callback: str, query: str = "") -> str:
    document = {"id": "new", "callback": callback, "query": query, "apiVersion": "v5"}
    made = world.store.insert("hub", document)
    Deliveries(world.store).subscribe(made["id"], signing.new_secret())
    return str(made["id"])


def test_each_subscriber_gets_events_in_the_form_of_its_version(world: World) -> None:
    with Receiver() as old, Receiver() as new:
        world.subscribe(old.url)
        subscribe(world, new.url)
        world.store.insert("appliedCustomerBillingRate", RATE)
        world.work()
        until(lambda: old.accepted and new.accepted)
        first, second = old.accepted[0].event, new.accepted[0].event
    assert first["eventId"] == second["eventId"]
    assert first["event"]["appliedCustomerBillingRate"]["type"] == "usage"
    assert second["event"]["appliedCustomerBillingRate"]["appliedBillingRateType"] == "usage"
    assert second["@type"] == second["eventType"] == "AppliedCustomerBillingRateCreateEvent"
    assert "timeOccurred" in second
    assert "/v5/" in second["event"]["appliedCustomerBillingRate"]["href"]


def test_a_query_of_version_5_has_its_names(world: World) -> None:
    filters = "event.appliedCustomerBillingRate.appliedBillingRateType=usage"
    query = f"{filters}&fields=eventType,timeOccurred"
    with Receiver() as receiver:
        subscribe(world, receiver.url, query)
        world.store.insert("appliedCustomerBillingRate", {**RATE, "id": "2", "type": "other"})
        world.store.insert("appliedCustomerBillingRate", RATE)
        world.work()
        until(lambda: receiver.accepted)
        event = receiver.accepted[0].event
    assert event.keys() >= {"eventType", "timeOccurred", "@type"}
    assert "event" not in event
    assert len(receiver.accepted) == 1
