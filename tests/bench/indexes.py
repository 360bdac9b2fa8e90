"""What each declared index costs, its bytes and MongoDB's CPU, and how often it has been used."""

from collections.abc import Iterator
from typing import Any

import pymongo
from pymongo.collection import Collection

from impl.store import indexes
from impl.store.embedded import Mongod
from tests.bench import data, report
from tests.bench.load import cpu_seconds

DOCUMENTS = 50_000
ROUNDS = 3
SCRATCH = "index-costs"
Keys = list[tuple[str, int]]


def table(mongod: Mongod, database: str) -> str:
    """The costs, sizes as they are in a database and inserts as they are in an empty one."""
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    rows = [
        [
            resource,
            name,
            f"{size / count:.1f}",
            f"{cost:+.1f}",
            f"{_uses(client[database][resource], name):,}",
        ]
        for resource in data.MAKERS
        for name, size, count, cost in _costs(client, mongod.pid, database, resource)
    ]
    client.close()
    head = ("collection", "index", "bytes a document", "CPU us an insert", "times used")
    return report.table(head, rows)


def _uses(collection: Collection[dict[str, Any]], name: str) -> int:
    """In how many queries and counts since MongoDB started."""
    found = collection.aggregate([{"$indexStats": {}}, {"$match": {"name": name}}])
    return int(next(iter(found))["accesses"]["ops"])


def _costs(
    client: pymongo.MongoClient[dict[str, Any]], pid: int, database: str, resource: str
) -> Iterator[tuple[str, int, int, float]]:
    told = client[database].command("collStats", resource)
    declared: list[Keys] = [[], *indexes.keys(resource)]
    took: dict[int, list[float]] = {place: [] for place in range(len(declared))}
    for _ in range(ROUNDS):
        for place, keys in enumerate(declared):
            took[place].append(_insert(client, pid, resource, keys))
    without = min(took[0])
    for place, keys in enumerate(declared):
        name = "_".join(f"{path}_{way}" for path, way in keys) or "_id_"
        cost = min(took[place])
        yield name, told["indexSizes"][name], told["count"], cost if not keys else cost - without


def _insert(
    client: pymongo.MongoClient[dict[str, Any]], pid: int, resource: str, keys: Keys
) -> float:
    """Microseconds of MongoDB's CPU for an insert where there is one index, or none but `_id`."""
    client.drop_database(SCRATCH)
    if keys:
        client[SCRATCH][resource].create_index(keys)
    began = cpu_seconds([pid])
    data.put(client[SCRATCH], resource, DOCUMENTS)
    return (cpu_seconds([pid]) - began) / DOCUMENTS * 1e6
