from typing import Any, get_args

import pytest

from generated import types
from impl.billing.states import (
    MOVES,
    ON_HOLD,
    follow_hold,
    follow_payments,
    refuse_move,
    refuse_payments_twice,
    refuse_removal,
)
from impl.errors import Conflict
from tests.unit.billing.rates import money

STATES = {*MOVES, ON_HOLD}


def bill(state: str = "sent", *paid: float, **more: Any) -> dict[str, Any]:
    payments = [{"appliedAmount": money(each), "payment": {"id": "P"}} for each in paid]
    fixed = {"state": state, "amountDue": money(30), "remainingAmount": money(30 - sum(paid))}
    return fixed | ({"appliedPayment": payments} if payments else {}) | more


def test_every_state_of_the_contract_has_its_moves() -> None:
    assert set().union(*MOVES.values()) == STATES - {"new"}
    assert {*MOVES, ON_HOLD} == STATES == set(get_args(types.StateValue))


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_state_may_follow_itself(state: str) -> None:
    refuse_move({"state": state}, {"state": state})


@pytest.mark.parametrize(("before", "after"), [("sent", "new"), ("settled", "sent")])
def test_another_move_names_both_states(before: str, after: str) -> None:
    with pytest.raises(Conflict, match=f"{before} can't become {after}"):
        refuse_move({"state": before}, {"state": after})


@pytest.mark.parametrize("before", sorted(MOVES))
@pytest.mark.parametrize("after", sorted(MOVES))
def test_a_hold_is_left_for_the_state_before_it_alone(before: str, after: str) -> None:
    held = {"state": ON_HOLD}
    follow_hold({"state": before}, held)
    assert held == {"state": ON_HOLD, "stateBeforeHold": before}
    if after == before:
        refuse_move(held, {"state": after})
        return
    why = f"^state: onHold can't become {after}: it was {before} before it was held$"
    with pytest.raises(Conflict, match=why):
        refuse_move(held, {"state": after})


@pytest.mark.parametrize("after", sorted(MOVES))
def test_a_hold_that_remembers_nothing_is_left_for_any_state(after: str) -> None:
    refuse_move({"state": ON_HOLD}, {"state": after})
    released = {"state": after}
    follow_hold({"state": ON_HOLD}, released)
    assert released == {"state": after}


def test_a_hold_keeps_its_reason_until_it_ends() -> None:
    held = {"state": ON_HOLD, "holdReason": "disputed"}
    follow_hold({"state": "sent"}, held)
    again = dict(held)
    follow_hold(held, again)
    assert again == {"state": ON_HOLD, "stateBeforeHold": "sent", "holdReason": "disputed"}
    released = held | {"state": "sent"}
    follow_hold(held, released)
    assert released == {"state": "sent"}
    released = held | {"state": "sent", "holdReason": "settled by phone"}
    follow_hold(held, released)
    assert released == {"state": "sent", "holdReason": "settled by phone"}


def test_a_bill_that_the_customer_has_is_kept() -> None:
    kept = {state for state in STATES if _is_kept({"state": state})}
    assert kept == {"sent", "partiallyPaid", "settled"}
    held = {state for state in MOVES if _is_kept({"state": ON_HOLD, "stateBeforeHold": state})}
    assert held == kept


@pytest.mark.parametrize("state", [*sorted(STATES), None])
def test_a_bill_with_payments_is_kept_in_any_state(state: str | None) -> None:
    assert _is_kept(bill(ON_HOLD, 5) | {"state": state})


def _is_kept(bill: dict[str, Any]) -> bool:
    try:
        refuse_removal(bill)
    except Conflict:
        return True
    return False


@pytest.mark.parametrize(
    ("before", "paid", "state", "left"),
    [
        ("sent", [10.1], "partiallyPaid", 19.9),
        ("new", [10, 20], "settled", 0),
        ("settled", [], "sent", 30),
        ("validated", [], "validated", 30),
        (None, [30], "settled", 0),
        (None, [], None, 30),
    ],
)
def test_payments_of_a_bill_on_hold_tell_the_state_after_it(
    before: str | None, paid: list[float], state: str | None, left: float
) -> None:
    remembers = {"stateBeforeHold": before} if before else {}
    after = bill(ON_HOLD, *paid, **remembers)
    follow_payments(bill(ON_HOLD, 7, **remembers), after, frozenset({"state", "stateBeforeHold"}))
    assert (after["state"], after.get("stateBeforeHold")) == (ON_HOLD, state)
    assert after["remainingAmount"] == money(left)


@pytest.mark.parametrize(("before", "twice"), [([], True), (["P"], True), (["P", "P"], False)])
def test_a_payment_that_is_applied_twice_is_refused_where_it_is_new(
    before: list[str], twice: bool
) -> None:
    def paid(ids: list[str]) -> dict[str, Any]:
        return {"appliedPayment": [{"payment": {"id": each}} for each in ids]}

    refuse_payments_twice(paid(before), paid(["P", "Q"]))
    refuse_payments_twice(paid(before), {"appliedPayment": [{}, {"payment": {}}, {}]})
    if not twice:
        refuse_payments_twice(paid(before), paid(["P", "Q", "P"]))
        return
    with pytest.raises(Conflict, match=r"^appliedPayment: the payment 'P' is applied twice$"):
        refuse_payments_twice(paid(before), paid(["P", "Q", "P"]))


@pytest.mark.parametrize(
    ("before", "paid", "state", "left"),
    [
        (bill("sent"), [10.1], "partiallyPaid", 19.9),
        (bill("sent"), [10, 20], "settled", 0),
        (bill("new"), [35], "settled", -5),
        (bill("settled", 30), [], "sent", 30),
        (bill("settled", 30), [10], "partiallyPaid", 20),
        (bill("onHold"), [30], "onHold", 0),
        (bill("new", 10), [], "new", 30),
        (bill("sent"), [-5], "sent", 35),
        (bill("new"), [-5], "new", 35),
        (bill("partiallyPaid", 10), [10, -10], "sent", 30),
        (bill("settled", 30), [-5], "sent", 35),
    ],
)
def test_payments_tell_what_is_left_and_the_state(
    before: dict[str, Any], paid: list[float], state: str, left: float
) -> None:
    after = bill(before["state"], *paid, remainingAmount=before["remainingAmount"])
    follow_payments(before, after)
    assert (after["state"], after["remainingAmount"]) == (state, money(left))


def test_a_credit_note_is_settled_when_it_is_paid_out() -> None:
    note = {"amountDue": money(-5)}
    before, after = bill("sent", **note), bill("sent", -5, **note)
    follow_payments(before, after)
    assert (after["state"], after["remainingAmount"]) == ("settled", money(0))


def test_a_payment_against_the_sign_of_a_credit_note_pays_nothing() -> None:
    note = {"amountDue": money(-5)}
    before, after = bill("sent", **note), bill("sent", 5, **note)
    follow_payments(before, after)
    assert (after["state"], after["remainingAmount"]) == ("sent", money(-10))


@pytest.mark.parametrize("paid", [[5], [-5], []])
def test_a_bill_of_zero_stays_settled(paid: list[float]) -> None:
    nothing = {"amountDue": money(0)}
    before, after = bill("settled", 1, **nothing), bill("settled", *paid, **nothing)
    follow_payments(before, after)
    assert (after["state"], after["remainingAmount"]) == ("settled", money(-sum(paid)))


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (bill("sent", 9_999_999_999_999, 9_999_999_999_999), "appliedPayment"),
        (bill("sent", -9_999_999_999_999), "appliedPayment"),
        (bill("sent", -2, amountDue=money(9_999_999_999_998)), "amountDue"),
    ],
)
def test_payments_that_leave_more_than_an_amount_can_hold_are_refused_by_name(
    after: dict[str, Any], name: str
) -> None:
    before = bill("sent", -2) if name == "amountDue" else bill("sent")
    with pytest.raises(Conflict, match=f"^{name}: would leave -?[0-9]+ to pay"):
        follow_payments(before, after)


def test_what_the_client_sets_itself_stays() -> None:
    after = bill("sent", 30, remainingAmount=money(1))
    follow_payments(bill("sent"), after, frozenset({"appliedPayment", "remainingAmount"}))
    assert (after["remainingAmount"], after["state"]) == (money(1), "sent")
    after = bill("validated", 30)
    follow_payments(bill("sent"), after, frozenset({"appliedPayment", "state"}))
    assert after["state"] == "validated"


def test_a_change_of_something_else_leaves_the_amounts_alone() -> None:
    after = bill("validated", remainingAmount=money(3))
    follow_payments(bill("sent", remainingAmount=money(3)), after, frozenset({"state"}))
    assert after["remainingAmount"] == money(3)


def test_a_payment_in_another_currency_does_not_fit() -> None:
    payment = {"appliedAmount": money(10, "CHF")}
    with pytest.raises(Conflict, match="appliedPayment: is in CHF, and the bill is in EUR"):
        follow_payments(bill(), bill(appliedPayment=[payment]))


def test_a_bill_without_an_amount_has_nothing_to_follow() -> None:
    after = {"appliedPayment": [{"appliedAmount": money(1)}]}
    follow_payments({}, after)
    assert after.keys() == {"appliedPayment"}
