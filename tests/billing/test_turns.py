"""No number of running cycles keeps an account waiting, and no hopeless task a worker."""

import itertools
import statistics
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from impl.billing.attempts import Attempts
from impl.billing.charges import Rejected
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.errors import Conflict, NotFound
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.bill_cycle_specification import BillCycleSpecifications
from impl.handlers.collection import Services
from impl.query.language import Every
from impl.store.backlog import backlog
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pages import StoreLimits
from impl.store.sequences import Sequences
from impl.store.tasks import ACCOUNT_TASK, BLOCK_TASK, CYCLE_TASK, ON_DEMAND_TASK, Tasks
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_runs import CYCLES, bills, finish, plan, ticking
from tests.examined import Examined, examined

__all__ = ["plan", "ticking"]
OUTCOMES, SPECIFICATIONS = "billCycleAccount", "billCycleSpecification"
MANY = 5_000
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)


def run_many(store: Store, due: datetime) -> None:
    """Have many cycles run, each with an account that waits for its turn."""
    made: Any = {
        "_rev": 1,
        "runState": "running",
        "accountsTotal": 1,
        **dict.fromkeys(("accountsBilled", "accountsFailed", "accountsSkipped"), 0),
        "accountsCancelled": 0,
    }
    cycles, tasks = (store.collection(name)[0] for name in (CYCLES, "task"))
    ids = [f"other-{number}" for number in range(MANY)]
    cycles.insert_many([{"_id": id_, "id": id_, **made} for id_ in ids])
    task: Any = {"about": {}, "tries": 0, "claim": None}
    waits = {**task, "kind": ACCOUNT_TASK, "due": datetime(2999, 1, 1, tzinfo=UTC)}
    tasks.insert_many([{"_id": f"cycle/{i}", **task, "kind": CYCLE_TASK, "key": i, "due": due}
                       for i in ids])  # fmt: skip
    tasks.insert_many([{"_id": f"a/{i}", **waits, "key": i, "about": {"group": i}} for i in ids])


def first(tasks: Tasks, cycle: str) -> None:
    """Have a cycle's turn come before that of all others."""
    tasks.put(CYCLE_TASK, cycle, datetime(1970, 1, 1, tzinfo=UTC))


def looked_at(store: Store) -> AbstractContextManager[Examined]:
    """How many documents MongoDB reads meanwhile."""
    return examined(store.collection("task")[0].database)


def test_accounts_and_runs_take_turns_however_many_run(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    run_many(store, LONG_AGO)
    for number in range(20):
        charge(str(number), f"A{number}")
    plan("c")
    first(tasks, "c")
    assert runs.step()
    with looked_at(store) as read:
        steps = sum(1 for _ in range(41) if len(bills(store)) < 20 and runs.step())
    assert len(bills(store)) == 20
    assert steps <= 40
    print(f"{MANY} cycles run: {steps} steps and {read.documents} documents read for 20 accounts")


def test_a_run_in_which_nothing_happens_is_read_and_not_written(store: Store, runs: Runs) -> None:
    run_many(store, LONG_AGO)
    counts = []
    for _ in range(50):
        with looked_at(store) as read:
            assert runs.step()
        counts.append(read.documents)
    usual = statistics.median(counts)  # now and then MongoDB tries another plan
    assert usual < 6
    assert {cycle.version for cycle in store.every(CYCLES, Every())} == {1}
    tasks, _ = store.collection("task")
    quiet = tasks.count_documents({"kind": CYCLE_TASK, "due": {"$gt": datetime.now(UTC)}})
    assert quiet == 50
    print(f"{usual} documents read for a run that is looked after")


def test_a_run_of_many_accounts_is_counted_without_reading_them(store: Store, runs: Runs) -> None:
    run_many(store, LONG_AGO)
    outcome: Any = {"_rev": 1, "billCycle": {"id": "other-0"}, "state": "billed"}
    ids = [str(number) for number in range(2000)]
    outcomes = [{"_id": i, "id": i, **outcome, "billingAccount": {"id": i}} for i in ids]
    store.collection(OUTCOMES)[0].insert_many(outcomes)
    with looked_at(store) as read:
        assert runs.step()
    assert store.get(CYCLES, "other-0")["accountsBilled"] == 2000
    assert read.documents < 20


def test_a_cycle_whose_specification_is_gone_ends_and_says_why(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan(billCycleSpecification={"id": "gone"})
    cycle = finish(runs, store)
    assert cycle["statusReason"].startswith("billCycleSpecification: there is no")
    assert "finishedAt" in cycle
    assert not runs.step()


def test_a_cycle_that_can_not_go_on_ends_after_its_tries_and_is_counted(
    store: Store, runs: Runs, plan: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge("1")
    plan()
    assert runs.step()
    monkeypatch.setattr(Tasks, "is_left", _fails_twice())
    Tasks(store).put(CYCLE_TASK, "c")
    before = backlog(store).given_up["cycle"]
    for _ in range(6):
        runs.step()
    cycle = store.get(CYCLES, "c")
    assert cycle["runState"] == "finished"
    assert "failed 2 times" in cycle["statusReason"]
    assert backlog(store).given_up["cycle"] == before + 1


def _fails_twice() -> Any:
    """What fails as a run is looked after, and not as it is ended."""
    calls = itertools.count()

    def left(*_: object) -> bool:
        if next(calls) < 2:
            raise ZeroDivisionError
        return False

    return left


def test_accounts_that_a_run_leaves_are_counted_as_cancelled(
    store: Store, runs: Runs, plan: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        charge(str(number), f"A{number}")
    plan()
    with monkeypatch.context() as failing:
        failing.setattr(Runs, "_tick", _raises)
        for _ in range(2):
            assert runs._advance()  # noqa: SLF001 - no account has its turn meanwhile
    cycle = store.get(CYCLES, "c")
    assert "failed 2 times" in cycle["statusReason"]
    finished = cycle["finishedAt"]
    while runs.step():
        pass
    cycle = store.get(CYCLES, "c")
    assert (cycle["accountsTotal"], cycle["accountsCancelled"]) == (3, 3)
    assert (cycle["runState"], cycle["finishedAt"]) == ("finished", finished)
    assert len(list(store.every(OUTCOMES, Every()))) == 3
    assert bills(store) == {}


def test_a_run_that_fails_in_its_last_turn_too_is_over(
    store: Store, runs: Runs, plan: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge("1")
    plan()
    monkeypatch.setattr(Runs, "_tick", _raises)
    steps = 0
    while runs._advance():  # noqa: SLF001
        steps += 1
        assert steps < 20
    assert store.get(CYCLES, "c")["runState"] == "finished"
    assert backlog(store).given_up["cycle"] == 2


def _raises(*_: object) -> None:
    raise ZeroDivisionError


def _tried_by_two_that_died(tasks: Tasks, kind: str) -> None:
    for _ in range(2):
        task = tasks.claim(kind)
        assert task is not None
        tasks.renew(task, 0)


def test_a_request_that_kills_its_worker_in_every_try_is_given_up(
    store: Store, tasks: Tasks, on_demand: OnDemand, charge: Charge
) -> None:
    charge("1")
    store.insert("customerBillOnDemand", {"id": "q", "billingAccount": {"id": "A"}})
    tasks.put(ON_DEMAND_TASK, "q")
    _tried_by_two_that_died(tasks, ON_DEMAND_TASK)
    assert on_demand.step()
    request = store.get("customerBillOnDemand", "q")
    assert request["state"] == "terminatedWithError"
    assert request["statusReason"] == "the task failed 2 times; see the worker's log"
    assert bills(store) == {}
    assert backlog(store).given_up["on-demand"] == 1
    assert not on_demand.step()


def test_an_account_that_kills_its_worker_in_every_try_fails(
    store: Store, tasks: Tasks, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    assert runs.step()
    block = tasks.claim(BLOCK_TASK)
    assert block is not None
    tasks.renew(block, 0)
    assert runs.step()
    _tried_by_two_that_died(tasks, ACCOUNT_TASK)
    cycle = finish(runs, store)
    assert (cycle["accountsFailed"], cycle["accountsBilled"]) == (1, 0)
    assert bills(store) == {}


def test_a_cycle_that_kills_its_worker_in_every_try_ends(
    store: Store, tasks: Tasks, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    _tried_by_two_that_died(tasks, CYCLE_TASK)
    assert runs.step()
    cycle = store.get(CYCLES, "c")
    assert cycle["runState"] == "finished"
    assert "failed 2 times" in cycle["statusReason"]


def test_a_task_that_not_even_its_end_can_be_written_of_is_dropped(
    store: Store, tasks: Tasks, on_demand: OnDemand
) -> None:
    requests, _ = store.collection("customerBillOnDemand")
    requests.insert_one({"_id": "spoilt", "no": "version"})
    tasks.put(ON_DEMAND_TASK, "spoilt")
    steps = 0
    while on_demand.step():
        steps += 1
        assert steps <= 4
    assert backlog(store).given_up["on-demand"] == 1


def test_a_refusal_that_can_not_be_written_is_tried_again_and_dropped(
    store: Store, attempts: Attempts, tasks: Tasks, faults: list[str]
) -> None:
    tasks.put(ON_DEMAND_TASK, "q")
    tries = 0
    while task := tasks.claim(ON_DEMAND_TASK):
        tries += 1
        attempts.run(task, _rejects, _raises, _never)
    assert tries == 4
    assert faults == [ON_DEMAND_TASK] * 4
    assert backlog(store).given_up[ON_DEMAND_TASK] == 1
    assert not store.collection("task")[0].find_one()


def test_a_request_from_before_the_bound_of_documents_gets_its_refusal(mongod: Mongod) -> None:
    database = f"test-{uuid4().hex}"
    with closing(Store(mongod.uri, database)) as before:
        request = {"id": "q", "billingAccount": {"id": "A"}, "x-note": "x" * 5_000}
        before.insert("customerBillOnDemand", request)
    bounds = StoreLimits(document_bytes=1_000, spare_bytes=500)
    with closing(Store(mongod.uri, database, bounds=bounds)) as store:
        tasks = Tasks(store)
        tasks.put(ON_DEMAND_TASK, "q")
        attempts = Attempts(store, tasks, Sequences(store), most=2)
        assert OnDemand(BillMaker(store, Policy()), attempts).step()
        assert store.get("customerBillOnDemand", "q")["state"] == "rejected"


def test_a_task_that_was_lost_is_not_counted_as_given_up(
    store: Store, attempts: Attempts, tasks: Tasks
) -> None:
    tasks.put(ON_DEMAND_TASK, "q")
    while task := tasks.claim(ON_DEMAND_TASK):
        if task.tries == 2:
            tasks.cancel(ON_DEMAND_TASK, "q")
        attempts.run(task, _raises, _never, lambda _: None)
    assert backlog(store).given_up[ON_DEMAND_TASK] == 0


def _rejects() -> None:
    raise Rejected("there is nothing to bill")


def test_who_lost_a_task_raises_nothing(
    store: Store, attempts: Attempts, tasks: Tasks, faults: list[str]
) -> None:
    tasks.put(ON_DEMAND_TASK, "q")
    task = tasks.claim(ON_DEMAND_TASK, seconds=0)
    heir = tasks.claim(ON_DEMAND_TASK)
    assert task
    assert heir
    attempts.run(
        task, lambda: store.in_transaction(lambda: attempts.tasks.finish(task)), _never, _never
    )
    assert faults == []
    assert tasks.has(heir.id)


def _never(_: object) -> None:
    raise AssertionError


def test_no_cycle_is_made_of_a_specification_that_is_deleted_in_that_moment(store: Store) -> None:
    services = Services(store, API)
    cycles, specifications = BillCycles(services), BillCycleSpecifications(services)
    made = {"frequency": "monthly", "name": "M"}

    created = []

    def create(id_: str) -> None:
        with suppress(Conflict):
            cycles.collection.create({
                "id": id_, "billingPeriod": "2999-01", "billCycleSpecification": {"id": id_}
            })  # fmt: skip
            created.append(id_)

    def delete(id_: str) -> None:
        with suppress(Conflict):
            specifications.collection.delete(id_)

    orphans = 0
    with ThreadPoolExecutor(2) as pool:
        for number in range(40):
            id_ = f"s{number}"
            specifications.collection.create({"id": id_, **made})
            for done in [pool.submit(create, id_), pool.submit(delete, id_)]:
                done.result()
            try:
                store.get(CYCLES, id_)
            except NotFound:
                continue
            orphans += not store.has(SPECIFICATIONS, id_)
    assert orphans == 0
    assert len(created) > 0
