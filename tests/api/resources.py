"""The five resources as tests go through them: a body that makes one, and a patch."""

from dataclasses import dataclass
from typing import Any

import pytest

ACCOUNT = {"id": "A-1001", "name": "Household account"}


@dataclass(frozen=True)
class Resource:
    """A collection's name, what to create in it, and what to change."""

    name: str
    body: dict[str, Any]
    patch: dict[str, Any]


RESOURCES = [
    Resource("customerBill", {"billingAccount": ACCOUNT, "state": "new"}, {"state": "sent"}),
    Resource("customerBillOnDemand", {"billingAccount": ACCOUNT}, {"description": "urgent"}),
    Resource(
        "appliedCustomerBillingRate",
        {"billingAccount": ACCOUNT, "name": "Fibre 250"},
        {"name": "Fibre 500"},
    ),
    Resource(
        "billCycle",
        {"name": "October", "billingDate": "2026-11-01T00:00:00Z"},
        {"description": "the tenth of twelve"},
    ),
    Resource(
        "billCycleSpecification",
        {"name": "Monthly", "billingDateShift": 31},
        {"description": "on the first day of each month"},
    ),
]

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r.name)
