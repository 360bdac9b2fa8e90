"""The nearest name there is, for one that there is not."""

import pytest

from generated import schemas
from impl.handlers.unknown import nearest
from impl.query import attributes

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
        ("amountdue.value", "amountDue"),
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
