"""What each resource is: one row a resource, which every package reads. Pure data.

A resource's rules are in `impl/handlers/`; its attributes and operations are in the contract.
"""

from collections.abc import Mapping

from impl.plugin import PLUGIN
from impl.query.language import Path
from impl.resource_row import (
    ACCOUNT,
    BILL,
    EVENT_FEED,
    PARTY,
    SUBSCRIPTIONS,
    Partial,
    Resource,
)

BILLS = "customerBill"
REQUESTS = "customerBillOnDemand"
RATES = "appliedCustomerBillingRate"
CYCLES = "billCycle"
SPECIFICATIONS = "billCycleSpecification"
OUTCOMES = "billCycleAccount"
REGISTER = "billNumber"
ACCOUNTS = "billingAccount"
FORMATS = "billFormat"
MEDIA = "billPresentationMedia"
HUB = SUBSCRIPTIONS.name
EVENTS = EVENT_FEED.name
FEED = EVENT_FEED.collection

OF_ACCOUNT: Path = ("billingAccount", "id")
OF_PARTY: Path = ("relatedParty", "id")

TMF678_RESOURCES = (
    Resource(
        BILLS,
        "CustomerBill",
        owners={ACCOUNT: OF_ACCOUNT, PARTY: OF_PARTY},
        indexes=(
            *("billingAccount.id", "relatedParty.id", "state", "billDate"),
            ("billingAccount.id", "billDate"),
            ("state", "billDate"),
        ),
        references={"billCycle": CYCLES},
        events=True,
        document="billDocument",
        state="state",
        with_state=frozenset({"lastUpdate", "stateBeforeHold", "holdReason"}),
        importable=True,
    ),
    Resource(
        REQUESTS,
        "CustomerBillOnDemand",
        owners={ACCOUNT: OF_ACCOUNT, PARTY: OF_PARTY},
        indexes=("billingAccount.id", "relatedParty.id", "state"),
        partial=(Partial(("lastUpdate",), {"state": "inProgress"}),),
        references={"customerBill": BILLS},
        events=True,
        state="state",
        with_state=frozenset({"lastUpdate", "statusReason", "customerBill"}),
    ),
    Resource(
        RATES,
        "AppliedCustomerBillingRate",
        owners={ACCOUNT: OF_ACCOUNT, BILL: ("bill", "id")},
        named={PARTY: OF_PARTY},
        indexes=(
            *("billingAccount.id", "bill.id", "isBilled", "product.id"),
            ("billingAccount.id", "isBilled"),
        ),
        references={"bill": BILLS},
        joined=("isBilled", "bill"),
        events=True,
        importable=True,
    ),
    Resource(
        CYCLES,
        "BillCycle",
        public=True,
        references={"billCycleSpecification": SPECIFICATIONS},
        events=True,
        importable=True,
    ),
    Resource(SPECIFICATIONS, "BillCycleSpecification", public=True, events=True, importable=True),
    Resource(
        ACCOUNTS,
        "BillingAccount",
        owners={ACCOUNT: ("id",), PARTY: OF_PARTY},
        writer=ACCOUNT,
        indexes=(
            *("relatedParty.id", "state", "name"),
            "billStructure.cycleSpecification.id",
        ),
        events=True,
        state="state",
        with_state=frozenset({"lastModified"}),
        importable=True,
    ),
    Resource(FORMATS, "BillFormat", public=True, events=True, importable=True),
    Resource(MEDIA, "BillPresentationMedia", public=True, events=True, importable=True),
    Resource(
        OUTCOMES,
        "BillCycleAccount",
        owners={ACCOUNT: OF_ACCOUNT, BILL: ("customerBill", "id")},
        indexes=(
            "billCycle.id",
            ("billCycle.id", "state"),
            ("billCycle.id", "billingAccount.id"),
        ),
        partial=(Partial(("billCycle.id", "currency"), {"currency": {"$exists": True}}),),
        references={"billCycle": CYCLES, "customerBill": BILLS},
        written_by_clients=False,
    ),
    Resource(
        REGISTER,
        "BillNumber",
        indexes=("bill.id", "number", ("sequence", "position")),
        references={"bill": BILLS},
        written_by_clients=False,
    ),
    SUBSCRIPTIONS,
    EVENT_FEED,
)
"""A resource without owners that is not public is hidden from restricted callers."""

RESOURCES = PLUGIN.resources or TMF678_RESOURCES
"""The rows of the resources that this process serves."""

BY_NAME: Mapping[str, Resource] = {each.name: each for each in RESOURCES}
BY_COLLECTION: Mapping[str, Resource] = {each.collection: each for each in RESOURCES}
PUBLISHED = tuple(each.name for each in RESOURCES if each.events)
"""The names of those that publish events."""

IMPORTABLE = tuple(sorted(each.name for each in RESOURCES if each.importable))
EXPORTABLE = tuple(sorted(each.name for each in RESOURCES if each.exportable))
