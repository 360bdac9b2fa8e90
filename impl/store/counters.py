"""Totals that every process on every machine adds to."""

from typing import Any

from impl.store.collection_names import COUNTER
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.tasks import KINDS

LACKING = "documentsLacking"
"""Rendered bills with letters that no font has."""


GIVEN_UP = {kind: f"givenUp/{kind}" for kind in KINDS}
"""Tasks that workers gave up because of a lasting fault, by kind."""

FAULTS = {loop: f"faults/{loop}" for loop in ("relay", "courier", "tidy", "rates", "feed")}
"""Faults of the workers' loops that never give up, because their work must not be lost; and events
of the feed that can't be read.
"""


class Counters:
    """Counts by name, stored in the database."""

    def __init__(self, store: Store) -> None:
        self._counters, _ = store.collection(COUNTER)

    def add(self, name: str) -> None:
        """Count one more; raises Unavailable."""
        with translated():
            self._counters.update_one({"_id": name}, {"$inc": {"count": 1}}, upsert=True)

    def count(self, name: str) -> int:
        """The total."""
        counter: dict[str, Any] | None = self._counters.find_one({"_id": name})
        return int(counter["count"]) if counter else 0
