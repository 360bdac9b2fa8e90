"""What the contract shows and says to people: its examples, and a description of everything."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from impl import demo
from impl.links import links
from impl.query.language import Document
from impl.tmf678 import API
from openapi.members import resolve, target
from openapi.model import METHODS

Json = dict[str, Any]
CONTRACT = API.contract
DOCUMENT = CONTRACT.document
BASE_URL = "https://bills.example/tmf-api/customerBillManagement/v4"
DAY = datetime(2026, 11, 28, tzinfo=UTC)
"""The day that the examples show the demo data on."""

OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
}


def places(node: Any, at: str = "#") -> Iterator[tuple[str, Any]]:
    """Every object and list of the document with its JSON pointer."""
    yield at, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for name, each in pairs:
        if isinstance(each, (dict, list)):
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from places(each, f"{at}/{step}")


def values(media: Json) -> list[Any]:
    """The examples of a media type or a parameter."""
    named = [resolve(DOCUMENT, each)["value"] for each in media.get("examples", {}).values()]
    return named + ([media["example"]] if "example" in media else [])


def shown() -> Iterator[tuple[str, Any]]:
    """Each example of a body, with the pointer of its schema."""
    for at, media in places(DOCUMENT["paths"], "#/paths"):
        if at.rsplit("/", 2)[-2] == "content":
            yield from ((f"{at}/schema", value) for value in values(media))


SHOWN = list(shown())
RESOURCES = [each for _, value in SHOWN for each in (value if isinstance(value, list) else [value])]


@pytest.mark.parametrize(("pointer", "value"), SHOWN, ids=[pointer for pointer, _ in SHOWN])
def test_each_example_of_a_body_is_what_its_schema_allows(pointer: str, value: Any) -> None:
    assert CONTRACT.response_fault(pointer, value) is None


def test_each_body_in_json_has_an_example() -> None:
    """But for errors."""
    lacking = [
        at
        for at, media in places(DOCUMENT["paths"])
        if at.endswith(("~1json", "+json")) and "content/" in at and not values(media)
    ]
    assert lacking == []


def test_each_parameter_has_an_example_that_its_schema_allows() -> None:
    for name, parameter in DOCUMENT["components"]["parameters"].items():
        found = values(parameter)
        assert found, name
        for value in found:
            blank = value == "" and parameter.get("allowEmptyValue")
            assert blank or jsonschema_rs.is_valid(parameter["schema"], value), name


def cents(money: Json) -> Decimal:
    return Decimal(str(money["value"]))


def test_the_sums_of_each_example_are_right() -> None:
    priced = [each for each in RESOURCES if "taxIncludedAmount" in each]
    assert len(priced) >= 10
    for each in priced:
        taxes = sum(cents(tax["taxAmount"]) for tax in each.get("taxItem") or each["appliedTax"])
        assert cents(each["taxExcludedAmount"]) + taxes == cents(each["taxIncludedAmount"])
    for bill in (each for each in priced if "amountDue" in each):
        paid = sum(cents(each["appliedAmount"]) for each in bill.get("appliedPayment", ()))
        assert cents(bill["remainingAmount"]) == cents(bill["amountDue"]) - paid
    for cycle in (each for each in RESOURCES if "accountsTotal" in each):
        ended = sum(cycle[f"accounts{e}"] for e in ("Billed", "Failed", "Skipped", "Cancelled"))
        left = cycle["accountsTotal"] - ended
        assert left == 0 if cycle["runState"] == "finished" else left >= 0


def test_examples_of_answers_are_the_demo_data() -> None:
    made = {
        (resource, document["id"]): links(BASE_URL, resource).plain(Document(document))
        for resource, document in demo.documents(DAY)
        if f"/{resource}" in DOCUMENT["paths"]
    }
    examples = DOCUMENT["components"]["examples"]
    seen = 0
    for (resource, id_), document in made.items():
        example = examples[resource[0].upper() + resource[1:]]["value"]
        if example["id"] == id_:
            assert example == document
            seen += 1
    assert seen == len({resource for resource, _ in made})


@pytest.mark.parametrize("day", [DAY, datetime(2027, 3, 1, tzinfo=UTC), datetime.now(UTC)])
def test_the_ids_of_examples_are_in_the_demo_data_on_any_day(day: datetime) -> None:
    """But for that of a subscription, which would have no receiver: a request makes that."""
    ids = {(resource, document["id"]) for resource, document in demo.documents(day)}
    (made,) = values(OPERATIONS["registerListener"]["requestBody"]["content"][JSON])
    for path, item in DOCUMENT["paths"].items():
        for operation in item.values():
            parameters = [resolve(DOCUMENT, each) for each in operation.get("parameters", ())]
            for parameter in (each for each in parameters if each["in"] == "path"):
                key = (path.split("/")[1], parameter["example"])
                assert key in ids | {("hub", made["id"])}


def test_each_operation_has_a_summary_and_a_description() -> None:
    for name, operation in OPERATIONS.items():
        assert re.fullmatch(r"[A-Z][^.]*[^.]", operation["summary"]), name
        assert re.fullmatch(r"[A-Z].*\.", operation["description"], re.DOTALL), name
    assert all(item.keys() <= {*METHODS} for item in DOCUMENT["paths"].values())


def test_each_part_that_people_read_is_described() -> None:
    for at, node in places(DOCUMENT):
        kind = at.split("/")[-2:][0]
        if isinstance(node, dict) and kind in ("parameters", "responses", "headers"):
            assert resolve(DOCUMENT, node).get("description"), at
        if (
            isinstance(node, dict)
            and kind == "properties"
            and not re.search("/example|/anyOf/", at)
        ):
            assert {"description", "$ref", "allOf", "enum"} & node.keys(), at
    assert all(tag["description"] for tag in DOCUMENT["tags"])
    assert {tag for each in OPERATIONS.values() for tag in each["tags"]} == {
        tag["name"] for tag in DOCUMENT["tags"]
    }


def test_no_reference_leads_into_the_properties_of_a_schema() -> None:
    references = [node["$ref"] for _, node in places(DOCUMENT) if "$ref" in node]
    assert references
    assert all(target(DOCUMENT, reference) for reference in references)
    assert not any("/properties/" in reference for reference in references)


def test_who_runs_a_server_and_its_licence_are_named() -> None:
    assert DOCUMENT["info"]["contact"]["name"]
    assert DOCUMENT["info"]["license"]["name"] == "Apache-2.0"


JSON = "application/json"
FILTER = DOCUMENT["components"]["parameters"]["Filter"]["schema"]


@pytest.mark.parametrize(
    "text",
    [
        "$[?(@.a)]",
        " $.a",
        "[?(@.a==1)]",
        "a.b",
        "ä",
        "\U0001d4b3",
        "_x",
        "@type",
        '"$.a"',
        "$",
        ".a",
    ],
)
def test_the_pattern_of_a_filter_allows_whatever_a_jsonpath_begins_with(text: str) -> None:
    assert jsonschema_rs.is_valid(FILTER, text)


@pytest.mark.parametrize("text", ["", " ", "1", "'a'", "=a", "&", "-1", "]", "\x00", "!@.a"])
def test_the_pattern_of_a_filter_refuses_what_no_jsonpath_begins_with(text: str) -> None:
    assert not jsonschema_rs.is_valid(FILTER, text)
