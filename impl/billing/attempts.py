"""One try at a task: its effect, or what is written down where there can be none."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from impl.billing.charges import Rejected
from impl.errors import NotFound
from impl.store.mongo import Store
from impl.store.tasks import Lost, Task, Tasks

MOST_TRIES = 8
SECONDS = 50
"""How long one try may take: MongoDB lets no transaction last for over a minute."""

log = structlog.get_logger("billing")


@dataclass(frozen=True)
class Attempts:
    """Tries tasks, again after faults that may pass, and gives up where they do not."""

    store: Store
    tasks: Tasks
    most: int = MOST_TRIES

    def at(
        self,
        task: Task,
        effect: Callable[[], object],
        refused: Callable[[Rejected], object],
        given_up: Callable[[str], object],
    ) -> None:
        """End the task with its effect in one transaction, or with what refusing it writes.

        A fault leaves nothing behind; the task comes again, after longer each time, until it is
        given up with a reason that quotes nothing.
        """
        try:
            self._end(task, effect)
        except (Lost, NotFound):
            self.tasks.drop(task)
        except Rejected as rejected:
            self._end_quietly(task, partial(refused, rejected))
        except Exception as fault:
            log.error("fault", kind=task.kind, key=task.key, tries=task.tries, exc_info=fault)
            self._later(task, given_up)

    def _later(self, task: Task, given_up: Callable[[str], object]) -> None:
        if task.tries < self.most:
            self.tasks.again(task, wait(task.tries))
        else:
            reason = f"a fault outlasted {task.tries} tries; the worker's log has it"
            self._end_quietly(task, partial(given_up, reason))

    def _end_quietly(self, task: Task, effect: Callable[[], object]) -> None:
        try:
            self._end(task, effect)
        except (Lost, NotFound):
            self.tasks.drop(task)

    def _end(self, task: Task, effect: Callable[[], object]) -> None:
        def ended() -> None:
            self.tasks.finish(task)
            effect()

        with self.tasks.held(task):
            self.store.in_transaction(ended, SECONDS)


def wait(tries: int) -> float:
    """Seconds until what failed that often is tried again: 1, 2, 4 ... up to a minute."""
    return float(min(2 ** max(tries - 1, 0), 60))
