"""What serves /customerBill."""

import hashlib
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Any

from generated import api, types
from impl.auth.identity import unconfined
from impl.billing import register
from impl.billing.assemble import own_document
from impl.billing.maker import RATES, Maker
from impl.billing.policy import LONGEST_NUMBER
from impl.billing.states import (
    BEFORE,
    HELD,
    follow_hold,
    follow_payments,
    judge_move,
    judge_removal,
    refuse_payments_twice,
)
from impl.documents import lines
from impl.documents.document import HTML, PDF
from impl.errors import FieldInvalid, Unavailable
from impl.handlers.collection import Collection, Rules, Services
from impl.handlers.negotiation import Representations
from impl.patch.apply import Patch
from impl.query.language import Compare, Condition, Document, Every, Page, Query

DATES = frozenset({"paymentDueDate"})


class CustomerBills(api.CustomerBillApi[Query, Page, Patch]):
    """Bills, made here or brought in."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._documents = services.documents
        self._strict = services.policy.strict
        self._maker = Maker(services.store, services.policy)
        self._bills: Collection[types.CustomerBill] = Collection(
            "customerBill",
            services.api.schemas["CustomerBill"],
            services,
            Rules(
                on_create=_start,
                on_change=self._judge,
                free=DATES if self._strict else DATES | {"state"},
                apart={"state": HELD},
                on_remove=self._free,
            ),
        )

    @property
    def collection(self) -> Collection[types.CustomerBill]:
        """What keeps them, for those who bring in many."""
        return self._bills

    def list_customer_bill(self, query: Query) -> Page:
        return self._bills.list(query)

    def create_customer_bill(self, body: types.CustomerBillCreate) -> types.CustomerBill:
        return self._bills.create(body)

    def retrieve_customer_bill(self, id_: str, query: Query) -> types.CustomerBill:
        return self._bills.retrieve(id_, query)

    def patch_customer_bill(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.CustomerBill:
        return self._bills.patch(id_, patch, if_match=if_match)

    def delete_customer_bill(self, id_: str, *, if_match: str | None = None) -> None:
        self._bills.delete(id_, if_match=if_match)

    def retrieve_customer_bill_document(self, id_: str) -> Representations:
        bill, documents = self._store.get("customerBill", id_), self._documents()
        seen = sha256(repr((documents.fingerprint, bill)).encode())
        version = seen.copy()
        for rate in self._store.versions(RATES, _of(id_)):
            version.update(repr(rate).encode())
        key = version.hexdigest()

        def made(media: str, language: str) -> bytes:
            return documents.made(media, bill, self._rates(id_, seen, key), language, key)

        return Representations(
            name=str(bill.get("billNo") or id_),
            version=key,
            made={media: partial(made, media) for media in (PDF, HTML)},
            language=documents.language,
        )

    def _rates(self, id_: str, seen: "hashlib._Hash", version: str) -> Iterator[Document]:
        """The bill's rates one by one; Unavailable at the end where they are no longer those."""
        seen = seen.copy()
        wanted = Query(_of(id_), fields=dict.fromkeys(lines.READ))
        for rate in self._store.stream(RATES, wanted):
            seen.update(repr((rate["id"], rate.version)).encode())
            yield rate
        if seen.hexdigest() != version:
            raise Unavailable("the bill's rates change while its document is made")

    def _judge(self, before: Document, after: dict[str, Any], named: frozenset[str]) -> None:
        """Let hold and payments tell what follows, and hold a client to a strict lifecycle."""
        self._judge_number(before, after)
        refuse_payments_twice(before, after)
        if self._strict and "state" in named:
            judge_move(before, after)
        follow_hold(before, after)
        follow_payments(before, after, named)

    def _free(self, bill: Document) -> None:
        """Give the rates of a bill that is removed back, and end its number."""
        if self._strict:
            judge_removal(bill)
        with unconfined():
            self._maker.free(bill)
            register.void(self._store, bill["id"])

    def _judge_number(self, before: Document, after: dict[str, Any]) -> None:
        """Raise FieldInvalid for another `billNo` of a bill that was made here, or a long one."""
        number = after.get("billNo", "")
        if number == before.get("billNo", ""):
            return
        with unconfined():
            made_here = register.of_bill(self._store, before["id"])
        if made_here:
            raise FieldInvalid("billNo", "can't be patched: the bill was made here")
        if len(number) > LONGEST_NUMBER:
            raise FieldInvalid("billNo", f"has more than {LONGEST_NUMBER} characters")


def _of(bill: str) -> Condition:
    """Which rates are on a bill: an unbilled one that names it is on none."""
    return Every((Compare(("bill", "id"), (bill,)), Compare(("isBilled",), (True,))))


def _start(bill: dict[str, Any]) -> None:
    """A bill without a document of the client's has the one that is served for it.

    One that is brought in on hold keeps what it says of the state before.
    """
    refuse_payments_twice({}, bill)
    if bill.get("state") != HELD:
        bill.pop(BEFORE, None)
    if "billDocument" not in bill:
        bill["billDocument"] = [own_document(bill)]
