"""The picture of a bill shows the demo data's bill of that number."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.docs import picture


def amounts(day: datetime) -> dict[str, Any]:
    """What the picture shows of a bill that is the same on any day."""
    bill = picture.bill(day)
    names = ("billNo", "taxExcludedAmount", "taxIncludedAmount", "amountDue", "taxItem")
    lines = [(each["name"], each["taxIncludedAmount"]) for each in picture.charges(day)]
    return {name: bill[name] for name in (*names, "relatedParty")} | {"lines": lines}


def test_the_picture_is_that_of_the_bill() -> None:
    assert picture.drawn() == picture.PICTURE.read_bytes(), "run `make picture`"


@pytest.mark.parametrize("day", [datetime.now(UTC), datetime(2028, 2, 29, tzinfo=UTC)])
def test_the_bill_of_that_number_has_the_pictures_amounts_on_any_day(day: datetime) -> None:
    assert amounts(day) == amounts(picture.DAY)
    sellers = [each for each in picture.bill(day)["relatedParty"] if each["role"] == "seller"]
    assert [each["name"] for each in sellers] == ["Lumen & Wave Telecom"]
