"""What serves /appliedCustomerBillingRate."""

from typing import Any

from generated import api, types
from impl.auth.identity import unconfined
from impl.errors import Conflict, FieldInvalid, FieldMissing, refuse
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query

FIXED = (
    *("taxExcludedAmount", "taxIncludedAmount", "appliedTax", "priceBasis"),
    *("type", "billingAccount"),
)
"""What a bill was made of."""

ON_NO_BILL = "names the bill of a rate that is billed, and isBilled is false"


class AppliedCustomerBillingRates(api.AppliedCustomerBillingRateApi[Query, Page, Patch]):
    """Charges and credits, billed and unbilled."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._rates: Collection[types.AppliedCustomerBillingRate] = Collection(
            "appliedCustomerBillingRate",
            services.api.schemas["AppliedCustomerBillingRate"],
            services,
            Rules(on_create=_start, on_change=self._judge, on_remove=_keep_billed),
        )

    @property
    def collection(self) -> Collection[types.AppliedCustomerBillingRate]:
        """What keeps them, for those who bring in many."""
        return self._rates

    def list_applied_customer_billing_rate(self, query: Query) -> Page:
        return self._rates.list(query)

    def create_applied_customer_billing_rate(
        self, body: types.AppliedCustomerBillingRateCreate
    ) -> types.AppliedCustomerBillingRate:
        return self._rates.create(body)

    def retrieve_applied_customer_billing_rate(
        self, id_: str, query: Query
    ) -> types.AppliedCustomerBillingRate:
        return self._rates.retrieve(id_, query)

    def patch_applied_customer_billing_rate(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.AppliedCustomerBillingRate:
        _refuse_billed_by_none(patch)
        return self._rates.patch(id_, patch, if_match=if_match)

    def delete_applied_customer_billing_rate(
        self, id_: str, *, if_match: str | None = None
    ) -> None:
        self._rates.delete(id_, if_match=if_match)

    def _judge(self, before: Document, after: dict[str, Any], _named: frozenset[str]) -> None:
        """Hold a rate to what its state needs, and a billed one to its bill."""
        if lacks := _lacks(after):
            raise Conflict(lacks[1], attribute=lacks[0])
        if not after["isBilled"] and after.get("bill") not in (None, before.get("bill")):
            raise Conflict(ON_NO_BILL, attribute="bill")
        if before["isBilled"]:
            self._judge_billed(before, after)

    def _judge_billed(self, before: Document, after: dict[str, Any]) -> None:
        changed = [name for name in FIXED if before.get(name) != after.get(name)]
        why = "can't change, because the rate is billed"
        refuse(Conflict(why, attribute=name) for name in changed)
        same_bill = after["isBilled"] and after["bill"]["id"] == before["bill"]["id"]
        with unconfined():
            kept = not same_bill and self._store.has("customerBill", before["bill"]["id"])
        if kept:
            why = f"the rate is on {before['bill']['id']!r} until that is deleted"
            raise Conflict(why, attribute="bill")


def _start(rate: dict[str, Any]) -> None:
    rate.setdefault("isBilled", False)
    if lacks := _lacks(rate):
        raise FieldMissing(*lacks)
    if "bill" in rate and not rate["isBilled"]:
        raise FieldInvalid("bill", ON_NO_BILL)


def _lacks(rate: dict[str, Any]) -> tuple[str, str] | None:
    """The reference that a rate of its state needs and has not, and why; None where it has it."""
    needed, state = ("bill", "billed") if rate["isBilled"] else ("billingAccount", "unbilled")
    return None if needed in rate else (needed, f"is required on a rate that is {state}")


def _refuse_billed_by_none(patch: Patch) -> None:
    """Refuse a merge patch that marks a rate billed, and does not say by which bill."""
    if patch.merged.get("isBilled") is True and patch.merged.get("bill") is None:
        raise FieldMissing("bill", "is required on a rate that is billed")


def _keep_billed(rate: Document) -> None:
    """Refuse to remove a rate that is billed."""
    if rate["isBilled"]:
        raise Conflict("a rate that is billed can't be deleted", attribute="isBilled")
