"""The rules of /billCycle; cancel and retry."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from generated import api, types
from impl.billing.cycle import DERIVED, refuse_contradiction
from impl.billing.derived import client_given, derive, note_changes
from impl.billing.outcomes import COUNTS
from impl.billing.periods import named
from impl.billing.plans import hold_specification, specification_of
from impl.errors import Conflict, FieldInvalid, NotFound, refuse
from impl.handlers.collection import Collection, Rules, Services
from impl.instants import now
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Page, Query
from impl.resources import CYCLES, OUTCOMES
from impl.store.tasks import CYCLE_TASK, Tasks

RUN = {
    *("runState", "statusReason", "accountsTotal", "startedAt", "finishedAt", "cancelledAt"),
    *COUNTS,
}
"""Attributes that only a run writes."""

ENDED = ("finishedAt", "cancelledAt", "statusReason")
"""Attributes that a run writes when it ends."""

FIXED = (
    *("billingDate", "chargeDate", "creditDate", "paymentDueDate"),
    *("billCycleSpecification", "billingPeriod", "validFor"),
)
"""Attributes that a run follows, and that can't change once it has begun."""

TIMED = (*DERIVED, "billingPeriod", "billCycleSpecification")
"""The dates of a planned cycle, and the attributes that they follow from."""


class BillCycles(api.BillCycleApi[Query, Page, Patch]):
    """Dated runs of billing."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._policy = services.policy
        self._tasks = Tasks(services.store)
        rules = Rules(on_create=self._start, on_change=self._decide_change, on_write=self._plan)
        self.collection = Collection[types.BillCycle](CYCLES, services, rules)

    def cancel_bill_cycle(self, id_: str) -> types.BillCycle:
        def cancelled(before: Document) -> Document:
            if before.get("runState") != "running":
                raise _state(
                    f"the cycle is {before.get('runState')}; only a running one can be cancelled"
                )
            return Document({"cancelledAt": now(), **before}, derived=before.derived)

        return self._run_on(id_, cancelled, self._tasks.wake)

    def retry_bill_cycle(self, id_: str) -> types.BillCycle:
        def reopened(before: Document) -> Document:
            if before.get("runState") != "finished":
                raise _state(
                    f"the cycle is {before.get('runState')}; only a finished one can be retried"
                )
            if not self._store.count(OUTCOMES, Compare(("billCycle", "id"), (id_,))):
                raise _state("no account was billed here by this cycle")
            cycle = {n: v for n, v in before.items() if n not in ENDED}
            return Document({**cycle, "runState": "running"}, derived=before.derived)

        return self._run_on(id_, reopened, partial(self._tasks.put, again=True))

    def _run_on(
        self,
        id_: str,
        change: Callable[[Document], Document],
        resume: Callable[[str, str], None],
    ) -> types.BillCycle:
        """Change a cycle that has run, and `resume` its task, so that a worker does the rest."""

        def changed() -> Document:
            cycle = self._store.change(CYCLES, id_, change)
            resume(CYCLE_TASK, id_)
            return cycle

        return cast(types.BillCycle, self._store.in_transaction(changed))

    def _start(self, cycle: Document) -> None:
        """Plan the cycle, and derive the dates that it leaves out.

        A cycle that ran elsewhere is stored as it is, with the outcome of its run.
        """
        if cycle.get("runState") != "finished":
            for name in RUN:
                cycle.pop(name, None)
            cycle["runState"] = "planned"
            self._refuse_no_period(cycle)
            self._refuse_contradiction(cycle)
            self._date(cycle)

    def _refuse_no_period(self, cycle: Document) -> None:
        """Raise FieldInvalid if `billingPeriod` looks like the name of a period and is none."""
        try:
            named(cycle.get("billingPeriod"), self._policy.zone)
        except ValueError as error:
            raise FieldInvalid("billingPeriod", str(error)) from None

    def _decide_change(self, before: Document, after: Document, _named: frozenset[str]) -> None:
        """Refuse changes of what a run writes, and of what a begun run follows; derive dates."""
        changed = sorted(name for name in RUN if before.get(name) != after.get(name))
        refuse(FieldInvalid(name, "can't be patched") for name in changed)
        if before.get("runState", "planned") == "planned":
            self._date_again(before, after)
            return
        changed = [name for name in FIXED if before.get(name) != after.get(name)]
        why = f"the cycle is {before['runState']}"
        refuse(Conflict(why, attribute=name) for name in changed)

    def _date_again(self, before: Document, after: Document) -> None:
        """Derive the derived dates again; a date that the client changes is no longer derived."""
        changed = {name for name in TIMED if before.get(name) != after.get(name)}
        if not changed and "billingDate" in after:
            return
        if "billingPeriod" in changed:
            self._refuse_no_period(after)
        note_changes(before, after)
        self._refuse_contradiction(client_given(after))
        self._date(after)

    def _refuse_contradiction(self, cycle: Mapping[str, Any]) -> None:
        """Raise Conflict, which names them, if attributes of the client's contradict each other."""
        try:
            refuse_contradiction(cycle, self._policy.zone, cycle.keys())
        except FieldInvalid as error:
            raise Conflict(error.trouble, attribute=error.attribute) from None

    def _date(self, cycle: Document) -> None:
        """Set the derived dates; Conflict if the cycle's specification does not exist."""
        try:
            specification = specification_of(self._store, cycle)
        except NotFound as error:
            raise Conflict(str(error), attribute="billCycleSpecification") from None
        derive(cycle, specification, self._policy.zone, self._policy.terms_days)

    def _plan(self, before: Document | None, after: Document | None) -> None:
        """Schedule the run for the billing date, if the cycle has one."""
        if before is not None and after is None:
            self._forget(before)
        elif after is not None and after.get("runState") == "planned":
            self._hold(after)
            self._tasks.cancel(CYCLE_TASK, after["id"])
            if "billingDate" in after:
                self._tasks.put(CYCLE_TASK, after["id"], after["billingDate"])

    def _hold(self, cycle: Document) -> None:
        """Lock the cycle's specification until the transaction ends; Conflict if there is none."""
        try:
            hold_specification(self._store, cycle)
        except NotFound as error:
            raise Conflict(str(error), attribute="billCycleSpecification") from None

    def _forget(self, cycle: Document) -> None:
        """Delete the outcomes of the cycle's run; Conflict while it runs."""
        if cycle.get("runState") == "running":
            raise _state("the cycle is running, and can be deleted when it has finished")
        self._tasks.cancel(CYCLE_TASK, cycle["id"])
        self._store.delete_every(OUTCOMES, Compare(("billCycle", "id"), (cycle["id"],)))


def _state(trouble: str) -> Conflict:
    return Conflict(trouble, attribute="runState")
