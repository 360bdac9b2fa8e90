"""The command `bill-cycle`: runs a billing cycle now, or prints the bills that it would make."""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from tqdm import tqdm

from impl import open_store, worker
from impl.billing import preview
from impl.billing.bill_warnings import warnings
from impl.billing.money import exact, in_words, total
from impl.billing.outcomes import COUNTS
from impl.billing.policy import Policy
from impl.errors import Conflict
from impl.resources import CYCLES
from impl.settings import Settings
from impl.store import upgrade
from impl.store.mongo import Store
from impl.store.tasks import CYCLE_TASK, RATES_TASK, RESERVATION_TASK, Tasks

POLL_SECONDS = 0.1
LEFT_TASKS = (RATES_TASK, RESERVATION_TASK)
"""Tasks that a run may leave when all its accounts have an outcome."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("id", help="the billCycle to run")
    parser.add_argument("--dry-run", action="store_true", help="show its bills, and write nothing")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Run the cycle, whatever its date, or print its bills; NotFound, Conflict if it has run."""
    store = open_store.for_worker(settings)
    upgrade.check(store)
    if options.dry_run:
        show(store, settings.policy, options.id)
    else:
        run_cycle(store, options.id, [*dict.fromkeys(worker.jobs(settings, store))])
    store.close()


def show(store: Store, policy: Policy, id_: str) -> None:
    """Print what a run of the cycle would make now: a line a bill, its warnings, and the sums.

    Writes nothing. Raises NotFound if there is no such cycle, Conflict if it has run.
    """
    _refuse_finished(store, id_)
    sums: dict[str, list[Decimal]] = defaultdict(list)
    failed = set()
    progress = partial(tqdm, unit=" accounts", disable=None)
    for account, draft in preview.drafts(store, policy, id_, progress):
        if draft.refusal is not None:
            failed.add(account)
            tqdm.write(f"{account}  fails: {draft.refusal}")
            continue
        due = draft.bill["amountDue"]
        sums[due["unit"]].append(exact(due["value"]))
        tqdm.write(f"{account}  {in_words(sums[due['unit']][-1], due['unit'])}")
        for warning in warnings(draft.bill):
            tqdm.write(f"{account}  note: {warning}")
    count = sum(map(len, sums.values()))
    totals = [in_words(total(amounts), unit) for unit, amounts in sorted(sums.items())]
    print(f"{count} bills ({', '.join(totals) or 'nothing'}), {len(failed)} accounts fail")


def run_cycle(store: Store, id_: str, steps: Sequence[Callable[[], bool]]) -> None:
    """Start the cycle, work on it by these steps until it is over, and print its counts.

    Raises NotFound if there is no such cycle, Conflict if it has run.
    """
    _refuse_finished(store, id_)
    tasks = Tasks(store)
    tasks.wake(CYCLE_TASK, id_)
    with tqdm(unit=" accounts", disable=None) as bar:
        while _show_progress(bar, cycle := store.get(CYCLES, id_)) or tasks.has_any(*LEFT_TASKS):
            worked = [step() for step in steps]
            if not any(worked):
                time.sleep(POLL_SECONDS)
    print(", ".join(f"{name} {cycle.get(name, 0)}" for name in COUNTS))
    if "statusReason" in cycle:
        print(cycle["statusReason"])


def _show_progress(bar: "tqdm[Any]", cycle: Mapping[str, Any]) -> bool:
    """Draw how far the run is; return whether it goes on."""
    bar.total = cycle.get("accountsTotal")
    bar.update(sum(cycle.get(name, 0) for name in COUNTS) - bar.n)
    return not _finished(cycle)


def _refuse_finished(store: Store, id_: str) -> None:
    if _finished(store.get(CYCLES, id_)):
        raise Conflict(f"the cycle {id_!r} has run")


def _finished(cycle: Mapping[str, Any]) -> bool:
    return cycle.get("runState") == "finished"
