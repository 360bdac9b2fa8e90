"""What Schemathesis can't know of the contract: texts of its formats, and two or three rules."""

import os
from datetime import UTC, date, time
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation.meta import TestPhase

from impl.billing.cycle import refuse_specification
from impl.errors import ApiError, FieldInvalid
from impl.query.attributes import Attribute
from impl.query.jsonpath import condition
from tests.contract.looser import QUERY_PATCH, excused

LONGEST_KEY = 255
REFERRED = {"bill": "CustomerBill", "billingAccount": "BillingAccount"}

_KEYS = st.sampled_from(["id", "-id", "+href"])
_QUOTED = st.text(st.characters(categories=("L", "N")), max_size=8).map(lambda text: f"'{text}'")
_VALUES = _QUOTED | st.integers(-(2**40), 2**40).map(str) | st.sampled_from(["true", "null"])
_PATHS = st.sampled_from(["@.id", "@.x.y", "@['x y']"])
_COMPARED = st.builds(
    "{} {} {}".format, _PATHS, st.sampled_from(["==", "!=", ">", ">=", "<", "<="]), _VALUES
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

schemathesis.openapi.format("tmf630-sort", st.lists(_KEYS, min_size=1, max_size=3).map(",".join))
schemathesis.openapi.format(
    "tmf630-jsonpath", _TERMS.map("$[?({})]".format) | st.just("x[?(@.y == 1)]")
)
schemathesis.openapi.format(
    "tmf630-query",
    st.lists(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["name", "product.id"]),
            st.sampled_from(["=", ".gt="]),
            _VALUES,
        ),
        max_size=3,
    ).map("&".join),
)
# None whose UTC is of the year 0 or 10000: BSON dates have these, and Python's have not.
schemathesis.openapi.format(
    "date-time",
    st.builds(
        "{}T{}{}".format,
        st.dates(date(1, 1, 2), date(9999, 12, 30)),
        st.times().map(time.isoformat),
        st.sampled_from(["Z", "+00:00", "+13:45", "-11:00"]),
    ),
)
schemathesis.openapi.format("tmf678-cursor", st.just(""))
schemathesis.openapi.format(
    "tmf630-path", st.sampled_from(["/state?id=one", "$.x[?(@.y == 1)].z", "x[*].y"])
)
_HOSTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
schemathesis.openapi.format(
    "tmf678-callback",
    st.builds("{}://{}.example{}/{}".format, st.sampled_from(["http", "https"]), _HOSTS,
              st.sampled_from(["", ":443", ":8080", ":65535"]), _HOSTS),
)  # fmt: skip
schemathesis.openapi.format("tmf678-event", st.just(""))
schemathesis.openapi.format(
    "tmf678-period", st.sampled_from(["2026", "2026-Q4", "2026-10", "2026-W40", "October", ""])
)
schemathesis.openapi.format(
    "tmf678-frequency", st.sampled_from(["monthly", "2 weeks", "semi-monthly", "P1Y6M", "Yearly"])
)
_EVENT_FILTERS = st.sampled_from(
    [
        "eventType=CustomerBillStateChangeEvent",
        "eventType=CustomerBillCreateEvent,BillCycleDeleteEvent",
        "event.customerBill.state=onHold",
        "customerBill.amountDue.value.gt=100",
        "filter=$[?(@.event.billCycle)]",
        "fields=eventType,event.customerBill.id",
    ]
)
schemathesis.openapi.format(
    "tmf678-event-query", st.lists(_EVENT_FILTERS, max_size=4, unique=True).map("&".join)
)


def _is_blank(value: object) -> bool:
    if isinstance(value, (list, dict)):
        return all(map(_is_blank, value))
    return value is None or value == ""


_IS_SERVED = os.environ.get("FUZZED") == "served"


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, object] | None) -> bool:
    """A blank `limit` or `offset` is no wrong one: the contract says `allowEmptyValue`."""
    given = query or {}
    return not any(name in given and _is_blank(given[name]) for name in ("limit", "offset"))


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """A blank `query` or `rateFilter` selects all; Schemathesis takes any text for a wrong one.

    And it takes an attribute filter of `true` or 1 for a wrong one, though a URL holds only texts.
    Where the document that clients get is fuzzed, its looser places are left out.
    """
    if case.meta is None:
        return True
    mode = case.meta.generation.mode
    if _IS_SERVED and excused(case.body, case.media_type, is_right=mode.is_positive):
        return False
    if not mode.is_negative:
        return True
    filters = (case.query or {}).get("filters")
    if (
        isinstance(filters, dict)
        and filters
        and all(str(each).strip() for each in filters.values())
    ):
        return False
    body = case.body if isinstance(case.body, dict) else {}
    return not any(body.get(name) == "" for name in ("query", "rateFilter"))


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: "schemathesis.Case[Any]", _options: dict[str, Any]
) -> None:
    """Let no right key come again in the stateful phase, and give a right body what rules ask for.

    Nor a right filter be no JSONPath, which its pattern can't say.

    A key that comes again would get the first answer again, though what that made may be deleted
    since, which the check of created resources can't know. The other phases try such keys.
    """
    if case.meta is None:
        return
    if case.meta.generation.mode.is_positive:
        _complete(case)
    if case.meta.phase.name != TestPhase.STATEFUL or not case.headers:
        return
    if 1 <= len(str(case.headers.get("Idempotency-Key", ""))) <= LONGEST_KEY:
        case.headers["Idempotency-Key"] = uuid4().hex


def _complete(case: "schemathesis.Case[Any]") -> None:
    """Give a right request what no schema can ask for."""
    if "filter" in (case.query or {}):
        case.query["filter"] = _readable(str(case.query["filter"]))
    if case.media_type == QUERY_PATCH:
        _give_values(case.body)
    if not isinstance(case.body, dict):
        return
    if "Specification" in case.operation.path:
        _reconcile(case.body)
    if "Rate" in case.operation.path:
        _refer(case.body, is_new=case.method == "POST")


def _readable(text: str) -> str:
    """A filter, or in its place one that is JSONPath."""
    try:
        condition(text, Attribute("any"), UTC)
    except ApiError:
        return "$[?(@.id)]"
    return text


def _reconcile(specification: dict[str, Any]) -> None:
    """Leave out what a specification of cycles can't have together, which no schema can say."""
    for _ in range(len(specification)):
        try:
            refuse_specification(specification)
        except FieldInvalid as error:
            specification.pop(error.attribute)


def _give_values(patch: Any) -> None:
    """Give a value to each operation that needs one."""
    for operation in patch if isinstance(patch, list) else [patch]:
        if operation["op"] != "remove":
            operation.setdefault("value", None)


def _refer(rate: dict[str, Any], *, is_new: bool) -> None:
    """Name the bill of a rate that is billed, and the account of a new one that is not."""
    needed = "bill" if rate.get("isBilled") else "billingAccount"
    if (is_new or needed == "bill") and rate.get(needed) is None:
        rate[needed] = {"id": "one", "@type": f"{REFERRED[needed]}Ref"}
    if is_new and not rate.get("isBilled"):
        rate.pop("bill", None)
