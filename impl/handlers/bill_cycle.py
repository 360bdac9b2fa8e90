"""What serves /billCycle."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from generated import api, types
from impl.billing.cycle import DERIVED, refuse_contradiction
from impl.billing.derived import claim, client_said, derive
from impl.billing.maker import now
from impl.billing.outcomes import COUNTS, OUTCOMES
from impl.billing.periods import named
from impl.billing.plans import CYCLE_TASK, hold_specification, specification_of
from impl.errors import Conflict, FieldInvalid, NotFound, refuse
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Page, Query
from impl.store.tasks import Tasks

RUN = {
    *("runState", "statusReason", "accountsTotal", "startedAt", "finishedAt", "cancelledAt"),
    *COUNTS,
}
"""What a run writes of itself, and no client does."""

ENDED = ("finishedAt", "cancelledAt", "statusReason")
"""What a run wrote as it ended."""

FIXED = (
    *("billingDate", "chargeDate", "creditDate", "paymentDueDate"),
    *("billCycleSpecification", "billingPeriod", "validFor"),
)
"""What a run is made by, so that it can't change any more once it has begun."""

TIMED = (*DERIVED, "billingPeriod", "billCycleSpecification")
"""What a planned cycle's dates follow from, and those themselves."""


class BillCycles(api.BillCycleApi[Query, Page, Patch]):
    """Dated runs of billing."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._policy = services.policy
        self._tasks = Tasks(services.store)
        self._cycles: Collection[types.BillCycle] = Collection(
            "billCycle",
            services.api.schemas["BillCycle"],
            services,
            Rules(on_create=self._start, on_change=self._judge, on_write=self._plan),
        )

    @property
    def collection(self) -> Collection[types.BillCycle]:
        """What keeps them, for those who bring in many."""
        return self._cycles

    def list_bill_cycle(self, query: Query) -> Page:
        return self._cycles.list(query)

    def create_bill_cycle(self, body: types.BillCycleCreate) -> types.BillCycle:
        return self._cycles.create(body)

    def retrieve_bill_cycle(self, id_: str, query: Query) -> types.BillCycle:
        return self._cycles.retrieve(id_, query)

    def patch_bill_cycle(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.BillCycle:
        return self._cycles.patch(id_, patch, if_match=if_match)

    def delete_bill_cycle(self, id_: str, *, if_match: str | None = None) -> None:
        self._cycles.delete(id_, if_match=if_match)

    def cancel_bill_cycle(self, id_: str) -> types.BillCycle:
        def cancelled(before: Document) -> Document:
            if before.get("runState") != "running":
                raise _state(
                    f"the cycle is {before.get('runState')}; only a running one can be cancelled"
                )
            return Document({"cancelledAt": now(), **before}, derived=before.derived)

        return self._run_on(id_, cancelled)

    def retry_bill_cycle(self, id_: str) -> types.BillCycle:
        def reopened(before: Document) -> Document:
            if before.get("runState") != "finished":
                raise _state(
                    f"the cycle is {before.get('runState')}; only a finished one can be retried"
                )
            if not self._store.count(OUTCOMES, Compare(("billCycle", "id"), (id_,))):
                raise _state("no account was billed here by this cycle")
            kept = {n: v for n, v in before.items() if n not in ENDED}
            return Document({**kept, "runState": "running"}, derived=before.derived)

        return self._run_on(id_, reopened, again=True)

    def _run_on(
        self, id_: str, change: Callable[[Document], Document], **about: Any
    ) -> types.BillCycle:
        """Change a cycle that was run, and leave what that means to a worker."""

        def changed() -> Document:
            cycle = self._store.change("billCycle", id_, change)
            self._tasks.put(CYCLE_TASK, id_, **about)
            return cycle

        return cast(types.BillCycle, self._store.in_transaction(changed))

    def _start(self, cycle: Document) -> None:
        """A cycle begins planned, and what it leaves out is derived; one that was run elsewhere is
        kept as it is, with what it tells of its run.
        """
        if cycle.get("runState") != "finished":
            for name in RUN:
                cycle.pop(name, None)
            cycle["runState"] = "planned"
            self._refuse_no_period(cycle)
            self._refuse_contradiction(cycle)
            self._date(cycle)

    def _refuse_no_period(self, cycle: Document) -> None:
        """Raise FieldInvalid where `billingPeriod` looks like the name of a period and is none."""
        try:
            named(cycle.get("billingPeriod"), self._policy.zone)
        except ValueError as error:
            raise FieldInvalid("billingPeriod", str(error)) from None

    def _judge(self, before: Document, after: Document, _named: frozenset[str]) -> None:
        """Keep what a run is made by once it has begun, and what it tells of itself always."""
        changed = sorted(name for name in RUN if before.get(name) != after.get(name))
        refuse(FieldInvalid(name, "can't be patched") for name in changed)
        if before.get("runState", "planned") == "planned":
            self._date_again(before, after)
            return
        changed = [name for name in FIXED if before.get(name) != after.get(name)]
        why = f"the cycle is {before['runState']}"
        refuse(Conflict(why, attribute=name) for name in changed)

    def _date_again(self, before: Document, after: Document) -> None:
        """Derive again what was derived; what the client changes is the client's from now on."""
        changed = {name for name in TIMED if before.get(name) != after.get(name)}
        if not changed and "billingDate" in after:
            return
        if "billingPeriod" in changed:
            self._refuse_no_period(after)
        claim(before, after)
        self._refuse_contradiction(client_said(after))
        self._date(after)

    def _refuse_contradiction(self, cycle: Mapping[str, Any]) -> None:
        """Raise Conflict, naming them, where attributes that the client gave don't go together."""
        try:
            refuse_contradiction(cycle, self._policy.zone, cycle.keys())
        except FieldInvalid as error:
            raise Conflict(error.trouble, attribute=error.attribute) from None

    def _date(self, cycle: Document) -> None:
        """Set the dates that follow; Conflict where the cycle's specification is not here."""
        try:
            specification = specification_of(self._store, cycle)
        except NotFound as error:
            raise Conflict(str(error), attribute="billCycleSpecification") from None
        derive(cycle, specification, self._policy.zone, self._policy.terms_days)

    def _plan(self, before: Document | None, after: Document | None) -> None:
        """Have the cycle run when its billing date comes; one without a date waits for it."""
        if before is not None and after is None:
            self._forget(before)
        elif after is not None and after.get("runState") == "planned":
            self._hold(after)
            self._tasks.call_off(CYCLE_TASK, after["id"])
            if "billingDate" in after:
                self._tasks.put(CYCLE_TASK, after["id"], after["billingDate"])

    def _hold(self, cycle: Document) -> None:
        """Keep the cycle's specification where it is, until this is written; Conflict."""
        try:
            hold_specification(self._store, cycle)
        except NotFound as error:
            raise Conflict(str(error), attribute="billCycleSpecification") from None

    def _forget(self, cycle: Document) -> None:
        """Remove what a run of the cycle left; Conflict while it is under way."""
        if cycle.get("runState") == "running":
            raise _state("the cycle is running, and can be deleted when it has finished")
        self._tasks.call_off(CYCLE_TASK, cycle["id"])
        self._store.delete_every(OUTCOMES, Compare(("billCycle", "id"), (cycle["id"],)))


def _state(trouble: str) -> Conflict:
    return Conflict(trouble, attribute="runState")
