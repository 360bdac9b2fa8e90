"""Bills to make documents of."""

from datetime import UTC, datetime
from typing import Any

from impl.demo import bills

Json = dict[str, Any]
DAY = datetime(2026, 7, 1, tzinfo=UTC)
MADE, RATES = bills.bills_and_rates(datetime(2026, 7, 21, tzinfo=UTC))


def demo(id_: str) -> tuple[Json, list[Json]]:
    """A bill of the demo data and the rates on it."""
    bill = next(each for each in MADE if each["id"] == id_)
    return bill, [rate for rate in RATES if rate.get("bill", {}).get("id") == id_]


def money(value: float, unit: str = "EUR") -> Json:
    return {"unit": unit, "value": value}


def period(start: datetime, end: datetime) -> Json:
    return {"startDateTime": start, "endDateTime": end}


def rate(name: str, net: float, gross: float, product: str = "", **more: Any) -> Json:
    own = {"product": {"id": f"id of {product}", "name": product}} if product else {}
    amounts = {"taxExcludedAmount": money(net), "taxIncludedAmount": money(gross)}
    return {"id": f"id of {name}", "name": name, **amounts, **own, **more}


def lines(count: int) -> list[Json]:
    """So many lines, in groups of 50."""
    return [rate(f"Line {n}.", 1, 1.19, f"Product {n // 50}") for n in range(count)]
