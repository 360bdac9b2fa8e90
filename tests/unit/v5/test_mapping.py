"""The tables name each attribute in which the two contracts differ."""

from collections.abc import Iterator

import pytest

from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import Path
from impl.resources import EVENTS, RESOURCES
from impl.tmf678 import API
from impl.v5 import queries
from impl.v5.mapping import SHAPES, Shape
from tests.unit.v5 import contracts
from tests.unit.v5.contracts import START, Json

SCHEMAS = {**contracts.RESOURCES, "hub": "Hub", EVENTS: "Event"}
STORED = {
    row.name: API.event if row.name == EVENTS else attributes.of(API.schemas[row.schema])
    for row in RESOURCES
    if row.name in API.handlers
}
EXTENSIONS = {
    "customerBill": {"holdReason", "priceBasis", "roundingDifference", "stateBeforeHold",
                     "billingAddress", "language", "taxNumber", "electronicAddress",
                     "buyerReference", "purchaseOrder", "mandateId",
                     "financialAccount.accountBalance", "taxItem.taxableAmount",
                     "appliedPayment.@type", "appliedPayment.@baseType",
                     "appliedPayment.@schemaLocation"},
    "customerBillOnDemand": {"statusReason"},
    "appliedCustomerBillingRate": {"priceBasis", "relatedParty", "characteristic.value"},
    "billCycle": {"billCycleSpecification", "runState", "statusReason", "accountsTotal",
                  "startedAt", "accountsBilled",
                  "accountsFailed", "accountsSkipped", "accountsCancelled",
                  "finishedAt", "cancelledAt"},
    "hub": {"apiVersion", "delivered", "failed", "lastError", "lastErrorTime", "lastSuccess",
            "pending", "secret", "state"},
    "events": {"traceparent", "customerBill", "customerBillOnDemand", "appliedCustomerBillingRate",
               "billCycle", "billCycleSpecification"},
}  # fmt: skip
"""Attributes that v5's file does not declare, but for the subtypes of a characteristic."""

NOT_MADE = {
    "hub": {"href"},
    "events": {"href", "id", "source", "reportingSystem", "relatedParty", "analyticCharacteristic"},
}
"""Attributes of v5 that this server does not make."""


INSTANTS = {"customerBillOnDemand": {"lastUpdate"}}
"""Attributes that are any text by v5's file, and instants here, as by v4's overlay."""


def differences(schema: Json, owner: Attribute, above: Path = ()) -> Iterator[tuple[str, Path]]:
    """What only the v5 contract has, and what only the table has, or has otherwise."""
    declared = _members(schema)
    for name in declared.keys() - owner.members.keys():
        yield "declared", (*above, name)
    for name in owner.members.keys() - declared.keys():
        yield "mapped", (*above, name)
    for name in declared.keys() & owner.members.keys():
        member, path = owner.members[name], (*above, name)
        each = declared[name]
        if member.array != (each.get("type") == "array"):
            yield "array", path
        each = each["items"] if member.array else each
        if _members(each):
            yield from differences(each, member, path)
        elif (member.kind == "instant") != (each.get("format") == "date-time"):
            yield "instant", path


def _members(schema: Json) -> Json:
    """The members of an object of v5, of all the objects that it may be."""
    if "$ref" in schema:
        named = contracts.v5()[schema["$ref"].removeprefix(START)]
        return _members(named) if "oneOf" in named else _of(schema)
    merged: Json = {}
    for each in schema.get("oneOf", ()):
        merged |= _members(each)
    return merged


def _of(schema: Json) -> Json:
    return contracts.properties(contracts.v5(), schema["$ref"].removeprefix(START))


@pytest.mark.parametrize("resource", SCHEMAS)
def test_the_table_names_what_differs_between_the_contracts(resource: str) -> None:
    shown = queries.attributes(STORED[resource], resource)
    found = sorted(differences({"$ref": START + SCHEMAS[resource]}, shown))
    by_kind: dict[str, set[str]] = {}
    for kind, path in found:
        by_kind.setdefault(kind, set()).add(".".join(path))
    expected = {
        "mapped": EXTENSIONS[resource],
        "declared": NOT_MADE.get(resource, set()),
        "instant": INSTANTS.get(resource, set()),
    }
    assert by_kind == {kind: each for kind, each in expected.items() if each}


@pytest.mark.parametrize("resource", SHAPES)
def test_the_table_names_attributes_of_v4(resource: str) -> None:
    assert set(_unknown(SHAPES[resource], STORED[resource])) == set()


def _unknown(shape: Shape, owner: Attribute, above: Path = ()) -> Iterator[Path]:
    """The members that a shape names and v4 does not declare, but for those of v5 alone."""
    for name in (*shape.renamed.values(), *shape.either.values(), *shape.own):
        if name not in owner.members:
            yield (*above, name)
    for name, member in shape.members.items():
        if member.extension:
            continue
        attribute = owner.members.get(name)
        if attribute is None or attribute.array != member.array:
            yield (*above, name)
        else:
            yield from _unknown(member, attribute, (*above, name))


def test_each_resource_has_a_table() -> None:
    assert SHAPES.keys() == STORED.keys()
