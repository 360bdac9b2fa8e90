"""A billing cycle's dates, as its specification sets them. Pure."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.periods import Frequency, days_later, named, next_start

OFFSETS = {
    "billingDate": "billingDateShift",
    "chargeDate": "chargeDateOffset",
    "creditDate": "creditDateOffset",
    "mailingDate": "mailingDateOffset",
    "paymentDueDate": "paymentDueDateOffset",
}
"""Which of the specification's offsets, in days from the start of the period, sets which date."""

Cycle = Mapping[str, Any]
Specification = Mapping[str, Any]


def dates(cycle: Cycle, specification: Specification, zone: ZoneInfo) -> dict[str, Any]:
    """The dates that the cycle lacks and its specification sets; none where no period is known.

    A date beyond the years 1 to 9999 is left out.
    """
    start = _start(cycle, specification, zone)
    if start is None:
        return {}
    found: dict[str, Any] = {}
    for name, offset in OFFSETS.items():
        days = specification.get(offset, 0 if name == "billingDate" else None)
        if days is not None and name not in cycle:
            with suppress(OverflowError):
                found[name] = days_later(start, days, zone)
    with suppress(OverflowError, ValueError):
        end = _end(start, specification, zone)
        if end is not None and "validFor" not in cycle:
            found["validFor"] = {"startDateTime": start, "endDateTime": end}
    return found


def next_billing_date(
    cycle: Cycle, specification: Specification, zone: ZoneInfo
) -> datetime | None:
    """The billing date of the cycle after this one; None where no frequency is known."""
    start = _start(cycle, specification, zone)
    with suppress(OverflowError, ValueError):
        following = _end(start, specification, zone) if start else None
        if following:
            return days_later(following, specification.get("billingDateShift", 0), zone)
    return None


def _start(cycle: Cycle, specification: Specification, zone: ZoneInfo) -> datetime | None:
    """When the cycle's period starts: as it says, as its name says, or as its billing date does."""
    start: datetime | None = (cycle.get("validFor") or {}).get("startDateTime")
    start = start or named(cycle.get("billingPeriod"), zone)
    billed = cycle.get("billingDate")
    if start is None and billed is not None:
        with suppress(OverflowError):
            return days_later(billed, -specification.get("billingDateShift", 0), zone)
    return start


def _end(start: datetime, specification: Specification, zone: ZoneInfo) -> datetime | None:
    words = (specification.get("frequency"), specification.get("billingPeriod"))
    frequency = Frequency.read(*words)
    return next_start(start, frequency, specification, zone) if frequency else None
