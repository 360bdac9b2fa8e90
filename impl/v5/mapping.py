"""How each resource differs between v4, as it is stored, and v5: one table a resource. Pure data.

An attribute that no row names is the same in both versions, extension attributes included.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from impl.query.attributes import Attribute
from impl.query.language import Compare, Condition, Path
from impl.resources import (
    BILLS,
    CYCLES,
    EVENTS,
    HUB,
    OUTCOMES,
    RATES,
    REGISTER,
    REQUESTS,
    SPECIFICATIONS,
)

Json: TypeAlias = dict[str, Any]
Stored: TypeAlias = Mapping[str, Any]
Fits: TypeAlias = Callable[[Any], bool]

TYPE, BASE_TYPE, REFERRED_TYPE = "@type", "@baseType", "@referredType"
WRAPPER = "relatedPartyRefOrPartyRoleRef"
"""An extension attribute of a stored related party: what v5 has beside `partyOrPartyRole`."""


@dataclass(frozen=True)
class Limit:
    """Values that v5 allows where v4 allows others, too, which v5 does not show.

    They are the `choices`, or any text if there are none.
    """

    choices: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """Whether v5 shows the value."""
        return value in self.choices if self.choices else isinstance(value, str)

    def covers(self, compare: Compare) -> bool:
        """Whether the comparison matches only values that v5 shows."""
        if not all(isinstance(value, str) for value in compare.values):
            return False
        chosen = compare.operator == "eq" and set(compare.values) <= set(self.choices)
        return chosen or not self.choices

    def condition(self, path: Path) -> Condition:
        """The condition that v5 shows the value at a path."""
        return Compare(path, self.choices) if self.choices else Compare(path, ("",), "regex")

    @property
    def attribute(self) -> Attribute:
        """The attribute as v5 declares it."""
        return Attribute("string", choices=self.choices)


TEXT = Limit()


@dataclass(frozen=True)
class Shape:
    """An object in both versions."""

    type: str = ""
    """Its schema in v5, which is the default of its `@type`; blank if v5 gives it no `@type`."""

    v4_type: str | None = None
    """Its schema in v4, if that has another name; a stored `@type` of this name counts as none."""

    refers_to: str = ""
    """The default of its `@referredType`; blank if it has none."""

    array: bool = False
    """Whether the attribute is an array of such objects."""

    is_resource: bool = False
    """Whether its `@type` is always stored, because the server sets it in each new resource."""

    members: Mapping[str, "Shape"] = field(default_factory=dict)
    """Members that have a shape of their own, by their v4 names."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Members with another name in v5: the v4 name by the v5 name.

    If an extension attribute has the name that the other version gives to a member, the two names
    change places, so that no value hides another.
    """

    either: Mapping[str, str] = field(default_factory=dict)
    """The same, but requests of v5 may use both names. An extension of the v5 name is not shown."""

    type_from: str = ""
    """The member that `@type` is the same as; blank if it is an attribute of its own."""

    limits: Mapping[str, Limit] = field(default_factory=dict)
    """Members that v5 declares more narrowly than v4, which may not declare them at all."""

    texts: tuple[str, ...] = ()
    """Members that v5 alone declares, in one of the types that the object may have."""

    extension: bool = False
    """Whether v4 does not declare the attribute, so that any value may be stored there."""

    rate_filter: str = ""
    """The member that is a query of rates in the language of its version; blank if none is."""

    typed_by: Callable[[Stored], str] | None = None
    """The default of `@type` if that depends on the object as it is stored."""

    fits: Mapping[str, Fits] = field(default_factory=dict)
    """The types that it may have, and whether a stored object can be shown with each of them."""

    own: frozenset[str] = frozenset()
    """Members that stay at its level in v5, which has all others in a `nested` object."""

    nested: "tuple[str, Shape] | None" = None
    """The name and the shape of that object."""

    @cached_property
    def v4_names(self) -> Mapping[str, str]:
        """The v4 names of members by their v5 names, if these differ."""
        swapped = {v4: v5 for v5, v4 in self.renamed.items()}
        typed = {TYPE: self.type_from} if self.type_from else {}
        return {**swapped, **self.renamed, **self.either, **typed}

    @cached_property
    def v5_names(self) -> Mapping[str, str]:
        """The v5 names of members by their v4 names, if these differ; blank if v5 shows none."""
        hidden = dict.fromkeys(self.either, "")
        others = {v4: v5 for v5, v4 in {**self.renamed, **self.either}.items()}
        return {**self.renamed, **hidden, **others}

    @cached_property
    def limited(self) -> Mapping[str, Fits]:
        """Whether v5 shows a value, of members of which it does not show all that v4 allows."""
        extensions = {n: each.accepts for n, each in self.members.items() if each.extension}
        return {name: limit.fits for name, limit in self.limits.items()} | extensions

    def accepts(self, stored: Any) -> bool:
        """Whether v5 can show what is stored as such an object, or as an array of them."""
        values = stored if self.array and isinstance(stored, list) else [stored]
        return self.array == isinstance(stored, list) and all(map(is_extensible, values))

    def default_type(self, stored: Stored) -> str:
        """The `@type` that v5 shows of a stored object without one."""
        return self.typed_by(stored) if self.typed_by else self.type


def is_extensible(value: Any) -> bool:
    """Whether a value can be an object of v5 with `@type` and the like."""
    return isinstance(value, dict) and all(
        isinstance(value.get(name, ""), str) for name in (TYPE, BASE_TYPE, "@schemaLocation")
    )


def _reference(to: str, *texts: str, v4_type: str | None = None) -> Shape:
    """A reference to a resource, and members that are any text in v5 and undeclared in v4."""
    limits = dict.fromkeys(texts, TEXT)
    return Shape(f"{to}Ref", v4_type=v4_type, refers_to=to, limits=limits)


def _array(of: Shape) -> Shape:
    return replace(of, array=True)


# ---------------------------------------------------------------- characteristics


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _value(fits: Fits) -> Fits:
    return lambda stored: "value" in stored and fits(stored["value"])


def _values(fits: Fits) -> Fits:
    return _value(lambda value: isinstance(value, list) and bool(value) and all(map(fits, value)))


CHARACTERISTICS: Mapping[str, Fits] = {
    "StringCharacteristic": _value(_is_text),
    "BooleanCharacteristic": _value(_is_boolean),
    "IntegerCharacteristic": _value(_is_integer),
    "NumberCharacteristic": _value(_is_number),
    "FloatCharacteristic": _value(_is_number),
    "ObjectCharacteristic": _value(_is_object),
    "StringArrayCharacteristic": _values(_is_text),
    "IntegerArrayCharacteristic": _values(_is_integer),
    "NumberArrayCharacteristic": _values(_is_number),
    "ObjectArrayCharacteristic": _values(_is_object),
}
"""The types of a characteristic, and what their `value` is. The first that fits is the default.

`null`, arrays of nothing, of several types or of booleans fit none, and stay a `Characteristic`.
"""


def _characteristic_type(stored: Stored) -> str:
    fitting = (name for name, fits in CHARACTERISTICS.items() if fits(stored))
    return next(fitting, "Characteristic")


# ---------------------------------------------------------------- attachments and parties

_CONTENT = frozenset({"content", "mimeType", "size"})
_PARTIES = (None, "Party", "Individual", "Organization")


def _always(_: Stored) -> bool:
    return True


def _has_id(stored: Stored) -> bool:
    return "id" in stored


def _attachment_type(stored: Stored) -> str:
    refers = REFERRED_TYPE in stored and "id" in stored and not _CONTENT & stored.keys()
    return "AttachmentRef" if refers else "Attachment"


def _can_be_role(stored: Stored) -> bool:
    return isinstance(stored.get("partyId", ""), str) and isinstance(
        stored.get("partyName", ""), str
    )


def _party_type(stored: Stored) -> str:
    refers = "partyId" in stored or "partyName" in stored
    if refers or stored.get(REFERRED_TYPE) not in _PARTIES:
        return "PartyRoleRef" if _can_be_role(stored) else "PartyRef"
    return "PartyRef"


# ---------------------------------------------------------------- objects inside of resources

BILLING_ACCOUNT = _reference("BillingAccount")
BILL = _reference("CustomerBill", "name", v4_type="BillRef")
BILL_CYCLE = _reference("BillCycle")
SPECIFICATION = _reference("BillCycleSpecification", "description")
APPLIED_PAYMENT = Shape(members={"payment": _reference("Payment")})
ATTACHMENT = Shape(
    "Attachment",
    v4_type="AttachmentRefOrValue",
    typed_by=_attachment_type,
    fits={"Attachment": _always, "AttachmentRef": _has_id},
)
PARTY = Shape(
    "PartyRef",
    v4_type="RelatedPartyRef",
    typed_by=_party_type,
    fits={"PartyRef": _always, "PartyRoleRef": _can_be_role},
    texts=("partyId", "partyName"),
)
RELATED_PARTY = Shape(
    "RelatedPartyRefOrPartyRoleRef",
    own=frozenset({"role"}),
    nested=("partyOrPartyRole", PARTY),
)
TAX = Shape("AppliedBillingTaxRate", limits={"id": TEXT, "href": TEXT})
CHARACTERISTIC_RELATIONSHIP = Shape(
    "CharacteristicRelationship",
    array=True,
    extension=True,
    limits={"id": TEXT, "relationshipType": TEXT},
)
CHARACTERISTIC = Shape(
    "Characteristic",
    v4_type="AppliedBillingRateCharacteristic",
    typed_by=_characteristic_type,
    fits={"Characteristic": _always, **CHARACTERISTICS},
    limits={"id": TEXT},
    members={"characteristicRelationship": CHARACTERISTIC_RELATIONSHIP},
)

# ---------------------------------------------------------------- resources

CUSTOMER_BILL = Shape(
    "CustomerBill",
    is_resource=True,
    members={
        "appliedPayment": _array(APPLIED_PAYMENT),
        "billCycle": BILL_CYCLE,
        "billDocument": _array(ATTACHMENT),
        "billingAccount": BILLING_ACCOUNT,
        "financialAccount": _reference("FinancialAccount"),
        "paymentMethod": _reference("PaymentMethod"),
        "relatedParty": _array(RELATED_PARTY),
        "taxItem": _array(Shape("TaxItem")),
    },
    limits={"runType": Limit(("onCycle", "offCycle"))},
)
CUSTOMER_BILL_ON_DEMAND = Shape(
    "CustomerBillOnDemand",
    is_resource=True,
    members={
        "billingAccount": BILLING_ACCOUNT,
        "customerBill": BILL,
        "relatedParty": RELATED_PARTY,
    },
)
APPLIED_CUSTOMER_BILLING_RATE = Shape(
    "AppliedCustomerBillingRate",
    is_resource=True,
    members={
        "appliedTax": _array(TAX),
        "bill": BILL,
        "billingAccount": BILLING_ACCOUNT,
        "characteristic": _array(CHARACTERISTIC),
        "product": _reference("Product"),
        "relatedParty": _array(RELATED_PARTY),
    },
    renamed={"appliedBillingRateType": "type"},
)
BILL_CYCLE_RESOURCE = Shape(
    "BillCycle",
    is_resource=True,
    members={"billCycleSpecification": SPECIFICATION},
    either={"BillCycleSpecification": "billCycleSpecification"},
)
BILL_CYCLE_SPECIFICATION = Shape(
    "BillCycleSpecification", is_resource=True, rate_filter="rateFilter"
)
BILL_CYCLE_ACCOUNT = Shape(
    "BillCycleAccount",
    is_resource=True,
    members={"billCycle": BILL_CYCLE, "billingAccount": BILLING_ACCOUNT, "customerBill": BILL},
)
BILL_NUMBER = Shape("BillNumber", is_resource=True, members={"bill": BILL})
EVENT_SHAPES: Mapping[str, Shape] = {
    BILLS: CUSTOMER_BILL,
    REQUESTS: CUSTOMER_BILL_ON_DEMAND,
    RATES: APPLIED_CUSTOMER_BILLING_RATE,
    CYCLES: BILL_CYCLE_RESOURCE,
    SPECIFICATIONS: BILL_CYCLE_SPECIFICATION,
}
"""The resources that events show."""

EVENT = Shape(
    "Event",
    members={"event": Shape(members=EVENT_SHAPES), **EVENT_SHAPES},
    renamed={"timeOccurred": "timeOcurred"},
    type_from="eventType",
)
SHAPES: Mapping[str, Shape] = {
    **EVENT_SHAPES,
    OUTCOMES: BILL_CYCLE_ACCOUNT,
    REGISTER: BILL_NUMBER,
    HUB: Shape("Hub", v4_type="EventSubscription"),
    EVENTS: EVENT,
}
"""The shape of each resource."""
