"""Plans runs: makes tasks for a run's accounts, in the order of their ids, a slice at a time.

So the first bills need not wait for the last account to be planned. The task of the cycle tells the
place reached, changed with the tasks made: another worker continues there, and none is made twice.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from impl.billing.account_records import billed_elsewhere
from impl.billing.attempts import TRANSACTION_LIMITS
from impl.billing.outcomes import Outcomes, of_run
from impl.billing.rate_state import UNBILLED
from impl.query.language import Condition, Every
from impl.resources import OF_ACCOUNT, OUTCOMES, RATES
from impl.store.mongo import Store
from impl.store.tasks import ACCOUNT_TASK, BLOCK_TASK, CLAIM_SECONDS, Task, Tasks
from impl.store.text_order import between, nth_text

BLOCK_ACCOUNTS, BLOCK_RATES = 50, 2_000
"""The most accounts and rates of a block; an account with more rates has a block of its own.

A transaction bills a block: larger ones are hardly cheaper for an account, and conflict more often.
"""

SLICE_SECONDS = 0.5
"""When a slice ends, so that a worker bills a block after it."""

SLICE_ACCOUNTS = 10_000
"""The most accounts of a slice, billed ones too: a query seeks past so many in 0.05 s."""

CHUNK_RATES = 25_000
"""How many unbilled rates a query counts, which takes 0.1 s."""

CHUNK_OUTCOMES = 1_000
"""How many outcomes a query reads."""


class RunPlanner:
    """Makes the tasks of runs that begin, and of runs that are retried.

    The task of a cycle that is being planned has in `about`: `after`, the account planned last, and
    `planned`, how many there are, or `again` if the run is retried.
    """

    def __init__(self, store: Store, tasks: Tasks, outcomes: Outcomes) -> None:
        self._store = store
        self._tasks = tasks
        self._outcomes = outcomes

    def plan(self, task: Task, where: Condition, specification: str) -> Task:
        """Plan the accounts with rates that the condition selects, for one slice.

        Accounts that cycles of another specification bill are left out.

        Returns the task with the place reached; `is_planning` says whether accounts may be left.
        Raises ClaimLost if another worker has claimed the task.
        """
        deadline = time.monotonic() + SLICE_SECONDS
        every = between(OF_ACCOUNT, task.about["after"], None)
        limit = nth_text(self._store, RATES, every, OF_ACCOUNT, SLICE_ACCOUNTS, distinct=True)
        while True:
            task = self._plan_chunk(task, where, specification, limit)
            if not is_planning(task) or task.about["after"] == limit or time.monotonic() > deadline:
                return task

    def _plan_chunk(
        self, task: Task, where: Condition, specification: str, limit: str | None
    ) -> Task:
        """Plan the next accounts up to a limit, until they have CHUNK_RATES unbilled rates."""
        after, planned = task.about["after"], task.about["planned"]
        rest = Every((between(OF_ACCOUNT, after, limit), UNBILLED))
        until = nth_text(self._store, RATES, rest, OF_ACCOUNT, CHUNK_RATES)
        until = limit if until is None else until
        chunk = Every((between(OF_ACCOUNT, after, until), where))
        rates = self._store.tally(RATES, chunk, OF_ACCOUNT)
        for account in billed_elsewhere(self._store, rates, specification):
            del rates[account]
        found = blocks(rates)
        if until is not None and len(found) > 1:
            found.pop()  # it may not be full; the next chunk has its accounts
            until = found[-1][-1]
        cycle = task.key
        new = {f"{cycle}/{block[0]}": {"group": cycle, "accounts": block} for block in found}
        place = {"planned": planned + sum(map(len, found))}
        return self._put(task, BLOCK_TASK, new, place, until)

    def plan_again(self, task: Task) -> Task:
        """Plan accounts that have no bill of the run, as `plan`: each gets a task of its own."""
        cycle, after = task.key, task.about.get("after")
        rest = Every((of_run(cycle), between(OF_ACCOUNT, after, None)))
        until = nth_text(self._store, OUTCOMES, rest, OF_ACCOUNT, CHUNK_OUTCOMES)
        accounts = self._outcomes.without_bill(cycle, between(OF_ACCOUNT, after, until))
        new = {
            f"{cycle}/{account}": {"group": cycle, "value": account, "again": True}
            for account in accounts
        }
        return self._put(task, ACCOUNT_TASK, new, {} if until is None else {"again": True}, until)

    def _put(
        self,
        task: Task,
        kind: str,
        new: Mapping[str, Mapping[str, Any]],
        about: Mapping[str, Any],
        until: str | None,
    ) -> Task:
        """Add tasks and move the place to `until`, in one transaction; None ends the planning."""
        reached = {**about, "after": until} if until is not None else {**about}

        def put() -> None:
            self._tasks.renew(task, CLAIM_SECONDS, reached)
            self._tasks.put_each(kind, new)

        self._store.in_transaction(put, *TRANSACTION_LIMITS)
        return replace(task, about=reached)


def is_planning(task: Task) -> bool:
    """Whether the cycle of the task is being planned."""
    return "after" in task.about or "again" in task.about


def blocks(rates: Mapping[str, int]) -> list[list[str]]:
    """The accounts in order, divided into blocks, by the number of rates that each has."""
    found: list[list[str]] = []
    size = 0
    for account, count in sorted(rates.items()):
        if not found or len(found[-1]) == BLOCK_ACCOUNTS or size + count > BLOCK_RATES:
            found.append([])
            size = 0
        found[-1].append(account)
        size += count
    return found
