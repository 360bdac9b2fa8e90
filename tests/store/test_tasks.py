"""Tasks are done once, by whoever has them, and are never lost."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from impl.query.language import Compare, Every
from impl.store.mongo import Store
from impl.store.tasks import ClaimLost, Task, Tasks
from tests.waiting import until

RATES = "appliedCustomerBillingRate"


@pytest.fixture
def tasks(store: Store) -> Tasks:
    return Tasks(store)


def claimed(tasks: Tasks, kind: str = "k", seconds: float = 60) -> Task:
    task = tasks.claim(kind, seconds=seconds)
    assert task is not None
    return task


def test_a_task_is_claimed_by_one_worker_only(tasks: Tasks) -> None:
    for number in range(20):
        tasks.put("k", str(number))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tasks.claim("k"), range(40)))
    keys = [task.key for task in found if task]
    assert sorted(keys, key=int) == [str(number) for number in range(20)]


def test_what_is_due_the_longest_comes_first_and_what_is_not_due_waits(tasks: Tasks) -> None:
    now = datetime.now(UTC)
    tasks.put("k", "later", now + timedelta(hours=1))
    tasks.put("k", "now")
    tasks.put("k", "long ago", now - timedelta(days=9))
    tasks.put("other", "kind")
    assert [task and task.key for task in (tasks.claim("k") for _ in range(3))] == [
        "long ago",
        "now",
        None,
    ]


def test_a_task_says_what_it_is_about_and_how_often_it_was_tried(tasks: Tasks) -> None:
    tasks.put("k", "$now", about="$x")
    first = claimed(tasks)
    assert (first.key, first.about, first.tries) == ("$now", {"about": "$x"}, 1)
    tasks.again(first, 0)
    second = claimed(tasks)
    assert second.tries == 2
    tasks.again(second, 0, afresh=True)
    assert claimed(tasks).tries == 1


def test_a_task_whose_worker_is_gone_is_anothers_after_a_while(tasks: Tasks) -> None:
    tasks.put("k", "1")
    dead = claimed(tasks, seconds=0.2)
    assert tasks.claim("k") is None
    heir = until(lambda: tasks.claim("k"), 5)
    for late in (tasks.finish, lambda task: tasks.renew(task, 60)):
        with pytest.raises(ClaimLost):
            late(dead)
    tasks.again(dead, 0)
    tasks.drop(dead)
    assert tasks.claim("k") is None
    tasks.finish(heir)
    with pytest.raises(ClaimLost):
        tasks.finish(heir)


def test_who_holds_on_to_a_task_keeps_it(tasks: Tasks) -> None:
    tasks.put("k", "1")
    task = claimed(tasks, seconds=0.2)
    tasks.renew(task, 60)
    time.sleep(0.3)  # longer than the first claim: nobody else may get the task
    assert tasks.claim("k") is None


@pytest.mark.parametrize("act", [Tasks.put, Tasks.cancel])
def test_a_task_that_is_called_off_or_put_anew_is_lost_to_who_has_it(
    tasks: Tasks, act: Callable[[Tasks, str, str], None]
) -> None:
    tasks.put("k", "1")
    task = claimed(tasks)
    act(tasks, "k", "1")
    with pytest.raises(ClaimLost):
        tasks.finish(task)


def test_a_task_is_there_until_it_is_ended_whoever_has_it(tasks: Tasks) -> None:
    tasks.put("k", "1")
    task = claimed(tasks)
    assert tasks.has(task)
    tasks.put("k", "1")
    assert tasks.has(task)
    tasks.cancel("k", "1")
    assert not tasks.has(task)


def test_a_task_that_waits_is_hastened(tasks: Tasks) -> None:
    tasks.put("k", "1", datetime.now(UTC) + timedelta(hours=1))
    tasks.hasten("k", "1", 60)
    assert tasks.claim("k") is None
    tasks.hasten("k", "1", 0)
    assert claimed(tasks).tries == 1


def test_a_task_that_is_hastened_while_it_is_claimed_comes_soon_after(tasks: Tasks) -> None:
    tasks.put("k", "1")
    task = claimed(tasks)
    tasks.hasten("k", "1", 0)
    assert tasks.claim("k") is None
    tasks.again(task, 60, afresh=True)
    task = claimed(tasks)
    tasks.again(task, 60, afresh=True)
    assert tasks.claim("k") is None


def test_a_task_ends_with_its_effect_or_not_at_all(tasks: Tasks, store: Store) -> None:
    tasks.put("k", "1")
    task = claimed(tasks, seconds=0)

    def fails() -> None:
        tasks.finish(task)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.in_transaction(fails)
    assert claimed(tasks).tries == 2


def test_there_is_a_task_for_each_value_of_the_matches(tasks: Tasks, store: Store) -> None:
    for number, account in enumerate(["A", "B", "A", "$x"]):
        document = {"id": str(number), "isBilled": False, "billingAccount": {"id": account}}
        store.insert(RATES, document)
    store.insert(RATES, {"id": "9", "isBilled": True, "billingAccount": {"id": "C"}})
    unbilled = Compare(("isBilled",), (False,))
    for _ in range(2):
        tasks.put_each("k", "$g", resource=RATES, where=unbilled, path=("billingAccount", "id"))
    assert tasks.left("k", "$g") == 3
    found = [claimed(tasks) for _ in range(3)]
    assert {(task.key, task.about["value"]) for task in found} == {
        ("$g/A", "A"),
        ("$g/B", "B"),
        ("$g/$x", "$x"),
    }
    tasks.finish(found[0])
    assert tasks.left("k", "$g") == 2


def test_a_transaction_within_a_transaction_is_part_of_it(store: Store) -> None:
    def outer() -> None:
        store.in_transaction(lambda: store.insert("customerBill", {"id": "1"}))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.in_transaction(outer)
    assert store.count("customerBill", Every()) == 0
