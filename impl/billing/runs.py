"""Runs billing cycles: has the accounts with rates to bill planned, and bills them.

Any worker may go on where another one died. A run is over when it is planned to the end, and none
of its tasks is left.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from impl.billing import bill_headers
from impl.billing.attempts import TRANSACTION_LIMITS, Attempts, MustWait
from impl.billing.charges import Rejected
from impl.billing.eligible import in_cycle, of_accounts
from impl.billing.large_accounts import LargeAccounts
from impl.billing.maker import BillBatch, BillMaker, Draft, TooManyRates
from impl.billing.outcomes import Cancelled, Outcomes
from impl.billing.plans import Specification, plan_following, specification_of
from impl.billing.run_planner import BLOCK_ACCOUNTS, RunPlanner, is_planning
from impl.errors import NotFound
from impl.instants import now
from impl.query.language import Condition, Document, Every
from impl.resources import CYCLES
from impl.store.tasks import (
    ACCOUNT_TASK,
    BLOCK_TASK,
    CLAIM_SECONDS,
    CYCLE_TASK,
    ClaimLost,
    Task,
)

TICK_SECONDS = 1.0
"""How soon after an account's outcome the run's progress is updated."""

PAUSES = 20
"""The same, in durations of the last count: that takes MongoDB 0.5 s for 1,000,000 outcomes."""

QUIET_SECONDS = 300.0
"""How often progress is updated without that: a worker may have died after an outcome."""

CANCELLED_AT_ONCE = 500
"""How many accounts of a cancelled run end in one transaction."""

WORK = ((BLOCK_TASK, CANCELLED_AT_ONCE // BLOCK_ACCOUNTS), (ACCOUNT_TASK, CANCELLED_AT_ONCE))
"""The kinds of task that bill accounts, and how many of a cancelled run end in one transaction.

Blocks come first, because each may become tasks of single accounts while a worker reads them.
"""


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
        self._planner = RunPlanner(maker.store, attempts.tasks, self._outcomes)
        self._advanced = False

    def step(self) -> bool:
        """Advance a run that is due, or bill a block; return whether there was either.

        They take turns, so that many runs never keep a block waiting, nor many blocks a run.
        """
        if self._advanced:
            self._advanced = False
            return self._bill_next() or self._advance()
        self._advanced = self._advance()
        return self._advanced or self._bill_next()

    def _advance(self) -> bool:
        task = self._tasks.claim(CYCLE_TASK)
        if task is not None:
            self._try(task)
        return task is not None

    def _try(self, task: Task) -> None:
        self._attempts.run(
            task,
            work=lambda: self._advance_run(task),
            refused=lambda why: self._stop(task, str(why)),
            given_up=lambda why: self._stop(task, why),
        )

    def _advance_run(self, task: Task) -> None:
        """Begin a run, plan a slice of it, cancel the accounts of a cancelled one, and count."""
        cycle = self._store.get(CYCLES, task.key)
        if "again" in task.about:
            task = self._planner.plan_again(task)
        elif _is_unplanned(cycle):
            self._try(self._begin(task))
            return
        elif is_planning(task):
            specification = self._specification(cycle)
            rates = in_cycle(cycle, specification, now(), self._policy.zone)
            task = self._planner.plan(task, rates, specification.get("id", ""))
        if "cancelledAt" in cycle:
            self._cancel_rest(cycle["id"])
        self._tick(task, cycle)

    def _stop(self, task: Task, why: str) -> None:
        """End a run that can't go on, in the transaction that finishes its task.

        Its remaining accounts are cancelled and counted by a last task of the run. If that fails,
        too, each is cancelled by its own task. A run that is not planned to the end has no
        `accountsTotal`, so that a retry plans the others.
        """
        over = {"runState": "finished", "finishedAt": now(), "statusReason": why}
        rest = {"cancelledAt": now()} if self._is_left(task.key) else {}
        if rest and "last" not in task.about:
            self._tasks.put(CYCLE_TASK, task.key, last=True)

        def stopped(before: Document) -> Mapping[str, object]:
            after = {**rest, **before, **over}
            if is_planning(task):
                after.pop("accountsTotal", None)
            return after

        self._store.change(CYCLES, task.key, stopped)

    def _begin(self, task: Task) -> Task:
        """Begin the run unless it has begun, and plan the next cycle.

        Returns the task with the place where planning starts. Raises ClaimLost if the cycle was
        postponed meanwhile.
        """
        while self._tasks.take(ACCOUNT_TASK, task.key, CANCELLED_AT_ONCE, again=None):
            pass  # a worker of an earlier release died while it planned them
        planned = sum(self._outcomes.progress(task.key).values())
        start = replace(task, about={"after": None, "planned": planned})

        def begin() -> None:
            self._tasks.renew(task, CLAIM_SECONDS, start.about)
            before = self._store.get(CYCLES, task.key)
            new: dict[str, object] = {"accountsTotal": planned}
            if before.get("runState") != "running":
                new |= {"runState": "running", "startedAt": now()}
            cycle = self._store.change(CYCLES, task.key, lambda before: {**new, **before, **new})
            if "startedAt" in new:
                plan_following(self._store, cycle, self._specification(cycle), self._policy)

        self._store.in_transaction(begin)
        return start

    def _cancel_rest(self, id_: str) -> None:
        """End the tasks of a cancelled run: each account gets an outcome, and no bill."""

        def cancelled(kind: str, most: int) -> int:
            rest = self._tasks.take(kind, id_, most)
            for task in rest:
                if "again" in task.about:
                    self._close(task, [Draft.refused(Cancelled())])
            new = {each for task in rest if "again" not in task.about for each in _accounts(task)}
            self._outcomes.cancel(id_, sorted(new - self._outcomes.known(id_, new)))
            return len(rest)

        for kind, most in WORK:
            while self._store.in_transaction(partial(cancelled, kind, most)) == most:
                pass

    def _tick(self, task: Task, cycle: Document) -> None:
        """Update the run's progress if it changed; finish the run if none of its tasks is left."""
        planning = is_planning(task) or _is_unplanned(cycle)
        over = not planning and not self._is_left(cycle["id"])
        began = time.monotonic()
        counts = self._outcomes.progress(cycle["id"])
        pause = PAUSES * (time.monotonic() - began)
        progress: dict[str, object] = {**counts}
        if over:
            progress |= {"runState": "finished", "finishedAt": cycle.get("finishedAt", now())}
            if "accountsTotal" in cycle:
                progress["accountsTotal"] = sum(counts.values())
            self._finish(task, cycle, progress)
            return
        if "planned" in task.about:
            progress["accountsTotal"] = task.about["planned"]
        if any(cycle.get(name) != value for name, value in progress.items()):
            self._write(cycle, progress)
        wait = 0 if planning else QUIET_SECONDS
        self._tasks.again(task, wait, afresh=True, pause=pause)

    def _finish(self, task: Task, cycle: Document, progress: Mapping[str, object]) -> None:
        def write() -> None:
            self._tasks.finish(task)
            self._write(cycle, progress)

        self._store.in_transaction(write, *TRANSACTION_LIMITS)

    def _write(self, cycle: Document, progress: Mapping[str, object]) -> None:
        self._store.change(CYCLES, cycle["id"], lambda before: {**before, **progress})

    def _is_left(self, id_: str) -> bool:
        return any(self._tasks.is_left(kind, id_) for kind, _ in WORK)

    def _specification(self, cycle: Document) -> Specification:
        """The cycle's specification; Rejected if it does not exist any more."""
        try:
            return specification_of(self._store, cycle)
        except NotFound as gone:
            raise Rejected(f"billCycleSpecification: {gone}") from None

    def _bill_next(self) -> bool:
        task = self._tasks.claim(BLOCK_TASK, ACCOUNT_TASK)
        if task is not None:
            self._attempts.run(
                task,
                work=lambda: self._work_on(task),
                refused=lambda why: self._refuse(task, why),
                given_up=lambda why: self._refuse(task, Rejected(why)),
            )
            self._tasks.hasten(CYCLE_TASK, task.about["group"], TICK_SECONDS)
        return task is not None

    def _work_on(self, task: Task) -> None:
        """Bill the task's accounts; a block that failed before, or whose worker died, is split.

        So is a block whose rates have become too many for one transaction, and one with an account
        that another task reserves.
        """
        if task.kind == BLOCK_TASK and task.tries > 1:
            self._split(task)
            return
        try:
            self._bill(task)
        except TooManyRates:
            self._split(task)
        except MustWait:
            if task.kind != BLOCK_TASK:
                raise
            self._split(task)

    def _split(self, task: Task) -> None:
        """Replace the task of a block by one for each of its accounts without an outcome."""
        id_ = task.about["group"]

        def split() -> None:
            self._tasks.finish(task)
            left = self._left(task)
            new = {f"{id_}/{account}": {"group": id_, "value": account} for account in left}
            self._tasks.put_each(ACCOUNT_TASK, new)

        self._store.in_transaction(split, *TRANSACTION_LIMITS)
        self._attempts.numbers.settle(task.id)

    def _left(self, task: Task) -> list[str]:
        """The accounts of the task that have no outcome."""
        accounts = _accounts(task)
        known = self._outcomes.known(task.about["group"], accounts)
        return [account for account in accounts if account not in known]

    def _bill(self, task: Task) -> None:
        """Bill the task's accounts, and finish it, in one transaction; a large one in steps.

        Raises TooManyRates for a block.
        """
        id_, again = task.about["group"], "again" in task.about
        cycle = self._store.get(CYCLES, id_)
        if "cancelledAt" in cycle:
            raise Cancelled
        specification = self._specification(cycle)
        made, policy = now(), self._policy
        rates = in_cycle(cycle, specification, made, policy.zone)
        header = bill_headers.in_cycle(cycle, specification, policy, made, again=again)
        batch = BillBatch(self._maker, task.id, header, split=True)

        def write() -> None:
            self._tasks.finish(task)
            accounts = _accounts(task) if again else self._left(task)
            self._large.refuse_reserved(task, accounts)
            drafts = batch.write(Every((of_accounts(accounts), rates)), accounts)
            if again:
                self._close(task, drafts[task.about["value"]])
            else:
                self._outcomes.write_all(id_, drafts)

        try:
            self._store.in_transaction(write, *TRANSACTION_LIMITS)
        except TooManyRates:
            if task.kind == BLOCK_TASK:
                raise
            self._bill_large(task, rates, batch)
            return
        batch.settle()

    def _bill_large(self, task: Task, rates: Condition, batch: BillBatch) -> None:
        """Bill the task's one account in steps; ClaimLost if the account has its outcome."""
        (account,) = _accounts(task)

        def close(drafts: Sequence[Draft]) -> None:
            if "again" not in task.about and not self._left(task):
                raise ClaimLost(f"{task.key!r} has its outcome")
            self._close(task, drafts)

        where = Every((of_accounts([account]), rates))
        self._large.bill(task, account, where, batch, close)

    def _refuse(self, task: Task, why: Rejected) -> None:
        """Write why the task's accounts have no bill, in the caller's transaction."""
        draft = Draft.refused(why)
        if task.kind == ACCOUNT_TASK:
            self._close(task, [draft])
            return
        refused = {account: [draft] for account in self._left(task)}
        self._outcomes.write_all(task.about["group"], refused)

    def _close(self, task: Task, drafts: Sequence[Draft]) -> None:
        """Write the account's outcomes in place of earlier ones, in the caller's transaction."""
        id_, account = task.about["group"], task.about["value"]
        beside = "again" in task.about and self._outcomes.clear(id_, account)
        self._outcomes.write(id_, account, drafts, beside=beside)


def _accounts(task: Task) -> Sequence[str]:
    """The accounts that a task bills."""
    if task.kind == BLOCK_TASK:
        accounts: Sequence[str] = task.about["accounts"]
        return accounts
    return [task.about["value"]]


def _is_unplanned(cycle: Document) -> bool:
    """Whether none has begun to plan the accounts of the cycle."""
    return "accountsTotal" not in cycle and cycle.get("runState") != "finished"
