"""The register of bill numbers: what became of each number of each sequence, `/billNumber`."""

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

TIDY_SECONDS = 60.0
GIVEN_BACK = "the number was given back, and no other bill of its day took it"
DELETED = "the bill was deleted"
log = structlog.get_logger("billing")


def used_for(bill: Mapping[str, Any], number: Number, seller: str, now: datetime) -> Document:
    """The row of a number that a bill has."""
    row = _row(bill["billNo"], number, seller, state="used", usedAt=now)
    row["bill"] = {"id": bill["id"], "@referredType": "CustomerBill"}
    row["kind"] = bill["category"]
    return row


def of_bill(store: Store, bill: str) -> list[Document]:
    """The rows of the numbers that a bill has: none where it was not made here."""
    named = Compare(("bill", "id"), (bill,))
    return store.every(REGISTER, Every((named, Compare(("state",), ("used",)))))


def void(store: Store, bill: str) -> None:
    """A bill is deleted: its number is void, in the caller's transaction."""
    voided = {"state": "void", "voidedAt": datetime.now(UTC), "statusReason": DELETED}
    for row in of_bill(store, bill):
        store.change(REGISTER, row["id"], lambda before: {**before, **voided})


class SequenceSettler:
    """Brings the sequences of one store into line with its register, every now and then."""

    def __init__(self, store: Store, policy: Policy, numbers: Sequences) -> None:
        self._store = store
        self._policy = policy
        self._numbers = numbers
        self._due = 0.0

    def step(self) -> bool:
        """Do it where it is time for it; there is never more to do at once."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + TIDY_SECONDS
            self.tidy()
        return False

    def tidy(self) -> None:
        """Take back what nobody will use any more, and end what nobody took within a day.

        A number's row goes first: whoever takes the number just now finds it, and takes another.
        One that fails is logged and counted, and keeps no other; it is tried again the next time,
        without end, for a number that is never explained is a gap in the books.
        """
        for holder in self._numbers.abandoned():
            self._try(holder, partial(self._numbers.settle, holder))
        for number in list(self._numbers.left_over(WAITS)):
            self._try(number.id, partial(self._end, number))

    def _try(self, which: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Unavailable:
            raise
        except Exception as fault:
            log.error("fault", loop="tidy", number=which, exc_info=fault)
            Counters(self._store).add(FAULTS["tidy"])

    def _end(self, number: Number) -> None:
        text = self._policy.number_of_day(number.day, number.position)
        why = {"state": "void", "voidedAt": datetime.now(UTC), "statusReason": GIVEN_BACK}
        with suppress(Conflict):  # it was used meanwhile, or another worker was faster
            self._store.insert(REGISTER, _row(text, number, self._policy.seller, **why))
        self._numbers.strike(number.sequence, [number.position])


def _row(text: str, number: Number, seller: str, **more: Any) -> Document:
    row = {
        "id": number.id,
        "@type": "BillNumber",
        "number": text,
        "sequence": number.sequence,
        "position": number.position,
        **more,
    }
    return Document(row | ({"seller": seller} if seller else {}))
