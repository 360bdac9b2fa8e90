"""Over two years of a specification's cycles, each rate is on exactly one bill."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impl.billing.cycle import following
from impl.billing.derived import derive
from impl.billing.eligible import in_cycle
from impl.query.evaluate import holds
from impl.query.language import Document
from tests.unit.billing.rates import rate

ZONES = [
    *("UTC", "Europe/Zurich", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo"),
    *("Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "Asia/Beirut"),
]
START = datetime(2025, 1, 1, tzinfo=UTC)
SPECIFICATIONS: list[dict[str, Any]] = [
    {},
    {"recurringInAdvance": True},
    {"billingDateShift": 0, "recurringInAdvance": True},
    {"chargeDateOffset": 19, "creditDateOffset": 24},
    {"billingDateShift": 35},
    {"chargeDateOffset": 9, "recurringInAdvance": True},
]


def cycles(specification: dict[str, Any], zone: ZoneInfo) -> list[Document]:
    """The cycles of two years, their dates set."""
    found = [Document({"billingPeriod": "2025-01"})]
    derive(found[0], specification, zone, 14)
    while len(found) < 24:
        after = following(found[-1], specification, zone)
        assert after is not None
        found.append(Document({"billingPeriod": after["billingPeriod"]}))
        derive(found[-1], specification, zone, 14)
    return found


def taken(specification: dict[str, Any], zone: ZoneInfo, rates: list[Document]) -> list[list[str]]:
    """The rates on the bill of each cycle, run one after the other."""
    bills, unbilled = [], rates
    for cycle in cycles(specification, zone):
        where = in_cycle(cycle, specification, START, zone)
        own = [each for each in unbilled if holds(where, each)]
        unbilled = [each for each in unbilled if each not in own]
        bills.append([each["id"] for each in own])
    return bills


minutes = st.integers(-60 * 24 * 400, 60 * 24 * 690)
kinds = st.sampled_from(["usageCharge", "recurringCharge", "rebate"])


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=15)
@given(st.sampled_from(SPECIFICATIONS), st.lists(st.tuples(minutes, kinds), max_size=30))
def test_each_rate_is_on_exactly_one_bill(
    zone: str, specification: dict[str, Any], given_: list[tuple[int, str]]
) -> None:
    monthly = {"frequency": "monthly", **specification}
    rates = [
        rate(str(n), date=START + timedelta(minutes=minute), type=kind)
        for n, (minute, kind) in enumerate(given_)
    ]
    billed = [id_ for bill in taken(monthly, ZoneInfo(zone), rates) for id_ in bill]
    assert sorted(billed) == sorted(each["id"] for each in rates)


@pytest.mark.parametrize("zone", ZONES)
def test_a_rate_dated_at_a_cut_off_waits_for_the_next_bill(zone: str) -> None:
    found = cycles({"frequency": "monthly"}, ZoneInfo(zone))
    at = [rate(str(n), date=cycle["chargeDate"]) for n, cycle in enumerate(found[:-1])]
    just = timedelta(milliseconds=1)
    before = [rate(f"{n} -", date=each["date"] - just) for n, each in enumerate(at)]
    bills = taken({"frequency": "monthly"}, ZoneInfo(zone), [*at, *before])
    assert bills[0] == ["0 -"]
    assert bills[5] == ["4", "5 -"]
