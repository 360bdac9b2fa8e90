"""Counts groups of documents, in MongoDB, however many there are."""

from collections.abc import Sequence
from typing import Any

from impl.query.language import Condition, Path
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.mongo_query import to_filter, to_name


def tally_groups(
    store: Store, resource: str, where: Condition, group: Path, path: Path, order: Sequence[str]
) -> dict[str, int]:
    """How many groups of the documents have which value at a path.

    Documents with the same value at `group` are one group. It counts by the first of the values in
    `order` that its documents have.
    """
    documents, session = store.collection(resource)
    place = {"$indexOfArray": [order, f"${to_name(path)}"]}
    stages: list[dict[str, Any]] = [
        {"$match": to_filter(where)},
        {"$group": {"_id": f"${to_name(group)}", "place": {"$min": place}}},
        {"$group": {"_id": "$place", "count": {"$sum": 1}}},
    ]
    with translated():
        counted = documents.aggregate(stages, allowDiskUse=True, session=session)
        return {order[each["_id"]]: each["count"] for each in counted}
