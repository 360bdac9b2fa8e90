"""Whether a rate is billed, and what may change of it then."""

from typing import Any

import pytest

from impl.billing.rate_state import (
    billed_by,
    complete_new,
    on_bill,
    refuse_change,
    refuse_removal,
)
from impl.errors import Conflict, FieldInvalid, FieldMissing
from impl.query.evaluate import holds
from impl.query.language import Document

ACCOUNT = {"billingAccount": {"id": "A"}}
BILLED = {**ACCOUNT, **billed_by({"id": "b"})}
UNBILLED = {**ACCOUNT, "isBilled": False}


def there(_id: str) -> bool:
    return True


def gone(_id: str) -> bool:
    return False


def test_a_billed_rate_is_on_its_bill_and_an_unbilled_one_on_none() -> None:
    assert holds(on_bill("b"), Document(BILLED), lambda _: None)
    assert not holds(on_bill("b"), Document({**BILLED, "isBilled": False}), lambda _: None)


def test_a_new_rate_is_unbilled_unless_it_says_otherwise() -> None:
    rate: dict[str, Any] = {**ACCOUNT}
    complete_new(rate)
    assert rate == UNBILLED


@pytest.mark.parametrize(
    ("rate", "error"),
    [
        ({}, FieldMissing),
        ({**ACCOUNT, "isBilled": True}, FieldMissing),
        ({**BILLED, "isBilled": False}, FieldInvalid),
    ],
)
def test_a_new_rate_without_the_reference_of_its_state_is_refused(
    rate: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        complete_new({**rate})


@pytest.mark.parametrize(
    ("before", "after", "attribute"),
    [
        (UNBILLED, {"isBilled": False}, "billingAccount"),
        (UNBILLED, {**BILLED, "isBilled": False}, "bill"),
        (BILLED, {**BILLED, "type": "rebate"}, "type"),
        (BILLED, UNBILLED, "bill"),
        (BILLED, {**BILLED, "bill": {"id": "other"}}, "bill"),
    ],
)
def test_a_change_against_the_state_is_refused(
    before: dict[str, Any], after: dict[str, Any], attribute: str
) -> None:
    with pytest.raises(Conflict, match=attribute):
        refuse_change(before, after, there)


def test_a_billed_rate_may_leave_a_bill_that_is_gone() -> None:
    refuse_change(BILLED, UNBILLED, gone)


def test_only_an_unbilled_rate_may_be_deleted() -> None:
    refuse_removal(UNBILLED)
    with pytest.raises(Conflict):
        refuse_removal(BILLED)
