"""Command: what a document takes on disk with its JSON beside it, and without.

`python -m tests.bench.disk` keeps the same bills and rates, half of each random text, with
MongoDB's usual compression and with ours.
"""

import random
import string
import sys
import tempfile
from pathlib import Path
from typing import Any

import pymongo
from pymongo.database import Database

from impl.store.collections import create_compressed
from impl.store.documents import Stored, to_mongo
from impl.store.embedded import Mongod
from impl.store.writing import prepare
from tests.bench.data import BATCH, MAKERS, Json

DOCUMENTS = 20_000


def main() -> int:
    """Run the command; the exit status."""
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        client: pymongo.MongoClient[Stored] = pymongo.MongoClient(mongod.uri)
        print("| bytes a document | BSON | on disk | with its JSON: BSON | on disk |")
        print("|---|--:|--:|--:|--:|")
        for resource in MAKERS:
            made = [_loose(resource, number) for number in range(DOCUMENTS)]
            plain = _kept(client["plain"], resource, [to_mongo(each, 1) for each in made])
            create_compressed(client["ours"], resource)
            ours = _kept(client["ours"], resource, [prepare(resource, each, 1)[0] for each in made])
            print(f"| {resource} | {plain[0]} | {plain[1]} | {ours[0]} | {ours[1]} |")
        client.close()
    return 0


def _loose(resource: str, number: int) -> Json:
    """A document whose texts repeat little."""
    chance = random.Random(number)

    def text(length: int) -> str:
        return "".join(chance.choices(string.ascii_letters + string.digits + " ", k=length))

    account = {"id": text(12), "name": text(20)}
    made = MAKERS[resource](number, DOCUMENTS)
    return {**made, "id": text(26), "x-note": text(400), "billingAccount": account}


def _kept(database: Database[Stored], resource: str, documents: list[Stored]) -> tuple[int, int]:
    """Bytes a document: as BSON, and on disk."""
    for at in range(0, DOCUMENTS, BATCH):
        database[resource].insert_many(documents[at : at + BATCH], ordered=False)
    database.client.admin.command("fsync")
    stats: Any = database.command("collStats", resource)
    return stats["avgObjSize"], stats["storageSize"] // DOCUMENTS


if __name__ == "__main__":
    sys.exit(main())
