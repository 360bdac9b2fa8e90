"""The upgrade step that registers the bill numbers of releases that had no register."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from ulid import ULID

from impl.document_limits import LONGEST_NUMBER
from impl.query.language import Document
from impl.resources import BILLS, OUTCOMES, RATES, REGISTER, REQUESTS
from impl.store.collection_names import SEQUENCES
from impl.store.documents import Stored
from impl.store.faults import DUPLICATE_KEY
from impl.store.sequences import Number, positions_of, row_id
from impl.store.writing import prepare

BATCH = 1000
MADE_HERE: Stored = {
    "_id": {"$regex": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"},
    "runType": {"$in": ["onCycle", "offCycle"]},
    "billNo": {"$type": "string"},
}
"""A condition that every bill made here meets: its id is a ULID.

So does a bill that a client posted without an id and with such a `runType`.
"""

NAMING = {REQUESTS: "customerBill.id", OUTCOMES: "customerBill.id"}
"""Resources that only the server writes, and the path at which each names the bill it made."""

UNKNOWN = "no bill had the number when numbers began to be registered"
log = structlog.get_logger("database")


def register(database: Database[Stored]) -> Iterator[int]:
    """Give each number of each sequence its row: the bill that has it, or that none has it.

    If two bills have one number, it belongs to the one that a request or a run names, else to one
    with rates, else to the older one; the log names the other. No worker of the earlier release may
    run: a number that it holds becomes void a day later.
    """
    sequences = {each["_id"]: each for each in database[SEQUENCES].find()}
    fixed = {pair: id_ for id_ in sequences for pair in _around(id_)}
    for bills in _in_rank(database):
        _keep(database, [row for bill in bills for row in _rows(bill, fixed, sequences)])
        yield len(bills)
    for id_ in sequences:
        yield from _explain(database, id_)


def _in_rank(database: Database[Stored]) -> Iterator[list[Stored]]:
    """The bills that may have been made here, those that surely were first; some come twice."""
    for collection, path in NAMING.items():
        naming = database[collection].find({path: {"$type": "string"}}, {path: 1})
        while batch := [*islice(naming, BATCH)]:
            yield _bills(database, [each["customerBill"]["id"] for each in batch])
    for ids in _ids(database):
        named = database[RATES].distinct("bill.id", {"bill.id": {"$in": ids}})
        yield _bills(database, named)
    for ids in _ids(database):
        yield _bills(database, ids)


def _ids(database: Database[Stored]) -> Iterator[list[str]]:
    found = database[BILLS].find(MADE_HERE, {"_id": 1}).sort("_id", 1)
    while batch := [*islice(found, BATCH)]:
        yield [each["_id"] for each in batch]


def _bills(database: Database[Stored], ids: Sequence[str]) -> list[Stored]:
    """The bills of these ids that may have been made here, the oldest first."""
    where = {"$and": [{"_id": {"$in": ids}}, MADE_HERE]}
    return [*database[BILLS].find(where, {"billNo": 1, "category": 1}).sort("_id", 1)]


def left(database: Database[Stored]) -> int:
    """About how many numbers have no row yet."""
    used = sum(int(each["last"]) for each in database[SEQUENCES].find({}, {"last": 1}))
    return max(0, used - database[REGISTER].estimated_document_count())


def _around(sequence: str) -> Iterator[tuple[str, str]]:
    """The texts that may stand before and behind the digits in the numbers of a sequence."""
    parts = sequence.split("|")
    for end in range(1, len(parts) + 1):
        yield "".join(parts[:end]), "".join(parts[end:])


def _places(number: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Each way to read a number: the texts around some digits, and the digits; the longest first.

    Numbers made here have up to LONGEST_NUMBER characters, others may have any.
    """
    for run in re.finditer(r"[0-9]+", number if len(number) <= LONGEST_NUMBER else ""):
        for begin in range(run.start(), run.end()):
            for end in range(run.end(), begin, -1):
                yield (number[:begin], number[end:]), number[begin:end]


def _rows(
    bill: Stored, fixed: Mapping[tuple[str, str], str], sequences: Mapping[str, Stored]
) -> Iterator[Document]:
    """The row of a bill's number, if that was made here."""
    for around, digits in _places(bill["billNo"]):
        sequence = fixed.get(around)
        if sequence is not None and 1 <= int(digits) <= sequences[sequence]["last"]:
            number = Number(sequence, int(digits))
            yield number.used_row({"id": bill["_id"], **bill}, ULID.from_str(bill["_id"]).datetime)
            return


def _explain(database: Database[Stored], id_: str) -> Iterator[int]:
    """Give a row to each number of a sequence that no bill has and no worker holds."""
    database[SEQUENCES].update_one({"_id": id_}, _GIVEN_BACK)
    sequence: Any = database[SEQUENCES].find_one({"_id": id_})
    entries = (*sequence.get("open", ()), *sequence["back"])
    busy = {position for each in entries for position in positions_of(each)}
    text = _written(database, id_)
    everything = range(1, int(sequence["last"]) + 1)
    for first in range(0, len(everything), BATCH):
        positions = everything[first : first + BATCH]
        ids = [row_id(id_, position) for position in positions]
        there = {each["_id"] for each in database[REGISTER].find({"_id": {"$in": ids}}, {"_id": 1})}
        void = {"state": "void", "voidedAt": datetime.now(UTC), "statusReason": UNKNOWN}
        lacking = [
            Number(id_, position).row(text % position, **void)
            for position, row in zip(positions, ids, strict=True)
            if row not in there and position not in busy
        ]
        _keep(database, lacking)
        yield len(lacking)


def _written(database: Database[Stored], sequence: str) -> str:
    """The format of a sequence's numbers, taken from one that is used."""
    used = database[REGISTER].find_one({"sequence": sequence, "state": "used"}, {"number": 1})
    fixed = {*_around(sequence)}
    for (before, behind), digits in _places(used["number"] if used else ""):
        if (before, behind) in fixed:
            return f"{_escaped(before)}%0{len(digits)}d{_escaped(behind)}"
    return "%d"


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _keep(database: Database[Stored], rows: Sequence[Document]) -> None:
    """Insert rows that are missing; log the bills whose number belongs to another."""
    if not rows:
        return
    try:
        database[REGISTER].insert_many(
            [prepare(REGISTER, row, 1)[0] for row in rows], ordered=False
        )
    except BulkWriteError as error:
        errors = (error.details or {})["writeErrors"]
        if any(each["code"] != DUPLICATE_KEY for each in errors):
            raise
        _log_twice(database, [rows[each["index"]] for each in errors])


def _log_twice(database: Database[Stored], rows: Iterable[Document]) -> None:
    for row in rows:
        registered = database[REGISTER].find_one({"_id": row["id"]})
        if registered and "bill" in row and registered.get("bill") != row["bill"]:
            has = registered.get("bill", {}).get("id")
            log.warning("twice", number=row["number"], bill=row["bill"]["id"], registered=has)


_NOW = {"day": "", "since": "$$NOW"}
_UNDATED = {"$eq": [{"$type": "$$this.day"}, "missing"]}
_OPEN = {"$ifNull": ["$open", []]}
_GIVEN_BACK: list[dict[str, Any]] = [
    {
        "$set": {
            "back": {
                "$concatArrays": [
                    {"$ifNull": ["$back", []]},
                    {
                        "$map": {
                            "input": {"$filter": {"input": _OPEN, "cond": _UNDATED}},
                            "in": {"number": "$$this.number", **_NOW},
                        }
                    },
                    {
                        "$map": {
                            "input": {"$ifNull": ["$free", []]},
                            "in": {"number": "$$this", **_NOW},
                        }
                    },
                ]
            },
            "open": {"$filter": {"input": _OPEN, "cond": {"$not": [_UNDATED]}}},
        }
    },
    {"$unset": "free"},
]
"""A number without a day is given to no bill."""
