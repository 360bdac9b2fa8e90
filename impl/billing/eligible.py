"""Which rates a billing cycle takes: those of up to its dates that pass its `rateFilter`. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from generated import schemas
from impl.billing.charges import CREDITS
from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.query import attributes, parse
from impl.query.language import Compare, Condition, Every, Exists, Not, Query, Some

UNBILLED = Compare(("isBilled",), (False,))
_RATE = attributes.of(schemas.AppliedCustomerBillingRate)
_CREDIT = Compare(("type",), tuple(sorted(CREDITS)))


def rate_filter(specification: Mapping[str, Any]) -> Query:
    """What the specification's `rateFilter` selects: a query string over rates (TMF630 Part 1).

    Raises FieldInvalid where it can't be read, or is about more than which rates.
    """
    text = (specification.get("rateFilter") or "").removeprefix("?")
    try:
        other = parse.Parameters.read(text).reserved.keys() - {"filter"}
        query = parse.parse(text, _RATE, parse.Limits())
    except (ParameterInvalid, NotTranslated) as error:
        raise FieldInvalid("rateFilter", str(error)) from None
    if other:
        raise FieldInvalid("rateFilter", f"{min(other)} says nothing of which rates are meant")
    return query


def dated_up_to(instant: datetime) -> Condition:
    """Rates of up to an instant, and those without a date."""
    return Some((Not(Exists(("date",))), Compare(("date",), (instant,), "lte")))


def of_account(id_: str) -> Condition:
    """An account's unbilled rates."""
    return Every((Compare(("billingAccount", "id"), (id_,)), UNBILLED))


def in_cycle(
    cycle: Mapping[str, Any], specification: Mapping[str, Any], now: datetime
) -> Condition:
    """The rates that a run of the cycle takes: charges up to `chargeDate`, credits `creditDate`."""
    charged: datetime = cycle.get("chargeDate") or cycle.get("billingDate") or now
    credited: datetime = cycle.get("creditDate") or charged
    in_time = dated_up_to(charged)
    if credited != charged:
        charges = Every((Not(_CREDIT), in_time))
        in_time = Some((charges, Every((_CREDIT, dated_up_to(credited)))))
    return Every((UNBILLED, in_time, rate_filter(specification).where))
