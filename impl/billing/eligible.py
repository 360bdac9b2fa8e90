"""Which rates a cycle bills: those dated before its dates that match its `rateFilter`. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.charges import CREDIT
from impl.billing.cycle import advance_end
from impl.billing.rate_state import UNBILLED
from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.query import attributes, parse
from impl.query.language import Compare, Condition, Every, Exists, Not, Query, ReservedFor, Some
from impl.resources import BY_NAME, RATES
from impl.tmf678 import API

RATE = attributes.of(API.schemas[BY_NAME[RATES].schema])
UNRESERVED = ReservedFor("")
_CREDIT = Compare(("type",), (CREDIT,), "regex")
_RECURRING = Compare(("type",), ("(?i)^recurringcharge$",), "regex")


def rate_filter(specification: Mapping[str, Any], zone: tzinfo) -> Query:
    """The query in the specification's `rateFilter`: a query string over rates (TMF630 Part 1).

    Dates in it are days of the time zone. Raises FieldInvalid if it can't be read, or has
    parameters that select no rates.
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
    """Selects rates dated before an instant, and rates without a date."""
    return Some((Not(Exists(("date",))), Compare(("date",), (cut_off,), "lt")))


def of_accounts(ids: Sequence[str]) -> Condition:
    """Selects the unbilled rates of some accounts, except those that are being billed."""
    return Every((Compare(("billingAccount", "id"), tuple(ids)), UNBILLED, UNRESERVED))


def in_cycle(
    cycle: Mapping[str, Any], specification: Mapping[str, Any], now: datetime, zone: ZoneInfo
) -> Condition:
    """Selects the rates that the cycle bills: charges before `chargeDate`, credits `creditDate`.

    If the specification bills `recurringInAdvance`, recurring charges of one more period are
    billed. A cycle without dates bills rates dated before its run started.
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
    return Every((UNBILLED, UNRESERVED, in_time, rate_filter(specification, zone).where))
