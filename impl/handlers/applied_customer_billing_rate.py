"""The rules of /appliedCustomerBillingRate."""

from typing import Any

from generated import api, types
from impl.auth.identity import as_server
from impl.errors import Conflict, FieldInvalid, FieldMissing, refuse
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query
from impl.resources import BILLS, RATES

FIXED = (
    *("taxExcludedAmount", "taxIncludedAmount", "appliedTax", "priceBasis"),
    *("type", "billingAccount"),
)
"""Attributes that a bill is computed from."""

ON_NO_BILL = "names the bill of a rate that is billed, and isBilled is false"


class AppliedCustomerBillingRates(api.AppliedCustomerBillingRateApi[Query, Page, Patch]):
    """Charges and credits, billed and unbilled."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        rules = Rules(on_create=_start, on_change=self._refuse_change, on_remove=_refuse_billed)
        self.collection = Collection[types.AppliedCustomerBillingRate](RATES, services, rules)

    def patch_applied_customer_billing_rate(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.AppliedCustomerBillingRate:
        _refuse_billed_without_bill(patch)
        return self.collection.patch(id_, patch, if_match=if_match)

    def _refuse_change(
        self, before: Document, after: dict[str, Any], _named: frozenset[str]
    ) -> None:
        """Raise Conflict if the rate lacks a reference, or was billed and changes its charge."""
        if lacks := _lacks(after):
            raise Conflict(lacks[1], attribute=lacks[0])
        if not after["isBilled"] and after.get("bill") not in (None, before.get("bill")):
            raise Conflict(ON_NO_BILL, attribute="bill")
        if before["isBilled"]:
            self._refuse_change_of_billed(before, after)

    def _refuse_change_of_billed(self, before: Document, after: dict[str, Any]) -> None:
        changed = [name for name in FIXED if before.get(name) != after.get(name)]
        why = "can't change, because the rate is billed"
        refuse(Conflict(why, attribute=name) for name in changed)
        same_bill = after["isBilled"] and after["bill"]["id"] == before["bill"]["id"]
        with as_server():
            is_bound = not same_bill and self._store.has(BILLS, before["bill"]["id"])
        if is_bound:
            why = f"the rate is on {before['bill']['id']!r} until that is deleted"
            raise Conflict(why, attribute="bill")


def _start(rate: dict[str, Any]) -> None:
    rate.setdefault("isBilled", False)
    if lacks := _lacks(rate):
        raise FieldMissing(*lacks)
    if "bill" in rate and not rate["isBilled"]:
        raise FieldInvalid("bill", ON_NO_BILL)


def _lacks(rate: dict[str, Any]) -> tuple[str, str] | None:
    """The reference that a rate of its state needs and lacks, and why; None if it has it."""
    needed, state = ("bill", "billed") if rate["isBilled"] else ("billingAccount", "unbilled")
    return None if needed in rate else (needed, f"is required on a rate that is {state}")


def _refuse_billed_without_bill(patch: Patch) -> None:
    """Raise FieldMissing for a merge patch that marks a rate billed, and names no bill."""
    if patch.merged.get("isBilled") is True and patch.merged.get("bill") is None:
        raise FieldMissing("bill", "is required on a rate that is billed")


def _refuse_billed(rate: Document) -> None:
    """Raise Conflict for the delete of a billed rate."""
    if rate["isBilled"]:
        raise Conflict("a rate that is billed can't be deleted", attribute="isBilled")
