"""Documents of v5 have links below its base, be they read as values or as stored JSON."""

from datetime import UTC, datetime

import orjson
import pytest

from impl import demo
from impl.links import links, to_json
from impl.query import attributes
from impl.query.language import Document
from impl.query.parse import Limits, parse
from impl.resources import BY_NAME
from impl.tmf678 import API
from impl.tmf678_v5 import View
from impl.v5 import queries
from impl.v5.documents import up
from impl.v5.links import V5Links
from tests.unit.test_links import kept

BASE = "http://localhost/tmf-api/customerBillManagement/v5"
DEMO = [
    (resource, Document(document, 1))
    for resource, document in demo.documents(datetime(2026, 10, 1, tzinfo=UTC))
]


@pytest.mark.parametrize("resource", ["customerBill", "appliedCustomerBillingRate", "billCycle"])
def test_stored_json_reads_as_the_values_do(resource: str) -> None:
    documents = [each for name, each in DEMO if name == resource]
    shown = V5Links(BASE, resource)
    text = shown.many(kept(resource, each) for each in documents)
    assert orjson.loads(text) == orjson.loads(shown.many(documents))
    assert orjson.loads(text) == [orjson.loads(shown.one(each)) for each in documents]
    for each, plain in zip(orjson.loads(text), documents, strict=True):
        v4 = orjson.loads(to_json(links(BASE, resource).added(plain)))
        assert each == up(v4, resource)
        assert each["href"] == f"{BASE}/{resource}/{plain['id']}"


def test_a_cached_text_serves_any_base_and_lists_mix_stored_json_with_values() -> None:
    documents = [each for name, each in DEMO if name == "customerBill"][:3]
    mixed = [*(kept("customerBill", each) for each in documents), *documents]
    for base in (BASE, f"https://bills.example/{'x' * 9}/v5"):
        shown, expected = View(base, "customerBill"), V5Links(base, "customerBill")
        assert orjson.loads(shown.many(mixed)) == orjson.loads(expected.many(mixed))
        assert [shown.plain(each) for each in mixed] == orjson.loads(shown.many(mixed))


def test_references_to_resources_of_this_server_lead_to_v5() -> None:
    rate = Document({"id": "1", "bill": {"id": "b"}})
    shown = V5Links(BASE, "appliedCustomerBillingRate").plain(rate)
    assert shown["bill"]["href"] == f"{BASE}/customerBill/b"


def test_only_the_selected_attributes_are_shown() -> None:
    row = BY_NAME["customerBill"]
    names = queries.attributes(attributes.of(API.schemas[row.schema]), row.name)
    text = "fields=relatedParty.partyOrPartyRole.id"
    translated = queries.translated(parse(text, names, Limits(), UTC), row.name)
    bill = Document({"id": "1", "billNo": "7", "relatedParty": [{"id": "p", "role": "payer"}]})
    assert V5Links(BASE, row.name, translated.fields).plain(bill) == {
        "id": "1",
        "href": f"{BASE}/customerBill/1",
        "@type": "CustomerBill",
        "relatedParty": [
            {
                "@type": "RelatedPartyRefOrPartyRoleRef",
                "partyOrPartyRole": {"@type": "PartyRef", "id": "p"},
            }
        ],
    }


def test_events_show_their_resources_with_links_of_v5() -> None:
    event = {"id": "place", "eventType": "CustomerBillCreateEvent"}
    shown = V5Links(BASE, "events").plain(event | {"event": {"customerBill": {"id": "1"}}})
    assert "id" not in shown
    assert shown["@type"] == "CustomerBillCreateEvent"
    assert shown["event"]["customerBill"] == {
        "id": "1",
        "href": f"{BASE}/customerBill/1",
        "@type": "CustomerBill",
    }
