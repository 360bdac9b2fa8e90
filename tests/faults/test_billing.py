"""What survives when billing workers die at random: every rate is on exactly one bill."""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.faults import billing

FULL = bool(os.environ.get("FULL"))
WORKERS, ACCOUNTS, RATES = (8, 2000, 50_000) if FULL else (2, 80, 800)


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A MongoDB that soon lets go of what dead workers held, so that the test is soon over."""
    with Mongod(tmp_path / "mongod", transaction_seconds=3) as running:
        yield running


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killing_workers_bills_no_rate_twice_and_leaves_none_out(
    mongod: Mongod, tmp_path: Path
) -> None:
    store = Store(mongod.uri, "killed")
    billing.fill(store, ACCOUNTS, RATES)
    billing.plan(store)
    found = billing.run(
        mongod.uri,
        "killed",
        tmp_path / "log",
        workers=WORKERS,
        kill_every=1 if FULL else 1.5,
        seconds=800,
    )
    store.close()
    print(
        f"{len(found.bills)} bills of {sum(found.on_bills.values())} rates "
        f"in {found.seconds:.1f} s, {found.kills} workers killed"
    )
    assert found.kills > 1
    assert (found.unbilled, sum(found.on_bills.values())) == (0, RATES)
    assert found.on_bills.keys() == {bill["id"] for bill in found.bills}
    assert len({bill["billingAccount"]["id"] for bill in found.bills}) == ACCOUNTS
    assert found.numbers == list(range(1, ACCOUNTS + 1))
    assert (found.cycle["accountsTotal"], found.cycle["accountsBilled"]) == (ACCOUNTS, ACCOUNTS)
    assert found.tasks == 0
    charged = sum(Decimal(n % 997) / 100 for n in range(RATES))
    assert sum(Decimal(str(bill["amountDue"]["value"])) for bill in found.bills) == charged
