"""A bill's life: which state may follow which, and what payments do to it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from impl.billing.money import money, total, value_of
from impl.errors import Conflict

MOVES: Mapping[str, frozenset[str]] = {
    "new": frozenset({"validated", "sent", "onHold"}),
    "validated": frozenset({"sent", "onHold"}),
    "sent": frozenset({"partiallyPaid", "settled", "onHold"}),
    "partiallyPaid": frozenset({"settled", "onHold"}),
    "settled": frozenset({"onHold"}),
    "onHold": frozenset({"new", "validated", "sent", "partiallyPaid"}),
}
"""What may follow a state where the lifecycle is strict; itself always may.

The standard draws no diagram; this is a bill's way from new to settled, with a hold at any time.
What follows from payments is no move of a client's, and is not held to it.
"""

SENT = frozenset({"sent", "partiallyPaid", "settled"})
"""States of a bill that the customer has."""


def judge_move(before: str | None, after: str | None) -> None:
    """Raise Conflict, naming both, for a move that the strict lifecycle does not have."""
    if before != after and before is not None and after not in MOVES.get(before, ()):
        raise Conflict(f"state: {before} can't become {after}")


def judge_removal(state: str | None) -> None:
    """Raise Conflict where the strict lifecycle keeps a bill: the customer has it."""
    if state in SENT:
        raise Conflict(f"state: a bill that is {state} can't be deleted")


def follow_payments(
    before: Mapping[str, Any], after: dict[str, Any], named: frozenset[str] = frozenset()
) -> None:
    """Let what is left to pay follow from the payments, and the state from that.

    What the client names itself stays, and so does a bill on hold. Raises Conflict for a payment
    in another currency than the bill's.
    """
    changed = before.get("appliedPayment") != after.get("appliedPayment")
    due, unit = value_of(after.get("amountDue")), (after.get("amountDue") or {}).get("unit")
    if not changed or due is None or unit is None or "remainingAmount" in named:
        return
    paid = total([_amount(payment, unit) for payment in after.get("appliedPayment") or ()])
    left = total([due, -paid])
    after["remainingAmount"] = money(left, unit)
    if "state" not in named and after.get("state") != "onHold":
        after["state"] = _state(after.get("state"), due, paid, left)


def _amount(payment: Mapping[str, Any] | None, unit: str) -> Decimal:
    given = (payment or {}).get("appliedAmount") or {}
    if given.get("unit", unit) != unit:
        raise Conflict(f"appliedPayment: {given['unit']} was paid, and the bill is in {unit}")
    return value_of(given) or Decimal(0)


def _state(state: str | None, due: Decimal, paid: Decimal, left: Decimal) -> str | None:
    """The state that payments bring a bill to; one that none was made for keeps its own."""
    if paid and (left <= 0 if due >= 0 else left >= 0):
        return "settled"
    if paid:
        return "partiallyPaid"
    return "sent" if state in ("partiallyPaid", "settled") else state
