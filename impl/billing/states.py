"""The states of a bill: which may follow which, and how payments change them. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from impl.billing.money import LARGEST, money, total, value_of
from impl.errors import Conflict

ON_HOLD = "onHold"
BEFORE, REASON = "stateBeforeHold", "holdReason"
MOVES: Mapping[str, frozenset[str]] = {
    "new": frozenset({"validated", "sent", ON_HOLD}),
    "validated": frozenset({"sent", ON_HOLD}),
    "sent": frozenset({"partiallyPaid", "settled", ON_HOLD}),
    "partiallyPaid": frozenset({"settled", ON_HOLD}),
    "settled": frozenset({ON_HOLD}),
}
"""The states that may follow each state in the strict lifecycle, besides itself.

The standard has no diagram. These are the steps from new to settled, with a hold at any time; after
a hold comes the state before it. A change that follows from payments is not restricted.
"""

AMOUNTS = ("amountDue", "remainingAmount", "appliedPayment")
SENT = frozenset({"sent", "partiallyPaid", "settled"})
"""States of a bill that was sent to the customer."""


def refuse_move(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise Conflict, naming both states, for a change that the strict lifecycle does not have.

    A bill on hold without a stored state before the hold may change to any state.
    """
    was, now = before.get("state"), after.get("state")
    if was in (now, None):
        return
    to = before.get(BEFORE)
    fits = now in MOVES and to in (now, None) if was == ON_HOLD else now in MOVES.get(was, ())
    if not fits:
        why = f": it was {to} before it was held" if was == ON_HOLD and to else ""
        raise Conflict(f"{was} can't become {now}{why}", attribute="state")


def refuse_removal(bill: Mapping[str, Any]) -> None:
    """Raise Conflict if the bill was sent, even if it is on hold now, or has payments in any state.

    So the strict lifecycle keeps each bill that a customer has or has paid.
    """
    state = bill.get(BEFORE) if bill.get("state") == ON_HOLD else bill.get("state")
    if state in SENT:
        raise Conflict(f"a bill that is {state} can't be deleted", attribute="state")
    if bill.get("appliedPayment"):
        raise Conflict("a bill with payments can't be deleted", attribute="appliedPayment")


def follow_hold(before: Mapping[str, Any], after: dict[str, Any]) -> None:
    """Store the state before a hold when it begins; remove it and the reason when it ends.

    A reason that is given with the end stays.
    """
    was, now = before.get("state"), after.get("state")
    if was == now:
        return
    after.pop(BEFORE, None)
    if now == ON_HOLD and was is not None:
        after[BEFORE] = was
    elif was == ON_HOLD and after.get(REASON) == before.get(REASON):
        after.pop(REASON, None)


def refuse_payments_twice(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise Conflict for a payment that is applied twice; one that is stored twice may stay."""
    stored = Counter(_payments(before))
    for payment, times in Counter(_payments(after)).items():
        if times > max(1, stored[payment]):
            raise Conflict(f"the payment {payment!r} is applied twice", attribute="appliedPayment")


def _payments(bill: Mapping[str, Any]) -> list[Any]:
    """The ids of the payments that are applied to a bill."""
    applied = [(each or {}).get("payment") or {} for each in bill.get("appliedPayment") or ()]
    return [payment["id"] for payment in applied if "id" in payment]


def follow_payments(
    before: Mapping[str, Any], after: dict[str, Any], named: frozenset[str] = frozenset()
) -> None:
    """Set the remaining amount by the payments, and the state by the remaining amount.

    Attributes in `named`, which the client sets itself, stay. On a bill on hold, the state before
    the hold changes. Raises Conflict for amounts of one bill in several currencies, and for
    payments that leave more to pay than an amount can hold.
    """
    changed = {name for name in AMOUNTS if before.get(name) != after.get(name)}
    if not changed:
        return
    due, unit = value_of(after.get("amountDue")), (after.get("amountDue") or {}).get("unit")
    total_unit = (after.get("taxIncludedAmount") or {}).get("unit", unit)
    if "amountDue" in changed and None not in (unit, total_unit) and unit != total_unit:
        raise Conflict(f"is in {unit}, and the bill is in {total_unit}", attribute="amountDue")
    _refuse_other_units(after, unit)
    follows = "appliedPayment" in changed or "remainingAmount" in before
    if due is None or unit is None or "remainingAmount" in named or not follows:
        return
    paid = total([_amount(payment) for payment in after.get("appliedPayment") or ()])
    left = total([due, -paid])
    if abs(left) > LARGEST:
        name = "appliedPayment" if "appliedPayment" in changed else "amountDue"
        why = f"would leave {left:f} to pay, more than an amount can hold"
        raise Conflict(why, attribute=name)
    after["remainingAmount"] = money(left, unit)
    if "appliedPayment" in changed:
        _follow(after, named, lambda state: _state(state, due, paid, left))


def _follow(
    bill: dict[str, Any], named: frozenset[str], state_of: Callable[[str | None], str | None]
) -> None:
    name = BEFORE if bill.get("state") == ON_HOLD else "state"
    if name == "state" and name in named:
        return
    state = state_of(bill.get(name))
    if state is not None:
        bill[name] = state


def _refuse_other_units(bill: Mapping[str, Any], unit: str | None) -> None:
    payments = [payment or {} for payment in bill.get("appliedPayment") or ()]
    given = [("appliedPayment", payment.get("appliedAmount")) for payment in payments]
    given.append(("remainingAmount", bill.get("remainingAmount")))
    for name, amount in given:
        other = (amount or {}).get("unit", unit)
        if None not in (unit, other) and other != unit:
            raise Conflict(f"is in {other}, and the bill is in {unit}", attribute=name)


def _amount(payment: Mapping[str, Any] | None) -> Decimal:
    return value_of((payment or {}).get("appliedAmount")) or Decimal(0)


def _state(state: str | None, due: Decimal, paid: Decimal, left: Decimal) -> str | None:
    """The state of a bill after these payments.

    Payments that sum to zero, or against the bill's sign, pay nothing: the bill keeps its state, or
    is only sent again. A bill of zero with payments is settled.
    """
    was_paid = state in ("partiallyPaid", "settled")
    if not due:
        return "settled" if paid or was_paid else state
    if paid * due <= 0:
        return "sent" if was_paid else state
    return "settled" if left * due <= 0 else "partiallyPaid"
