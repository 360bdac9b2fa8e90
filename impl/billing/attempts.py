"""Runs a worker's tasks: tries each again after faults, and gives up in the end."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from impl.billing.charges import Rejected
from impl.errors import NotFound, Unavailable
from impl.events.build import correlated
from impl.store.counters import GIVEN_UP, Counters
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import ClaimLost, Task, Tasks

MOST_TRIES = 8
TRANSACTION_LIMITS = (25, 3)
"""Seconds for the transaction that ends a task, and for its waits.

It may take 25 in all, because MongoDB aborts it after 30. It waits up to 3 for what another
transaction has locked, perhaps a dead worker's.
"""

WAIT_SECONDS = 5.0
"""How soon work that must wait for another task's is tried again."""

log = structlog.get_logger("billing")


class MustWait(Exception):
    """The work has to wait for another task's; that counts no try."""


@dataclass(frozen=True)
class Attempts:
    """Tries tasks; retries those that failed by a fault, up to `most` times."""

    store: Store
    tasks: Tasks
    numbers: Sequences
    most: int = MOST_TRIES

    def run(
        self,
        task: Task,
        work: Callable[[], object],
        refused: Callable[[Rejected], object],
        given_up: Callable[[str], object],
    ) -> None:
        """Do the work, which finishes the task; if it raises Rejected, finish it with `refused`.

        `refused` and `given_up` write the task's outcome; they run in the transaction that finishes
        it. A fault rolls back, and the task is tried again after a doubling wait; after `most`
        tries it is counted and finished with `given_up`, whose reason quotes nothing. A worker's
        death counts as a try. If an outcome can't be written, the task is tried again, too, until
        it is counted and dropped.
        """
        if task.tries > self.most:
            self._give_up(task, given_up)
            return
        try:
            with self.tasks.renewing(task), correlated(task.id):
                work()
        except (ClaimLost, NotFound):
            self._drop(task)
        except MustWait:
            self.tasks.again(task, WAIT_SECONDS, afresh=True)
        except Rejected as rejected:
            self._close(task, partial(refused, rejected))
        except Exception as fault:
            log.error("fault", kind=task.kind, key=task.key, tries=task.tries, exc_info=fault)
            self._retry(task, given_up)

    def _retry(self, task: Task, given_up: Callable[[str], object]) -> None:
        if task.tries < self.most:
            self.tasks.again(task, wait(task.tries))
        else:
            self._give_up(task, given_up)

    def _give_up(self, task: Task, given_up: Callable[[str], object]) -> None:
        reason = f"the task failed {self.most} times; see the worker's log"
        if self._close(task, partial(given_up, reason)):
            self._count(task)

    def _close(self, task: Task, write_outcome: Callable[[], object]) -> bool:
        """Finish the task with its outcome, in one transaction; return whether that was done.

        It is not if the task or its resource is gone, or the outcome can't be written. In that last
        case the task comes again, and is dropped after twice as many tries as other tasks have.
        """

        def close() -> None:
            self.tasks.finish(task)
            write_outcome()

        done = False
        try:
            with suppress(ClaimLost, NotFound), correlated(task.id):
                self.store.in_transaction(close, *TRANSACTION_LIMITS)
                done = True
        except Unavailable:
            raise
        except Exception as fault:
            log.error("unwritten", kind=task.kind, key=task.key, tries=task.tries, exc_info=fault)
            if task.tries < 2 * self.most:
                self.tasks.again(task, wait(task.tries))
                return False
            self._count(task)
        self._drop(task)
        return done

    def _count(self, task: Task) -> None:
        Counters(self.store).add(GIVEN_UP[task.kind])

    def _drop(self, task: Task) -> None:
        """Drop the task and give back its unused numbers, unless it is another worker's."""
        self.tasks.drop(task)
        if not self.tasks.has(task.id):
            self.numbers.settle(task.id)


def wait(tries: int) -> float:
    """Seconds before the next try after so many: 1, 2, 4 ... up to 60."""
    return float(min(2 ** max(tries - 1, 0), 60))
