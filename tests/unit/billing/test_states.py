from typing import Any, get_args

import pytest

from generated import types
from impl.billing.states import MOVES, follow_payments, judge_move, judge_removal
from impl.errors import Conflict
from tests.unit.billing.rates import money

STATES = set(MOVES)


def bill(state: str = "sent", *paid: float, **more: Any) -> dict[str, Any]:
    payments = [{"appliedAmount": money(each), "payment": {"id": "P"}} for each in paid]
    fixed = {"state": state, "amountDue": money(30), "remainingAmount": money(30 - sum(paid))}
    return fixed | ({"appliedPayment": payments} if payments else {}) | more


def test_every_state_of_the_contract_has_its_moves() -> None:
    assert set().union(*MOVES.values()) == STATES
    assert set(get_args(types.StateValue)) == STATES


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_state_may_follow_itself(state: str) -> None:
    judge_move(state, state)


@pytest.mark.parametrize(
    ("before", "after"),
    [("sent", "new"), ("settled", "sent"), ("onHold", "settled"), ("sent", None)],
)
def test_another_move_names_both_states(before: str, after: str) -> None:
    with pytest.raises(Conflict, match=f"{before} can't become {after}"):
        judge_move(before, after)


def test_a_bill_that_the_customer_has_is_kept() -> None:
    kept = {state for state in STATES if _is_kept(state)}
    assert kept == {"sent", "partiallyPaid", "settled"}


def _is_kept(state: str) -> bool:
    try:
        judge_removal(state)
    except Conflict:
        return True
    return False


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
