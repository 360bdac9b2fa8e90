"""Bills accounts whose rates are too many for one transaction, in steps.

1. The worker reserves the rates for a holder (reservations.py), some of them a transaction.
2. It reads them twice, and adds up their amounts (streamed.py).
3. One transaction ends the account's task, stores the bills and the task's outcome, and plans 4.
4. Some rates a transaction become billed, by a task of their own (rate_tasks.py).

A second task is there from step 1 to 3: the account's reservation. It names the holder, so a worker
that takes over the account's task begins with step 1 again for the same holder. If the account's
task ends without a bill, the reservation releases the rates. Other tasks wait until it has ended,
because their bill would get a part of the rates, or none.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from impl.billing import streamed
from impl.billing.assemble import HeaderOf
from impl.billing.attempts import TRANSACTION_LIMITS, MustWait
from impl.billing.bill_headers import new_id
from impl.billing.charges import NothingToBill, Rejected
from impl.billing.maker import BillBatch, BillMaker, Draft, TooManyRates
from impl.billing.rate_state import UNBILLED
from impl.query.language import Compare, Condition, Every, ReservedFor
from impl.resources import RATES
from impl.store.bulk_update import next_step
from impl.store.reservations import release, reserve
from impl.store.tasks import CLAIM_SECONDS, RATES_TASK, RESERVATION_TASK, Task, Tasks


class LargeAccounts:
    """Bills large accounts for the tasks that they are due to."""

    def __init__(self, maker: BillMaker, tasks: Tasks) -> None:
        self._maker = maker
        self._store = maker.store
        self._tasks = tasks

    def refuse_reserved(self, task: Task, accounts: Collection[str]) -> None:
        """Refuse accounts that a task reserves, in the caller's transaction.

        Raises TooManyRates if it is the given task, which goes on in steps; MustWait if another.
        """
        reserved = self._tasks.about(RESERVATION_TASK, accounts)
        if any(about["of"] != task.id for about in reserved.values()):
            raise MustWait(f"other tasks reserve the rates of {', '.join(sorted(reserved))}")
        if reserved:
            raise TooManyRates("an earlier try has reserved the account's rates")

    def bill(
        self,
        task: Task,
        account: str,
        where: Condition,
        batch: BillBatch,
        close: Callable[[Sequence[Draft]], object],
    ) -> None:
        """Bill the account's rates that the condition selects, and finish the task.

        `close` writes the outcome of the drafts, in the transaction that stores their bills. If it
        raises Rejected, or there is no bill, the rates are released.
        """
        holder = self._reserve(task, account, where)
        reserved = reserved_rates(account, holder)
        header = batch.headers([account])[account]
        drafts = list(draft_each(self._maker, reserved, header, split=batch.split))
        made = [each for each in drafts if not each.refusal]
        if not made:
            self._release(task, reserved)

        def write() -> None:
            self._tasks.finish(task)
            batch.insert(made)
            close(drafts)
            self._tasks.cancel(RESERVATION_TASK, account)
            if made:
                about = _billing(account, made, split=batch.split)
                self._tasks.put(RATES_TASK, holder, of=task.id, **about)

        self._store.in_transaction(write, *TRANSACTION_LIMITS)
        batch.settle()

    def _reserve(self, task: Task, account: str, where: Condition) -> str:
        """Reserve the rates, step by step, each only while the task is this worker's.

        Returns the holder. Raises MustWait if another task reserves rates of the account.
        """

        def begin() -> str:
            self._tasks.renew(task, CLAIM_SECONDS)
            with suppress(TooManyRates):
                self.refuse_reserved(task, [account])
            earlier = self._tasks.about(RESERVATION_TASK, [account]).get(account, {})
            holder: str = earlier.get("holder") or new_id()
            # Also if it is there: a worker that releases the rates loses its claim by this.
            self._tasks.put(RESERVATION_TASK, account, holder=holder, of=task.id)
            return holder

        holder = self._store.in_transaction(begin, *TRANSACTION_LIMITS)
        self._each_step(task, where, lambda ids: reserve(self._store, RATES, ids, holder))
        return holder

    def _release(self, task: Task, reserved: Condition) -> None:
        self._each_step(task, reserved, partial(release, self._store, RATES))

    def _each_step(
        self, task: Task, where: Condition, change: Callable[[Sequence[str]], None]
    ) -> None:
        """Change all rates, some in each transaction; ClaimLost if the task is another's."""

        def step(last: str) -> list[str]:
            self._tasks.renew(task, CLAIM_SECONDS)
            ids = [each.id for each in next_step(self._store, RATES, where, last)]
            if ids:
                change(ids)
            return ids

        ids = [""]
        while ids:
            ids = self._store.in_transaction(partial(step, ids[-1]), *TRANSACTION_LIMITS)


def reserved_rates(account: str, holder: str) -> Condition:
    """Selects the rates of an account that are reserved for a holder."""
    of_account = Compare(("billingAccount", "id"), (account,))
    return Every((of_account, UNBILLED, ReservedFor(holder)))


def draft_each(
    maker: BillMaker, where: Condition, header: HeaderOf, *, split: bool
) -> Sequence[Draft]:
    """The drafts of an account's bills as `BillMaker.drafts`, but without their rates.

    They are exact if nobody changes the selected rates meanwhile.
    """
    bills = streamed.bills(
        lambda: maker.store.parts(RATES, where, streamed.READ), header, maker.policy, split=split
    )
    drafts = []
    for unit, bill in bills.items():
        try:
            if isinstance(bill, Rejected):
                raise bill
            drafts.append(Draft(unit, (), maker.storable(bill)))
        except Rejected as why:
            drafts.append(Draft.refused(why, unit))
    return drafts or [Draft.refused(NothingToBill("there is nothing to bill"))]


def _billing(account: str, made: Sequence[Draft], *, split: bool) -> dict[str, Any]:
    """What the task that makes rates billed is about; its `group` finds it by a bill's id."""
    bills = [{"currency": each.currency, "bill": each.bill["id"]} for each in made]
    return {
        "account": account,
        "split": split,
        "bills": bills,
        "group": [each["bill"] for each in bills],
    }
