"""What MongoDB examines for one database meanwhile, by its profiler: others on it do not count."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.database import Database


@dataclass
class Examined:
    """Counts of index keys and of documents; known once the block has ended."""

    keys: int = 0
    documents: int = 0


@contextmanager
def examined(database: Database[Any]) -> Iterator[Examined]:
    """Count what the commands of the block examine."""
    database.command("profile", 0)
    database.drop_collection("system.profile")
    found = Examined()
    database.command("profile", 2)
    try:
        yield found
    finally:
        database.command("profile", 0)
    for command in database["system.profile"].find():
        found.keys += command.get("keysExamined", 0)
        found.documents += command.get("docsExamined", 0)
