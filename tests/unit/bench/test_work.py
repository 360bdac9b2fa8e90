"""The requests are those that a measurement is named for."""

from random import Random

from tests.bench.queries import month
from tests.bench.work import MIXED, PATCH, READS, VERSIONS

BILLS = 10_000


def test_reads_read() -> None:
    for work in READS:
        assert {request.method for request in work.pool(Random(1), BILLS)} == {"GET"}


def test_a_patch_changes_what_the_one_before_has_left() -> None:
    pool = PATCH.pool(Random(1), BILLS)
    first, then = pool[: len(pool) // 2], pool[len(pool) // 2 :]
    assert [request.path for request in first] == [request.path for request in then]
    assert len({request.body for request in first}) == len({request.body for request in then}) == 1
    assert first[0].body != then[0].body


def test_one_in_ten_of_mixed_requests_writes() -> None:
    pool = MIXED.pool(Random(1), BILLS)
    writes = sum(request.method != "GET" for request in pool)
    assert 0.08 < writes / len(pool) < 0.12


def test_a_month_is_a_whole_one() -> None:
    months = {month(Random(seed)) for seed in range(500)}
    assert len(months) == 23
    assert "billDate.gte=2025-12-01&billDate.lt=2026-01-01" in months


def test_each_turn_patches_other_bills() -> None:
    turns = [{request.path for request in PATCH.pool(Random(1), 12_000)} for _ in range(3)]
    assert sum(map(len, turns)) == len(set().union(*turns)) == 12_000


def test_lists_of_versions_read_other_documents_each_time() -> None:
    for old, new, again in VERSIONS:
        paths = [request.path for request in new.pool(Random(1), BILLS)]
        assert len(set(paths)) == BILLS / 100
        assert [request.path for request in old.pool(Random(1), BILLS)] == [
            path.replace("/v5/", "/v4/") for path in paths
        ]
        assert [request.path for request in again.pool(Random(1), BILLS)] == paths[:1]
