"""Runs billing cycles: makes a task for each account with rates to bill, and bills each account.

Any worker may go on where another one died. A run is over when it has no account task left.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from impl.billing import bill_headers
from impl.billing.attempts import TRANSACTION_LIMITS, Attempts
from impl.billing.charges import Rejected
from impl.billing.eligible import in_cycle, of_account
from impl.billing.large_accounts import LargeAccounts, refuse_begun
from impl.billing.maker import BillBatch, BillMaker, Draft, TooManyRates
from impl.billing.outcomes import Cancelled, Outcomes
from impl.billing.plans import Specification, plan_following, specification_of
from impl.errors import NotFound
from impl.instants import now
from impl.query.language import Compare, Document, Every
from impl.resources import BILLS, CYCLES, OUTCOMES, RATES
from impl.store.tasks import ACCOUNT_TASK, CLAIM_SECONDS, CYCLE_TASK, ClaimLost, Task

ACCOUNT = ("billingAccount", "id")

TICK_SECONDS = 1.0
"""How soon after an account's outcome the run's progress is updated."""

QUIET_SECONDS = 300.0
"""How often progress is updated without that: a worker may have died after an outcome."""

CANCELLED_AT_ONCE = 500
"""How many accounts of a cancelled run end in one transaction."""


class Runs:
    """Runs the cycles that are due, and bills the accounts of running cycles."""

    def __init__(self, maker: BillMaker, attempts: Attempts) -> None:
        self._maker = maker
        self._store = maker.store
        self._policy = maker.policy
        self._attempts = attempts
        self._tasks = attempts.tasks
        self._large = LargeAccounts(maker, attempts.tasks)
        self._outcomes = Outcomes(maker.store)
        self._advanced = False

    def step(self) -> bool:
        """Advance a run that is due, or bill an account; return whether there was either.

        They take turns, so that many runs never keep an account waiting, nor many accounts a run.
        """
        if self._advanced:
            self._advanced = False
            return self._bill_next() or self._advance()
        self._advanced = self._advance()
        return self._advanced or self._bill_next()

    def _advance(self) -> bool:
        task = self._tasks.claim(CYCLE_TASK)
        if task is not None:
            self._attempts.run(
                task,
                work=lambda: self._advance_run(task),
                refused=lambda why: self._stop(task, str(why)),
                given_up=lambda why: self._stop(task, why),
            )
        return task is not None

    def _advance_run(self, task: Task) -> None:
        """Plan a run that begins, cancel the accounts of a cancelled one, and update progress."""
        cycle = self._store.get(CYCLES, task.key)
        if task.about.get("again"):
            self._plan_again(cycle["id"])
            return
        if "accountsTotal" not in cycle and cycle.get("runState") != "finished":
            cycle = self._plan(task, cycle["id"])
        if "cancelledAt" in cycle:
            self._cancel_rest(cycle["id"])
        self._tick(task, cycle)

    def _stop(self, task: Task, why: str) -> None:
        """End a run that can't go on, in the transaction that finishes its task.

        Its remaining accounts are cancelled and counted by a last task of the run. If that fails,
        too, each is cancelled by its own task.
        """
        over = {"runState": "finished", "finishedAt": now(), "statusReason": why}
        rest = {"cancelledAt": now()} if self._is_left(task.key) else {}
        if rest and "last" not in task.about:
            self._tasks.put(CYCLE_TASK, task.key, last=True)
        self._store.change(CYCLES, task.key, lambda before: {**rest, **before, **over})

    def _plan(self, task: Task, id_: str) -> Document:
        """Make the account tasks, and count them; safe to repeat after a worker died in it."""
        cycle = self._begin(task, id_)
        where = in_cycle(cycle, self._specification(cycle), now(), self._policy.zone)
        self._tasks.put_each(ACCOUNT_TASK, id_, resource=RATES, where=where, path=ACCOUNT)
        progress = self._outcomes.progress(id_)
        left = self._tasks.left(ACCOUNT_TASK, id_)
        progress |= {"accountsTotal": left + sum(progress.values())}

        def planned() -> Document:
            self._tasks.renew(task, CLAIM_SECONDS)
            return self._store.change(CYCLES, id_, lambda before: {**before, **progress})

        return self._store.in_transaction(planned)

    def _begin(self, task: Task, id_: str) -> Document:
        """Begin the run unless it has begun, plan the next cycle, and return this one.

        Raises ClaimLost if the cycle was postponed meanwhile.
        """

        def begun() -> Document:
            self._tasks.renew(task, CLAIM_SECONDS)
            before = self._store.get(CYCLES, id_)
            if before.get("runState") == "running":
                return before
            start = {"runState": "running", "startedAt": now()}
            cycle = self._store.change(CYCLES, id_, lambda before: {**start, **before, **start})
            plan_following(self._store, cycle, self._specification(cycle), self._policy)
            return cycle

        return self._store.in_transaction(begun)

    def _plan_again(self, id_: str) -> None:
        """Make tasks again for the accounts that have no bill of the run, and for the run."""
        here = Compare(("billCycle", "id"), (id_,))
        unbilled = Every((here, Compare(("state",), ("failed", "cancelled"))))
        self._tasks.put_each(
            ACCOUNT_TASK, id_, resource=OUTCOMES, where=unbilled, path=ACCOUNT, again=True
        )
        for outcome in self._store.dangling(OUTCOMES, here, ("customerBill", "id"), BILLS):
            account = outcome["billingAccount"]["id"]
            about = {"group": id_, "value": account, "again": True}
            self._tasks.put(ACCOUNT_TASK, f"{id_}/{account}", **about)
        self._tasks.put(CYCLE_TASK, id_)

    def _cancel_rest(self, id_: str) -> None:
        """End the account tasks of a cancelled run: each account gets an outcome, and no bill."""

        def cancelled() -> int:
            rest = self._tasks.take(ACCOUNT_TASK, id_, CANCELLED_AT_ONCE)
            for task in rest:
                if "again" in task.about:
                    self._close(task, [Draft.refused(Cancelled())])
            new = {task.about["value"] for task in rest if "again" not in task.about}
            self._outcomes.cancel(id_, sorted(new - self._outcomes.known(id_, new)))
            return len(rest)

        while self._store.in_transaction(cancelled) == CANCELLED_AT_ONCE:
            pass

    def _tick(self, task: Task, cycle: Document) -> None:
        """Update the run's progress if it changed; finish the run if no account task is left."""
        over = not self._is_left(cycle["id"])
        counts = self._outcomes.progress(cycle["id"])
        progress: dict[str, object] = {**counts}
        if over:
            total = sum(counts.values())
            finished = cycle.get("finishedAt", now())
            progress |= {"accountsTotal": total, "runState": "finished", "finishedAt": finished}
            self._finish(task, cycle, progress)
            return
        if any(cycle.get(name) != value for name, value in progress.items()):
            self._write(cycle, progress)
        self._tasks.again(task, QUIET_SECONDS, afresh=True)

    def _finish(self, task: Task, cycle: Document, progress: Mapping[str, object]) -> None:
        def write() -> None:
            self._tasks.finish(task)
            self._write(cycle, progress)

        self._store.in_transaction(write, *TRANSACTION_LIMITS)

    def _write(self, cycle: Document, progress: Mapping[str, object]) -> None:
        self._store.change(CYCLES, cycle["id"], lambda before: {**before, **progress})

    def _is_left(self, id_: str) -> bool:
        return self._tasks.is_left(ACCOUNT_TASK, id_)

    def _specification(self, cycle: Document) -> Specification:
        """The cycle's specification; Rejected if it does not exist any more."""
        try:
            return specification_of(self._store, cycle)
        except NotFound as gone:
            raise Rejected(f"billCycleSpecification: {gone}") from None

    def _bill_next(self) -> bool:
        task = self._tasks.claim(ACCOUNT_TASK)
        if task is not None:
            self._attempts.run(
                task,
                work=lambda: self._bill(task),
                refused=lambda why: self._close(task, [Draft.refused(why)]),
                given_up=lambda why: self._close(task, [Draft.refused(Rejected(why))]),
            )
            self._tasks.hasten(CYCLE_TASK, task.about["group"], TICK_SECONDS)
        return task is not None

    def _bill(self, task: Task) -> None:
        """Bill an account, and finish its task, in one transaction or in steps."""
        id_, account, again = task.about["group"], task.about["value"], "again" in task.about
        if not again and self._outcomes.known(id_, [account]):
            raise ClaimLost(f"{task.key!r} has its outcome")
        cycle = self._store.get(CYCLES, id_)
        if "cancelledAt" in cycle:
            raise Cancelled
        specification = self._specification(cycle)
        made, policy = now(), self._policy
        where = Every((of_account(account), in_cycle(cycle, specification, made, policy.zone)))
        header = partial(bill_headers.in_cycle, cycle, specification, policy, made, again=again)
        batch = BillBatch(self._maker, task.id, header, split=True)

        def write() -> None:
            self._tasks.finish(task)
            for drafts in batch.write(where, [account]).values():
                self._close(task, drafts)

        try:
            refuse_begun(task)
            self._store.in_transaction(write, *TRANSACTION_LIMITS)
        except TooManyRates:
            self._large.bill(task, account, where, batch, partial(self._close, task))
            return
        batch.settle()

    def _close(self, task: Task, drafts: Sequence[Draft]) -> None:
        """Write the account's outcomes in place of earlier ones, in the caller's transaction."""
        id_, account = task.about["group"], task.about["value"]
        beside = "again" in task.about and self._outcomes.clear(id_, account)
        self._outcomes.write(id_, account, drafts, beside=beside)
