"""The nearest name there is, for one that there is not."""

import random
from difflib import SequenceMatcher
from typing import Any

import pytest

from generated import schemas
from impl.query import attributes
from impl.store.unknown_attributes import LONGEST, MOST_COMPARED, nearest

BILL = attributes.of(schemas.CustomerBill)
RECORDED = [("x-plan",), ("x-plan", "max.rate"), ("relatedParty", "x-since")]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("billdate", "billDate"),
        ("BILLDATE", "billDate"),
        ("bilNo", "billNo"),
        ("pag", ""),
        ("limt", "limit"),
        ("Sort", "sort"),
        ("amountDue.vale", "amountDue.value"),
        ("amountdue.value", "amountDue.value"),
        ("amountdue.nosuch", "amountDue"),
        ("billingAcount.id", "billingAccount.id"),
        ("relatedParty.limit", ""),
        ("x-plam", "x-plan"),
        ("x-plan.maxrate", "x-plan.max.rate"),
        ("relatedParty.x-sinse", "relatedParty.x-since"),
        ("x-since", ""),
        ("", ""),
        ("billDat" + "e" * 8000, ""),
    ],
)
def test_nearest(path: str, near: str) -> None:
    assert nearest(tuple(path.split(".")), BILL, RECORDED) == near


def test_few_names_are_compared_letter_by_letter_and_none_that_is_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []
    ratio = SequenceMatcher.ratio

    def counted(matcher: Any) -> float:
        compared.append(matcher.a)
        return ratio(matcher)

    monkeypatch.setattr(SequenceMatcher, "ratio", counted)
    choice = random.Random(2)
    names = {"".join(choice.choices("ab", k=length)) for length in (64, 140) for _ in range(900)}
    asked = "ab" * 32
    nearest((asked,), BILL, [(each,) for each in names])
    assert 0 < len(compared) <= MOST_COMPARED
    assert max(map(len, compared)) <= LONGEST
