"""One try at a task: what it does, or what is written down where there is nothing to be done."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog

from impl.billing.charges import Rejected
from impl.errors import NotFound, Unavailable
from impl.events.build import correlated
from impl.store.counters import GIVEN_UP, Counters
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import Lost, Task, Tasks

MOST_TRIES = 8
SECONDS = 25
"""How long one try may take: MongoDB ends a transaction that takes long, ours after 30 seconds."""

PATIENCE_SECONDS = 3
"""How long one try waits for what another transaction holds, which may be a dead worker's."""

R = TypeVar("R")
log = structlog.get_logger("billing")


@dataclass(frozen=True)
class Attempts:
    """Tries tasks, again after faults that may pass, and gives up where they do not."""

    store: Store
    tasks: Tasks
    numbers: Sequences
    most: int = MOST_TRIES

    def at(
        self,
        task: Task,
        work: Callable[[], object],
        refused: Callable[[Rejected], object],
        given_up: Callable[[str], object],
    ) -> None:
        """Do the task's work, which ends it; or end it with what its refusal writes.

        A fault leaves nothing behind; the task comes again, after longer each time, until it is
        given up with a reason that quotes nothing, and counted. A try that killed its worker is one
        of these. Where the end of a task can't be written, be it refused or given up, it comes
        again, too, until it is dropped, and counted.
        """
        if task.tries > self.most:
            self._give_up(task, given_up)
            return
        try:
            with self.tasks.held(task), correlated(task.id):
                work()
        except (Lost, NotFound):
            self._let_go(task)
        except Rejected as rejected:
            self._close(task, partial(refused, rejected))
        except Exception as fault:
            log.error("fault", kind=task.kind, key=task.key, tries=task.tries, exc_info=fault)
            self._later(task, given_up)

    def end(self, task: Task, effect: Callable[[], R]) -> R:
        """End the task and do this, in one transaction; Lost where it is another worker's."""

        def ended() -> R:
            self.tasks.finish(task)
            return effect()

        return self.store.in_transaction(ended, SECONDS, PATIENCE_SECONDS)

    def _later(self, task: Task, given_up: Callable[[str], object]) -> None:
        if task.tries < self.most:
            self.tasks.again(task, wait(task.tries))
        else:
            self._give_up(task, given_up)

    def _give_up(self, task: Task, given_up: Callable[[str], object]) -> None:
        reason = f"the task failed {self.most} times; see the worker's log"
        if self._close(task, partial(given_up, reason)):
            self._count(task)

    def _close(self, task: Task, effect: Callable[[], object]) -> bool:
        """End the task with what is written of it; whether that was done.

        It was not where the task or what it is about is gone, or where that can't be written: then
        the task comes again, and is dropped after twice as many tries as others have.
        """
        done = False
        try:
            with suppress(Lost, NotFound), correlated(task.id):
                self.end(task, effect)
                done = True
        except Unavailable:
            raise
        except Exception as fault:
            log.error("unwritten", kind=task.kind, key=task.key, tries=task.tries, exc_info=fault)
            if task.tries < 2 * self.most:
                self.tasks.again(task, wait(task.tries))
                return False
            self._count(task)
        self._let_go(task)
        return done

    def _count(self, task: Task) -> None:
        Counters(self.store).add(GIVEN_UP[task.kind])

    def _let_go(self, task: Task) -> None:
        """Drop the task, and the numbers that it did not use, unless it is another worker's."""
        self.tasks.drop(task)
        if not self.tasks.has(task):
            self.numbers.settle(task.id)


def wait(tries: int) -> float:
    """Seconds until what failed that often is tried again: 1, 2, 4 ... up to a minute."""
    return float(min(2 ** max(tries - 1, 0), 60))
