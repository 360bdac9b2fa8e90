"""A rate filter is stored in v4's names and shown in v5's, and means the same in both."""

import pytest

from impl.errors import FieldInvalid, NotTranslated
from impl.v5.documents import changed, down, up
from impl.v5.rate_filters import shown, stored

BOTH = [
    ("type=usageCharge,recurringCharge", "appliedBillingRateType=usageCharge,recurringCharge"),
    ("type.regex=^u&isBilled=false", "appliedBillingRateType.regex=^u&isBilled=false"),
    ("?name=type;type=a", "?name=type;appliedBillingRateType=a"),
    ("type==a%26type", "appliedBillingRateType==a%26type"),
    (
        "relatedParty.role=payer&relatedParty.id=p",
        "relatedParty.role=payer&relatedParty.partyOrPartyRole.id=p",
    ),
    (
        "relatedParty.%40referredType.ne=Individual",
        "relatedParty.partyOrPartyRole.@referredType.ne=Individual",
    ),
    ("filter=%24%5B%3F%28%40.type%3D%3D%27type%27%29%5D", None),
    ("filter=characteristic[?(@.name=='zone' %26%26 @.value>2)]", None),
    ("date.gte=2026-10-01&taxExcludedAmount.value>5", None),
    ("", None),
]
"""A filter in v4's names, and in v5's if these differ in plain text."""


@pytest.mark.parametrize(("v4", "v5"), [(v4, v5) for v4, v5 in BOTH if v5])
def test_a_filter_has_the_names_of_each_version(v4: str, v5: str) -> None:
    assert shown(v4) == v5
    assert stored(v5).replace("@", "%40") == v4.replace("@", "%40")


@pytest.mark.parametrize("v4", [v4 for v4, _ in BOTH])
def test_a_stored_filter_comes_back_as_it_was_or_means_the_same(v4: str) -> None:
    v5 = shown(v4)
    assert v5 is not None
    assert shown(stored(v5)) == v5


def test_jsonpath_has_v5s_names_too() -> None:
    v5 = "filter=relatedParty[?(@.role=='payer' %26%26 @.partyOrPartyRole.id=='type')]"
    v4 = "filter=relatedParty[?(@.role=='payer'%20%26%26%20@.id=='type')]"
    assert stored(v5) == v4
    v5 = "isBilled=false&filter=$[?(@.appliedBillingRateType=='type')]&name=x"
    v4 = "isBilled=false&filter=$[?(@.type=='type')]&name=x"
    assert (stored(v5), shown(v4)) == (v4, v5)


@pytest.mark.parametrize(
    "v5",
    ["billingAccount.@type=BillingAccountRef", "relatedParty.partyOrPartyRole.@type=PartyRef"],
)
def test_a_filter_that_v4s_names_cannot_say_is_refused(v5: str) -> None:
    with pytest.raises(NotTranslated) as raised:
        stored(v5)
    assert raised.value.attribute == "rateFilter"


@pytest.mark.parametrize(
    ("v5", "named"),
    [
        ("type=usage", "type: is appliedBillingRateType in v5"),
        ("relatedParty.id=p", "relatedParty.id: is relatedParty.partyOrPartyRole.id in v5"),
    ],
)
def test_v4s_names_are_refused_with_those_of_v5(v5: str, named: str) -> None:
    with pytest.raises(FieldInvalid, match=f"^rateFilter: {named}$"):
        stored(v5)


def test_a_filter_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(FieldInvalid) as raised:
        down({"rateFilter": "isBilled=perhaps"}, "billCycleSpecification")
    assert raised.value.attribute == "rateFilter"


@pytest.mark.parametrize(
    "v4",
    ["filter=relatedParty[?(@.id=='p')]", "relatedParty.@type=RelatedPartyRef", "isBilled=perhaps"],
)
def test_v5_does_not_show_what_its_names_cannot_say_and_it_stays_stored(v4: str) -> None:
    specification = {"id": "1", "@type": "BillCycleSpecification", "name": "n", "rateFilter": v4}
    before = up(specification, "billCycleSpecification")
    assert "rateFilter" not in before
    after = changed(specification, before, {**before, "name": "m"}, "billCycleSpecification")
    assert after == {**specification, "name": "m"}


def test_documents_have_the_filter_of_their_version() -> None:
    specification = {"id": "1", "@type": "BillCycleSpecification", "rateFilter": "type=a"}
    v5 = up(specification, "billCycleSpecification")
    assert v5["rateFilter"] == "appliedBillingRateType=a"
    assert down(v5, "billCycleSpecification") == specification
