"""The same question in v4's and in v5's names finds the same documents by the same index."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any
from urllib.parse import quote

import pymongo
import pytest

from impl import demo
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import Query
from impl.query.parse import Limits, parse
from impl.resources import BILLS, BY_NAME, CYCLES, RATES, REQUESTS
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.mongo_query import to_filter
from impl.tmf678 import API
from impl.v5 import queries
from impl.v5.paths import shown_place

BOTH = [
    (BILLS, "state=settled", "state=settled", "state_1"),
    (
        BILLS,
        "billingAccount.id=account-1001&sort=-billDate",
        "billingAccount.id=account-1001&sort=-billDate",
        "billingAccount.id_1",
    ),
    (
        BILLS,
        "relatedParty.partyOrPartyRole.id=party-1001&relatedParty.role=payer",
        "relatedParty.id=party-1001&relatedParty.role=payer",
        "relatedParty.id_1",
    ),
    (
        BILLS,
        "filter="
        + quote("relatedParty[?(@.role=='payer' && @.partyOrPartyRole.id=='party-1002')]"),
        "filter=" + quote("relatedParty[?(@.role=='payer' && @.id=='party-1002')]"),
        "relatedParty.id_1",
    ),
    (
        REQUESTS,
        "relatedParty.partyOrPartyRole.id=party-1002",
        "relatedParty.id=party-1002",
        "relatedParty.id_1",
    ),
    (
        RATES,
        "billingAccount.id=account-1001&appliedBillingRateType=usageCharge,recurringCharge"
        "&sort=appliedBillingRateType",
        "billingAccount.id=account-1001&type=usageCharge,recurringCharge&sort=type",
        "billingAccount.id_1",
    ),
    (RATES, "isBilled=false&bill.name.ne=x", "isBilled=false&bill.name.ne=x", "isBilled_1"),
    (
        CYCLES,
        "BillCycleSpecification.id=monthly",
        "billCycleSpecification.id=monthly",
        None,
    ),
]
"""A resource, the question in v5's and in v4's names, and the index that starts so, if any."""


def known(resource: str) -> Attribute:
    return attributes.of(API.schemas[BY_NAME[resource].schema])


def v4(text: str, resource: str) -> Query:
    return parse(text, known(resource), Limits(), UTC)


def v5(text: str, resource: str) -> queries.Translated:
    by_v5 = queries.attributes(known(resource), resource)
    return queries.translated(parse(text, by_v5, Limits(), UTC), resource)


def ids(store: Store, resource: str, query: Query) -> list[Any]:
    return [each["id"] for each in store.find(resource, query)]


def test_a_question_finds_the_same_in_both_languages(
    store: Store, mongod: Mongod, empty_database: str
) -> None:
    demo.load(store)
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    for resource, by_v5, by_v4, index in BOTH:
        asked = [v5(by_v5, resource).query, v4(by_v4, resource)]
        found = [ids(store, resource, query) for query in asked]
        assert found[0] == found[1] != [], by_v5
        cursors = [client[empty_database][resource].find(to_filter(q.where)) for q in asked]
        plans = [set(_indexes(cursor.explain()["queryPlanner"])) for cursor in cursors]
        assert plans[0] == plans[1], by_v5
        assert index is None or any(name.startswith(index) for name in plans[0]), by_v5
    client.close()


def _indexed() -> Iterator[tuple[str, str, str]]:
    """A question for each declared index of each resource, in v5's and in v4's names."""
    values = {"isBilled": "true", "billDate": "2026-10-01"}
    for resource in (BILLS, REQUESTS, RATES):
        values["state"] = "new" if resource == BILLS else "done"
        for declared in BY_NAME[resource].indexes:
            paths = (declared,) if isinstance(declared, str) else declared
            shown = [".".join(map(str, shown_place(tuple(p.split(".")), resource))) for p in paths]
            texts = [
                "&".join(f"{name}={values.get(name, 'x')}" for name in names)
                for names in (shown, paths)
            ]
            yield resource, texts[0], texts[1]


@pytest.mark.parametrize(("resource", "by_v5", "by_v4"), list(_indexed()))
def test_each_declared_index_serves_both_languages(
    store: Store, mongod: Mongod, empty_database: str, resource: str, by_v5: str, by_v4: str
) -> None:
    store.ensure_indexes()
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        documents = client[empty_database][resource]
        filters = [
            to_filter(each.where) for each in (v5(by_v5, resource).query, v4(by_v4, resource))
        ]
        plans = [set(_indexes(documents.find(f).explain()["queryPlanner"])) for f in filters]
    first = by_v4.partition("=")[0]
    assert plans[0] == plans[1]
    assert any(name.startswith(f"{first}_1") for name in plans[0]), plans


def _indexes(plan: Any) -> Iterator[str]:
    """The indexes of the plan that won."""
    for name, member in plan.items() if isinstance(plan, dict) else enumerate(plan):
        if name == "indexName":
            yield member
        elif name != "rejectedPlans" and isinstance(member, (dict, list)):
            yield from _indexes(member)


DERIVED = [
    ("billingAccount.@type=BillingAccountRef", 24),
    ("billingAccount.@type=OtherRef", 0),
    ("billingAccount.@type.regex=^Billing", 24),
    ("taxItem.@type=TaxItem", 24),
    ("relatedParty.@type=RelatedPartyRefOrPartyRoleRef", 24),
    ("financialAccount.@type=FinancialAccountRef", 24),
    ("billCycle.@referredType=BillCycle", 23),
    ("@type=CustomerBill", 24),
    ("filter=" + quote("relatedParty[?(@.partyOrPartyRole)]"), 24),
    ("filter=" + quote("relatedParty.partyOrPartyRole[?(@.id=='party-1001')]"), 0),
]
"""Questions about what v5 shows and no bill stores, and how many of the demo's bills match."""


def test_mongodb_decides_what_v5_shows_by_default(store: Store) -> None:
    demo.load(store)
    found = {text: len(ids(store, BILLS, v5(text, BILLS).query)) for text, _ in DERIVED}
    assert found == dict(DERIVED)
