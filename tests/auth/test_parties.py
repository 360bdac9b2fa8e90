"""Whom a bill of a cycle names may read all of it; whom only a line names, nothing of either."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.auth.tokens import bearer
from tests.auth.world import World, post
from tests.waiting import until

RATES, BILLS = "appliedCustomerBillingRate", "customerBill"


@pytest.fixture
def billed(world: World) -> Iterator[dict[str, Any]]:
    """A bill of a cycle: its rate names a customer and a mere user of the line."""
    mark = uuid4().hex
    parties = [
        {"id": f"customer-{mark}", "role": "Customer"},
        {"id": f"user-{mark}", "role": "user"},
    ]
    rate = {
        "id": f"rate-{mark}",
        "type": mark,
        "date": "2025-12-31T12:00:00Z",
        "billingAccount": {"id": f"account-{mark}"},
        "taxExcludedAmount": {"unit": "EUR", "value": 10},
        "relatedParty": parties,
    }
    post(world, RATES, rate)
    specification = {"id": mark, "name": mark, "frequency": "monthly", "rateFilter": f"type={mark}"}
    post(world, "billCycleSpecification", specification)
    cycle = {"id": mark, "billingPeriod": "2025-12", "billCycleSpecification": {"id": mark}}
    post(world, "billCycle", cycle)
    until(lambda: world.door.get(f"billCycle/{mark}", headers=world.operator).json()["runState"]
          == "finished")  # fmt: skip
    query = {"billCycle.id": mark}
    (bill,) = world.door.get(BILLS, params=query, headers=world.operator).json()
    yield {"mark": mark, "bill": bill, "rate": rate["id"]}
    for address in (f"{BILLS}/{bill['id']}", f"{RATES}/{rate['id']}", f"billCycle/{mark}",
                    f"billCycleSpecification/{mark}"):  # fmt: skip
        gone = world.door.delete(address, headers=world.operator)
        assert gone.status_code == 204, gone.text


def test_a_customer_sees_their_monthly_bill_its_lines_and_its_document(
    world: World, billed: dict[str, Any]
) -> None:
    customer = bearer(party=f"customer-{billed['mark']}")
    assert billed["bill"]["relatedParty"] == [
        {"id": f"customer-{billed['mark']}", "role": "Customer"}
    ]
    assert world.door.get(BILLS, headers=customer).json() == [billed["bill"]]
    (line,) = world.door.get(RATES, headers=customer).json()
    assert line["id"] == billed["rate"]
    document = f"{BILLS}/{billed['bill']['id']}/document"
    assert world.door.get(document, headers=customer).status_code == 200
    (outcome,) = world.door.get("billCycleAccount", headers=customer).json()
    assert outcome["customerBill"]["id"] == billed["bill"]["id"]


def test_a_lines_user_sees_neither_the_bill_nor_its_lines(
    world: World, billed: dict[str, Any]
) -> None:
    user = bearer(party=f"user-{billed['mark']}")
    for resource in (BILLS, RATES, "billCycleAccount"):
        assert world.door.get(resource, headers=user).json() == []
    for address in (
        f"{BILLS}/{billed['bill']['id']}",
        f"{BILLS}/{billed['bill']['id']}/document",
        f"{RATES}/{billed['rate']}",
    ):
        assert world.door.get(address, headers=user).status_code == 404


@pytest.mark.parametrize("claims", [{"accounts": ["mine"]}, {"accounts": ["mine"], "party": "me"}])
def test_who_is_limited_names_nobody_else_on_a_rate(world: World, claims: dict[str, Any]) -> None:
    who = bearer(**claims)
    own: dict[str, Any] = {"billingAccount": {"id": "mine"}, "id": f"named-{uuid4().hex}"}
    theirs = own | {"relatedParty": [{"id": "them", "role": "customer"}]}
    answer = world.door.post(RATES, json=theirs, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (403, "51")
    assert "relatedParty.id: 'them' is not among the token's" in answer.json()["message"]
    myself = own | ({"relatedParty": [{"id": "me"}]} if "party" in claims else {})
    made = world.door.post(RATES, json=myself, headers=who)
    assert made.status_code == 201, made.text
    patch = {"relatedParty": theirs["relatedParty"]}
    address = f"{RATES}/{own['id']}"
    assert world.door.patch(address, json=patch, headers=who).status_code == 403
    assert world.door.delete(address, headers=who).status_code == 204
