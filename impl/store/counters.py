"""Totals, whichever process on whichever machine adds to them."""

from typing import Any

from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.outbox import COUNTER

LACKING = "documentsLacking"
"""Documents of bills whose text has letters that no font has."""


GIVEN_UP = {kind: f"givenUp/{kind}" for kind in ("on-demand", "cycle", "cycle-account")}
"""Tasks of workers that were ended for a fault that stayed, by kind."""


FAULTS = {loop: f"faults/{loop}" for loop in ("relay", "courier", "tidy")}
"""Faults of the loops of workers that never give up, for what they do must not be left undone."""


class Counters:
    """Counts by name, kept in the database."""

    def __init__(self, store: Store) -> None:
        self._counters, _ = store.collection(COUNTER)

    def add(self, name: str) -> None:
        """Count one more; ApiError where the database does not take it."""
        with translated():
            self._counters.update_one({"_id": name}, {"$inc": {"count": 1}}, upsert=True)

    def count(self, name: str) -> int:
        """How many there were."""
        found: dict[str, Any] | None = self._counters.find_one({"_id": name})
        return int(found["count"]) if found else 0
