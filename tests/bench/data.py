"""Bills and rates by number, as realistic as a measurement needs, and databases full of them.

The customers grow with the data: an account has twenty bills and twenty rates, at any size. The
states, the days and the products are the same for all, so what matches these grows.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pymongo
from pymongo.database import Database

from impl.store.collections import create_compressed
from impl.store.documents import VERSION, Stored
from impl.store.mongo import Store
from impl.store.writing import prepare

BILL, RATE = "customerBill", "appliedCustomerBillingRate"
BATCH = 5_000
PRODUCTS = 400
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
MONEY = {"unit": "EUR", "value": 49.0}
TAX = [{"taxCategory": "VAT", "taxRate": 19.0, "taxAmount": {"unit": "EUR", "value": 7.82}}]
STATES = ["new"] * 2 + ["onHold"] + ["sent"] * 7 + ["settled"] * 90
Json = dict[str, Any]


def accounts(count: int) -> int:
    """How many accounts so many bills, or so many rates, are for."""
    return count // 20


def parties(count: int) -> int:
    """How many parties pay so many bills."""
    return count // 25


def bill(number: int, count: int) -> Json:
    """A bill of 1.2 kB, one of so many; the seller is the same on every seventh."""
    return {
        "id": f"bill-{number:08}",
        "@type": "CustomerBill",
        "billNo": f"{number:08}",
        "state": STATES[number * 37 % 100],
        "category": "normal",
        "billDate": NOON - timedelta(hours=number * 7919 % 17_520),
        "lastUpdate": NOON,
        "billingAccount": {"id": f"A-{number % accounts(count)}", "name": "Account of somebody"},
        "relatedParty": [
            {"id": f"C-{number % parties(count)}", "role": "payer", "@referredType": "Individual"},
            {"id": f"S-{number % 7}", "role": "seller"},
        ],
        "billingPeriod": {"startDateTime": NOON, "endDateTime": NOON},
        "taxItem": TAX,
        "taxIncludedAmount": MONEY,
        "amountDue": MONEY,
        "appliedPayment": [{"appliedAmount": MONEY, "payment": {"id": f"P-{number}"}}],
        "billDocument": [{"id": f"D-{number}", "url": f"https://documents.example/{number}.pdf"}],
        "x-note": "abcd" * 75 + ".",
    }


def rate(number: int, count: int) -> Json:
    """A rate of 1.2 kB, one of so many; an account has one that is unbilled, a bill has ten."""
    unbilled = number // accounts(count) == 7
    return {
        "id": f"rate-{number:08}",
        "@type": "AppliedCustomerBillingRate",
        "name": "Fibre 250",
        "date": NOON - timedelta(hours=number * 7919 % 17_520),
        "isBilled": not unbilled,
        "billingAccount": {"id": f"A-{number % accounts(count)}", "name": "Account of somebody"},
        **({} if unbilled else {"bill": {"id": f"bill-{number // 10:08}"}}),
        "product": {"id": f"P-{number % PRODUCTS}", "name": "Fibre 250"},
        "periodCoverage": {"startDateTime": NOON, "endDateTime": NOON},
        "appliedTax": TAX,
        "taxIncludedAmount": MONEY,
        "x-note": "abc" * 200,
    }


def new_bill(number: int, count: int) -> bytes:
    """What a client posts for such a bill."""
    return _posted(bill(number, count), "id", "lastUpdate")


def new_rate(number: int, count: int) -> bytes:
    """What a client posts for such a rate, unbilled."""
    return _posted(rate(number, count) | {"isBilled": False}, "id", "bill")


def _posted(document: Json, *without: str) -> bytes:
    kept = {name: value for name, value in document.items() if name not in without}
    return orjson.dumps(kept, option=orjson.OPT_UTC_Z)


MAKERS: dict[str, Callable[[int, int], Json]] = {BILL: bill, RATE: rate}


def fill(uri: str, name: str, count: int, *, plain: bool = False) -> None:
    """Put so many bills and rates into a database, and build the declared indexes after.

    As the server stores them; or `plain`, as others would.
    """
    client: pymongo.MongoClient[Stored] = pymongo.MongoClient(uri)
    for resource in MAKERS:
        put(client[name], resource, count, plain=plain)
    client.close()
    store = Store(uri, name)
    store.ensure_indexes()
    store.close()


def put(
    database: Database[Stored], resource: str, count: int, *, at: int = 0, plain: bool = False
) -> None:
    """Put so many documents of a resource into a database, from a number on."""
    if not plain:
        create_compressed(database, resource)
    make, whole = MAKERS[resource], at + count
    for first in range(at, whole, BATCH):
        made = [make(number, whole) for number in range(first, min(first + BATCH, whole))]
        stored = [
            {"_id": each["id"], VERSION: 1, **each} if plain else prepare(resource, each, 1)[0]
            for each in made
        ]
        database[resource].insert_many(stored, ordered=False)
