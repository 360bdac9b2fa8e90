"""Changes the rates of bills that have too many for one transaction: some of them in each step.

Rates that are reserved for a stored bill become billed. Those of an account's reservation are
released if its task ended without a bill. The rates of a deleted bill become unbilled. Each step is
a transaction that also notes how far it came, so any worker goes on after any other.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog

from impl.billing.attempts import TRANSACTION_LIMITS, wait
from impl.billing.bill_headers import new_id
from impl.billing.charges import unit_of
from impl.billing.eligible import UNRESERVED
from impl.billing.large_accounts import reserved_rates
from impl.billing.maker import MOST_BYTES, MOST_RATES
from impl.billing.rate_state import billed_by
from impl.errors import Conflict, Unavailable
from impl.events.build import correlated
from impl.query.language import Compare, Condition, Document, Every, Exists, Not
from impl.resources import BILLS, RATES
from impl.store.bulk_update import Outline, change_each, next_step, outlines
from impl.store.counters import FAULTS, Counters
from impl.store.mongo import Store
from impl.store.reservations import release
from impl.store.tasks import (
    CLAIM_SECONDS,
    RATES_TASK,
    RESERVATION_TASK,
    ClaimLost,
    Task,
    Tasks,
)
from impl.store.writing import BulkChange

FREE = {"isBilled": False}
"""What a rate gets when its bill is deleted."""

POLL_SECONDS = 5.0
"""How often the task looks whether the task that reserved the rates has ended."""

log = structlog.get_logger("billing")


class RateTasks:
    """Takes the tasks that change rates in steps, one step at a time."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks

    def step(self) -> bool:
        """Do a step of the task that has waited longest; return whether there was one.

        A fault is logged and counted, and the step is tried again without end.
        """
        task = self._tasks.claim(RATES_TASK, RESERVATION_TASK)
        if task is None:
            return False
        pause = 1.0
        try:
            with correlated(task.about.get("of", task.id)):
                pause = self._work(task)
        except ClaimLost:
            return True
        except Unavailable:
            with suppress(Unavailable):
                self._tasks.again(task, pause)
            raise
        except Exception as fault:
            log.error("fault", loop="rates", key=task.key, tries=task.tries, exc_info=fault)
            Counters(self._store).add(FAULTS["rates"])
            self._tasks.again(task, wait(task.tries))
            return True
        self._tasks.again(task, pause, afresh=True)
        return True

    def _work(self, task: Task) -> float:
        """Do a step, and finish the task at its end; the seconds until the next one."""
        if task.kind == RESERVATION_TASK and self._tasks.has(task.about["of"]):
            return POLL_SECONDS
        self._store.in_transaction(lambda: self._change_next(task), *TRANSACTION_LIMITS)
        return 0.0

    def _change_next(self, task: Task) -> None:
        """Change the next rates, and note the last of them in the task; finish it after all.

        The rates of a deleted bill stay billed if there is a bill of its id again.
        """
        about = task.about
        deleted = about.get("deleted")
        where = _rates_of(deleted) if deleted else _reserved(task)
        step = next_step(self._store, RATES, where, about.get("last", ""))
        if not step or (deleted and self._store.has(BILLS, deleted)):
            self._tasks.finish(task)
            return
        self._tasks.renew(task, CLAIM_SECONDS, {**about, "last": step[-1].id})
        if deleted:
            self._free(about["account"], self._whole(step))
        elif "bills" in about:
            self._bill(about, self._whole(step))
        else:
            release(self._store, RATES, [each.id for each in step])

    def _free(self, account: Mapping[str, Any] | None, rates: Sequence[Document]) -> None:
        """Make rates unbilled; those without an account get the deleted bill's."""
        own = [each for each in rates if "billingAccount" in each]
        others = [each for each in rates if "billingAccount" not in each]
        changes = [BulkChange(RATES, own, FREE, ("bill",))]
        if others:
            changes.append(
                BulkChange(RATES, others, {**FREE, "billingAccount": account}, ("bill",))
            )
        self._store.writer.write_many({}, changes)

    def _bill(self, about: Mapping[str, Any], rates: Sequence[Document]) -> None:
        """Make the rates billed by the bill of their currency; release those of a refused one."""
        bills = {each["currency"]: each["bill"] for each in about["bills"]}
        rates_of: dict[str, list[Document]] = defaultdict(list)
        for rate in rates:
            rates_of[bills.get(unit_of(rate) if about["split"] else "", "")].append(rate)
        refused = rates_of.pop("", [])
        changes = [
            BulkChange(RATES, own, billed_by({"id": bill})) for bill, own in rates_of.items()
        ]
        self._store.writer.write_many({}, changes)
        if refused:
            release(self._store, RATES, [each["id"] for each in refused])

    def _whole(self, step: Sequence[Outline]) -> list[Document]:
        ids = tuple(each.id for each in step)
        return self._store.whole(RATES, Compare(("id",), ids), sum(each.size for each in step))


def is_unfinished(store: Store, bill: str) -> bool:
    """Whether some of the bill's rates still have to become billed."""
    return Tasks(store).is_left(RATES_TASK, bill)


def release_rates(store: Store, bill: Document) -> None:
    """Make a deleted bill's rates unbilled rates of its account, in the caller's transaction.

    If they are too many for one transaction, a worker does it afterwards. Raises Conflict if some
    still have to become billed, or if neither a rate nor the bill names an account.
    """
    if is_unfinished(store, bill["id"]):
        raise Conflict("the bill's rates are still being billed; try again later")
    of_bill = _rates_of(bill["id"])
    no_account = Every((of_bill, Not(Exists(("billingAccount",)))))
    without_account = outlines(store, RATES, no_account, MOST_RATES)
    account = bill.get("billingAccount")
    if without_account and account is None:
        why = f"the bill's rate {without_account[0].id!r} has no billing account"
        raise Conflict(why, attribute="billingAccount")
    rates = outlines(store, RATES, of_bill, MOST_RATES + 1)
    if len(rates) > MOST_RATES or sum(each.size for each in rates) > MOST_BYTES:
        Tasks(store).put(RATES_TASK, new_id(), deleted=bill["id"], account=account)
        return
    others = sorted({*rates} - {*without_account}, key=lambda each: each.id)
    change_each(store, RATES, others, FREE, ("bill",))
    change_each(store, RATES, without_account, {**FREE, "billingAccount": account}, ("bill",))


def _reserved(task: Task) -> Condition:
    """Selects the rates that the task will bill or release."""
    if task.kind == RESERVATION_TASK:
        return reserved_rates(task.key, task.about["holder"])
    return reserved_rates(task.about["account"], task.key)


def _rates_of(bill: str) -> Condition:
    """Selects the rates that name the bill.

    An unbilled rate of an earlier release may name it, too. Such a rate is left out if another bill
    has reserved it.
    """
    return Every((Compare(("bill", "id"), (bill,)), UNRESERVED))
