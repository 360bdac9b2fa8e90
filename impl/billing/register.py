"""The register of bill numbers, `/billNumber`: each number of each sequence, used or void."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog

from impl.billing.policy import Policy
from impl.errors import Conflict, Unavailable
from impl.query.language import Compare, Document, Every
from impl.resources import REGISTER
from impl.store.counters import FAULTS, Counters
from impl.store.mongo import Store
from impl.store.sequences import Number, Sequences

WAITS = timedelta(days=1)
"""How long a number that was given back waits for another bill of its day."""

SETTLE_SECONDS = 60.0
GIVEN_BACK = "the number was given back, and no other bill of its day took it"
DELETED = "the bill was deleted"
log = structlog.get_logger("billing")


def used_for(bill: Mapping[str, Any], number: Number, seller: str, now: datetime) -> Document:
    """The row of a number that the bill has since now."""
    return number.used_row(bill, now, **_sold_by(seller))


def of_bill(store: Store, bill: str) -> list[Document]:
    """The rows of the bill's numbers; none if another system made the bill."""
    named = Compare(("bill", "id"), (bill,))
    return store.every(REGISTER, Every((named, Compare(("state",), ("used",)))))


def void(store: Store, bill: str) -> None:
    """Void the numbers of a bill that is deleted, in the caller's transaction."""
    voided = {"state": "void", "voidedAt": datetime.now(UTC), "statusReason": DELETED}
    for row in of_bill(store, bill):
        store.change(REGISTER, row["id"], lambda before: {**before, **voided})


class SequenceSettler:
    """Settles the numbers that tasks reserved and did not use, once a minute."""

    def __init__(self, store: Store, policy: Policy, numbers: Sequences) -> None:
        self._store = store
        self._policy = policy
        self._numbers = numbers
        self._due = 0.0

    def step(self) -> bool:
        """Settle all numbers if a minute has passed; return False, as nothing is left to do."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + SETTLE_SECONDS
            self.settle()
        return False

    def settle(self) -> None:
        """Take back the numbers of tasks that are gone, and void those that no bill took in a day.

        A failure is logged and counted, and the others go on. The number is tried again the next
        time, without end, because a number that is never explained is a gap in the books.
        """
        for holder in self._numbers.abandoned():
            self._try(holder, partial(self._numbers.settle, holder))
        for number in list(self._numbers.left_over(WAITS)):
            self._try(number.id, partial(self._void, number))

    def _try(self, which: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Unavailable:
            raise
        except Exception as fault:
            log.error("fault", loop="tidy", number=which, exc_info=fault)
            Counters(self._store).add(FAULTS["tidy"])

    def _void(self, number: Number) -> None:
        """Register the number as void, then strike it from its sequence.

        In this order: a task that reserves the number meanwhile finds the row, and takes another.
        """
        text = self._policy.number_of_day(number.day, number.position)
        why = {"state": "void", "voidedAt": datetime.now(UTC), "statusReason": GIVEN_BACK}
        with suppress(Conflict):  # a bill took it meanwhile, or another worker was faster
            row = number.row(text, **why, **_sold_by(self._policy.seller))
            self._store.insert(REGISTER, row)
        self._numbers.strike(number.sequence, [number.position])


def _sold_by(seller: str) -> dict[str, str]:
    return {"seller": seller} if seller else {}
