"""A small data set to try things on: three accounts, their bills of eight months, open charges.

It is dated relative to today, and the same every time otherwise. The contract's examples show it as
it is on one day, so the ids that they name hold no date.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from impl.demo import bills, cycles
from impl.demo.accounts import ACCOUNTS
from impl.demo.cycles import month_before
from impl.errors import Conflict
from impl.resources import BILLS, CYCLES, OUTCOMES, RATES, REGISTER, REQUESTS, SPECIFICATIONS
from impl.store.mongo import Store

Json = dict[str, Any]


def load(store: Store) -> None:
    """Fill a database that has no bills yet; leave any other as it is."""
    if not store.is_empty(BILLS):
        return
    store.ensure_indexes()
    for resource, document in documents(datetime.now(UTC)):
        with suppress(Conflict):  # an earlier load was cut short before its bills
            store.insert(resource, document)


def documents(now: datetime) -> Iterator[tuple[str, Json]]:
    """Every document with its resource, as of a day; the bills come last."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    made, rates = bills.made(today)
    yield SPECIFICATIONS, cycles.specification()
    for cycle in cycles.run(today, made):
        yield CYCLES, cycle
    for outcome in cycles.outcomes(made):
        yield OUTCOMES, outcome
    yield from ((REGISTER, number) for number in bills.numbers(made))
    yield from ((RATES, rate) for rate in rates)
    yield from ((REQUESTS, request) for request in _requests(today))
    yield from ((BILLS, bill) for bill in made)


def _requests(today: datetime) -> list[Json]:
    """Requests for a bill outside the cycle that have come to an end."""
    month, account = month_before(today, 1), ACCOUNTS[1]
    request = {
        "@type": "CustomerBillOnDemand",
        "lastUpdate": month + timedelta(days=bills.EXTRA_AFTER),
        "billingAccount": account.reference,
        "relatedParty": account.party | {"role": "payer"},
    }
    bill = {"id": f"bill-{account.number}-extra", "@referredType": "CustomerBill"}
    return [
        request
        | {
            "id": f"request-{account.number}-1",
            "name": "Bill for the work at the house",
            "description": "The customer wants to hand it to the landlord before the month ends.",
            "state": "done",
            "customerBill": bill,
        },
        request
        | {
            "id": f"request-{account.number}-2",
            "name": "Bill once more",
            "description": "Asked for twice; there was nothing left to bill.",
            "state": "rejected",
            "statusReason": "there is nothing to bill",
        },
    ]
