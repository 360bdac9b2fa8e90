"""The headers of bills: identity, dates, period, account and parties, outside and in a cycle. Pure.

The amounts follow from the rates (`assemble.py`); these functions make all other attributes.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from ulid import ULID

from impl.billing.assemble import BillHeader, HeaderFor
from impl.billing.billing_account import (
    Record,
    addressee,
    is_billed_by,
    is_closed,
    specification_named,
)
from impl.billing.charges import NothingToBill, price_basis
from impl.billing.coverage import covered
from impl.billing.cycle import next_billing_date, period_of
from impl.billing.derived import has_derived_end
from impl.billing.parties import Party, account_of, is_prepaid, parties_by_record
from impl.billing.periods import days_later, start_of_day
from impl.billing.policy import Policy
from impl.query.language import Document


def on_demand(
    request: Mapping[str, Any],
    policy: Policy,
    made: datetime,
    record: Record,
    rates: Sequence[Mapping[str, Any]],
) -> BillHeader:
    """The header of the bill that a customerBillOnDemand requests.

    The rates name its account; of the request's account only `ratingType` counts. The account's
    record may name any specification of cycles.
    """
    party = request.get("relatedParty")
    parties = parties_by_record(record, rates, policy.party_roles, [party] if party else [])
    coverage = covered(rates, policy.zone)
    return BillHeader(
        id=new_id(),
        account=account_of(rates, record),
        run_type="offCycle",
        date=made,
        due=policy.due(made),
        made=made,
        period=coverage.period if coverage else None,
        derived_period=coverage is not None and coverage.ours,
        basis=policy.basis,
        prepaid=is_prepaid(request["billingAccount"], rates),
        last=is_closed(record),
        more=_addressed(record, made, parties),
    )


def in_cycle(
    cycle: Document,
    specification: Mapping[str, Any],
    policy: Policy,
    made: datetime,
    *,
    again: bool = False,
) -> HeaderFor:
    """Makes the headers of a cycle's bills; computes once what all of them share.

    NothingToBill for an account that cycles of another specification bill.

    A bill that is made `again`, after the run, is dated today, and is due as many days later as
    the cycle's bills were.
    """
    shared = _shared(cycle, specification, policy, made, again=again)
    own = specification.get("id", "")

    def header(record: Record, rates: Sequence[Mapping[str, Any]]) -> BillHeader:
        if not is_billed_by(record, own):
            raise NothingToBill(f"cycles of {specification_named(record)!r} bill the account")
        account = account_of(rates, record)
        parties = parties_by_record(record, rates, policy.party_roles)
        return replace(
            shared,
            id=new_id(),
            account=account,
            prepaid=is_prepaid(account, rates),
            last=is_closed(record),
            more=shared.more | _addressed(record, max(shared.date, made), parties),
        )

    return header


def _addressed(record: Record, sent: datetime, parties: Sequence[Party]) -> dict[str, Any]:
    """Whom a bill that is sent at this time is for."""
    return addressee(record, sent) | ({"relatedParty": parties} if parties else {})


def _shared(
    cycle: Document,
    specification: Mapping[str, Any],
    policy: Policy,
    made: datetime,
    *,
    again: bool,
) -> BillHeader:
    """The header of a cycle's bills, without what differs between accounts."""
    zone = policy.zone
    date, due = _dates(cycle, policy, made, again=again)
    period = period_of(cycle, specification, zone)
    more = {
        "billCycle": {name: cycle[name] for name in ("id", "name") if name in cycle},
        "nextBillDate": next_billing_date(cycle, specification, zone, policy.terms_days),
    }
    return BillHeader(
        id="",
        account={},
        run_type="onCycle",
        date=date,
        due=due,
        made=made,
        period={"startDateTime": period.start, "endDateTime": period.end} if period else None,
        derived_period=has_derived_end(cycle),
        basis=price_basis(specification.get("priceBasis")) or policy.basis,
        more={name: value for name, value in more.items() if value},
    )


def new_id() -> str:
    """A new id, for a bill or an outcome."""
    return str(ULID())


def _dates(
    cycle: Document, policy: Policy, made: datetime, *, again: bool
) -> tuple[datetime, datetime]:
    """The date and the due date of a cycle's bill."""
    zone = policy.zone
    date = cycle.get("billingDate") or made
    due = cycle.get("paymentDueDate") or policy.due(date)
    if not again:
        return date, due
    today = start_of_day(made, zone)
    with suppress(OverflowError):  # a due date at the end of the calendar stays
        days = (due.astimezone(zone).date() - date.astimezone(zone).date()).days
        due = days_later(today, days, zone)
    return today, due
