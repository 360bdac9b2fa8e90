"""Answers requests for a bill outside the cycle (real-time billing): customerBillOnDemand."""

from collections.abc import Sequence
from typing import Any

from impl.billing.assemble import Occasion
from impl.billing.attempts import Attempts
from impl.billing.charges import Rejected
from impl.billing.eligible import dated_up_to, of_account
from impl.billing.maker import Maker, is_prepaid, new_id, now, reference_to
from impl.query.language import Document, Every
from impl.store.tasks import Task

REQUESTS = "customerBillOnDemand"
TASK = "on-demand"


class OnDemand:
    """Takes open requests, and brings each to its final state."""

    def __init__(self, maker: Maker, attempts: Attempts) -> None:
        self._maker = maker
        self._store = maker.store
        self._policy = maker.policy
        self._attempts = attempts
        self._tasks = attempts.tasks

    def step(self) -> bool:
        """Answer the request that waits the longest; whether there was one."""
        task = self._tasks.claim(TASK)
        if task is not None:
            self._attempts.at(
                task,
                work=lambda: self._bill(task),
                refused=lambda why: self._close(task, "rejected", statusReason=str(why)),
                given_up=lambda why: self._close(task, "terminatedWithError", statusReason=why),
            )
        return task is not None

    def _bill(self, task: Task) -> None:
        request = self._store.get(REQUESTS, task.key)
        account = request.get("billingAccount")
        if account is None:
            raise Rejected("billingAccount: the request names none to bill")
        self._maker.make(
            self._attempts,
            task,
            where=Every((of_account(account["id"]), dated_up_to(now()))),
            reason=lambda rates: self._occasion(request, rates),
            also=lambda bill: self._close(task, "done", customerBill=reference_to(bill)),
        )

    def _occasion(self, request: Document, rates: Sequence[Document]) -> Occasion:
        date, party = now(), request.get("relatedParty")
        account = request["billingAccount"]
        return Occasion(
            id=new_id(),
            account={**(rates[0]["billingAccount"] if rates else {}), **account},
            run_type="offCycle",
            date=date,
            due=self._policy.due(date),
            made=date,
            prepaid=is_prepaid(account, rates),
            more={"relatedParty": [party]} if party else {},
        )

    def _close(self, task: Task, state: str, **outcome: Any) -> None:
        closing = {"state": state, "lastUpdate": now(), **outcome}
        self._store.change(REQUESTS, task.key, lambda request: {**request, **closing})
