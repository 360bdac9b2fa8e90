"""The handlers: what each operation of the contract does, one module a resource."""

from collections.abc import Iterator
from typing import Any

from generated import api
from impl.errors import NotYetImplemented
from impl.handlers.applied_customer_billing_rate import AppliedCustomerBillingRates
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.bill_cycle_account import BillCycleAccounts
from impl.handlers.bill_cycle_specification import BillCycleSpecifications
from impl.handlers.bill_number import BillNumbers
from impl.handlers.collection import Collection, Services
from impl.handlers.customer_bill import CustomerBills
from impl.handlers.customer_bill_on_demand import CustomerBillsOnDemand
from impl.handlers.events import Events
from impl.handlers.hub import Hub
from impl.patch.apply import Patch
from impl.query.language import Page, Query

Handlers = api.Handlers[Query, Page, Patch]


def build(services: Services) -> Handlers:
    """A handler for each resource of the contract."""
    return api.Handlers(
        customer_bill_on_demand=CustomerBillsOnDemand(services),
        customer_bill=CustomerBills(services),
        applied_customer_billing_rate=AppliedCustomerBillingRates(services),
        hub=Hub(services),
        bill_cycle=BillCycles(services),
        bill_cycle_account=BillCycleAccounts(services),
        bill_cycle_specification=BillCycleSpecifications(services),
        bill_number=BillNumbers(services),
        events=Events(services),
    )


def collections(services: Services) -> dict[str, Collection[Any]]:
    """The collections that documents may be brought into, by resource.

    Requests for bills are not among them: to keep one is to have its bill made.
    """
    return {
        "appliedCustomerBillingRate": AppliedCustomerBillingRates(services).collection,
        "billCycle": BillCycles(services).collection,
        "billCycleSpecification": BillCycleSpecifications(services).collection,
        "customerBill": CustomerBills(services).collection,
    }


def refuse_missing() -> None:
    """Raise NotYetImplemented, which names them, where handlers lack methods of the contract."""
    bases = [each for name, each in vars(api).items() if name.endswith("Api")]
    lacking = [name for base in bases for name in _lacking(base)]
    if lacking:
        raise NotYetImplemented(", ".join(lacking))


def _lacking(base: Any) -> Iterator[str]:
    for handler in base.__subclasses__():
        for method in sorted(getattr(handler, "__abstractmethods__", ())):
            yield f"{handler.__name__}.{method} in {handler.__module__.replace('.', '/')}.py"
