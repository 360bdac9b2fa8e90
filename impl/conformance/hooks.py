"""What Schemathesis can't know of any contract: texts of the server's own formats, two rules."""

import os
from datetime import UTC, date, time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation.meta import TestPhase

from impl.conformance.samples import QUERY_PATCH, is_beyond_64_bits
from impl.errors import ApiError, NotTranslated
from impl.query.attributes import Attribute
from impl.query.filters import groups
from impl.query.jsonpath import condition
from impl.query.project import selection

LONGEST_KEY = 255
PARAMETERS = {"filters", "filter", "fields", "sort", "limit", "offset", "cursor", "after"}

_KEYS = st.sampled_from(["id", "-id", "+href"])
_QUOTED = st.text(st.characters(categories=("L", "N")), max_size=8).map(lambda text: f"'{text}'")
VALUES = _QUOTED | st.integers(-(2**40), 2**40).map(str) | st.sampled_from(["true", "null"])
_PATHS = st.sampled_from(["@.id", "@.x.y", "@['x y']"])
_COMPARED = st.builds(
    "{} {} {}".format, _PATHS, st.sampled_from(["==", "!=", ">", ">=", "<", "<="]), VALUES
)
_TERMS = st.recursive(
    _COMPARED | _PATHS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner)
        | inner.map("!({})".format)
        | inner.map("@.x[?({})]".format)
    ),
    max_leaves=6,
)
# None whose UTC is of the year 0 or 10000: BSON dates have these, and Python's have not.
_INSTANTS = st.builds(
    "{}T{}{}".format,
    st.dates(date(1, 1, 2), date(9999, 12, 30)),
    st.times().map(time.isoformat),
    st.sampled_from(["Z", "+00:00", "+13:45", "-11:00"]),
)
_HOSTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_CALLBACKS = st.builds(
    "{}://{}.example{}/{}".format,
    st.sampled_from(["http", "https"]),
    _HOSTS,
    st.sampled_from(["", ":443", ":8080", ":65535"]),
    _HOSTS,
)
_EVENT_FILTERS = st.sampled_from(
    ["eventTime.gt=2026-01-01", "eventId=1,2", "filter=$[?(@.eventId)]", "fields=eventType"]
)

FORMATS: dict[str, st.SearchStrategy[str]] = {
    "date-time": _INSTANTS,
    "tmf630-sort": st.lists(_KEYS, min_size=1, max_size=3).map(",".join),
    "tmf630-jsonpath": _TERMS.map("$[?({})]".format) | st.just("x[?(@.y == 1)]"),
    "tmf630-path": st.sampled_from(["/state?id=one", "$.x[?(@.y == 1)].z", "x[*].y"]),
    "tmf678-callback": _CALLBACKS,
    "tmf678-cursor": st.just(""),
    "tmf678-event": st.just(""),
    "tmf678-event-query": st.lists(_EVENT_FILTERS, max_size=4, unique=True).map("&".join),
}
for _name, _texts in FORMATS.items():
    schemathesis.openapi.format(_name, _texts)

_IS_SERVED = os.environ.get("FUZZED") == "served"


def _is_blank(value: object) -> bool:
    if isinstance(value, (list, dict)):
        return all(map(_is_blank, value))
    return value is None or value == ""


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, object] | None) -> bool:
    """A blank `limit` or `offset` counts as absent: the contract says `allowEmptyValue`."""
    given = query or {}
    return not any(name in given and _is_blank(given[name]) for name in ("limit", "offset"))


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """Leave out cases that are right though they seem wrong, and the reverse.

    A blank `query` selects all; Schemathesis takes any text for a violation of a format that it
    does not know. A filter of `true` or 1 is a text in a URL, and so are `fields` of another type.
    The document for clients does not say that numbers of extensions are within 64 bits.
    """
    if case.meta is None:
        return True
    mode = case.meta.generation.mode
    if _IS_SERVED and mode.is_positive and is_beyond_64_bits(case.body):
        return False
    if not mode.is_negative:
        return True
    filters = _filters(case) or _others(case)
    if filters and all(_has_value(name, value) for name, value in filters.items()):
        return False
    if _is_jsonpath((case.query or {}).get("fields")):
        return False
    body = case.body if isinstance(case.body, dict) else {}
    return body.get("query") != ""


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: "schemathesis.Case[Any]", _options: dict[str, Any]
) -> None:
    """Make a valid `filter` JSONPath and valid `fields` none, and each valid key new.

    Attribute filters are sent by their own names, so none is called like another parameter. None
    has a NUL, which no pattern may hold.
    In the stateful phase, a repeated `Idempotency-Key` would get its first answer, even if the
    resource has been deleted since. The other phases try such keys.
    """
    if _is_jsonpath((case.query or {}).get("fields")):
        case.query["fields"] = "id"
    if case.meta is None:
        return
    if case.meta.generation.mode.is_positive:
        _drop_unsendable(case)
        if "filter" in (case.query or {}):
            case.query["filter"] = _readable(str(case.query["filter"]))
        if case.media_type == QUERY_PATCH:
            _give_values(case.body)
    if case.meta.phase.name != TestPhase.STATEFUL or not case.headers:
        return
    if 1 <= len(str(case.headers.get("Idempotency-Key", ""))) <= LONGEST_KEY:
        case.headers["Idempotency-Key"] = uuid4().hex


def _drop_unsendable(case: "schemathesis.Case[Any]") -> None:
    """Drop filters that are called like another parameter, or have a NUL."""
    filters, query = _filters(case), case.query or {}
    for name in filters.keys() & PARAMETERS:
        del filters[name]
    for given in (filters, query):
        for name in [name for name, value in given.items() if "\0" in str(value)]:
            del given[name]


def _filters(case: "schemathesis.Case[Any]") -> dict[str, Any]:
    filters = (case.query or {}).get("filters")
    return filters if isinstance(filters, dict) else {}


def _others(case: "schemathesis.Case[Any]") -> dict[str, Any]:
    """Attribute filters that Schemathesis has written as parameters already."""
    return {name: value for name, value in (case.query or {}).items() if name not in PARAMETERS}


def _has_value(name: str, value: object) -> bool:
    """Whether a filter has a value; it is in the name if that has an operator, such as `a>5`."""
    return bool(str(value).strip()) or any(
        each.value for group in groups(quote(name)) for each in group
    )


def _is_jsonpath(fields: object) -> bool:
    """Whether `fields` may be JSONPath: a list or an object is written into a URL as any text."""
    if isinstance(fields, (list, dict)):
        return True
    try:
        selection(str(fields), Attribute("any"))
    except NotTranslated:
        return True
    return False


def _readable(text: str) -> str:
    """A filter, or in its place one that is JSONPath."""
    try:
        condition(text, Attribute("any"), UTC)
    except ApiError:
        return "$[?(@.id)]"
    return text


def _give_values(patch: Any) -> None:
    """Give a value to each operation that needs one."""
    for operation in patch if isinstance(patch, list) else [patch]:
        if operation["op"] != "remove":
            operation.setdefault("value", None)
