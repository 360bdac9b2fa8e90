"""What Schemathesis can't know of these contracts, beside what it can't know of any."""

import os
from typing import Any

import schemathesis
from hypothesis import strategies as st

from impl.billing.cycle import refuse_specification
from impl.conformance.hooks import VALUES
from impl.errors import FieldInvalid
from tests.contract.looser import excused

REFERRED = {"bill": "CustomerBill", "billingAccount": "BillingAccount"}
OF_BILLS = [
    "eventType=CustomerBillStateChangeEvent",
    "eventType=CustomerBillCreateEvent,BillCycleDeleteEvent",
    "event.customerBill.state=onHold",
    "customerBill.amountDue.value.gt=100",
    "filter=$[?(@.event.billCycle)]",
    "fields=eventType,event.customerBill.id",
]
OF_ACCOUNTS = [
    "eventType=BillingAccountStateChangeEvent",
    "eventType=BillingAccountCreateEvent,BillingCycleSpecificationDeleteEvent",
    "event.billingAccount.state=Closed",
    "billingCycleSpecification.chargeDateOffset.gt=1",
    "filter=$[?(@.event.billFormat)]",
    "fields=eventType,event.billingCycleSpecification.id",
]
FORMATS = {
    "tmf630-query": st.lists(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["name", "product.id"]),
            st.sampled_from(["=", ".gt="]),
            VALUES,
        ),
        max_size=3,
    ).map("&".join),
    "tmf678-period": st.sampled_from(["2026", "2026-Q4", "2026-10", "2026-W40", "October", ""]),
    "tmf678-frequency": st.sampled_from(["monthly", "2 weeks", "semi-monthly", "P1Y6M", "Yearly"]),
    "tmf678-event-query": st.lists(
        st.sampled_from(OF_ACCOUNTS if os.environ.get("FUZZED_API") == "tmf666" else OF_BILLS),
        max_size=4,
        unique=True,
    ).map("&".join),
}
for _name, _texts in FORMATS.items():
    schemathesis.openapi.format(_name, _texts)

_IS_SERVED = os.environ.get("FUZZED") == "served"


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """A blank `rateFilter` selects all; Schemathesis takes any text for a wrong one.

    Where the document that clients get is fuzzed, its looser places are left out.
    """
    if case.meta is None:
        return True
    mode = case.meta.generation.mode
    if _IS_SERVED and excused(case.body, case.media_type, is_right=mode.is_positive):
        return False
    body = case.body if isinstance(case.body, dict) else {}
    return not mode.is_negative or body.get("rateFilter") != ""


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: "schemathesis.Case[Any]", _options: dict[str, Any]
) -> None:
    """Give a right body what rules ask for that no schema can state."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if not isinstance(case.body, dict):
        return
    if "Specification" in case.operation.path:
        _reconcile(case.body)
    if "Rate" in case.operation.path:
        _refer(case.body, is_new=case.method == "POST")


def _reconcile(specification: dict[str, Any]) -> None:
    """Leave out what a specification of cycles can't have together, which no schema can say."""
    for _ in range(len(specification)):
        try:
            refuse_specification(specification)
        except FieldInvalid as error:
            specification.pop(error.attribute)


def _refer(rate: dict[str, Any], *, is_new: bool) -> None:
    """Name the bill of a rate that is billed, and the account of a new one that is not."""
    needed = "bill" if rate.get("isBilled") else "billingAccount"
    if (is_new or needed == "bill") and rate.get(needed) is None:
        rate[needed] = {"id": "one", "@type": f"{REFERRED[needed]}Ref"}
    if is_new and not rate.get("isBilled"):
        rate.pop("bill", None)
