# DO NOT EDIT: `make generate` writes this from tmf666.yaml and openapi/overlay-tmf666.yaml
"""The handlers' base classes for Account Management 4.0.0: a class for each resource, a method for each operation.

A handler must have the abstract methods. It may have the others, which are for the type checker
alone: without them, the resource's collection serves these operations.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import types

QueryT = TypeVar("QueryT")
"""The type of a parsed query string."""

PageT = TypeVar("PageT")
"""The type of the response to a list."""

PatchT = TypeVar("PatchT")
"""The type of the parsed body of a patch."""


class BillingAccountApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billingAccount."""

    if TYPE_CHECKING:

        def list_billing_account(self, query: QueryT) -> PageT:
            """List or find billing accounts"""

        def create_billing_account(self, body: types.BillingAccountCreate) -> types.BillingAccount:
            """Create a billing account"""

        def retrieve_billing_account(self, id_: str, query: QueryT) -> types.BillingAccount:
            """Read a billing account"""

        def patch_billing_account(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillingAccount:
            """Change a billing account"""

        def delete_billing_account(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a billing account"""


class BillingCycleSpecificationApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billingCycleSpecification."""

    if TYPE_CHECKING:

        def list_billing_cycle_specification(self, query: QueryT) -> PageT:
            """List or find specifications of billing cycles"""

        def create_billing_cycle_specification(
            self, body: types.BillingCycleSpecificationCreate
        ) -> types.BillingCycleSpecification:
            """Create a specification of billing cycles"""

        def retrieve_billing_cycle_specification(
            self, id_: str, query: QueryT
        ) -> types.BillingCycleSpecification:
            """Read a specification of billing cycles"""

        def patch_billing_cycle_specification(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillingCycleSpecification:
            """Change a specification of billing cycles"""

        def delete_billing_cycle_specification(
            self, id_: str, *, if_match: str | None = None
        ) -> None:
            """Delete a specification of billing cycles"""


class BillFormatApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billFormat."""

    if TYPE_CHECKING:

        def list_bill_format(self, query: QueryT) -> PageT:
            """List or find bill formats"""

        def create_bill_format(self, body: types.BillFormatCreate) -> types.BillFormat:
            """Create a bill format"""

        def retrieve_bill_format(self, id_: str, query: QueryT) -> types.BillFormat:
            """Read a bill format"""

        def patch_bill_format(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillFormat:
            """Change a bill format"""

        def delete_bill_format(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a bill format"""


class BillPresentationMediaApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billPresentationMedia."""

    if TYPE_CHECKING:

        def list_bill_presentation_media(self, query: QueryT) -> PageT:
            """List or find presentation media"""

        def create_bill_presentation_media(
            self, body: types.BillPresentationMediaCreate
        ) -> types.BillPresentationMedia:
            """Create a presentation medium"""

        def retrieve_bill_presentation_media(
            self, id_: str, query: QueryT
        ) -> types.BillPresentationMedia:
            """Read a presentation medium"""

        def patch_bill_presentation_media(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillPresentationMedia:
            """Change a presentation medium"""

        def delete_bill_presentation_media(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a presentation medium"""


class HubApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /hub."""

    if TYPE_CHECKING:

        def list_subscription(self, query: QueryT) -> PageT:
            """List or find subscriptions"""

        def register_listener(self, body: types.EventSubscriptionInput) -> types.EventSubscription:
            """Subscribe to events"""

        def retrieve_subscription(self, id_: str, query: QueryT) -> types.EventSubscription:
            """Read a subscription"""

        def unregister_listener(self, id_: str, *, if_match: str | None = None) -> None:
            """Unsubscribe"""

    @abstractmethod
    def redeliver_listener(self, id_: str) -> types.EventSubscription:
        """Redeliver the events that failed"""


class EventsApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /events."""

    @abstractmethod
    def list_event(
        self, query: QueryT, *, after: str | None = None, last_event_id: str | None = None
    ) -> PageT:
        """List, find or stream events"""


@dataclass(frozen=True, kw_only=True)
class Handlers(Generic[QueryT, PageT, PatchT]):
    """The handler of each resource; None if the collection serves it without any rules."""

    billing_account: BillingAccountApi[QueryT, PageT, PatchT] | None = None
    billing_cycle_specification: BillingCycleSpecificationApi[QueryT, PageT, PatchT] | None = None
    bill_format: BillFormatApi[QueryT, PageT, PatchT] | None = None
    bill_presentation_media: BillPresentationMediaApi[QueryT, PageT, PatchT] | None = None
    hub: HubApi[QueryT, PageT, PatchT]
    events: EventsApi[QueryT, PageT, PatchT]


HANDLERS: dict[str, str] = {
    "billingAccount": "billing_account",
    "billingCycleSpecification": "billing_cycle_specification",
    "billFormat": "bill_format",
    "billPresentationMedia": "bill_presentation_media",
    "hub": "hub",
    "events": "events",
}
"""The attribute of `Handlers` for each resource."""
