"""Create, read, change and remove the resources of one collection: what all handlers share."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast

from marshmallow import Schema
from ulid import ULID

from impl.api import Api
from impl.billing.policy import Policy
from impl.contract.json_schema import COMPONENTS
from impl.documents.document import Documents, Look
from impl.documents.style import Style
from impl.errors import ApiError, Conflict, NamedError, Unavailable, refuse
from impl.events.callbacks import Allowance
from impl.handlers import unknown
from impl.instants import plan
from impl.patch.apply import Patch, refuse_unpatchable
from impl.patch.operations import same
from impl.query import attributes
from impl.query.language import Document, Page, Path, Query
from impl.query.project import project
from impl.store.assignment import Assignment
from impl.store.bulk_insert import New, insert_many, ready
from impl.store.mongo import Store

T = TypeVar("T", bound=Mapping[str, Any])
After = TypeVar("After", Document, None)


def _plain_documents() -> Documents:
    return Documents(Style())


@dataclass(frozen=True)
class Services:
    """What handlers work with."""

    store: Store
    api: Api
    policy: Policy = field(default_factory=Policy)
    documents: Callable[[], Look] = field(default_factory=lambda: cache(_plain_documents))
    """What makes documents, asked for where one is wanted."""

    reject_unknown_filters: bool = True
    allowance: Allowance = field(default_factory=Allowance)
    """Where callbacks may lead beyond public addresses."""

    stopping: Callable[[], bool] = lambda: False
    """Whether streams are to end."""


@dataclass(frozen=True)
class Rules:
    """What a resource asks for beyond its schema."""

    on_create: Callable[[Document], None] = lambda document: None
    """Fill in what the server owns; raise what the client got wrong."""

    on_change: Callable[[Document, Document, frozenset[str]], None] = lambda *_: None
    """Judge a change, and fill in what follows from it; last, the attributes that it names."""

    free: frozenset[str] = frozenset()
    """Attributes whose change is not judged, and has nothing follow from it."""

    apart: Mapping[str, Any] = field(default_factory=dict)
    """Values of these that are judged after all, when they come and when they go."""

    on_write: Callable[[Document | None, Document | None], None] | None = None
    """Write what belongs to a create (from None), a change or a removal (to None), or refuse it."""

    on_remove: Callable[[Document], None] | None = None
    """The same, of a removal alone: other writes need no transaction for it."""


class Collection(Generic[T]):
    """The resources of one kind, kept in the store and true to the contract."""

    def __init__(
        self, name: str, schema: type[Schema], services: Services, rules: Rules = Rules()
    ) -> None:
        self._name = name
        self._type = schema.__name__
        self._schema = schema()
        self._typed_values = plan(schema)
        self._store = services.store
        self._contract = services.api.contract
        self._reject_unknown = services.reject_unknown_filters
        self._attributes = attributes.of(schema)
        self._zone = services.policy.zone
        self._rules = rules

    def list(self, query: Query, *, to_show: bool = True) -> Page:
        """The page that the query asks for; not only `to_show`, its documents can be read."""
        self.refuse_unknown(query.unknown)
        query = replace(query, ready=to_show)
        if query.window.stream:
            return Page((), None, tail=self._store.stream(self._name, query))
        return self._store.find(self._name, query)

    def refuse_unknown(self, paths: Sequence[Path]) -> None:
        """Raise ParameterInvalid for what is asked of an attribute that no document has."""
        if self._reject_unknown:
            unknown.refuse(self._store, self._name, paths, self._attributes)

    def create(self, body: Mapping[str, Any]) -> T:
        """Keep a new resource: the client's id or a ULID, the server's `lastUpdate` and `href`."""
        document = self._made(body)
        return self._typed(self._written(lambda: (None, self._store.insert(self._name, document))))

    def ready(self, body: Mapping[str, Any]) -> New:
        """What `keep` keeps of a body, as `create` would; raises what the client got wrong."""
        return ready(self._store, self._name, self._made(body))

    def keep(self, documents: Sequence[New]) -> None:
        """Keep documents that are `ready`, in the transaction that this is in.

        Raises Conflict where an id is taken; then the transaction is over.
        """
        insert_many(self._store, self._name, documents)
        if self._rules.on_write is not None:
            for each in documents:
                self._rules.on_write(None, Document(each.document, 1))

    def retrieve(self, id_: str, query: Query) -> T:
        """The resource, with the attributes that the query asks for; NotFound."""
        if query.fields is None:
            return self._typed(self._store.show(self._name, id_))
        return self._typed(project(self._store.get(self._name, id_), query.fields))

    def patch(self, id_: str, patch: Patch, *, if_match: str | None = None) -> T:
        """The resource, changed. NotFound, FieldInvalid, PreconditionFailed, or Conflict where the
        patch is right in itself and what is stored does not allow it (RFC 5789 section 2.2);
        Unavailable where others change it until nobody waits for this any more.
        """
        assignment = self._assignment(patch)

        def changed() -> tuple[Document | None, Document]:
            seen: list[Document | None] = [None]

            def change(before: Document) -> dict[str, Any]:
                if not patch.wanted():
                    raise Unavailable("the patch took too long")
                seen.append(before)
                return self._patched(before, patch)

            expected = versions(if_match)
            after = self._store.change(self._name, id_, change, expected, assignment)
            return seen[-1], after

        return self._typed(self._written(changed))

    def delete(self, id_: str, *, if_match: str | None = None) -> None:
        """Remove the resource. NotFound or PreconditionFailed."""

        def removed() -> tuple[Document, None]:
            before = self._store.delete(self._name, id_, versions(if_match))
            if self._rules.on_remove is not None:
                self._rules.on_remove(before)
            return before, None

        self._store.in_transaction(lambda: self._written(removed))

    def _made(self, body: Mapping[str, Any]) -> Document:
        """What is kept of a body; raises what the client got wrong."""
        document = Document(body if "id" in body else {"id": str(ULID()), **body})
        document.pop("href", None)
        if "@type" in self._schema.fields:
            document.setdefault("@type", self._type)
        self._touch(document)
        self._rules.on_create(document)
        return document

    def _written(self, write: Callable[[], tuple[Document | None, After]]) -> After:
        """What a write leaves, together with what belongs to it: all of that or nothing."""
        also = self._rules.on_write
        if also is None:
            return write()[1]

        def whole() -> After:
            before, after = write()
            if after is not before:
                also(before, after)
            return after

        return self._store.in_transaction(whole)

    def _assignment(self, patch: Patch) -> Assignment | None:
        """What the patch comes to, where that needs no look at what it patches."""
        assigned = patch.assigned
        apart = {name: kept for name, kept in self._rules.apart.items() if name in assigned}
        if not assigned or not assigned.keys() <= self._free or apart.items() & assigned.items():
            return None
        touched: dict[str, Any] = {}
        self._touch(touched)
        return Assignment(self._typed_values(assigned), touched, apart)

    def _patched(self, before: Document, patch: Patch) -> dict[str, Any]:
        shown = patch.shown(before)
        changed = patch.apply(shown, self._attributes, self._zone)
        if not isinstance(changed, dict):
            raise Conflict("a patch must leave an object")
        refuse_unpatchable(shown, patch.named(shown, changed), self._patchable)
        if same(changed, shown):
            return before
        gone = sorted(self._kept & shown.keys() - changed.keys())
        refuse(Conflict("can't be removed", attribute=name) for name in gone)
        try:
            self._contract.check(COMPONENTS + self._type, changed)
        except NamedError as error:
            refuse(map(_unfit, error.every))
        after = Document(self._typed_values(patch.view.removed(changed)), derived=before.derived)
        self._rules.on_change(before, after, patch.mentions(shown, changed))
        self._touch(after)
        return after

    @cached_property
    def _free(self) -> frozenset[str]:
        """What a patch may set without a look at the rest, and with nothing to write beside it."""
        free = frozenset() if self._rules.on_write else self._rules.free
        return free if self._patchable is None else free & self._patchable

    @property
    def _kept(self) -> frozenset[str]:
        return self._contract.kept(f"{self._type}_Update")

    @property
    def _patchable(self) -> frozenset[str] | None:
        return self._contract.patchable(f"{self._type}_Update")

    def _touch(self, document: dict[str, Any]) -> None:
        if "lastUpdate" in self._schema.fields:
            document["lastUpdate"] = datetime.now(UTC)

    def _typed(self, document: Document) -> T:
        return cast(T, document)


def _unfit(error: ApiError) -> Conflict:
    """The Conflict for a valid patch that would leave the resource with this fault."""
    return Conflict(f"after this patch, {error.trouble}", attribute=error.attribute)


def versions(if_match: str | None) -> frozenset[int] | None:
    """The versions that an `If-Match` header names; None for any (RFC 9110 section 13.1.1).

    A weak tag counts as the strong one that it was: proxies that compress what they pass on weaken
    tags, and all of ours are strong.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = re.findall(r'(?:^|,)\s*(?:W/)?"([1-9][0-9]{0,17})"\s*(?=,|$)', if_match)
    return frozenset(map(int, tags))
