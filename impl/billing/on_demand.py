"""Answers requests for a bill outside the cycle (real-time billing): customerBillOnDemand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from impl.billing.assemble import Occasion
from impl.billing.attempts import Attempts
from impl.billing.charges import Rejected
from impl.billing.coverage import covered
from impl.billing.eligible import dated_before, of_account
from impl.billing.maker import Maker, is_prepaid, new_id, now, reference_to
from impl.billing.parties import account_of, parties_of
from impl.query.language import Document, Every
from impl.resources import REQUESTS
from impl.store.tasks import Task

TASK = "on-demand"
INSTANT = timedelta(milliseconds=1)
"""The least that instants of rates differ by: what is dated now is taken."""


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
            where=Every((of_account(account["id"]), dated_before(now() + INSTANT))),
            reason=lambda rates: self._occasion(request, rates),
            also=lambda drafts: self._close(
                task, "done", customerBill=reference_to(drafts[0].bill)
            ),
        )

    def _occasion(self, request: Document, rates: Sequence[Document]) -> Occasion:
        """Why a request makes a bill. What it says of the account is a wish: its rates know."""
        date, asked = now(), request.get("relatedParty")
        policy = self._policy
        parties = parties_of(rates, policy.party_roles, [asked] if asked else [])
        coverage = covered(rates, policy.zone)
        return Occasion(
            id=new_id(),
            account=account_of(rates),
            run_type="offCycle",
            date=date,
            due=policy.due(date),
            made=date,
            period=coverage.period if coverage else None,
            derived_period=coverage is not None and coverage.ours,
            basis=policy.basis,
            prepaid=is_prepaid(request["billingAccount"], rates),
            more={"relatedParty": parties} if parties else {},
        )

    def _close(self, task: Task, state: str, **outcome: Any) -> None:
        closing = {"state": state, "lastUpdate": now(), **outcome}
        self._store.change(REQUESTS, task.key, lambda request: {**request, **closing})
