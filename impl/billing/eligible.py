"""Which rates a billing cycle takes: those before its dates that pass its `rateFilter`. Pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.charges import CREDIT
from impl.billing.cycle import advance_end
from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.query import attributes, parse
from impl.query.language import Compare, Condition, Every, Exists, Not, Query, Some
from impl.tmf678 import API

UNBILLED = Compare(("isBilled",), (False,))
RATE = attributes.of(API.schemas["AppliedCustomerBillingRate"])
_CREDIT = Compare(("type",), (CREDIT,), "regex")
_RECURRING = Compare(("type",), ("(?i)^recurringcharge$",), "regex")


def rate_filter(specification: Mapping[str, Any], zone: tzinfo) -> Query:
    """What the specification's `rateFilter` selects: a query string over rates (TMF630 Part 1).

    Dates in it are days of the time zone. Raises FieldInvalid where it can't be read, or is about
    more than which rates.
    """
    text = (specification.get("rateFilter") or "").removeprefix("?")
    try:
        other = parse.Parameters.read(text).reserved.keys() - {"filter"}
        query = parse.parse(text, RATE, parse.Limits(), zone)
    except (ParameterInvalid, NotTranslated) as error:
        raise FieldInvalid("rateFilter", str(error)) from None
    if other:
        raise FieldInvalid("rateFilter", f"{min(other)} selects no rates")
    return query


def dated_before(cut_off: datetime) -> Condition:
    """Rates dated before an instant, however old, and those without a date."""
    return Some((Not(Exists(("date",))), Compare(("date",), (cut_off,), "lt")))


def of_account(id_: str) -> Condition:
    """An account's unbilled rates."""
    return Every((Compare(("billingAccount", "id"), (id_,)), UNBILLED))


def in_cycle(
    cycle: Mapping[str, Any], specification: Mapping[str, Any], now: datetime, zone: ZoneInfo
) -> Condition:
    """The rates that a run of the cycle takes: charges before `chargeDate`, credits `creditDate`.

    Where the specification bills `recurringInAdvance`, recurring charges are taken a period
    further. A cycle without dates takes what is dated before its run started.
    """
    started: datetime = cycle.get("startedAt") or now
    charged: datetime = cycle.get("chargeDate") or cycle.get("billingDate") or started
    credited: datetime = cycle.get("creditDate") or charged
    in_time = dated_before(charged)
    if credited != charged:
        charges = Every((Not(_CREDIT), in_time))
        in_time = Some((charges, Every((_CREDIT, dated_before(credited)))))
    if specification.get("recurringInAdvance") and (
        ahead := advance_end(cycle, specification, zone)
    ):
        in_time = Some((in_time, Every((_RECURRING, dated_before(ahead)))))
    return Every((UNBILLED, in_time, rate_filter(specification, zone).where))
