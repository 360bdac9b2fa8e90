"""The jobs of a worker that make bills, in the background of requests."""

from collections.abc import Callable

from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.rate_tasks import RateTasks
from impl.billing.register import SequenceSettler
from impl.billing.runs import Runs
from impl.settings import Settings
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import Tasks

RUN_THREADS = 2
"""How many threads bill blocks: while MongoDB writes one, the worker adds up the next.

One worker makes 177 instead of 123 bills a second, and two make 251 instead of 193.
"""

ON_DEMAND_THREADS = 4
"""How many threads answer requests: a large account may take a minute, and up to three such hold up
no other request.
"""


def jobs(settings: Settings, store: Store) -> list[Callable[[], bool]]:
    """The jobs, once for each thread that does them; each returns whether there was work."""
    numbers = Sequences(store)
    attempts = Attempts(store, Tasks(store), numbers)
    maker = BillMaker(store, settings.policy)
    settler = SequenceSettler(store, settings.policy, numbers)
    rates = RateTasks(store, attempts.tasks)
    on_demand = [OnDemand(maker, attempts).step] * ON_DEMAND_THREADS
    runs = [Runs(maker, attempts).step for _ in range(RUN_THREADS)]
    return [*on_demand, *runs, rates.step, settler.step]
