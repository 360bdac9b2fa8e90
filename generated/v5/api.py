# DO NOT EDIT: `make generate` writes this from tmf678-v5.yaml and openapi/overlay-v5.yaml
"""The handlers' base classes for Customer Bill Management 5.0.0: a class for each resource, a method for each operation.

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


class CustomerBillOnDemandApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /customerBillOnDemand."""

    if TYPE_CHECKING:

        def list_customer_bill_on_demand(self, query: QueryT) -> PageT:
            """List or find requests for a bill"""

        def create_customer_bill_on_demand(
            self, body: types.CustomerBillOnDemandFVO
        ) -> types.CustomerBillOnDemand:
            """Request a bill"""

        def retrieve_customer_bill_on_demand(
            self, id_: str, query: QueryT
        ) -> types.CustomerBillOnDemand:
            """Read a request for a bill"""

        def patch_customer_bill_on_demand(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.CustomerBillOnDemand:
            """Change a request for a bill"""

        def delete_customer_bill_on_demand(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a request for a bill"""


class CustomerBillApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /customerBill."""

    if TYPE_CHECKING:

        def list_customer_bill(self, query: QueryT) -> PageT:
            """List or find customer bills"""

        def create_customer_bill(self, body: types.CustomerBillFVO) -> types.CustomerBill:
            """Create a bill that another system made"""

        def retrieve_customer_bill(self, id_: str, query: QueryT) -> types.CustomerBill:
            """Read a customer bill"""

        def patch_customer_bill(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.CustomerBill:
            """Change a customer bill"""

        def delete_customer_bill(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a customer bill"""

    @abstractmethod
    def retrieve_customer_bill_document(self, id_: str) -> Any:
        """Read the document of a customer bill"""


class AppliedCustomerBillingRateApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /appliedCustomerBillingRate."""

    if TYPE_CHECKING:

        def list_applied_customer_billing_rate(self, query: QueryT) -> PageT:
            """List or find applied billing rates"""

        def create_applied_customer_billing_rate(
            self, body: types.AppliedCustomerBillingRateFVO
        ) -> types.AppliedCustomerBillingRate:
            """Create an applied billing rate"""

        def retrieve_applied_customer_billing_rate(
            self, id_: str, query: QueryT
        ) -> types.AppliedCustomerBillingRate:
            """Read an applied billing rate"""

        def patch_applied_customer_billing_rate(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.AppliedCustomerBillingRate:
            """Change an applied billing rate"""

        def delete_applied_customer_billing_rate(
            self, id_: str, *, if_match: str | None = None
        ) -> None:
            """Delete an applied billing rate"""


class BillCycleApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billCycle."""

    if TYPE_CHECKING:

        def list_bill_cycle(self, query: QueryT) -> PageT:
            """List or find billing cycles"""

        def create_bill_cycle(self, body: types.BillCycleFVO) -> types.BillCycle:
            """Create a billing cycle"""

        def retrieve_bill_cycle(self, id_: str, query: QueryT) -> types.BillCycle:
            """Read a billing cycle"""

        def patch_bill_cycle(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillCycle:
            """Change a billing cycle"""

        def delete_bill_cycle(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a billing cycle"""

    @abstractmethod
    def cancel_bill_cycle(self, id_: str) -> types.BillCycle:
        """Cancel the run of a billing cycle"""

    @abstractmethod
    def retry_bill_cycle(self, id_: str) -> types.BillCycle:
        """Retry the run of a billing cycle"""


class HubApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /hub."""

    if TYPE_CHECKING:

        def list_listener(self, query: QueryT) -> PageT:
            """List or find subscriptions"""

        def create_hub(self, body: types.HubFVO) -> types.Hub:
            """Subscribe to events"""

        def retrieve_listener(self, id_: str, query: QueryT) -> types.Hub:
            """Read a subscription"""

        def hub_delete(self, id_: str, *, if_match: str | None = None) -> None:
            """Unsubscribe from events"""

    @abstractmethod
    def redeliver_listener(self, id_: str) -> types.Hub:
        """Redeliver the events that failed"""


class BillCycleAccountApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billCycleAccount."""

    if TYPE_CHECKING:

        def list_bill_cycle_account(self, query: QueryT) -> PageT:
            """List or find outcomes of accounts in billing cycles"""

        def retrieve_bill_cycle_account(self, id_: str, query: QueryT) -> types.BillCycleAccount:
            """Read the outcome of an account in a billing cycle"""


class BillNumberApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billNumber."""

    if TYPE_CHECKING:

        def list_bill_number(self, query: QueryT) -> PageT:
            """List or find bill numbers"""

        def retrieve_bill_number(self, id_: str, query: QueryT) -> types.BillNumber:
            """Read a bill number"""


class BillCycleSpecificationApi(ABC, Generic[QueryT, PageT, PatchT]):
    """The operations of /billCycleSpecification."""

    if TYPE_CHECKING:

        def list_bill_cycle_specification(self, query: QueryT) -> PageT:
            """List or find billing cycle specifications"""

        def create_bill_cycle_specification(
            self, body: types.BillCycleSpecificationFVO
        ) -> types.BillCycleSpecification:
            """Create a billing cycle specification"""

        def retrieve_bill_cycle_specification(
            self, id_: str, query: QueryT
        ) -> types.BillCycleSpecification:
            """Read a billing cycle specification"""

        def patch_bill_cycle_specification(
            self, id_: str, patch: PatchT, *, if_match: str | None = None
        ) -> types.BillCycleSpecification:
            """Change a billing cycle specification"""

        def delete_bill_cycle_specification(self, id_: str, *, if_match: str | None = None) -> None:
            """Delete a billing cycle specification"""


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

    customer_bill_on_demand: CustomerBillOnDemandApi[QueryT, PageT, PatchT] | None = None
    customer_bill: CustomerBillApi[QueryT, PageT, PatchT]
    applied_customer_billing_rate: AppliedCustomerBillingRateApi[QueryT, PageT, PatchT] | None = (
        None
    )
    bill_cycle: BillCycleApi[QueryT, PageT, PatchT]
    hub: HubApi[QueryT, PageT, PatchT]
    bill_cycle_account: BillCycleAccountApi[QueryT, PageT, PatchT] | None = None
    bill_number: BillNumberApi[QueryT, PageT, PatchT] | None = None
    bill_cycle_specification: BillCycleSpecificationApi[QueryT, PageT, PatchT] | None = None
    events: EventsApi[QueryT, PageT, PatchT]


HANDLERS: dict[str, str] = {
    "customerBillOnDemand": "customer_bill_on_demand",
    "customerBill": "customer_bill",
    "appliedCustomerBillingRate": "applied_customer_billing_rate",
    "billCycle": "bill_cycle",
    "hub": "hub",
    "billCycleAccount": "bill_cycle_account",
    "billNumber": "bill_number",
    "billCycleSpecification": "bill_cycle_specification",
    "events": "events",
}
"""The attribute of `Handlers` for each resource."""
