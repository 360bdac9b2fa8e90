"""Command: a billing run as a bare script makes it, by nothing but pymongo.

`python -m tests.bench.bare_billing URI DATABASE FIRST END SIZE SECONDS` bills accounts FIRST to END
of a `month`, SIZE of them in a transaction, until some seconds are over. It prints `ready`, waits
for a line, and prints its bills and seconds. It ends when its input does.

It leaves the documents that the server leaves, in the same collections. It checks nothing, reads
one currency, and knows each bill's number beforehand. So it is a yardstick that is hard on the
server.
"""

import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
import orjson
import pymongo
from bson.binary import Binary
from pymongo.client_session import ClientSession
from ulid import ULID

from impl.resources import BILLS, OUTCOMES, RATES, REGISTER
from impl.store.collection_names import OUTBOX, TASKS
from impl.store.rendition import FIELD
from impl.store.sequences import row_id
from tests.bench import month

JOURNALED = pymongo.WriteConcern("majority", j=True)
BY_ACCOUNT = [("billingAccount.id", 1), ("isBilled", 1), ("_id", 1)]
ROW_BYTES = 256 * 1024
"""How much an event row holds before it is compressed."""

CYCLE, KIND = "month", "cycle-block"
LEVEL = 1
Json = dict[str, Any]


def task(numbers: Sequence[int]) -> Json:
    """The task of a block of accounts, given by number, as the server plans it."""
    key = f"{CYCLE}/{month.account(numbers[0])}"
    about = {"group": CYCLE, "accounts": [month.account(each) for each in numbers]}
    named = {"key": key, "kind": KIND, "about": about}
    return {"_id": f"{KIND}/{key}", **named, "due": month.END, "tries": 0, "claim": None}


class Script:
    """Bills accounts by number."""

    def __init__(self, uri: str, database: str) -> None:
        self._client = pymongo.MongoClient[Json](uri)
        self._database = self._client.get_database(database, write_concern=JOURNALED)
        self._client.admin.command("ping")

    def bill(self, numbers: Sequence[int]) -> int:
        """Bill accounts in one transaction; how many."""
        with self._client.start_session() as session:
            session.with_transaction(lambda own: self._bill(numbers, own), write_concern=JOURNALED)
        return len(numbers)

    def _bill(self, numbers: Sequence[int], session: ClientSession) -> None:
        database, now = self._database, datetime.now(UTC)
        accounts = [month.account(number) for number in numbers]
        rates: dict[str, list[Json]] = {each: [] for each in accounts}
        where = {"billingAccount.id": {"$in": accounts}, "isBilled": False}
        for each in database[RATES].find(where, {FIELD: 0}, session=session, hint=BY_ACCOUNT):
            rates[each["billingAccount"]["id"]].append(each)
        bills = [
            _bill(account, number + 1, its, now)
            for number, (account, its) in zip(numbers, rates.items(), strict=True)
        ]
        marks = [_mark(bill, rates[bill["billingAccount"]["id"]]) for bill in bills]
        events = [each for bill in bills for each in _after(bill, rates)]
        rows = list(_rows(events, session))
        database[BILLS].insert_many([_stored(each) for each in bills], session=session)
        database[RATES].bulk_write(marks, ordered=False, session=session)
        outcomes = [_stored(_outcome(bill)) for bill in bills]
        database[OUTCOMES].insert_many(outcomes, session=session)
        numbered = [
            _stored(_number(bill, number + 1, now))
            for bill, number in zip(bills, numbers, strict=True)
        ]
        database[REGISTER].insert_many(numbered, session=session)
        database[TASKS].delete_one({"_id": task(numbers)["_id"]}, session=session)
        database[OUTBOX].insert_many(rows, session=session)


def _bill(account: str, number: int, rates: Sequence[Json], now: datetime) -> Json:
    net = sum(Decimal(str(each["taxExcludedAmount"]["value"])) for each in rates)
    tax = sum(Decimal(str(each["appliedTax"][0]["taxAmount"]["value"])) for each in rates)
    id_, gross = str(ULID()), _euros(net + tax)
    return {
        "id": id_,
        "@type": "CustomerBill",
        "runType": "onCycle",
        "category": "normal",
        "billingAccount": rates[0]["billingAccount"],
        "billCycle": {"id": CYCLE},
        "billDate": month.END + timedelta(days=1),
        "paymentDueDate": month.END + timedelta(days=15),
        "lastUpdate": now,
        "taxExcludedAmount": _euros(net),
        "taxIncludedAmount": gross,
        "taxItem": [
            {
                "taxAmount": _euros(tax),
                "taxableAmount": _euros(net),
                "taxCategory": "VAT",
                "taxRate": 19.0,
            }
        ],
        "amountDue": gross,
        "state": "new",
        "remainingAmount": gross,
        "billNo": f"{number:08}",
        "billingPeriod": rates[0]["periodCoverage"],
        "billDocument": [{"id": id_, "name": f"{number:08}.pdf", "mimeType": "application/pdf"}],
    }


def _euros(amount: Decimal | int) -> Json:
    return {"unit": "EUR", "value": float(amount)}


def _reference(bill: Json) -> Json:
    return {"id": bill["id"], "@referredType": "CustomerBill"}


def _stored(document: Json) -> Json:
    """A document with its id, version and JSON."""
    text = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return {"_id": document["id"], "_rev": 1, **document, FIELD: text}


def _mark(bill: Json, rates: Sequence[Json]) -> pymongo.UpdateMany:
    """The change of a bill's rates; their stored JSON leaves out what changes."""
    ids = {"_id": {"$in": [each["_id"] for each in rates]}}
    return pymongo.UpdateMany(
        ids, {"$set": {"isBilled": True, "bill": _reference(bill)}, "$inc": {"_rev": 1}}
    )


def _after(bill: Json, rates: dict[str, list[Json]]) -> Iterator[Json]:
    """A bill and its rates, as they are now."""
    billed = {"isBilled": True, "bill": _reference(bill)}
    yield bill
    for each in rates[bill["billingAccount"]["id"]]:
        yield each | billed


def _rows(resources: Sequence[Json], session: ClientSession) -> Iterator[Json]:
    """The resources whole, compressed, in rows that are bounded."""
    part: list[bytes] = []
    size = 0
    for raw in map(bson.encode, resources):
        if part and size + len(raw) > ROW_BYTES:
            yield _row(part, session)
            part, size = [], 0
        part.append(raw)
        size += len(raw)
    yield _row(part, session)


def _row(part: Sequence[bytes], session: ClientSession) -> Json:
    time_ = session.cluster_time
    stamp = time_["clusterTime"] if time_ else None
    body = Binary(zlib.compress(b"".join(part), LEVEL))
    return {"_id": str(ULID()), "stamp": stamp, "count": len(part), "body": body}


def _outcome(bill: Json) -> Json:
    return {
        "id": str(ULID()),
        "@type": "BillCycleAccount",
        "billCycle": {"id": CYCLE},
        "billingAccount": {"id": bill["billingAccount"]["id"]},
        "state": "billed",
        "customerBill": _reference(bill),
    }


def _number(bill: Json, position: int, now: datetime) -> Json:
    return {
        "id": row_id("bare", position),
        "@type": "BillNumber",
        "number": bill["billNo"],
        "sequence": "bare",
        "position": position,
        "state": "used",
        "usedAt": now,
        "bill": _reference(bill),
        "kind": "normal",
    }


def main() -> int:
    """Run the command; the exit status."""
    script = Script(*sys.argv[1:3])
    first, end, size = map(int, sys.argv[3:6])
    print("ready", flush=True)
    sys.stdin.readline()
    began, bills = time.perf_counter(), 0
    for at in range(first, end, size):
        if time.perf_counter() - began > float(sys.argv[6]):
            break
        bills += script.bill(range(at, min(end, at + size)))
    print(orjson.dumps([bills, time.perf_counter() - began]).decode(), flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
