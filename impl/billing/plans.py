"""A billing cycle's specification, the headers of its bills, and the cycle after it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

from impl.billing.assemble import BillHeader
from impl.billing.charges import price_basis
from impl.billing.cycle import following, next_billing_date, period_of
from impl.billing.derived import derive, has_derived_end
from impl.billing.maker import new_id
from impl.billing.parties import account_of, is_prepaid, parties_of
from impl.billing.periods import days_later, named, start_of_day
from impl.billing.policy import Policy
from impl.query.language import Compare, Document, Every
from impl.store.mongo import Store
from impl.store.tasks import Tasks

CYCLES = "billCycle"
SPECIFICATIONS = "billCycleSpecification"
CYCLE_TASK = "cycle"
LONGEST_ID = 128

Specification = Mapping[str, Any]


def specification_of(store: Store, cycle: Mapping[str, Any]) -> Specification:
    """The cycle's specification, empty if it names none; NotFound if that does not exist."""
    reference = cycle.get("billCycleSpecification")
    return store.get(SPECIFICATIONS, reference["id"]) if reference else {}


def hold_specification(store: Store, cycle: Mapping[str, Any]) -> None:
    """Lock the cycle's specification, so that nobody deletes it before this transaction ends.

    Raises NotFound if it does not exist.
    """
    if reference := cycle.get("billCycleSpecification"):
        store.hold(SPECIFICATIONS, reference["id"])
        store.get(SPECIFICATIONS, reference["id"])


def bill_header(
    cycle: Document,
    specification: Specification,
    policy: Policy,
    rates: Sequence[Mapping[str, Any]],
    made: datetime,
    *,
    again: bool = False,
) -> BillHeader:
    """The header of a cycle's bill of these rates.

    A bill that is made `again`, after the run, is dated today, and is due as many days later as
    the cycle's bills were.
    """
    zone = policy.zone
    billed, due = _dates(cycle, policy, made, again=again)
    account, period = account_of(rates), period_of(cycle, specification, zone)
    parties = parties_of(rates, policy.party_roles)
    next_date = next_billing_date(cycle, specification, zone, policy.terms_days)
    more = {
        "billCycle": {name: cycle[name] for name in ("id", "name") if name in cycle},
        "nextBillDate": next_date,
        "relatedParty": parties,
    }
    return BillHeader(
        id=new_id(),
        account=account,
        run_type="onCycle",
        date=billed,
        due=due,
        made=made,
        period={"startDateTime": period.start, "endDateTime": period.end} if period else None,
        derived_period=has_derived_end(cycle),
        basis=price_basis(specification.get("priceBasis")) or policy.basis,
        prepaid=is_prepaid(account, rates),
        more={name: value for name, value in more.items() if value},
    )


def _dates(
    cycle: Document, policy: Policy, made: datetime, *, again: bool
) -> tuple[datetime, datetime]:
    """The date and the due date of a bill."""
    zone = policy.zone
    billed = cycle.get("billingDate") or made
    due = cycle.get("paymentDueDate") or policy.due(billed)
    if not again:
        return billed, due
    today = start_of_day(made, zone)
    with suppress(OverflowError):  # a due date at the end of the calendar stays
        days = (due.astimezone(zone).date() - billed.astimezone(zone).date()).days
        due = days_later(today, days, zone)
    return today, due


def plan_following(
    store: Store, cycle: Document, specification: Specification, policy: Policy
) -> None:
    """Plan the cycle of the following period, in the caller's transaction, unless it exists.

    Only a `recurring` specification has a following cycle, as long as it is valid.
    """
    after = following(cycle, specification, policy.zone) if specification.get("recurring") else None
    if after is None or _is_planned(store, specification, after):
        return
    planned = Document(
        {
            "id": _id(specification["id"], after["billingPeriod"]),
            "@type": "BillCycle",
            "name": f"{specification['name']}, {after['billingPeriod']}",
            "billingPeriod": after["billingPeriod"],
            "billCycleSpecification": cycle["billCycleSpecification"],
            "runState": "planned",
        }
    )
    start = after["validFor"]["startDateTime"]
    if (named(after["billingPeriod"], policy.zone) or [None])[0] != start:
        planned["validFor"] = {"startDateTime": start}
    derive(planned, specification, policy.zone, policy.terms_days)
    store.hold(SPECIFICATIONS, specification["id"])
    store.insert(CYCLES, planned)
    Tasks(store).put(CYCLE_TASK, planned["id"], planned.get("billingDate"))


def _is_planned(store: Store, specification: Specification, after: Mapping[str, Any]) -> bool:
    """Whether a cycle of that period exists, under any id."""
    same = Every(
        (
            Compare(("billCycleSpecification", "id"), (specification["id"],)),
            Compare(("validFor", "startDateTime"), (after["validFor"]["startDateTime"],)),
        )
    )
    id_ = _id(specification["id"], after["billingPeriod"])
    return store.has(CYCLES, id_) or store.count(CYCLES, same) > 0


def _id(specification: str, period: str) -> str:
    """The id of a specification's cycle; a long specification id is shortened by its hash."""
    id_ = f"{specification}-{period}"
    if len(id_) <= LONGEST_ID:
        return id_
    return f"{specification[:64]}-{sha256(specification.encode()).hexdigest()[:32]}-{period}"
