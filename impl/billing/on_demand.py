"""Answers requests for a bill outside the cycle (real-time billing): customerBillOnDemand."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from impl.billing import bill_headers
from impl.billing.assemble import reference_to
from impl.billing.attempts import TRANSACTION_LIMITS, Attempts
from impl.billing.charges import Rejected
from impl.billing.eligible import dated_before, of_accounts
from impl.billing.large_accounts import LargeAccounts
from impl.billing.maker import BillBatch, BillMaker, Draft, TooManyRates
from impl.instants import now
from impl.query.language import Every
from impl.resources import REQUESTS
from impl.store.tasks import ON_DEMAND_TASK, Task

INSTANT = timedelta(milliseconds=1)
"""The smallest difference between two dates of rates; a rate dated now is billed."""


class OnDemand:
    """Takes open requests, and brings each to its final state."""

    def __init__(self, maker: BillMaker, attempts: Attempts) -> None:
        self._maker = maker
        self._store = maker.store
        self._attempts = attempts
        self._tasks = attempts.tasks
        self._large = LargeAccounts(maker, attempts.tasks)

    def step(self) -> bool:
        """Answer the request that has waited longest; return whether there was one."""
        task = self._tasks.claim(ON_DEMAND_TASK)
        if task is not None:
            self._attempts.run(
                task,
                work=lambda: self._bill(task),
                refused=lambda why: self._close(task, "rejected", statusReason=str(why)),
                given_up=lambda why: self._close(task, "terminatedWithError", statusReason=why),
            )
        return task is not None

    def _bill(self, task: Task) -> None:
        """Bill the account's rates, and finish the task, in one transaction or in steps."""
        request = self._store.get(REQUESTS, task.key)
        account = request.get("billingAccount")
        if account is None:
            raise Rejected("billingAccount: the request names none to bill")
        made = now()
        where = Every((of_accounts([account["id"]]), dated_before(made + INSTANT)))
        header = partial(bill_headers.on_demand, request, self._maker.policy, made)
        batch = BillBatch(self._maker, task.id, header)

        def write() -> None:
            self._tasks.finish(task)
            self._large.refuse_reserved(task, [account["id"]])
            (drafts,) = batch.write(where, [account["id"]]).values()
            self._done(task, drafts)

        try:
            self._store.in_transaction(write, *TRANSACTION_LIMITS)
        except TooManyRates:
            self._large.bill(task, account["id"], where, batch, partial(self._done, task))
            return
        batch.settle()

    def _done(self, task: Task, drafts: Sequence[Draft]) -> None:
        """Close the request with its bill, in the caller's transaction; raises its refusal."""
        (draft,) = drafts
        if draft.refusal:
            raise draft.refusal
        self._close(task, "done", customerBill=reference_to(draft.bill))

    def _close(self, task: Task, state: str, **outcome: Any) -> None:
        """Bring the request to its final state, in the caller's transaction."""
        closing = {"state": state, "lastUpdate": now(), **outcome}
        self._store.change(REQUESTS, task.key, lambda request: {**request, **closing})
