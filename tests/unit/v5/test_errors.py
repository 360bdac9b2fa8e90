"""Errors about a v4 document name attributes as v5 does."""

import pytest

from impl.errors import (
    Conflict,
    FieldInvalid,
    FieldMissing,
    HeaderInvalid,
    ParameterInvalid,
    refuse,
)
from impl.store.unknown_attributes import AttributeUnknown
from impl.v5.errors import named_already, named_by_v5


@pytest.mark.parametrize(
    ("resource", "v4", "v5"),
    [
        ("customerBill", "relatedParty[0].id", "relatedParty[0].partyOrPartyRole.id"),
        ("customerBill", "relatedParty[12].role", "relatedParty[12].role"),
        ("customerBill", "taxItem[1].taxRate", "taxItem[1].taxRate"),
        ("customerBill", "x['a.b'].c", "x['a.b'].c"),
        ("customerBill", "x['a\\'b']", "x['a\\'b']"),
        ("customerBill", "foo bar", "foo bar"),
        ("customerBill", f"[{'1' * 5000}]", f"[{'1' * 5000}]"),
        ("customerBill", "a" * 5000 + " ", "a" * 5000 + " "),
        ("customerBillOnDemand", "relatedParty.id", "relatedParty.partyOrPartyRole.id"),
        ("appliedCustomerBillingRate", "type", "appliedBillingRateType"),
        ("appliedCustomerBillingRate", "[0].path", "[0].path"),
        ("billCycle", "billCycleSpecification.id", "BillCycleSpecification.id"),
    ],
)
def test_an_attribute_has_its_v5_name(resource: str, v4: str, v5: str) -> None:
    with pytest.raises(FieldInvalid) as raised, named_by_v5(resource):
        raise FieldInvalid(v4, "is wrong")
    assert (raised.value.attribute, str(raised.value)) == (v5, f"{v5}: is wrong")


@pytest.mark.parametrize(
    "attribute",
    ["relatedParty[0].partyOrPartyRole.role", "relatedParty[0].@type", "type", "[0].path", "²"],
)
def test_an_error_about_a_document_of_v5_keeps_its_name(attribute: str) -> None:
    with (
        pytest.raises(FieldInvalid) as raised,
        named_by_v5("appliedCustomerBillingRate"),
        named_already(),
    ):
        raise FieldInvalid(attribute, "is wrong")
    assert str(raised.value) == f"{attribute}: is wrong"


def test_all_errors_of_a_body_do() -> None:
    errors = [FieldMissing("type", "is needed"), FieldMissing("relatedParty[0].id", "is needed")]
    with pytest.raises(FieldMissing) as raised, named_by_v5("appliedCustomerBillingRate"):
        refuse(errors)
    assert [each.attribute for each in raised.value.every] == [
        "appliedBillingRateType",
        "relatedParty[0].partyOrPartyRole.id",
    ]


def test_the_nearest_attribute_has_its_v5_name() -> None:
    with pytest.raises(ParameterInvalid) as raised, named_by_v5("customerBill"):
        raise AttributeUnknown("relatedParty.idd", "customerBill", "relatedParty.id")
    assert str(raised.value) == (
        "relatedParty.partyOrPartyRole.idd: is no attribute of any customerBill; "
        "the nearest is relatedParty.partyOrPartyRole.id"
    )


def test_errors_of_no_attribute_or_of_a_header_stay() -> None:
    with pytest.raises(HeaderInvalid, match=r"^If-Match: is wrong$"), named_by_v5("customerBill"):
        raise HeaderInvalid("If-Match", "is wrong")
    with pytest.raises(Conflict, match=r"^is taken$"), named_by_v5("customerBill"):
        raise Conflict("is taken")
