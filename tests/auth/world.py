"""What tests of who sees what stand on: what is mine, and more that is others'."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from impl.api import Api
from impl.served import api_of
from impl.store.mongo import Store
from tests.auth.tokens import unlimited
from tests.waiting import until

SECRET = "of-nobody-else"  # noqa: S105 - what is in all that is others', and in nothing else
BY_BOTH = "by both"
LIMITED: dict[str, dict[str, Any]] = {
    "by account": {"accounts": ["mine"]},
    "by party": {"party": "me"},
    BY_BOTH: {"accounts": ["mine", "no more"], "party": ["me"]},
}
NOTHING: dict[str, list[str]] = {"accounts": []}
PLANS = {
    *("billCycle", "billCycleSpecification", "billingCycleSpecification"),
    *("billFormat", "billPresentationMedia"),
}
"""What everybody sees, and who is limited does not change."""

OPERATORS = {"hub", "billNumber"}
"""What nobody who is limited sees."""

EVENTS = {"events"}


def document(resource: str, owner: str, number: int) -> dict[str, Any]:
    """A resource that belongs to `mine` or `theirs`, made for the API or for our own processes."""
    party = {"mine": "me", "theirs": "them"}[owner]
    said = "mine" if owner == "mine" else SECRET
    money = {"unit": "EUR", "value": number}
    made: dict[str, Any] = {"id": f"{owner}-{resource}-{number}", "billingAccount": {"id": owner}}
    match resource:
        case "customerBill":
            made |= {"relatedParty": [{"id": party}], "category": said, "amountDue": money}
        case "customerBillOnDemand":
            made |= {"relatedParty": {"id": party}, "name": said}
        case "appliedCustomerBillingRate":
            made |= {"name": said, "bill": {"id": f"{owner}-customerBill-1"}, "isBilled": True}
        case "billingAccount":  # which its own id owns, too
            whose = {"id": party, "name": said, "@referredType": "Individual"}
            made = {"name": said, "relatedParty": [whose]}
            made |= {"id": owner if number == 1 else f"{owner}-{resource}-{number}"}
        case "billCycleAccount":
            made |= {"statusReason": said, "billCycle": {"id": "cycle"}, "state": "billed"}
            made |= {"customerBill": {"id": f"{owner}-customerBill-1"}}
    return made


OWNED = (
    *("customerBill", "customerBillOnDemand", "appliedCustomerBillingRate", "billCycleAccount"),
    "billingAccount",
)


@dataclass(frozen=True)
class World:
    """A server with what is mine, three times as much that is theirs, and who asks."""

    door: httpx.Client
    operator: dict[str, str]

    def url(self, api: Api, path: str) -> str:
        """The URL of a path of an API."""
        return f"{self.door.base_url.copy_with(path=api.base_path)}/{path.lstrip('/')}"

    def all(self, resource: str, api: Api | None = None) -> Any:
        answer = self.door.get(self.url(api or api_of(resource), resource), headers=self.operator)
        return answer.headers["x-total-count"], answer.json()


def made(door: httpx.Client, ours: Store) -> World:
    """The world, told of in the feed to the end."""
    world = World(door, unlimited())
    for resource in OWNED:
        for owner, count in (("mine", 2), ("theirs", 6)):
            for number in range(1, count + 1):
                made = document(resource, owner, number)
                if resource == "billCycleAccount":
                    ours.insert(resource, made)
                else:
                    post(world, resource, made)
    for owner in ("mine", "theirs"):
        row = {"id": f"{owner}-billNumber-2", "number": SECRET, "state": "used"}
        ours.insert("billNumber", row | {"bill": {"id": f"{owner}-customerBill-1"}})
    post(world, "billCycleSpecification", {"id": "plan", "name": "plan"})
    post(world, "billCycle", {"id": "cycle", "name": "cycle"})
    for resource in ("billFormat", "billPresentationMedia"):
        post(world, resource, {"id": "plan", "name": "plan"})
    hub = {"callback": "http://127.0.0.1:1099/", "query": f"event.customerBill.category={SECRET}"}
    world.door.post("hub", json=hub, headers=world.operator).raise_for_status()
    accounts = world.url(api_of("billingAccount"), "hub")
    world.door.post(
        accounts,
        json={"callback": hub["callback"], "query": "event.billingAccount.name=nobody"},
        headers=world.operator,
    ).raise_for_status()
    until(lambda: all(told(world, each["id"]) for each in world.all("customerBillOnDemand")[1]))
    return world


def post(world: World, resource: str, body: Mapping[str, Any]) -> None:
    url = world.url(api_of(resource), resource)
    answer = world.door.post(url, json=body, headers=world.operator)
    assert answer.status_code == 201, answer.text


def told(world: World, request: str) -> bool:
    """Whether the feed has come to the end of a request, and with it to all that went before."""
    query = {"event.customerBillOnDemand.id": request}
    events = world.door.get("events", params=query, headers=world.operator).json()
    states = {each["event"]["customerBillOnDemand"]["state"] for each in events}
    return bool(states & {"done", "rejected", "terminatedWithError"})
