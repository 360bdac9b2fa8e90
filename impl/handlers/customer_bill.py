"""The rules of /customerBill, and its documents."""

import hashlib
from collections.abc import Iterator
from functools import cache, partial
from hashlib import sha256
from typing import Any

from generated import api, types
from impl.auth.identity import as_server
from impl.billing import register
from impl.billing.assemble import own_document
from impl.billing.rate_state import on_bill
from impl.billing.rate_tasks import is_unfinished, release_rates
from impl.billing.states import (
    BEFORE,
    ON_HOLD,
    follow_hold,
    follow_payments,
    refuse_move,
    refuse_payments_twice,
    refuse_removal,
)
from impl.document_limits import LONGEST_NUMBER
from impl.documents import lines
from impl.documents.document import HTML, PDF, Documents, Renderer
from impl.documents.style import Style
from impl.errors import FieldInvalid, Unavailable
from impl.handlers.collection import Collection, Rules, Services
from impl.handlers.representations import Representations
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query
from impl.resources import BILLS, RATES

DATES = frozenset({"paymentDueDate"})


def _plain_documents() -> Renderer:
    return Documents(Style())


class CustomerBills(api.CustomerBillApi[Query, Page, Patch]):
    """Bills, made here or imported."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._documents = services.documents or cache(_plain_documents)
        self._strict = services.policy.strict
        rules = Rules(
            on_create=_start,
            on_change=self._decide_change,
            assignable=DATES if self._strict else DATES | {"state"},
            apart={"state": ON_HOLD},
            on_remove=self._release,
        )
        self.collection = Collection[types.CustomerBill](BILLS, services, rules)

    def retrieve_customer_bill_document(self, id_: str) -> Representations:
        bill, documents = self._store.get(BILLS, id_), self._documents()
        if is_unfinished(self._store, id_):
            raise Unavailable("the bill's rates are still being billed")
        seen = sha256(repr((documents.fingerprint, bill)).encode())
        version = seen.copy()
        for rate in self._store.versions(RATES, on_bill(id_)):
            version.update(repr(rate).encode())
        key = version.hexdigest()

        def made(media: str, language: str) -> bytes:
            return documents.render(media, bill, self._rates(id_, seen, key), language, key)

        return Representations(
            name=str(bill.get("billNo") or id_),
            version=key,
            made={media: partial(made, media) for media in (PDF, HTML)},
            language=partial(documents.language, bill=bill),
        )

    def _rates(self, id_: str, seen: "hashlib._Hash", version: str) -> Iterator[Document]:
        """The bill's rates one by one; Unavailable at the end if they are not of this version."""
        seen = seen.copy()
        wanted = Query(on_bill(id_), fields=dict.fromkeys(lines.READ))
        for rate in self._store.stream(RATES, wanted):
            seen.update(repr((rate["id"], rate.version)).encode())
            yield rate
        if seen.hexdigest() != version:
            raise Unavailable("the bill's rates change while its document is made")

    def _decide_change(
        self, before: Document, after: dict[str, Any], named: frozenset[str]
    ) -> None:
        """Set what follows from a hold and from payments; hold a move to the strict lifecycle."""
        self._refuse_number(before, after)
        refuse_payments_twice(before, after)
        if self._strict and "state" in named:
            refuse_move(before, after)
        follow_hold(before, after)
        follow_payments(before, after, named)

    def _release(self, bill: Document) -> None:
        """Make the rates of a deleted bill unbilled again, and void its number."""
        if self._strict:
            refuse_removal(bill)
        with as_server():
            release_rates(self._store, bill)
            register.void(self._store, bill["id"])

    def _refuse_number(self, before: Document, after: dict[str, Any]) -> None:
        """Raise FieldInvalid for a new `billNo` that is too long, or if the bill was made here."""
        number = after.get("billNo", "")
        if number == before.get("billNo", ""):
            return
        with as_server():
            made_here = register.of_bill(self._store, before["id"])
        if made_here:
            raise FieldInvalid("billNo", "can't be patched: the bill was made here")
        if len(number) > LONGEST_NUMBER:
            raise FieldInvalid("billNo", f"has more than {LONGEST_NUMBER} characters")


def _start(bill: dict[str, Any]) -> None:
    """Give a bill without documents the one that this server makes of it.

    A bill that is created on hold keeps the state before that which it names.
    """
    refuse_payments_twice({}, bill)
    if bill.get("state") != ON_HOLD:
        bill.pop(BEFORE, None)
    if "billDocument" not in bill:
        bill["billDocument"] = [own_document(bill)]
