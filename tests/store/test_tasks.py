"""Tasks are done once, by whoever has them, and are never lost."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from impl.query.language import Every
from impl.store.mongo import Store
from impl.store.tasks import ClaimLost, Task, Tasks
from tests.waiting import until


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
    assert tasks.has(task.id)
    tasks.put("k", "1")
    assert tasks.has(task.id)
    tasks.cancel("k", "1")
    assert not tasks.has(task.id)


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


def test_many_tasks_are_added_at_once_and_claimed_with_other_kinds(tasks: Tasks) -> None:
    tasks.put("other", "1", datetime.now(UTC) - timedelta(hours=1))
    abouts = {f"$g/{account}": {"group": "$g", "value": account} for account in ("A", "$x")}
    for _ in range(2):
        tasks.put_each("k", abouts)
    tasks.put_each("k", {})
    found = [tasks.claim("k", "other") for _ in range(4)]
    assert [task and (task.kind, task.key) for task in found] == [
        ("other", "1"),
        ("k", "$g/$x"),
        ("k", "$g/A"),
        None,
    ]
    assert found[1]
    assert found[1].about == abouts["$g/$x"]
    assert tasks.is_left("k", "$g")


def test_tasks_of_a_group_are_ended_by_what_they_are_about(tasks: Tasks) -> None:
    tasks.put_each("k", {"1": {"group": "g"}, "2": {"group": "g", "again": True}})
    assert [task.key for task in tasks.take("k", "g", 5, again=None)] == ["1"]
    assert [task.key for task in tasks.take("k", "g", 5)] == ["2"]
    assert not tasks.is_left("k", "g")


def test_a_task_that_is_woken_keeps_what_it_is_about_and_its_worker_loses_it(tasks: Tasks) -> None:
    tasks.put("k", "1", about="$x")
    task = claimed(tasks)
    tasks.renew(task, 60, {"place": "$y"})
    tasks.wake("k", "1")
    with pytest.raises(ClaimLost):
        tasks.renew(task, 60)
    heir = claimed(tasks)
    assert (heir.tries, heir.about) == (1, {"place": "$y"})
    tasks.wake("k", "new")
    assert claimed(tasks).about == {}


def test_a_task_with_a_pause_is_not_hastened_into_it(tasks: Tasks) -> None:
    tasks.put("k", "1")
    tasks.again(claimed(tasks), 3600, afresh=True, pause=60)
    tasks.hasten("k", "1", 0)
    assert tasks.claim("k") is None
    tasks.wake("k", "1")
    task = claimed(tasks)
    tasks.hasten("k", "1", 0)
    tasks.again(task, 3600, afresh=True)
    assert tasks.claim("k") is None
    tasks.hasten("k", "1", 0)
    assert claimed(tasks)


def test_a_transaction_within_a_transaction_is_part_of_it(store: Store) -> None:
    def outer() -> None:
        store.in_transaction(lambda: store.insert("customerBill", {"id": "1"}))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.in_transaction(outer)
    assert store.count("customerBill", Every()) == 0
