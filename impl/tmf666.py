"""The TMF666 API, over the store of TMF678: the accounts that are billed.

A `billingCycleSpecification` is a `billCycleSpecification` of TMF678 under its name here.
"""

import re
from collections.abc import Callable, Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import orjson

from generated import tmf666
from impl import generated_api
from impl.errors import NotTranslated
from impl.events.build import event_types
from impl.instants import plan
from impl.links import EventLinks, Links, to_json
from impl.patch.apply import Patch
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import (
    Compare,
    Condition,
    Path,
    Query,
    Rendered,
    Selection,
)
from impl.query.paths import Leaf, changed, renamed
from impl.resources import ACCOUNTS, BY_NAME, EVENTS, HUB, SPECIFICATIONS

NAME = "tmf666"
HERE, HERE_TYPE = "billingCycleSpecification", "BillingCycleSpecification"
STORED_TYPE = BY_NAME[SPECIFICATIONS].schema
"""The names of specifications here, and the class that the store has for them."""

TYPE, BALANCE = "@type", "accountBalance"
OF_SPECIFICATIONS = {(TYPE,)}
OF_EVENTS = {
    *(("eventType",), ("title",), ("description",)),
    *((HERE, TYPE), ("event", HERE, TYPE)),
}
"""Attributes whose values name specifications, which the store calls otherwise."""

_OWN_TAG = re.compile(r'"([1-9][0-9]*)-[0-9a-f]{8}"')


@dataclass(frozen=True)
class OwnLinks(Links):
    """Documents of this API, whose lists are not those of TMF678."""

    @property
    def list_name(self) -> str:
        """The name of the list that cursors belong to."""
        return f"{NAME}/{self.resource}"


@dataclass(frozen=True)
class AccountLinks(OwnLinks):
    """Billing accounts. The ETag of one with computed balances ends with their checksum."""

    def if_match(self, header: str) -> str:
        """An `If-Match` header without the checksums of balances."""
        return _OWN_TAG.sub(r'"\1"', header)


@dataclass(frozen=True)
class SpecificationLinks(OwnLinks):
    """Specifications under their name here; one without a name shows its id as its name."""

    def added(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with its `href`."""
        return super().added({"name": document["id"], **document, **_typed(document, HERE_TYPE)})

    def removed(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The document as the store has it."""
        stored = super().removed(shown)
        return {**stored, **_typed(stored, STORED_TYPE)}

    def one(self, document: Mapping[str, Any]) -> bytes:
        """A document as JSON."""
        if isinstance(document, Rendered):
            plain = orjson.loads(self._based(document.text))
            return to_json(self.added({k: v for k, v in plain.items() if k != "href"}))
        return super().one(document)

    def many(self, documents: Any) -> bytes:
        """A list of documents as JSON."""
        return b"[" + b",".join(map(self.one, documents)) + b"]"


class AccountEventLinks(OwnLinks, EventLinks):
    """Events; those of specifications under their name here."""

    def event_type(self, stored: str) -> str:
        """A type of events as this API shows it."""
        return _shown_name(stored)

    def added(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The event as it is published."""
        shown = super().added(document)
        specification = (document.get("event") or {}).get(SPECIFICATIONS)
        if specification is not None:
            own = SpecificationLinks(self.base, HERE)
            inner = own.added(specification) if "id" in specification else specification
            shown["event"] = {HERE: inner}
        named = {"eventType", "title", "description"} & shown.keys()
        return shown | {name: _shown_name(shown[name]) for name in named}


def links(base: str, resource: str) -> Links:
    """The `href`s of what a path shows, below the URL that clients know the API by."""
    kind = {HERE: SpecificationLinks, EVENTS: AccountEventLinks, ACCOUNTS: AccountLinks}
    return kind.get(resource, OwnLinks)(base, resource)


class Form:
    """The names that specifications, and events of them, have here."""

    def attributes(self, resource: str) -> Attribute:
        """The attributes of a resource."""
        return API.event if resource == EVENTS else _attributes(resource)

    def body(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of a create as the store has it, with typed values."""
        if resource == HUB:
            body = {"apiVersion": NAME, **body}
        elif resource == HERE:
            body = {**body, **_typed(body, STORED_TYPE)}
        return _plan(resource)(dict(body))

    def query(self, query: Query, links: Links) -> tuple[Query, Links]:
        """The query of stored documents."""
        if links.resource == HERE:
            return replace(
                _refuse_order(query, OF_SPECIFICATIONS),
                where=_with_stored(query.where, OF_SPECIFICATIONS),
            ), links
        if links.resource == EVENTS:
            where = renamed(_with_stored(query.where, OF_EVENTS), _stored_path)
            order = tuple(
                replace(key, path=_stored_path(key.path))
                for key in _refuse_order(query, OF_EVENTS).order
            )
            unknown = tuple(map(_stored_path, query.unknown))
            fields = _stored_fields(query.fields)
            return replace(query, where=where, order=order, unknown=unknown, fields=fields), links
        return query, links

    def patch(
        self, media_type: str, body: Any, links: Links, wanted: Callable[[], bool], *, alone: bool
    ) -> Patch:
        """A patch of what the links show."""
        return Patch(media_type, body, links, wanted, alone)

    def errors(self, _resource: str) -> AbstractContextManager[None]:
        """Attributes of documents have the same names in the store."""
        return nullcontext()


def _typed(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """The `@type` under the given name; empty if the specification has a type of its own."""
    is_ours = document.get(TYPE) in (HERE_TYPE, STORED_TYPE)
    return {TYPE: name} if is_ours else {}


def _shown_name(text: str) -> str:
    """A text that begins with the class of specifications, which has another name here."""
    if text.startswith(STORED_TYPE):
        return HERE_TYPE + text.removeprefix(STORED_TYPE)
    return text


def _stored_name(value: Any) -> Any:
    """A class or a type of events as the store has it."""
    if isinstance(value, str) and value.startswith(HERE_TYPE):
        return STORED_TYPE + value.removeprefix(HERE_TYPE)
    return value


def _with_stored(where: Condition, named: Set[Path]) -> Condition:
    """The condition with the store's values of the attributes that name specifications.

    NotTranslated for a comparison other than for equality, which the store would answer by its own.
    """

    def stored(part: Leaf) -> Condition:
        if not isinstance(part, Compare) or part.path not in named:
            return part
        if part.operator != "eq":
            name = ".".join(part.path)
            raise NotTranslated("only equality is supported here", attribute=name)
        return replace(part, values=tuple(map(_stored_name, part.values)))

    return changed(where, stored)


def _refuse_order(query: Query, named: Set[Path]) -> Query:
    """The query; NotTranslated for an order by what the store has under another name."""
    for key in query.order:
        if key.path in named:
            raise NotTranslated(f"an order by {'.'.join(key.path)}", attribute="sort")
    return query


def _stored_path(path: Path) -> Path:
    """A path in an event as the store has it; `event` may be left out before a resource."""
    if path[:1] == (HERE,):
        path = ("event", *path)
    return (path[0], SPECIFICATIONS, *path[2:]) if path[:2] == ("event", HERE) else path


def _stored_fields(fields: Selection | None) -> Selection | None:
    """The selection of an event's attributes as the store has them."""
    if not fields:
        return fields
    outer = dict(fields)
    inner = outer.pop("event", {})
    if inner is not None:
        short = {HERE: outer.pop(HERE)} if HERE in outer else {}
        inner = {SPECIFICATIONS if k == HERE else k: v for k, v in {**inner, **short}.items()}
    return {**outer, "event": inner} if inner != {} else outer


@cache
def _attributes(resource: str) -> Attribute:
    schema = HERE_TYPE if resource == HERE else BY_NAME[resource].schema
    known = attributes.of(_READ.schemas[schema])
    if resource == ACCOUNTS:  # so that the handler, not the parser, refuses an order by it
        balance = replace(known.members[BALANCE], array=False)
        known = replace(known, members={**known.members, BALANCE: balance})
    return known


@cache
def _plan(resource: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return plan(_READ.schemas[_READ.create_schema(resource)])


_READ = generated_api.read(tmf666.__name__)
_PUBLISHED = (*_READ.published, SPECIFICATIONS)
_TYPES = tuple(map(_shown_name, event_types(_PUBLISHED)))
API = replace(
    _READ,
    event=attributes.with_choices(_READ.event, "eventType", _TYPES),
    published=_PUBLISHED,
    links=links,
    form=Form(),
)
