"""The handlers of TMF666: billing accounts, which show their balances, and the collections."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from zlib import crc32

from generated.tmf666 import api
from impl.api import Handlers
from impl.billing.balances import KIND, balances
from impl.billing.billing_account import specification_named
from impl.errors import Conflict, NotTranslated
from impl.handlers import standard
from impl.handlers.bill_cycle_specification import BillCycleSpecifications
from impl.handlers.collection import Collection, Rules, Services
from impl.handlers.events import Events
from impl.handlers.hub import Hub
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query, Selection
from impl.query.paths import paths
from impl.query.project import project
from impl.resources import ACCOUNTS, SPECIFICATIONS
from impl.served import API as STORED
from impl.tmf666 import BALANCE
from impl.tmf666 import HERE as SPECIFICATIONS_HERE

BATCH = 100


class BillingAccounts(api.BillingAccountApi[Query, Page, Patch]):
    """The accounts that are billed, with what their bills leave unpaid."""

    def __init__(self, services: Services) -> None:
        rules = Rules(on_create=self._start, on_change=self._decide_change)
        self.collection = Collection[Any](ACCOUNTS, services, rules)
        self._store = services.store

    def list_billing_account(self, query: Query) -> Page:
        """A page of accounts, with their balances if `fields` names them.

        NotTranslated for a filter or an order by a balance, which is computed.
        """
        for path in (*paths(query.where), *(key.path for key in query.order)):
            if path[:1] == (BALANCE,):
                raise NotTranslated("is computed when it is shown", attribute=".".join(path))
        if query.fields is None or BALANCE not in query.fields:
            return self.collection.list(query)
        page = self.collection.list(replace(query, fields=None), to_show=False)
        items = self._with_balances(list(page.items), query.fields)
        return replace(page, items=items, tail=self._stream(iter(page.tail), query.fields))

    def retrieve_billing_account(self, id_: str, query: Query) -> Any:
        """The account with its balances, if `fields` does not leave them out; NotFound."""
        if query.fields is not None and BALANCE not in query.fields:
            return self.collection.retrieve(id_, query)
        return self._with_balances([self._store.get(ACCOUNTS, id_)], query.fields)[0]

    def patch_billing_account(self, id_: str, patch: Patch, *, if_match: str | None = None) -> Any:
        """The account after the patch, without computed balances: reading them might fail."""
        return self.collection.patch(id_, _without_computed(patch), if_match=if_match)

    def _start(self, account: Document) -> None:
        """Leave out computed balances; Conflict if there is no such specification."""
        _drop_computed(account)
        self._refuse_unknown(specification_named(account))

    def _decide_change(self, before: Document, after: Document, _named: frozenset[str]) -> None:
        """Raise Conflict if the account names another specification that does not exist."""
        if specification_named(after) != specification_named(before):
            self._refuse_unknown(specification_named(after))

    def _refuse_unknown(self, specification: str) -> None:
        if specification and not self._store.has(SPECIFICATIONS, specification):
            why = f"there is no specification {specification!r}, so no cycle would bill the account"
            raise Conflict(why, attribute="billStructure.cycleSpecification.id")

    def _stream(self, rows: Iterator[Document], fields: Selection) -> Iterator[Document]:
        while batch := list(islice(rows, BATCH)):
            yield from self._with_balances(batch, fields)

    def _with_balances(self, rows: list[Document], fields: Selection | None) -> list[Document]:
        found = balances(self._store, [each["id"] for each in rows])
        return [project(_merged(each, found.get(each["id"], [])), fields) for each in rows]


def _merged(account: Document, computed: list[dict[str, Any]]) -> Document:
    """The account with computed balances after the client's own; its version depends on them."""
    if not computed:
        return account
    shown = {**account, BALANCE: [*account.get(BALANCE, ()), *computed]}
    version: Any = f"{account.version}-{crc32(repr(computed).encode()):08x}"
    return Document(shown, version)


def _drop_computed(account: dict[str, Any]) -> None:
    """Remove balances of the computed type, which a client may send back as it read them."""
    given = account.get(BALANCE)
    if isinstance(given, list) and any(map(_is_computed, given)):
        account[BALANCE] = [each for each in given if not _is_computed(each)]
        if not account[BALANCE]:
            del account[BALANCE]


def _is_computed(balance: Any) -> bool:
    return isinstance(balance, dict) and balance.get("balanceType") == KIND


def _without_computed(patch: Patch) -> Patch:
    """The patch without computed balances, which a client may send back as it read them."""
    body = patch.merged
    if BALANCE not in body:
        return patch
    _drop_computed(body)
    return replace(patch, body=body)


class AccountSubscriptions(Hub, api.HubApi[Query, Page, Patch]):
    """Subscriptions to events of accounts."""


class AccountEvents(Events, api.EventsApi[Query, Page, Patch]):
    """The feed of events of accounts."""


def build(services: Services) -> Handlers:
    """The handlers of the resources that have rules, and the collections of all.

    Specifications are those of TMF678, and follow its rules.
    """
    own = api.Handlers(
        billing_account=BillingAccounts(services),
        hub=AccountSubscriptions(services),
        events=AccountEvents(services),
    )
    specifications = BillCycleSpecifications(replace(services, api=STORED)).collection
    composed = standard.composed(own, services)
    return Handlers(own, {**composed.collections, SPECIFICATIONS_HERE: specifications})
