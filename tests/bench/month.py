"""A month to bill: accounts with rates of usual size, and how a run over them is undone.

The rates of an account lie apart in the database, as they do if they come in over the month.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pymongo
from pymongo.database import Database

from impl.resources import RATES
from impl.store import upgrade
from impl.store.collection_names import ATTRIBUTES, VERSIONS
from impl.store.documents import Stored
from impl.store.mongo import Store
from impl.store.writing import prepare

RATES_EACH = 25
BATCH = 5_000
BEGIN, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
STAY = {RATES, ATTRIBUTES, VERSIONS}
"""The collections that a run does not change, but for the rates that it bills."""


def account(number: int) -> str:
    """The id of an account."""
    return f"a{number:07}"


def rate(number: int, accounts: int) -> dict[str, Any]:
    """An unbilled rate, of one of so many accounts."""
    net = number % 997 / 100
    tax = round(net * 0.19, 2)
    return {
        "id": f"r{number:08}",
        "@type": "AppliedCustomerBillingRate",
        "name": "Minutes to mobile",
        "description": "Calls within the country",
        "type": "usageCharge",
        "date": BEGIN + timedelta(seconds=number % 2_500_000),
        "isBilled": False,
        "billingAccount": {"id": account(number % accounts), "name": "Household"},
        "product": {"id": f"P-{number % 7}", "name": "Mobile M"},
        "periodCoverage": {"startDateTime": BEGIN, "endDateTime": END},
        "taxExcludedAmount": {"unit": "EUR", "value": net},
        "taxIncludedAmount": {"unit": "EUR", "value": round(net + tax, 2)},
        "appliedTax": [
            {"taxCategory": "VAT", "taxRate": 19.0, "taxAmount": {"unit": "EUR", "value": tax}}
        ],
    }


def fill(uri: str, name: str, accounts: int, rates: int) -> None:
    """Fill a database with so many unbilled rates, spread over the accounts."""
    store = Store(uri, name)
    upgrade.check(store)
    store.ensure_indexes()
    store.close()
    numbers = iter(range(rates))
    with pymongo.MongoClient[Stored](uri) as client:
        while batch := list(islice(numbers, BATCH)):
            client[name][RATES].insert_many(_unbilled(batch, accounts), ordered=False)


def undo(database: Database[Stored], accounts: int) -> None:
    """Make all rates unbilled again, as they were and in place; remove all else that runs left."""
    for name in {*database.list_collection_names()} - STAY:
        database[name].delete_many({})
    billed = database[RATES].find({"isBilled": True}, {"_id": 1})
    numbers = (int(each["_id"][1:]) for each in list(billed))
    while batch := list(islice(numbers, BATCH)):
        stored = _unbilled(batch, accounts)
        replacements = [pymongo.ReplaceOne({"_id": each["_id"]}, each) for each in stored]
        database[RATES].bulk_write(replacements, ordered=False)


def _unbilled(numbers: Iterable[int], accounts: int) -> list[Stored]:
    return [prepare(RATES, rate(number, accounts), 1)[0] for number in numbers]
