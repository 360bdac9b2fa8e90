"""A billing cycle's specification, and the plan of the cycle after it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from impl.billing.cycle import following
from impl.billing.derived import derive
from impl.billing.periods import named
from impl.billing.policy import Policy
from impl.query.language import Compare, Document, Every
from impl.resources import CYCLES, SPECIFICATIONS
from impl.store.mongo import Store
from impl.store.tasks import CYCLE_TASK, Tasks

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
