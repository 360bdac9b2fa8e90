"""What the contract says of each attribute, found by its path."""

import pytest
from marshmallow import Schema

from generated import schemas
from impl.query import attributes


@pytest.mark.parametrize(
    ("schema", "path", "kind", "array"),
    [
        (schemas.CustomerBill, "", "object", False),
        (schemas.CustomerBill, "id", "string", False),
        (schemas.CustomerBill, "@type", "string", False),
        (schemas.CustomerBill, "billDate", "instant", False),
        (schemas.CustomerBill, "state", "string", False),
        (schemas.CustomerBill, "amountDue", "object", False),
        (schemas.CustomerBill, "amountDue.value", "number", False),
        (schemas.CustomerBill, "relatedParty", "object", True),
        (schemas.CustomerBill, "relatedParty.@referredType", "string", False),
        (schemas.CustomerBill, "billDocument.validFor.endDateTime", "instant", False),
        (schemas.CustomerBill, "financialAccount.accountBalance", "object", True),
        (schemas.CustomerBill, "financialAccount.accountBalance.amount.value", "number", False),
        (schemas.AppliedCustomerBillingRate, "isBilled", "boolean", False),
        (schemas.AppliedCustomerBillingRate, "characteristic.value", "any", False),
        (schemas.BillCycleSpecification, "billingDateShift", "number", False),
    ],
)
def test_an_attribute_has_the_contracts_kind(
    schema: type[Schema], path: str, kind: str, array: bool
) -> None:
    found = attributes.of(schema).find(tuple(path.split(".")) if path else ())
    assert found is not None
    assert (found.kind, found.array) == (kind, array)


@pytest.mark.parametrize(
    "path", ["x-extension", "amountDue.x", "billNo.x", "relatedParty.0.id", "", "billno", "id.id"]
)
def test_what_the_contract_does_not_know_is_not_found(path: str) -> None:
    assert attributes.of(schemas.CustomerBill).find(tuple(path.split("."))) is None


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_every_attribute_of_every_schema_has_a_kind(name: str) -> None:
    known = attributes.of(schemas.SCHEMAS[name])
    assert known.members.keys() == schemas.SCHEMAS[name]().fields.keys()
