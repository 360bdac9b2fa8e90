"""What is kept of a document as JSON reads as the document itself does, under any base."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.links import Links
from impl.query.language import Document, Rendered
from impl.store.encoding import encode
from impl.store.rendition import assigned, joined, rendition

BASES = ["http://h/v4", "https://api.example.com:8443/a/v4", 'http://odd"\\base']
SIMILAR = [
    "\0/evil",
    "\0",
    "\xff/",
    "\\u0000/",
    '"\\u0000/',
    "\\\\u0000/x",
    "\u0001/",
    '","href":"\\u0000/',
]
texts = st.one_of(st.sampled_from(SIMILAR), st.text(st.characters(codec="utf-8")))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def rendered(resource: str, document: Document) -> bytes:
    text = rendition(resource, document)
    assert text is not None
    return joined(resource, text, encode(document))


def kept(resource: str, document: Document) -> Rendered:
    return Rendered({"id": document["id"]}, 1, rendered(resource, document))


@given(st.dictionaries(texts, values, max_size=4), texts, st.sampled_from(BASES))
def test_any_document_reads_the_same(attributes: dict[str, Any], id_: str, base: str) -> None:
    document = Document({**attributes, "id": id_}, 1)
    links = Links(base, "customerBill")
    text = links.one(kept("customerBill", document))
    assert text == links.one(document)
    assert links.many([kept("customerBill", document), document]) == b"[%b,%b]" % (text, text)


@given(st.dictionaries(texts, values, max_size=4), st.dictionaries(texts, texts, max_size=2), texts)
def test_what_is_assigned_in_one_step_reads_the_same(
    attributes: dict[str, Any], change: dict[str, Any], id_: str
) -> None:
    before = Document({**attributes, "id": id_, "billCycle": {"id": "c"}}, 1)
    free = {n: v for n, v in change.items() if n not in ("id", "href", "billCycle")}
    text = assigned(rendered("customerBill", before), free)
    links = Links(BASES[0], "customerBill")
    shown = links.one(Rendered({"id": id_}, 2, text))
    assert orjson.loads(shown) == orjson.loads(links.one(Document({**before, **free}, 2)))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("resource", "attributes"),
    [
        ("customerBill", {"billCycle": {"id": "c/1"}, "billDocument": [{"id": "1"}, {"id": "2"}]}),
        (
            "appliedCustomerBillingRate",
            {"bill": {"id": "é"}, "date": datetime(2026, 1, 2, tzinfo=UTC)},
        ),
        ("customerBillOnDemand", {"customerBill": {"id": "1", "href": "theirs"}}),
    ],
)
def test_references_lead_to_the_base(resource: str, attributes: dict[str, Any], base: str) -> None:
    document = Document({"id": "1", **attributes}, 1)
    links = Links(base, resource)
    shown = orjson.loads(links.one(kept(resource, document)))
    assert shown == orjson.loads(links.one(document))
    assert shown["href"] == f"{base}/{resource}/1"


def test_a_reference_that_leads_elsewhere_now_keeps_no_href_of_before() -> None:
    links = Links("http://api", "appliedCustomerBillingRate")
    before = links.plain({"id": "r", "bill": {"id": "one"}})
    moved = before | {"bill": before["bill"] | {"id": "two"}}
    assert links.removed(moved)["bill"] == {"id": "two"}
    others = before | {"bill": {"id": "two", "href": "http://elsewhere/customerBill/two"}}
    assert links.removed(others)["bill"] == others["bill"]
