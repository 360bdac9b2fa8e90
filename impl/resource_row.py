"""What a row says of a resource: the types of the rows in `impl/resources.py`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from impl.query.language import Path

Owner: TypeAlias = Literal["billingAccount", "relatedParty", "customerBill"]
"""The kinds of owner of a document: an account, a party, or the owners of a bill."""

ACCOUNT: Owner = "billingAccount"
PARTY: Owner = "relatedParty"
BILL: Owner = "customerBill"


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

    writer: Owner | None = None
    """The only kind of owner whose restricted callers write it; None for all kinds."""

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

    document: str = ""
    """The attribute of attachments. The server makes the one with the resource's own id, and shows
    it under `/document` of the resource."""

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


SUBSCRIPTIONS = Resource(
    "hub", "EventSubscription", unique=("callback", "query", "apiVersion"), exportable=False
)
EVENT_FEED = Resource(
    "events",
    "Event",
    stored_in="event",
    indexes=("eventId", "eventType"),
    written_by_clients=False,
    exportable=False,
)
"""The rows that every API has."""
