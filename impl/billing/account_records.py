"""Reads the records of billing accounts (TMF666), those of many accounts by one query."""

from collections.abc import Iterable, Sequence
from itertools import islice

from impl.billing.billing_account import READ, STRUCTURE, is_billed_by
from impl.query.language import Compare, Document
from impl.resources import ACCOUNTS
from impl.store.mongo import Store

BATCH = 1_000
"""How many records a query reads at most."""


def records_of(
    store: Store, accounts: Sequence[str], names: Sequence[str] = READ
) -> dict[str, Document]:
    """The records of up to BATCH accounts, by account id; accounts without one are left out."""
    where = Compare(("id",), tuple(accounts))
    return {record["id"]: record for record in store.parts(ACCOUNTS, where, names)}


def billed_elsewhere(store: Store, accounts: Iterable[str], specification: str) -> set[str]:
    """Which of the accounts only cycles of another specification bill.

    A blank specification stands for a cycle without one.
    """
    rest, elsewhere = iter(accounts), set[str]()
    while batch := list(islice(rest, BATCH)):
        records = records_of(store, batch, [STRUCTURE])
        elsewhere |= {id_ for id_ in batch if not is_billed_by(records.get(id_, {}), specification)}
    return elsewhere
