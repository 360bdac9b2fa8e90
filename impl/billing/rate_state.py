"""Whether a rate is billed: the attributes that say so, and what a client may change. Pure.

A billed rate has a true `isBilled` and names its bill; an unbilled one names its billing account.
"""

from collections.abc import Callable, Mapping
from typing import Any

from impl.billing.assemble import reference_to
from impl.errors import Conflict, FieldInvalid, FieldMissing, refuse
from impl.query.language import Compare, Condition, Document, Every

BILLED = Compare(("isBilled",), (True,))
UNBILLED = Compare(("isBilled",), (False,))
FIXED = (
    *("taxExcludedAmount", "taxIncludedAmount", "appliedTax", "priceBasis"),
    *("type", "billingAccount"),
)
"""Attributes of a rate that its bill was made from."""

NAMES_A_BILL = "names the bill of a rate that is billed, and isBilled is false"


def on_bill(bill_id: str) -> Condition:
    """Selects the rates on a bill; an unbilled rate is on none, even if it names one."""
    return Every((Compare(("bill", "id"), (bill_id,)), BILLED))


def billed_by(bill: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that mark a rate as billed by this bill."""
    return {"isBilled": True, "bill": reference_to(bill)}


def complete_new(rate: dict[str, Any]) -> None:
    """Make a new rate unbilled unless it says otherwise.

    Raises FieldMissing without the reference that its state needs, FieldInvalid if an unbilled rate
    names a bill.
    """
    rate.setdefault("isBilled", False)
    if lacks := _lacks(rate):
        raise FieldMissing(*lacks)
    if "bill" in rate and not rate["isBilled"]:
        raise FieldInvalid("bill", NAMES_A_BILL)


def refuse_change(
    before: Mapping[str, Any], after: Mapping[str, Any], has_bill: Callable[[str], bool]
) -> None:
    """Raise Conflict for a rate without the reference that its state needs, for an unbilled rate
    that is given a bill, for changed amounts of a billed rate, and for a billed rate that leaves
    its bill, unless `has_bill` says that the bill is gone.
    """
    if lacks := _lacks(after):
        raise Conflict(lacks[1], attribute=lacks[0])
    if not after["isBilled"] and after.get("bill") not in (None, before.get("bill")):
        raise Conflict(NAMES_A_BILL, attribute="bill")
    if not before["isBilled"]:
        return
    changed = [name for name in FIXED if before.get(name) != after.get(name)]
    why = "can't change, because the rate is billed"
    refuse(Conflict(why, attribute=name) for name in changed)
    bill_id = before["bill"]["id"]
    stays = after["isBilled"] and after["bill"]["id"] == bill_id
    if not stays and has_bill(bill_id):
        raise Conflict(f"the rate is on {bill_id!r} until that is deleted", attribute="bill")


def refuse_removal(rate: Mapping[str, Any]) -> None:
    """Raise Conflict if the rate is billed."""
    if rate["isBilled"]:
        raise Conflict("a rate that is billed can't be deleted", attribute="isBilled")


def refuse_billed_by_none(patch: Mapping[str, Any]) -> None:
    """Raise FieldMissing for a merge patch that marks a rate as billed and names no bill."""
    if patch.get("isBilled") is True and patch.get("bill") is None:
        raise FieldMissing("bill", "is required on a rate that is billed")


def refuse_reserved(rate: Document) -> None:
    """Raise Conflict if a bill is being made of the rate."""
    if rate.reserved:
        raise Conflict("the rate is being billed; try again later", attribute="isBilled")


def _lacks(rate: Mapping[str, Any]) -> tuple[str, str] | None:
    """The reference that the rate's state needs and the rate lacks, and why it is needed."""
    needed, state = ("bill", "billed") if rate["isBilled"] else ("billingAccount", "unbilled")
    return None if needed in rate else (needed, f"is required on a rate that is {state}")
