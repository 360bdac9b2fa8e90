"""The demo data: three accounts, their bills of eight months, and unbilled charges.

Dates are relative to today; all else is the same each time. The contract's examples show it as of
one day, so ids that they name have no date in them.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from impl import resources
from impl.demo import bills, cycles, requests
from impl.demo.accounts import ACCOUNTS, FORMAT, MEDIA
from impl.errors import Conflict
from impl.resources import BILLS, CYCLES, OUTCOMES, RATES, REGISTER, REQUESTS, SPECIFICATIONS
from impl.store.mongo import Store

Json = dict[str, Any]


def load(store: Store) -> None:
    """Insert the demo data into a database without bills; leave any other as it is."""
    if not store.is_empty(BILLS):
        return
    store.ensure_indexes()
    for resource, document in documents(datetime.now(UTC)):
        with suppress(Conflict):  # an earlier load was cut short before its bills
            store.insert(resource, document)


def documents(now: datetime) -> Iterator[tuple[str, Json]]:
    """Each document with its resource, as of a day; the bills come last."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    demo_bills, rates = bills.bills_and_rates(today)
    yield resources.FORMATS, FORMAT
    yield from ((resources.MEDIA, medium) for medium in MEDIA)
    yield SPECIFICATIONS, cycles.specification()
    yield from ((resources.ACCOUNTS, account.record) for account in ACCOUNTS)
    for cycle in cycles.finished(today, demo_bills):
        yield CYCLES, cycle
    for outcome in cycles.outcomes(demo_bills):
        yield OUTCOMES, outcome
    yield from ((REGISTER, number) for number in bills.numbers(demo_bills))
    yield from ((RATES, rate) for rate in rates)
    yield from ((REQUESTS, request) for request in requests.finished(today))
    yield from ((BILLS, bill) for bill in demo_bills)
