"""Documents in the order of a text that they have, for jobs that go through them a range at a time.

Have an index that begins with the path, after what the condition fixes.
"""

from typing import Any

from impl.query.language import Compare, Condition, Every, Path
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.mongo_query import to_filter, to_name


def between(path: Path, after: str | None, until: str | None) -> Condition:
    """Selects documents whose text comes after one, and is or comes before another, if given."""
    start = Compare(path, ("",), "gte") if after is None else Compare(path, (after,), "gt")
    return start if until is None else Every((start, Compare(path, (until,), "lte")))


def nth_text(
    store: Store, resource: str, where: Condition, path: Path, place: int, *, distinct: bool = False
) -> str | None:
    """The text of the n-th document in the order of the texts; None if there are fewer.

    With `distinct` it is the n-th of the different texts. MongoDB seeks from one to the next.
    """
    name = to_name(path)
    documents, _ = store.collection(resource)
    stages: list[dict[str, Any]] = [
        {"$match": to_filter(where)},
        {"$sort": {name: 1}},
        {"$group" if distinct else "$project": {"_id": f"${name}"}},
        {"$skip": place - 1},
        {"$limit": 1},
    ]
    with translated():
        return next((each["_id"] for each in documents.aggregate(stages)), None)
