"""Bills of streamed rates are those that all rates at once make."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impl.billing import bill_headers
from impl.billing.assemble import assemble
from impl.billing.charges import Rejected, by_currency
from impl.billing.parties import MOST_PARTIES
from impl.billing.policy import Policy
from impl.billing.streamed import Deciding, bills
from impl.query.language import Document
from tests.sizes import examples
from tests.unit.billing.rates import NOON, money, rate
from tests.unit.billing.test_oracle import rates_of

POLICY = Policy()
REQUEST = {"billingAccount": {"id": "A"}, "relatedParty": {"id": "asks"}}
HEADER = partial(bill_headers.on_demand, REQUEST, POLICY, NOON, {})


@st.composite
def detailed(draw: st.DrawFn) -> dict[str, Any]:
    """A rate with what a header follows from, in a currency, a wrong one or none."""
    found = draw(rates_of(draw(st.sampled_from(["EUR", "EUR", "EUR", "JPY"]))))
    if draw(st.integers(0, 9)) == 0:
        found["taxExcludedAmount"] = draw(st.sampled_from([money(1, "GAFF"), {"value": 1.0}]))
    days = st.integers(0, 3).map(lambda number: NOON + timedelta(days=number))
    names = st.fixed_dictionaries(
        {"id": st.just("A")},
        optional={"name": st.sampled_from("ab"), "ratingType": st.just("PrePaid")},
    )
    parties = st.fixed_dictionaries(
        {"id": st.sampled_from("pq")}, optional={"role": st.sampled_from(["payer", "user"])}
    )
    spans = st.fixed_dictionaries({}, optional={"startDateTime": days, "endDateTime": days})
    found["billingAccount"] = draw(names)
    more = {"date": days, "periodCoverage": spans, "relatedParty": st.lists(parties, max_size=2)}
    return found | draw(st.fixed_dictionaries({}, optional=more))


def whole(rates: list[Document], *, split: bool) -> dict[str, Any]:
    """The bills or the texts of refusals, of all rates at once."""
    groups = by_currency(rates) if split else {"": rates}
    found: dict[str, Any] = {}
    for unit, own in groups.items():
        try:
            found[unit] = assemble(own, HEADER(own))
        except Rejected as why:
            found[unit] = str(why)
    return found


def shown(bill: Any) -> Any:
    if isinstance(bill, Rejected):
        return str(bill)
    return {n: v for n, v in bill.items() if n != "id"} if isinstance(bill, dict) else bill


@given(st.lists(detailed(), min_size=1, max_size=12), st.booleans())
@settings(max_examples=examples(200), deadline=None)
def test_bills_of_streamed_rates_are_those_of_all_at_once(
    drawn: list[dict[str, Any]], split: bool
) -> None:
    rates = [Document({"id": str(n), "isBilled": False, **each}, 1) for n, each in enumerate(drawn)]
    streamed = bills(lambda: iter(rates), HEADER, POLICY, split=split)
    expected = whole(rates, split=split)
    assert {unit: shown(bill) for unit, bill in streamed.items()} == {
        unit: shown(bill) for unit, bill in expected.items()
    }
    assert [*streamed] == [*expected]


@pytest.mark.parametrize("count", [10, 10_000])
def test_few_rates_decide(count: int) -> None:
    deciding = Deciding(POLICY)
    for number in range(count):
        deciding.add(
            rate(
                f"r{number}",
                taxExcludedAmount=money(1, f"U{number}"),
                date=NOON + timedelta(minutes=number),
                relatedParty={"id": f"p{number}"},
            )
        )
    assert len(deciding.rates) <= min(count, MOST_PARTIES) + 2
