"""Each API's subscribers get the events of its own resources, under its own names."""

from impl.events import signing
from impl.store.deliveries import Deliveries
from tests.events.conftest import World
from tests.events.receiver import Receiver
from tests.waiting import until

PARTY = {"id": "p", "name": "Ada", "@referredType": "Individual"}


def subscribe(world: World, callback: str, query: str = "") -> None:
    document = {"id": "new", "callback": callback, "query": query, "apiVersion": "tmf666"}
    made = world.store.insert("hub", document)
    Deliveries(world.store).subscribe(made["id"], signing.new_secret())


def test_a_write_is_posted_to_the_subscribers_of_its_api(world: World) -> None:
    with Receiver() as bills, Receiver() as accounts:
        world.subscribe(bills.url)
        subscribe(world, accounts.url)
        world.store.insert("billingAccount", {"id": "a", "name": "Ada", "relatedParty": [PARTY]})
        world.store.insert("billCycleSpecification", {"id": "weekly", "name": "Weekly"})
        world.store.insert("customerBill", {"id": "b"})
        world.work()
        until(lambda: len(bills.accepted) == 2 and len(accounts.accepted) == 2)
        of_bills = [each.event for each in bills.accepted]
        of_accounts = [each.event for each in accounts.accepted]
    named = {each["eventType"]: each for each in (*of_bills, *of_accounts)}
    assert named.keys() == {
        "CustomerBillCreateEvent",
        "BillCycleSpecificationCreateEvent",
        "BillingAccountCreateEvent",
        "BillingCycleSpecificationCreateEvent",
    }
    assert {each["eventType"] for each in of_accounts} == {
        "BillingAccountCreateEvent",
        "BillingCycleSpecificationCreateEvent",
    }
    specification = named["BillingCycleSpecificationCreateEvent"]
    assert specification["eventId"] == named["BillCycleSpecificationCreateEvent"]["eventId"]
    href = specification["event"]["billingCycleSpecification"]["href"]
    assert href.endswith("/accountManagement/v4/billingCycleSpecification/weekly")


def test_a_query_has_the_names_of_its_api(world: World) -> None:
    query = "billingCycleSpecification.name=Weekly&fields=eventType,billingCycleSpecification.name"
    with Receiver() as receiver:
        subscribe(world, receiver.url, query)
        world.store.insert("billCycleSpecification", {"id": "monthly", "name": "Monthly"})
        weekly = {"id": "weekly", "name": "Weekly", "description": "Each Monday"}
        world.store.insert("billCycleSpecification", weekly)
        world.work()
        until(lambda: receiver.accepted)
        (event,) = [each.event for each in receiver.accepted]
    assert event["eventType"] == "BillingCycleSpecificationCreateEvent"
    assert event["event"] == {"billingCycleSpecification": {"name": "Weekly"}}
