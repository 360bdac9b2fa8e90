"""The command `bill-cycle`: a cycle run from the command line, or what its run would make."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

from tqdm import tqdm

from impl.billing import headers
from impl.billing.assemble import warnings
from impl.billing.charges import NothingToBill
from impl.billing.eligible import in_cycle, of_account
from impl.billing.maker import RATES, BillMaker, Draft, now
from impl.billing.money import exact, in_words, total
from impl.billing.outcomes import COUNTS
from impl.billing.plans import CYCLE_TASK, CYCLES, specification_of
from impl.billing.policy import Policy
from impl.errors import Conflict
from impl.query.language import Every
from impl.store.mongo import Store
from impl.store.tasks import Tasks


def show(store: Store, policy: Policy, id_: str) -> None:
    """Print what a run of the cycle would make now: a line a bill, what is odd of it, and the sums.

    Writes nothing. NotFound where there is no such cycle, Conflict where it has run.
    """
    _refuse_finished(store, id_)
    sums: dict[str, list[Decimal]] = defaultdict(list)
    failed = set()
    for account, draft in _previewed(store, policy, id_):
        if draft.refusal is not None:
            failed.add(account)
            tqdm.write(f"{account}  fails: {draft.refusal}")
            continue
        due = draft.bill["amountDue"]
        sums[due["unit"]].append(exact(due["value"]))
        tqdm.write(f"{account}  {in_words(sums[due['unit']][-1], due['unit'])}")
        for noted in warnings(draft.bill):
            tqdm.write(f"{account}  note: {noted}")
    made = sum(map(len, sums.values()))
    totals = [in_words(total(amounts), unit) for unit, amounts in sorted(sums.items())]
    print(f"{made} bills ({', '.join(totals) or 'nothing'}), {len(failed)} accounts fail")


def run(store: Store, id_: str, steps: Sequence[Callable[[], bool]]) -> None:
    """Have the cycle run now, work on it until it is over, and say how it went.

    NotFound where there is no such cycle, Conflict where it has run.
    """
    _refuse_finished(store, id_)
    Tasks(store).put(CYCLE_TASK, id_)
    with tqdm(unit=" accounts", disable=None) as bar:
        while (cycle := store.get(CYCLES, id_)).get("runState") != "finished":
            bar.total = cycle.get("accountsTotal")
            bar.update(_done(cycle) - bar.n)
            worked = [step() for step in steps]
            if not any(worked):
                time.sleep(0.1)
        bar.total = cycle.get("accountsTotal")
        bar.update(_done(cycle) - bar.n)
    print(", ".join(f"{name} {cycle.get(name, 0)}" for name in COUNTS))
    if "statusReason" in cycle:
        print(cycle["statusReason"])


def _refuse_finished(store: Store, id_: str) -> None:
    if store.get(CYCLES, id_).get("runState") == "finished":
        raise Conflict(f"the cycle {id_!r} has run")


def _done(cycle: Mapping[str, Any]) -> int:
    return sum(cycle.get(name, 0) for name in COUNTS)


def _previewed(store: Store, policy: Policy, id_: str) -> Iterator[tuple[str, Draft]]:
    """Each account that has something to bill, with its bills or why there can be none."""
    cycle, made = store.get(CYCLES, id_), now()
    specification = specification_of(store, cycle)
    where = in_cycle(cycle, specification, made, policy.zone)
    maker = BillMaker(store, policy)
    accounts = sorted(store.values(RATES, where, ("billingAccount", "id")))
    for account in tqdm(accounts, unit=" accounts", disable=None):
        rates = maker.rates(Every((of_account(account), where)))
        with suppress(NothingToBill):
            header = partial(headers.in_cycle, cycle, specification, policy, made)
            for draft in maker.drafts(rates, header):
                yield account, draft
