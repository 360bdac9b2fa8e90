"""What each server that is compared with would write by hand: its queries, documents and answers.

No check of anything, no counts, no links to other pages: less than the contract asks for, and so
a yardstick that is hard on the server that is measured.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from ulid import ULID

BILL = "customerBill"
BASE = "/tmf-api/customerBillManagement/v4"
OURS = {"_id": 0, "_rev": 0}
DATES = ("billDate", "date", "lastUpdate", "nextBillDate", "paymentDueDate")
OPERATORS = {"gte": "$gte", "lt": "$lt"}
Json = dict[str, Any]


def filter_of(arguments: Mapping[str, str]) -> Json:
    """The arguments that are filters, as MongoDB reads them."""
    found: Json = {}
    for name, text in arguments.items():
        if name in ("limit", "sort"):
            continue
        path, _, operator = name.rpartition(".")
        if operator in OPERATORS:
            found.setdefault(path, {})[OPERATORS[operator]] = _value(path, text)
        else:
            found[name] = _value(name, text)
    return found


def order_of(arguments: Mapping[str, str]) -> list[tuple[str, int]]:
    """The order that `sort` asks for, or that of the ids."""
    sort = arguments.get("sort", "")
    if not sort:
        return [("_id", 1)]
    direction = -1 if sort.startswith("-") else 1
    return [(sort.lstrip("-"), direction), ("_id", direction)]


def limit_of(arguments: Mapping[str, str]) -> int:
    """How long a page is."""
    return int(arguments.get("limit", 100))


def shown(resource: str, document: Json, base: str) -> Json:
    """A document as clients read it, below the API's URL."""
    links: Json = {"id": document["id"], "href": f"{base}/{resource}/{document['id']}"}
    if "bill" in document:
        bill = document["bill"]
        links["bill"] = {**bill, "href": f"{base}/{BILL}/{bill['id']}"}
    return document | links


def created(resource: str, body: Json) -> Json:
    """A new document: an id, and dates as MongoDB keeps them."""
    dates = {name: datetime.fromisoformat(body[name]) for name in DATES if name in body}
    touched = {"lastUpdate": datetime.now(UTC)} if resource == BILL else {}
    return {"id": str(ULID()), **body, **dates, **touched}


def encode(value: Any) -> bytes:
    """A value as JSON."""
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def _value(path: str, text: str) -> Any:
    if path in DATES:
        return datetime.fromisoformat(text)
    return text == "true" if path == "isBilled" else text
