"""The period and the dates of a billing cycle, by the cycle and its specification. Pure.

Instants come back in UTC; days are those of a time zone. The specification is an empty mapping if
the cycle has none.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.periods import Frequency, Series, days_later, name_of, named, start_of_day
from impl.errors import FieldInvalid, refuse

DERIVED = (
    "validFor",
    "billingDate",
    "chargeDate",
    "creditDate",
    "mailingDate",
    "paymentDueDate",
)
"""Attributes of a cycle that follow from its period and specification unless a client sets them."""

_OFFSETS = {
    "billingDate": "billingDateShift",
    "chargeDate": "chargeDateOffset",
    "creditDate": "creditDateOffset",
    "mailingDate": "mailingDateOffset",
    "paymentDueDate": "paymentDueDateOffset",
}
"""The specification's offset for each date, in days from the start of the period."""

_THROUGH = ("chargeDate", "creditDate")
"""Dates whose offset names the last day that is billed (TMF666): the date is the day after it."""

Cycle = Mapping[str, Any]
Specification = Mapping[str, Any]


@dataclass(frozen=True)
class Period:
    """A span of time from its start to before its end."""

    start: datetime
    end: datetime


def period_of(cycle: Cycle, specification: Specification, zone: ZoneInfo) -> Period | None:
    """The cycle's period; None if nothing gives one, or none within the years 1 to 9999.

    The first of these that gives a period counts:
    - `validFor`. If it has only a start, the specification's frequency gives the end. If it has
      only an end, the name in `billingPeriod` gives the start, else the frequency.
    - The name in `billingPeriod`. The frequency gives the end; without a frequency, the name does.
    - `billingDate` and a frequency: the period starts `billingDateShift` days before that date, or
      without that offset ends at it.
    """
    with suppress(OverflowError):
        start, end = _ends(cycle, specification, zone)
        if start and end and start < end:
            return Period(start.astimezone(UTC), end.astimezone(UTC))
    return None


def _ends(
    cycle: Cycle, specification: Specification, zone: ZoneInfo
) -> tuple[datetime, datetime] | tuple[None, None]:
    """Start and end of the period; the end may be before the start if a client says so."""
    series = _series(specification, zone)
    start, end = _valid_for(cycle)
    if start and end:
        return start, end
    if start and series:
        return start, series.moved(start, 1)
    if name := _named(cycle, zone):
        return name[0], end or (series.moved(name[0], 1) if series else name[1])
    if end:
        return (series.moved(end, -1), end) if series else (None, None)
    billed = cycle.get("billingDate")
    if billed is None or series is None:
        return None, None
    shift = specification.get("billingDateShift")
    if shift is None:
        return series.moved(billed, -1), billed
    start = days_later(billed, -shift, zone)
    return start, series.moved(start, 1)


def _series(specification: Specification, zone: ZoneInfo) -> Series | None:
    """The specification's periods, counted from its `validFor`; None without a frequency."""
    frequency = _frequency(specification)
    return Series(frequency, zone, _valid_for(specification)[0]) if frequency else None


def _frequency(specification: Specification) -> Frequency | None:
    return Frequency.read(specification.get("frequency"), specification.get("billingPeriod"))


def _valid_for(given: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Start and end in `validFor`; None for one that it lacks."""
    period = given.get("validFor") or {}
    return period.get("startDateTime"), period.get("endDateTime")


def _named(cycle: Cycle, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The period that `billingPeriod` names; None for a label, and for a wrong name."""
    with suppress(ValueError):
        return named(cycle.get("billingPeriod"), zone)
    return None


def dates(
    cycle: Cycle, specification: Specification, zone: ZoneInfo, terms_days: int
) -> dict[str, Any]:
    """The attributes of DERIVED that the cycle lacks, as far as they follow from others.

    - `validFor` is the whole period, even if the cycle has its start alone.
    - `chargeDate` is the start of the day after the one that `chargeDateOffset` names. Without that
      offset it is the end of the period, or `billingDate` if that is earlier.
    - `creditDate` is the start of the day after the one that `creditDateOffset` names, else
      `chargeDate`.
    - `billingDate` is `billingDateShift` days from the start of the period, else `chargeDate`.
    - `mailingDate` and `paymentDueDate` are their offsets' days from the start of the period, else
      `billingDate`, and `terms_days` days after that.

    Without a period no offset counts, and all dates follow from `billingDate`; without that, none.
    A date beyond the years 1 to 9999 is left out.
    """
    period = period_of(cycle, specification, zone)
    given = {name: cycle[name] for name in DERIVED if cycle.get(name) is not None}
    if period is None and "billingDate" not in given:
        return {}
    known = (_by_offsets(period.start, specification, zone) if period else {}) | given
    ends = (known.get("billingDate"), period.end if period else None)
    known.setdefault("chargeDate", min(filter(None, ends), default=None))
    known.setdefault("creditDate", known["chargeDate"])
    billed = known.setdefault("billingDate", known["chargeDate"])
    known.setdefault("mailingDate", billed)
    if billed and "paymentDueDate" not in known:
        with suppress(OverflowError):
            known["paymentDueDate"] = days_later(billed, terms_days, zone)
    derived = {name: date for name, date in known.items() if date and name not in given}
    return derived | _completed(cycle, period)


def _by_offsets(start: datetime, specification: Specification, zone: ZoneInfo) -> dict[str, Any]:
    """The dates that the specification's offsets set; None for one beyond the calendar."""
    known: dict[str, Any] = {}
    for name, offset in _OFFSETS.items():
        days = specification.get(offset)
        if days is not None:
            known[name] = None
            with suppress(OverflowError):
                if name in _THROUGH:
                    known[name] = start_of_day(start, zone, days + 1)
                else:
                    known[name] = days_later(start, days, zone)
    return known


def _completed(cycle: Cycle, period: Period | None) -> dict[str, Any]:
    """The cycle's `validFor` with both ends, if it lacks one and the period is known."""
    given = cycle.get("validFor") or {}
    if period is None or all(_valid_for(cycle)):
        return {}
    return {"validFor": given | {"startDateTime": period.start, "endDateTime": period.end}}


def next_billing_date(
    cycle: Cycle, specification: Specification, zone: ZoneInfo, terms_days: int
) -> datetime | None:
    """The billing date of the following period; None if there is none, or it is not known."""
    after = following(cycle, specification, zone)
    known = dates(after, specification, zone, terms_days) if after else {}
    return known.get("billingDate")


def following(cycle: Cycle, specification: Specification, zone: ZoneInfo) -> dict[str, Any] | None:
    """`billingPeriod` and `validFor` of the next cycle, whose period starts where this one ends.

    `billingPeriod` is the name that tells exactly this period, such as `2026-11`, or else the date
    of its first day. None without a frequency, and if the specification's `validFor` or the
    calendar ends before.
    """
    period, series = period_of(cycle, specification, zone), _series(specification, zone)
    until = _valid_for(specification)[1]
    if period is None or series is None or (until and period.end >= until):
        return None
    with suppress(OverflowError):
        end = series.moved(period.end, 1)
        name = name_of(period.end, end, zone)
        return {
            "billingPeriod": name,
            "validFor": {"startDateTime": period.end, "endDateTime": end},
        }
    return None


def advance_end(cycle: Cycle, specification: Specification, zone: ZoneInfo) -> datetime | None:
    """The end of the recurring charges that a cycle bills in advance.

    That is the end of the period that contains `chargeDate`: the cycle's own, an earlier or a later
    one. For a cycle in arrears it is the following period. None without a period or a frequency.
    """
    period, series = period_of(cycle, specification, zone), _series(specification, zone)
    charged = {**dates(cycle, specification, zone, 0), **cycle}.get("chargeDate")
    if period is None or series is None or charged is None:
        return None
    if period.start <= charged < period.end:
        return period.end
    with suppress(OverflowError):
        return series.end(period.start if charged < period.start else period.end, charged)
    return None


def refuse_contradiction(cycle: Cycle, zone: ZoneInfo, given: Collection[str]) -> None:
    """Raise FieldInvalid, naming both, if attributes in `given` contradict each other.

    A `validFor` must end after its start, and start on the first day of the period that
    `billingPeriod` names, if both are given. A wrong name is not checked here.
    """
    start, end = _valid_for(cycle)
    name = _named(cycle, zone) if "billingPeriod" in given else None
    begun = start or (name[0] if name else None)
    if "validFor" not in given or begun is None:
        return
    if end and end <= begun:
        period = "" if start else f" billingPeriod {cycle['billingPeriod']}"
        trouble = f"ends {end.isoformat()}, and{period} starts {begun.isoformat()}"
        raise FieldInvalid("validFor", trouble)
    if start and name and not name[0] <= start < start_of_day(name[0], zone, 1):
        named_start = f"{cycle['billingPeriod']} starts {_date(name[0], zone)}"
        raise FieldInvalid("billingPeriod", f"{named_start}, and validFor {_date(start, zone)}")


def _date(moment: datetime, zone: ZoneInfo) -> str:
    """The day in the zone; at the end of the calendar, the day in the instant's own zone."""
    with suppress(OverflowError):
        moment = moment.astimezone(zone)
    return moment.date().isoformat()


def refuse_specification(specification: Specification) -> None:
    """Raise FieldInvalid for each attribute that no cycle can be run by.

    That is a frequency that can't be read, one that is needed and missing, and an offset that makes
    bills due or mailed before they are made.
    """
    refuse(_faults(specification))


def _faults(specification: Specification) -> Iterator[FieldInvalid]:
    frequency, text = _frequency(specification), specification.get("frequency")
    unread = text is not None and Frequency.read(text) is None
    if unread:
        trouble = f"{text!r} can't be read; 'monthly', '2 weeks' and 'P3M' can"
        yield FieldInvalid("frequency", trouble)
    for name in ("recurring", "recurringInAdvance"):
        if specification.get(name) and frequency is None and not unread:
            yield FieldInvalid(name, "this needs a frequency")
    made = _made_after(specification, frequency)
    for name in ("mailingDateOffset", "paymentDueDateOffset"):
        offset = specification.get(name)
        if made is not None and offset is not None and offset < made:
            after = f"{made} {'day' if made == 1 else 'days'} after the period's start"
            yield FieldInvalid(name, f"{offset} is before the bill is made, {after}")


def _made_after(specification: Specification, frequency: Frequency | None) -> int | None:
    """Days from the start of the longest period until its bills are made; None if not known."""
    shift, through = specification.get("billingDateShift"), specification.get("chargeDateOffset")
    if shift is not None:
        return int(shift)
    if through is not None:
        return int(through) + 1
    return frequency.longest() if frequency else None
