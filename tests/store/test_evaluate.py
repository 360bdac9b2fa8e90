"""What is asked of a document means the same in memory and in MongoDB, whatever it holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import bson
import pymongo
import pytest
from bson.codec_options import CodecOptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from generated import schemas
from impl.errors import ApiError, ParameterInvalid
from impl.query import attributes
from impl.query.evaluate import holds
from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Path,
    Prefix,
    Selection,
    Some,
    Span,
    Value,
)
from impl.query.parse import Limits, parse
from impl.query.project import project, selection
from impl.query.regex import checked
from impl.store import feed_filter
from impl.store.documents import VERSION, Stored, from_mongo, to_mongo
from impl.store.embedded import Mongod
from impl.store.mongo_query import to_filter, to_projection
from tests.sizes import examples

BILL = attributes.of(schemas.CustomerBill)
RATE = attributes.of(schemas.AppliedCustomerBillingRate)
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # Python reads [[ with doubts
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)

steady = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@pytest.fixture(scope="module")
def things(mongod: Mongod) -> Iterator[Collection[Stored]]:
    client: pymongo.MongoClient[Stored] = pymongo.MongoClient(mongod.uri)
    codec: CodecOptions[Stored] = CodecOptions(tz_aware=True, tzinfo=UTC)
    yield client.get_database(f"test-{uuid4().hex}", codec_options=codec)["things"]
    client.close()


def put(things: Collection[Stored], documents: list[dict[str, Any]]) -> None:
    """Keep these documents and no others."""
    numbered = [{**each, "id": str(number)} for number, each in enumerate(documents)]
    things.delete_many({})
    things.insert_many([to_mongo(each, 1) for each in numbered])


def agree(
    things: Collection[Stored], documents: list[dict[str, Any]], conditions: list[Condition]
) -> None:
    """MongoDB and `holds` select the same of these documents by each of these conditions."""
    put(things, documents)
    kept = [from_mongo(each) for each in things.find().sort("_id")]
    for condition in conditions:
        found = things.find(to_filter(condition), {"_id": 1}).sort("_id")
        selected = [each["id"] for each in kept if holds(condition, each)]
        assert [each["_id"] for each in found] == selected, (condition, kept)
        required = feed_filter.literals(condition)
        for each in kept:
            if each["id"] in selected:
                assert feed_filter.may_match(bson.encode(to_mongo(each, 1)), required), condition


# ---------------------------------------------------------------- any document

NAMES = ["a", "b", "0", "1", "00", "-1", "a.b", "$a", "", "~", "_id", "_rev", "id", "@type"]
names = st.sampled_from(NAMES[:4]) | st.sampled_from(NAMES)
texts = st.text("ab01 \n\r\x00_é.", max_size=4) | st.sampled_from(
    ["2026-10-01", "2026-10-01T12:00:00Z", "2026-10-02", "true", "1", "\U0001f4b6", "\uffff"]
)
numbers = (
    st.integers(-2, 2)
    | st.sampled_from([0.0, -0.0, 1.0, 1.5, 2**53, 2**53 + 1, float(2**53), 1e300, 2**63 - 1])
    | st.sampled_from([-(2**63), float(-(2**63)), 5e-324])
)
instants = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=6 * hours))
scalars = st.none() | st.booleans() | numbers | texts | instants
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=10,
)
documents = st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=4)

spans = st.tuples(instants, instants).map(lambda both: Span(*both))
prefixes = st.sampled_from(["", "2026-10-01", "a", "a.", "\n", "0 "]).map(Prefix)
paths = st.lists(names, min_size=1, max_size=4).map(tuple)


def _searchable(pattern: str) -> bool:
    try:
        checked("", pattern)
    except ParameterInvalid:
        return False
    return True


ATOMS = [
    "a", "b", "0", ".", r"\d", r"\w", r"\s", r"\S", r"\W", "[ab]", "[^a]", "[]a]", "[^]$]", "é",
    "[[:alpha:]]", "[a[]", r"\n", r"\x0b", r"\b", " ", r"\.", r"\\", "\n", r"\$", "[$]",
    r"[\]$]", r"\0", r"\101", "{", "}", "]",
]  # fmt: skip
patterns = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, st.sampled_from("?*+$")).map("".join),
        st.tuples(st.sampled_from(["^", "(?:", "("]), inner).map(
            lambda both: "".join(both) + (")" if both[0] != "^" else "")
        ),
        st.tuples(inner, inner).map("|".join),
        inner.map(lambda each: f"(?i){each}"),
        inner.map(lambda each: f"(?m){each}$"),
    ),
    max_leaves=5,
).filter(_searchable)


def compares(where: st.SearchStrategy[Path]) -> st.SearchStrategy[Compare]:
    anything: st.SearchStrategy[Value] = scalars | spans | prefixes
    return st.one_of(
        st.builds(Compare, where, st.lists(anything, max_size=3).map(tuple)),
        st.builds(
            Compare,
            where,
            st.lists(texts | numbers | st.booleans() | instants, max_size=3).map(tuple),
            st.sampled_from(["gt", "gte", "lt", "lte"]),
        ),
        st.builds(Compare, where, patterns.map(lambda each: (each,)), st.just("regex")),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(
    compares(paths) | st.builds(Exists, paths),
    lambda inner: st.one_of(
        st.builds(Element, paths, inner),
        st.builds(Element, paths, compares(st.just(())) | st.just(Exists(()))),
        st.builds(Every, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=4,
)


@settings(steady, max_examples=examples(100))
@given(documents, st.lists(conditions, min_size=1, max_size=6))
def test_any_condition_selects_the_same_of_any_documents(
    things: Collection[Stored], documents: list[dict[str, Any]], conditions: list[Condition]
) -> None:
    agree(things, documents, conditions)


@settings(steady, max_examples=examples(100))
@given(st.lists(texts, min_size=1, max_size=6), st.lists(patterns, min_size=1, max_size=8))
def test_a_pattern_finds_the_same_in_both(
    things: Collection[Stored], texts: list[str], patterns: list[str]
) -> None:
    wanted: list[Condition] = [Compare(("a",), (each,), "regex") for each in patterns]
    agree(things, [{"a": text} for text in texts], wanted)


# ---------------------------------------------------------------- what is shown

selections = st.lists(paths, min_size=1, max_size=4).map(
    lambda chosen: selection(",".join(map(".".join, chosen)), BILL) or {}
)


@settings(steady, max_examples=examples(100))
@given(documents, st.lists(selections, min_size=1, max_size=5), st.lists(paths, max_size=1))
def test_what_is_fetched_of_any_document_is_what_is_shown_of_it(
    things: Collection[Stored],
    documents: list[dict[str, Any]],
    selections: list[Selection],
    also: list[Path],
) -> None:
    put(things, documents)
    whole = [from_mongo(each) for each in things.find().sort("_id")]
    for chosen in selections:
        projection = to_projection(chosen, tuple(also)) | {"id": 1, VERSION: 1}
        parts = [from_mongo(each) for each in things.find({}, projection).sort("_id")]
        assert [project(each, chosen) for each in parts] == [
            project(each, chosen) for each in whole
        ]
        for path in also:
            assert [_at(each, path) for each in parts] == [_at(each, path) for each in whole]


def _at(document: Any, path: Path) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return None if isinstance(document, (dict, list)) else document


def test_thousands_of_names_and_deep_ones_are_fetched(things: Collection[Stored]) -> None:
    put(things, [{"a": {"a": 1}}])
    for text in (",".join(f"x{n}.y" for n in range(3000)), ",".join(["a"] * 3000), "a." * 63 + "a"):
        chosen = selection(text, BILL)
        assert chosen is not None
        assert len(list(things.find({}, to_projection(chosen, ())))) == 1


# ---------------------------------------------------------------- what clients ask for

WORDS = [
    "new",
    "sent",
    "A-1",
    "a,b",
    "b;c",
    "d&e=f",
    "00123",
    "1",
    "true",
    "x y",
    "x+y",
    "2026-10-01",
]
OF_KIND: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(WORDS),
    "number": st.sampled_from([-1, 0, 1, 1.0, 1.5, 123, 2**53 + 1, 1e-7]),
    "boolean": st.booleans(),
    "instant": instants,
    "any": values,
}


def shaped(attribute: attributes.Attribute, depth: int = 3) -> st.SearchStrategy[Any]:
    """Values as the contract has them for an attribute, with an extension here and there."""
    if attribute.kind == "object" and depth:
        known = {name: shaped(each, depth - 1) for name, each in attribute.members.items()}
        extra = st.dictionaries(st.sampled_from(["x-tier", "a", "0", "$a"]), values, max_size=1)
        some = st.sets(st.sampled_from(sorted(known)), max_size=5).flatmap(
            lambda chosen: st.fixed_dictionaries({name: known[name] for name in sorted(chosen)})
        )
        one = st.tuples(some, extra).map(lambda both: {**both[1], **both[0]})
    else:
        one = OF_KIND.get(attribute.kind, values)
    return st.lists(one, max_size=3) if attribute.array else one


bills = st.lists(
    shaped(attributes.Attribute("object", BILL.members)), min_size=1, max_size=5
)  # their ids are given by `agree`


def leaves(owner: attributes.Attribute, above: Path = ()) -> Iterator[tuple[Path, str]]:
    """The paths to the single values that the contract knows, and their kinds."""
    for name, each in owner.members.items():
        if name == "href" and not above:
            continue  # it is not stored
        if each.kind == "object":
            yield from leaves(each, (*above, name))
        else:
            yield (*above, name), each.kind


def written(value: Any) -> str:
    """A value as a client writes it in a query."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


LEAVES = [*leaves(BILL), (("x-tier",), "any"), (("relatedParty", "a"), "any")]
simple = st.sampled_from(WORDS) | numbers | st.booleans()
typed_leaves = st.sampled_from(LEAVES).flatmap(
    lambda leaf: st.tuples(st.just(leaf[0]), OF_KIND[leaf[1]] if leaf[1] != "any" else simple)
)
texts_of_values = st.one_of(
    st.sampled_from(WORDS), numbers.map(written), st.booleans().map(written), instants.map(written)
)
filters = st.one_of(
    st.builds(
        lambda leaf, sign, more: (
            f"{quote('.'.join(leaf[0]))}{sign}{','.join([quote(written(leaf[1]), safe=''), *more])}"
        ),
        typed_leaves,
        st.sampled_from(["=", ".gt=", ".gte=", ".lt=", ".lte=", ".ne=", ".eq=", ">", "<=", "!="]),
        st.lists(texts_of_values.map(lambda text: quote(text, safe="")), max_size=1),
    ),
    st.tuples(st.sampled_from(LEAVES), st.sampled_from(["a", "^A", "1", "n|x", "w$"])).map(
        lambda both: f"{quote('.'.join(both[0][0]))}.regex={both[1]}"
    ),
)
query_strings = st.lists(
    st.lists(filters, min_size=1, max_size=3).map("&".join), min_size=1, max_size=2
).map(";".join)


def parsed(text: str) -> list[Condition]:
    """What the query string means, where it means something."""
    try:
        return [parse(text, BILL, Limits(), UTC).where]
    except ApiError:
        return []


@settings(steady, max_examples=examples(100))
@given(bills, st.lists(query_strings, min_size=1, max_size=8))
def test_a_query_string_selects_the_same_of_any_bills(
    things: Collection[Stored], bills: list[dict[str, Any]], query_strings: list[str]
) -> None:
    agree(things, bills, [where for text in query_strings for where in parsed(text)])


# ---------------------------------------------------------------- JSONPath

SYMBOLS = {"eq": "==", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
ARRAYS = [(("relatedParty",), BILL), (("taxItem",), BILL), (("appliedPayment",), BILL)]


def rendered(condition: Condition) -> str:
    """The condition as a JSONPath predicate."""
    match condition:
        case Compare(path, values, operator):
            return _joined(
                "||", [f"@{_steps(path)}{SYMBOLS[operator]}{_literal(value)}" for value in values]
            )
        case Exists(path):
            return f"@{_steps(path)}"
        case Element(path, where):
            return f"@{_steps(path)}[?({rendered(where)})]"
        case Every(parts):
            return _joined("&&", [rendered(part) for part in parts])
        case Some(parts):
            return _joined("||", [rendered(part) for part in parts])
        case Not(part):
            return f"!({rendered(part)})"
        case _:
            raise TypeError(condition)


def _joined(sign: str, parts: list[str]) -> str:
    return f"({f' {sign} '.join(parts)})"


def _steps(path: Path) -> str:
    return "".join(f".{name}" if name.isalnum() else f"['{name}']" for name in path)


def _literal(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        return written(value)
    return f"'{written(value)}'"


def asked(
    typed: st.SearchStrategy[tuple[Path, Any]], elements: st.SearchStrategy[Condition]
) -> st.SearchStrategy[Condition]:
    """Conditions over these leaves and elements."""
    one = st.builds(
        lambda leaf, operator: Compare(leaf[0], (leaf[1],), operator),
        typed,
        st.sampled_from(["eq", "gt", "gte", "lt", "lte"]),
    )
    return st.recursive(
        one | typed.map(lambda leaf: Exists(leaf[0])) | elements,
        lambda inner: st.one_of(
            st.builds(Every, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Some, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=4,
    )


def of(owner: attributes.Attribute) -> st.SearchStrategy[tuple[Path, Any]]:
    """A typed leaf of the owner's, whose value JSONPath can only mean in one way."""
    known = [leaf for leaf in leaves(owner) if leaf[1] != "any"]
    return st.sampled_from(known).flatmap(
        lambda leaf: st.tuples(st.just(leaf[0]), _values(owner, *leaf).filter(_is_no_date))
    )


def _values(owner: attributes.Attribute, path: Path, kind: str) -> st.SearchStrategy[Any]:
    """Values that may be asked for there: of an enum none but its own."""
    attribute = owner.find(path)
    choices = attribute.choices if attribute else ()
    return st.sampled_from(choices) if choices else OF_KIND[kind]


def _is_no_date(value: object) -> bool:
    return value != "2026-10-01"


def _elements(path: Path) -> st.SearchStrategy[Condition]:
    element = BILL.find(path)
    assert element is not None
    return asked(of(element), st.nothing()).map(lambda where: Element(path, where))


json_paths = asked(of(BILL), st.sampled_from([path for path, _ in ARRAYS]).flatmap(_elements))


@settings(steady, max_examples=examples(100))
@given(bills, st.lists(json_paths, min_size=1, max_size=6))
def test_json_path_means_what_it_was_written_for(
    things: Collection[Stored], bills: list[dict[str, Any]], json_paths: list[Condition]
) -> None:
    read = [
        where
        for each in json_paths
        for where in parsed(f"filter={quote(f'$[?({rendered(each)})]', safe='')}")
    ]
    assert len(read) == len(json_paths)
    agree(things, bills, read)
    for meant, where in zip(json_paths, read, strict=True):
        assert [holds(meant, each) for each in bills] == [holds(where, each) for each in bills]


# ---------------------------------------------------------------- no text is a trouble of ours

PIECES = [
    "billNo", "relatedParty", "taxItem", "x", "id", "href", ".", "..", ".eq", ".regex", ".gt", "=",
    "==", "!=", ">", "<=", "=~", "*=", "&", ";", ",", "\\", '"', "+", "%2C", "%", "%ff", "filter=",
    "sort=", "fields=", "limit=", "offset=", "cursor=", "depth=", "expand=", "-", "$", "@", "[?(",
    ")]", "(", ")", "['", "']", "[*]", "[0]", "[", "]", "&&", "||", "!", "*", "'", "a", "null",
    "true", "1", "-1", "1e999", "9" * 25, "2026-10-01", "T12:00:00Z", "/a/i", "9999-12-31",
    "0001-01-01", "length(", "é", "\x00", " ", "{", "}", "|", "?", "^", "a+",
]  # fmt: skip
pieces = st.sampled_from(PIECES)


@settings(steady, max_examples=examples(600))
@given(st.text(max_size=40) | st.lists(pieces, max_size=14).map("".join))
def test_a_query_is_read_or_refused_whatever_it_is(text: str) -> None:
    for query in (text, f"filter={text}", f"billNo.regex={text}", f"sort={text}&fields={text}"):
        for resource in (BILL, RATE):
            try:
                where = parse(query, resource, Limits(), UTC).where
            except ApiError:
                continue
            to_filter(where)
            holds(where, {"id": "1", "x": [{"a": "a"}, 1, None]})
