"""Runs billing cycles: plans which accounts have something to bill, and bills each on its own.

Any worker may go on where another one died. A run is over when no account of it is left.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from impl.billing.assemble import Occasion
from impl.billing.attempts import Attempts
from impl.billing.charges import NothingToBill, Rejected
from impl.billing.cycle import next_billing_date
from impl.billing.eligible import in_cycle, of_account
from impl.billing.maker import RATES, Maker, is_prepaid, new_id, now, reference_to
from impl.billing.policy import Policy
from impl.errors import NotFound
from impl.events.build import correlated
from impl.query.language import Compare, Condition, Document, Every
from impl.store.mongo import Store
from impl.store.tasks import CLAIM_SECONDS, Lost, Task

CYCLES = "billCycle"
SPECIFICATIONS = "billCycleSpecification"
OUTCOMES = "billCycleAccount"
CYCLE_TASK = "cycle"
ACCOUNT_TASK = "cycle-account"
COUNTS = {"accountsBilled": "billed", "accountsFailed": "failed", "accountsSkipped": "skipped"}
"""Which attribute of a cycle counts which outcome of its accounts."""

TICK_SECONDS = 1.0
"""How often a run's progress is written down."""


def specification_of(store: Store, cycle: Mapping[str, Any]) -> Mapping[str, Any]:
    """The cycle's specification; an empty one where it has none. NotFound where it is not here."""
    reference = cycle.get("billCycleSpecification")
    return store.get(SPECIFICATIONS, reference["id"]) if reference else {}


def occasion(
    cycle: Document, specification: Mapping[str, Any], policy: Policy, rates: Sequence[Document]
) -> Occasion:
    """Why a cycle makes a bill of these rates."""
    made = now()
    date = cycle.get("billingDate") or made
    following = next_billing_date(cycle, specification, policy.zone)
    account = rates[0]["billingAccount"] if rates else {}
    reference = {name: cycle[name] for name in ("id", "name") if name in cycle}
    return Occasion(
        id=new_id(),
        account=account,
        run_type="onCycle",
        date=date,
        due=cycle.get("paymentDueDate") or policy.due(date),
        made=made,
        period=cycle.get("validFor") if _is_period(cycle.get("validFor")) else None,
        prepaid=is_prepaid(account, rates),
        more={"billCycle": reference, **({"nextBillDate": following} if following else {})},
    )


def _is_period(given: Mapping[str, Any] | None) -> bool:
    """Whether it has a start, and an end that is not before that."""
    start, end = (given or {}).get("startDateTime"), (given or {}).get("endDateTime")
    return start is not None and end is not None and start <= end


class Runs:
    """Takes cycles that are due, and the accounts of those that run."""

    def __init__(self, maker: Maker, attempts: Attempts) -> None:
        self._maker = maker
        self._store = maker.store
        self._policy = maker.policy
        self._attempts = attempts
        self._tasks = attempts.tasks

    def step(self) -> bool:
        """Do what is due the longest: go on with a run, or bill an account; whether there was."""
        return self._advance() or self._bill_next()

    def _advance(self) -> bool:
        task = self._tasks.claim(CYCLE_TASK)
        if task is None:
            return False
        try:
            cycle = self._store.get(CYCLES, task.key)
        except NotFound:
            self._tasks.drop(task)
            return True
        with suppress(Lost), correlated(task.id):
            if "accountsTotal" not in cycle:
                cycle = self._plan(task, cycle["id"])
            self._tick(task, cycle)
        return True

    def _plan(self, task: Task, id_: str) -> Document:
        """Set the run going; done again from its start where a worker died in it."""
        cycle = self._begin(task, id_)
        where = in_cycle(cycle, specification_of(self._store, cycle), now())
        path = ("billingAccount", "id")
        with self._tasks.held(task):
            self._tasks.put_each(ACCOUNT_TASK, id_, resource=RATES, where=where, path=path)
        progress = self._progress(cycle)
        progress |= {"accountsTotal": self._left(cycle) + sum(progress.values())}
        return self._store.change(CYCLES, id_, lambda before: {**before, **progress})

    def _begin(self, task: Task, id_: str) -> Document:
        """The cycle, its run begun and its plan fixed; Lost where it was put off meanwhile."""

        def begun() -> Document:
            self._tasks.keep(task, CLAIM_SECONDS)
            start = {"runState": "running", "startedAt": now()}
            return self._store.change(CYCLES, id_, lambda before: {**start, **before, **start})

        return self._store.in_transaction(begun)

    def _tick(self, task: Task, cycle: Document) -> None:
        """Write down how far the run is; the last time, that it is over."""
        over = not self._left(cycle)
        progress = self._progress(cycle)
        if over:
            progress |= {"accountsTotal": sum(progress.values())}
            progress |= {"runState": "finished", "finishedAt": now()}
        if not over and all(cycle.get(name) == value for name, value in progress.items()):
            self._tasks.again(task, TICK_SECONDS, afresh=True)
            return

        def written() -> None:
            self._store.change(CYCLES, cycle["id"], lambda before: {**before, **progress})
            if over:
                self._tasks.finish(task)

        self._store.in_transaction(written)
        if not over:
            self._tasks.again(task, TICK_SECONDS, afresh=True)

    def _progress(self, cycle: Document) -> dict[str, Any]:
        return {name: self._count(cycle, state) for name, state in COUNTS.items()}

    def _count(self, cycle: Document, state: str) -> int:
        here = Compare(("billCycle", "id"), (cycle["id"],))
        return self._store.count(OUTCOMES, Every((here, Compare(("state",), (state,)))))

    def _left(self, cycle: Document) -> int:
        return self._tasks.left(ACCOUNT_TASK, cycle["id"])

    def _bill_next(self) -> bool:
        task = self._tasks.claim(ACCOUNT_TASK)
        if task is not None:
            self._attempts.at(
                task,
                work=lambda: self._bill(task),
                refused=lambda why: self._refuse(task, why),
                given_up=lambda why: self._write(task, "failed", statusReason=why),
            )
        return task is not None

    def _bill(self, task: Task) -> None:
        if self._store.count(OUTCOMES, self._this(task)):
            raise Lost(f"{task.key!r} has its outcome")
        cycle = self._store.get(CYCLES, task.about["group"])
        try:
            specification = specification_of(self._store, cycle)
        except NotFound as gone:
            raise Rejected(f"billCycleSpecification: {gone}") from None
        account = of_account(task.about["value"])
        self._maker.make(
            self._attempts,
            task,
            where=Every((account, in_cycle(cycle, specification, now()))),
            reason=lambda rates: occasion(cycle, specification, self._policy, rates),
            also=lambda bill: self._write(task, "billed", customerBill=reference_to(bill)),
        )

    def _refuse(self, task: Task, why: Rejected) -> None:
        state = "skipped" if isinstance(why, NothingToBill) else "failed"
        self._write(task, state, statusReason=str(why))

    def _this(self, task: Task) -> Condition:
        """The outcome of a task's account in its run."""
        cycle = Compare(("billCycle", "id"), (task.about["group"],))
        return Every((cycle, Compare(("billingAccount", "id"), (task.about["value"],))))

    def _write(self, task: Task, state: str, **outcome: Any) -> None:
        """Keep what became of an account in the run, once."""
        document = {
            "id": new_id(),
            "@type": "BillCycleAccount",
            "billCycle": {"id": task.about["group"]},
            "billingAccount": {"id": task.about["value"]},
            "state": state,
            **outcome,
        }
        self._store.insert(OUTCOMES, document)
