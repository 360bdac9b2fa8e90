"""A bill's life: which state may follow which, and what payments do to it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from impl.billing.money import LARGEST, money, total, value_of
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

AMOUNTS = ("amountDue", "remainingAmount", "appliedPayment")
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

    What the client names itself stays, and so does a bill on hold. Raises Conflict for amounts of
    one bill in several currencies, and for payments that leave more than an amount can hold.
    """
    changed = {name for name in AMOUNTS if before.get(name) != after.get(name)}
    if not changed:
        return
    due, unit = value_of(after.get("amountDue")), (after.get("amountDue") or {}).get("unit")
    total_unit = (after.get("taxIncludedAmount") or {}).get("unit", unit)
    if "amountDue" in changed and None not in (unit, total_unit) and unit != total_unit:
        raise Conflict(f"amountDue: is in {unit}, and the bill is in {total_unit}")
    _refuse_other_units(after, unit)
    followed = "appliedPayment" in changed or "remainingAmount" in before
    if due is None or unit is None or "remainingAmount" in named or not followed:
        return
    paid = total([_amount(payment) for payment in after.get("appliedPayment") or ()])
    left = total([due, -paid])
    if abs(left) > LARGEST:
        name = "appliedPayment" if "appliedPayment" in changed else "amountDue"
        raise Conflict(f"{name}: would leave {left:f} to pay, more than an amount can hold")
    after["remainingAmount"] = money(left, unit)
    if "appliedPayment" in changed and "state" not in named and after.get("state") != "onHold":
        after["state"] = _state(after.get("state"), due, paid, left)


def _refuse_other_units(bill: Mapping[str, Any], unit: str | None) -> None:
    payments = [payment or {} for payment in bill.get("appliedPayment") or ()]
    given = [("appliedPayment", payment.get("appliedAmount")) for payment in payments]
    given.append(("remainingAmount", bill.get("remainingAmount")))
    for name, amount in given:
        other = (amount or {}).get("unit", unit)
        if None not in (unit, other) and other != unit:
            raise Conflict(f"{name}: is in {other}, and the bill is in {unit}")


def _amount(payment: Mapping[str, Any] | None) -> Decimal:
    return value_of((payment or {}).get("appliedAmount")) or Decimal(0)


def _state(state: str | None, due: Decimal, paid: Decimal, left: Decimal) -> str | None:
    """The state that payments bring a bill to.

    Payments that sum to zero, or against the bill's sign, pay nothing. A bill that none was made
    for keeps its state, and one of zero has nothing to be paid.
    """
    followed = state in ("partiallyPaid", "settled")
    if not due:
        return "settled" if paid or followed else state
    if paid * due <= 0:
        return "sent" if followed else state
    return "settled" if left * due <= 0 else "partiallyPaid"
