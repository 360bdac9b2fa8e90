"""Create, read, change and delete the resources of one kind: the standard operations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, Generic, TypeAlias, TypeVar, cast

from ulid import ULID

from impl.api import Api
from impl.billing.policy import Policy
from impl.contract.json_schema import COMPONENTS
from impl.errors import ApiError, Conflict, NamedError, Unavailable, refuse
from impl.etags import versions
from impl.events.callbacks import Allowance
from impl.instants import plan
from impl.patch.apply import Patch, refuse_unpatchable
from impl.patch.operations import same
from impl.query import attributes
from impl.query.language import Document, Page, Path, Query
from impl.query.project import project
from impl.resources import BY_NAME
from impl.store import bulk_insert, unknown_attributes
from impl.store.bulk_insert import New
from impl.store.mongo import Store
from impl.store.writing import Assignment, Change

JSON = "application/json"
TOUCHED = {"lastUpdate", "lastModified"}
"""Attributes that each write sets to its time, if the resource has them."""

T = TypeVar("T", bound=Mapping[str, Any])
OnWrite: TypeAlias = Callable[[Document | None, Document | None], None]


@dataclass(frozen=True)
class Services:
    """Everything that handlers use."""

    store: Store
    api: Api
    policy: Policy = field(default_factory=Policy)
    documents: Callable[[], Any] | None = None
    """Returns the renderer of PDF and HTML; called when a document is requested."""

    reject_unknown_filters: bool = True
    allowance: Allowance = field(default_factory=Allowance)
    """Addresses beyond public ones that callbacks may have."""

    stopping: Callable[[], bool] = lambda: False
    """Whether streams must end, because the server stops."""


@dataclass(frozen=True)
class Rules:
    """The rules of a resource beyond its schema."""

    on_create: Callable[[Document], None] = lambda document: None
    """Set the attributes that the server owns; raise an error for a wrong request."""

    on_change: Callable[[Document, Document, frozenset[str]], None] = lambda *_: None
    """Refuse a change, or set what follows from it: before, after, the attributes it names."""

    assignable: frozenset[str] = frozenset()
    """Attributes that a patch may set unread: `on_change` does not check them."""

    apart: Mapping[str, Any] = field(default_factory=dict)
    """Values of these that `on_change` must check: a patch to or from one reads the document."""

    on_write: OnWrite | None = None
    """Write what belongs to a create (from None), a change or a removal (to None), or refuse it."""

    on_remove: Callable[[Document], None] | None = None
    """The same for a delete alone, so that other writes need no transaction."""


class Collection(Generic[T]):
    """The resources of one row of `impl/resources.py`, in the store and valid by the contract."""

    def __init__(self, name: str, services: Services, rules: Rules = Rules()) -> None:
        row = BY_NAME[name]
        schema = services.api.schemas[row.schema]
        self._name = row.collection
        self._type = row.schema
        self._schema = schema()
        self._typed_values = plan(schema)
        self._store = services.store
        self._contract = services.api.contract
        self._reject_unknown = services.reject_unknown_filters
        self._attributes = attributes.of(schema)
        self._zone = services.policy.zone
        self._rules = rules
        self._update = _update_schema(services.api, name)

    def list(self, query: Query, *, to_show: bool = True) -> Page:
        """The page of the query. To read attributes of its documents, set `to_show` to False."""
        self.refuse_unknown(query.unknown)
        query = replace(query, ready=to_show)
        if query.window.stream:
            return Page((), None, tail=self._store.stream(self._name, query))
        return self._store.find(self._name, query)

    def refuse_unknown(self, paths: Sequence[Path]) -> None:
        """Raise ParameterInvalid for a path that no document has."""
        if self._reject_unknown:
            unknown_attributes.refuse(self._store, self._name, paths, self._attributes)

    def create(self, body: Mapping[str, Any]) -> T:
        """Store a new resource: with the client's id or a ULID, and the server's `lastUpdate`."""
        document = self._made(body)
        return self._typed(self._written(partial(self._inserted, document)))

    def ready(self, body: Mapping[str, Any]) -> New:
        """A body as `create` would store it, for `keep`; raises the error of a wrong body."""
        return bulk_insert.ready(self._store, self._name, self._made(body))

    def keep(self, documents: Sequence[New]) -> None:
        """Store documents that are `ready`, in the current transaction.

        Raises Conflict if an id is taken; then the transaction is aborted.
        """
        bulk_insert.insert_many(self._store, self._name, documents)
        if self._rules.on_write is not None:
            for each in documents:
                document = bulk_insert.decode(self._store, self._name, each)
                self._rules.on_write(None, Document(document, 1))

    def retrieve(self, id_: str, query: Query) -> T:
        """The resource with the attributes that the query chooses; NotFound."""
        if query.fields is None:
            return self._typed(self._store.show(self._name, id_))
        return self._typed(project(self._store.get(self._name, id_), query.fields))

    def patch(self, id_: str, patch: Patch, *, if_match: str | None = None) -> T:
        """The resource after the patch.

        Raises NotFound, FieldInvalid, PreconditionFailed; Conflict if the patch is right in itself
        and what is stored does not allow it (RFC 5789 section 2.2); Unavailable if other clients
        change the resource until nobody waits for this any more.
        """
        return self._typed(self._written(partial(self._changed, id_, patch, versions(if_match))))

    def delete(self, id_: str, *, if_match: str | None = None) -> None:
        """Remove the resource. NotFound or PreconditionFailed."""
        self._store.in_transaction(partial(self._remove, id_, versions(if_match)))

    def _made(self, body: Mapping[str, Any]) -> Document:
        """The document to store of a body; raises the error of a wrong body."""
        document = Document(body if "id" in body else {"id": str(ULID()), **body})
        document.pop("href", None)
        if "@type" in self._schema.fields:
            document.setdefault("@type", self._type)
        self._touch(document)
        self._rules.on_create(document)
        return document

    def _inserted(self, document: Document) -> Change:
        return Change(None, self._store.insert(self._name, document))

    def _changed(self, id_: str, patch: Patch, expected: frozenset[int] | None) -> Change:
        change, assignment = partial(self._patched, patch), self._assignment(patch)
        return self._store.writer.change(self._name, id_, change, expected, assignment)

    def _remove(self, id_: str, expected: frozenset[int] | None) -> None:
        before = self._store.delete(self._name, id_, expected)
        if self._rules.on_remove is not None:
            self._rules.on_remove(before)
        if self._rules.on_write is not None:
            self._rules.on_write(before, None)

    def _written(self, write: Callable[[], Change]) -> Document:
        """The document after a write, made together with what belongs to it: all or nothing."""
        if self._rules.on_write is None:
            return write().after
        return self._store.in_transaction(partial(self._whole, write, self._rules.on_write))

    def _whole(self, write: Callable[[], Change], on_write: OnWrite) -> Document:
        change = write()
        if change.after is not change.before:
            on_write(change.before, change.after)
        return change.after

    def _assignment(self, patch: Patch) -> Assignment | None:
        """The assignment that the patch comes to; None if the document must be read for it."""
        assigned = patch.assigned
        apart = {name: value for name, value in self._rules.apart.items() if name in assigned}
        if (
            not assigned
            or not assigned.keys() <= self._assignable
            or apart.items() & assigned.items()
        ):
            return None
        touched: dict[str, Any] = {}
        self._touch(touched)
        return Assignment(self._typed_values(assigned), touched, apart)

    def _patched(self, patch: Patch, before: Document) -> dict[str, Any]:
        """The document that the patch makes of another; the same one if it changes nothing."""
        if not patch.wanted():
            raise Unavailable("the patch took too long")
        shown = patch.shown(before)
        changed = patch.apply(shown, self._attributes, self._zone)
        if not isinstance(changed, dict):
            raise Conflict("a patch must leave an object")
        refuse_unpatchable(shown, patch.named(shown, changed), self._patchable)
        if same(changed, shown):
            return before
        gone = sorted(self._not_removable & shown.keys() - changed.keys())
        refuse(Conflict("can't be removed", attribute=name) for name in gone)
        try:
            self._contract.check(COMPONENTS + self._type, changed)
        except NamedError as error:
            refuse(map(_as_conflict, error.every))
        after = Document(self._typed_values(patch.view.removed(changed)), derived=before.derived)
        self._rules.on_change(before, after, patch.mentions(shown, changed))
        self._touch(after)
        return after

    @cached_property
    def _assignable(self) -> frozenset[str]:
        """What a patch may set without a look at the rest, and with nothing to write beside it."""
        names = frozenset() if self._rules.on_write else self._rules.assignable
        return names if self._patchable is None else names & self._patchable

    @property
    def _not_removable(self) -> frozenset[str]:
        return self._contract.not_removable(self._update)

    @property
    def _patchable(self) -> frozenset[str] | None:
        return self._contract.patchable(self._update)

    def _touch(self, document: dict[str, Any]) -> None:
        for name in TOUCHED & self._schema.fields.keys():
            document[name] = datetime.now(UTC)

    def _typed(self, document: Document) -> T:
        return cast(T, document)


def _update_schema(api: Api, resource: str) -> str:
    """The schema of a merge patch of the resource; blank if the API has no patch of it."""
    patches = (each for each in api.operations if each.standard == "patch")
    requests = (each.request.get(JSON) for each in patches if each.resource == resource)
    return next(requests, None) or ""


def _as_conflict(error: ApiError) -> Conflict:
    """The Conflict for a valid patch that would leave the resource invalid."""
    return Conflict(f"after this patch, {error.trouble}", attribute=error.attribute)
