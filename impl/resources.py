"""What each resource is: one row a resource, which every package reads. Pure data.

A resource's rules are in `impl/handlers/`; its attributes and operations are in the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from impl.query.language import Path

Owner: TypeAlias = Literal["billingAccount", "relatedParty", "customerBill"]
"""The kinds of owner of a document: an account, a party, or the owners of a bill."""

ACCOUNT: Owner = "billingAccount"
PARTY: Owner = "relatedParty"
BILL: Owner = "customerBill"

BILLS = "customerBill"
REQUESTS = "customerBillOnDemand"
RATES = "appliedCustomerBillingRate"
CYCLES = "billCycle"
SPECIFICATIONS = "billCycleSpecification"
OUTCOMES = "billCycleAccount"
REGISTER = "billNumber"
HUB = "hub"
EVENTS = "events"
FEED = "event"


@dataclass(frozen=True)
class Partial:
    """An index of those documents alone that match a MongoDB filter."""

    paths: tuple[str, ...]
    where: Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource. All but `name` and `schema` may be left out."""

    name: str
    """The first segment of its paths, and its name in events."""

    schema: str
    """Its schema in the contract; events are called after it."""

    stored_in: str = ""
    """The MongoDB collection, if that is not called as the resource is."""

    owners: Mapping[Owner, Path] = field(default_factory=dict)
    """Paths that name the owners of a document. Restricted callers see and write what they own."""

    named: Mapping[Owner, Path] = field(default_factory=dict)
    """Paths that name owners of what is made of the document. They do not own the document."""

    public: bool = False
    """Everybody sees it; restricted callers can't write it."""

    indexes: tuple[str | tuple[str, ...], ...] = ()
    """Paths that lists filter by; several of one index filter together, or filter and sort."""

    unique: tuple[str, ...] = ()
    """Paths whose values no two documents share."""

    partial: tuple[Partial, ...] = ()
    """Indexes of few documents, for workers."""

    references: Mapping[str, str] = field(default_factory=dict)
    """Attributes that refer to other resources of this server, and get their `href`s."""

    joined: tuple[str, ...] = ()
    """Attributes that the stored JSON leaves out; the server joins them to it when it shows a
    document. So a write that changes only these leaves that JSON valid."""

    events: bool = False
    """Whether each write publishes an event."""

    state: str | None = None
    """The attribute whose change is published as a StateChange event."""

    with_state: frozenset[str] = frozenset()
    """Attributes that the server may set together with `state` in such an event."""

    written_by_clients: bool = True
    """Whether clients write it, so that it may have attributes beyond the contract's."""

    importable: bool = False
    """Whether `tmf678 import` takes it: it is a record, and storing one starts nothing."""

    exportable: bool = True
    """Whether `tmf678 export` writes it."""

    @property
    def collection(self) -> str:
        """The MongoDB collection that holds it."""
        return self.stored_in or self.name


OF_ACCOUNT: Path = ("billingAccount", "id")
OF_PARTY: Path = ("relatedParty", "id")

RESOURCES = (
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
    Resource(HUB, "EventSubscription", unique=("callback", "query"), exportable=False),
    Resource(
        EVENTS,
        "Event",
        stored_in=FEED,
        indexes=("eventId", "eventType"),
        written_by_clients=False,
        exportable=False,
    ),
)
"""A resource without owners that is not public is hidden from restricted callers."""

BY_NAME: Mapping[str, Resource] = {each.name: each for each in RESOURCES}
BY_COLLECTION: Mapping[str, Resource] = {each.collection: each for each in RESOURCES}
PUBLISHED = tuple(each.name for each in RESOURCES if each.events)
"""The names of those that publish events."""

IMPORTABLE = tuple(sorted(each.name for each in RESOURCES if each.importable))
EXPORTABLE = tuple(sorted(each.name for each in RESOURCES if each.exportable))
