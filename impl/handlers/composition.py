"""The handlers of TMF678: its own of the resources that have rules, and the collections of all."""

from collections.abc import Iterable

from generated import api
from impl.api import Handlers, Operation
from impl.errors import NotYetImplemented
from impl.handlers import standard
from impl.handlers.applied_customer_billing_rate import AppliedCustomerBillingRates
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.bill_cycle_specification import BillCycleSpecifications
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.handlers.customer_bill_on_demand import CustomerBillsOnDemand
from impl.handlers.subscriptions import EventFeed, Subscriptions
from impl.resources import BY_NAME


def build(services: Services) -> Handlers:
    """The handlers of the resources that have rules, and the collections of all."""
    own = api.Handlers(
        customer_bill_on_demand=CustomerBillsOnDemand(services),
        customer_bill=CustomerBills(services),
        applied_customer_billing_rate=AppliedCustomerBillingRates(services),
        hub=Subscriptions(services),
        bill_cycle=BillCycles(services),
        bill_cycle_specification=BillCycleSpecifications(services),
        events=EventFeed(services),
    )
    return standard.composed(own, services)


def refuse_missing(operations: Iterable[Operation]) -> None:
    """Raise NotYetImplemented, which names them, if methods of handlers or rows are missing."""
    bases = [each for name, each in vars(api).items() if name.endswith("Api")]
    handlers = [handler for base in bases for handler in base.__subclasses__()]
    methods = [
        f"{handler.__name__}.{method} in {handler.__module__.replace('.', '/')}.py"
        for handler in handlers
        for method in sorted(getattr(handler, "__abstractmethods__", ()))
    ]
    rows = {
        f"a row for {each.resource} in impl/resources.py"
        for each in operations
        if each.standard and each.resource not in BY_NAME
        if not any(hasattr(handler, each.python_name) for handler in handlers)
    }
    if lacking := [*methods, *sorted(rows)]:
        raise NotYetImplemented(", ".join(lacking))
