# DO NOT EDIT: `make generate` writes this from tmf678-v5.yaml and openapi/overlay-v5.yaml
"""The marshmallow schemas of Customer Bill Management 5.0.0: JSON to Python values and back."""

import typing as t
from datetime import datetime

import marshmallow as m
from marshmallow import fields, validate


class _Open(m.Schema):
    """A schema that keeps unknown attributes, because TMF resources are extensible."""

    class Meta:
        unknown = m.INCLUDE

    def get_attribute(self, obj: t.Any, attr: str, default: t.Any) -> t.Any:
        return obj.get(attr, default)

    @m.post_dump(pass_original=True)
    def _with_unknown(self, data: t.Any, original: t.Any, **_: t.Any) -> t.Any:
        known = self.declared_fields
        return data | {k: v for k, v in original.items() if k not in known}


class Number(fields.Field[float]):
    """A JSON number: 12 stays an int, 12.5 a float."""

    default_error_messages = {"invalid": "Not a valid number."}

    def _deserialize(self, value: t.Any, *args: t.Any, **kwargs: t.Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.make_error("invalid")
        return value


class _Integer(fields.Integer):
    """A JSON number without a fraction: 12 and 12.0 are the same integer, "12" is none."""

    def _deserialize(self, value: t.Any, *args: t.Any, **kwargs: t.Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class _Boolean(fields.Boolean):
    """true or false, but not 1, 0 or text."""

    def _deserialize(self, value: t.Any, *args: t.Any, **kwargs: t.Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class _Instant(fields.AwareDateTime):
    """An RFC 3339 date-time with its offset; one in UTC is written with a Z."""

    def __init__(self, **options: t.Any) -> None:
        super().__init__(format="iso", **options)

    def _serialize(self, value: datetime | None, *args: t.Any, **kwargs: t.Any) -> str | None:
        return value.isoformat().replace("+00:00", "Z") if value is not None else None


Addressable: type[m.Schema] = _Open.from_dict(
    {
        "href": fields.String(),
        "id": fields.String(),
    },
    name="Addressable",
)

AddressableFVO: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
    },
    name="AddressableFVO",
)

AppliedBillingTaxRate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
    },
    name="AppliedBillingTaxRate",
)

AppliedBillingTaxRateFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
    },
    name="AppliedBillingTaxRateFVO",
)

AppliedBillingTaxRateMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
    },
    name="AppliedBillingTaxRateMVO",
)

AppliedCustomerBillingRate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate)),
        "bill": fields.Nested(lambda: CustomerBillRef),
        "date": _Instant(),
        "description": fields.String(),
        "isBilled": _Boolean(),
        "name": fields.String(),
        "periodCoverage": fields.Nested(lambda: TimePeriod),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "appliedBillingRateType": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "product": fields.Nested(lambda: ProductRef),
        "characteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
    },
    name="AppliedCustomerBillingRate",
)

AppliedCustomerBillingRateFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate)),
        "bill": fields.Nested(lambda: CustomerBillRefFVO),
        "date": _Instant(),
        "description": fields.String(),
        "isBilled": _Boolean(),
        "name": fields.String(),
        "periodCoverage": fields.Nested(lambda: TimePeriod),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "appliedBillingRateType": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRefFVO),
        "product": fields.Nested(lambda: ProductRef),
        "characteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
    },
    name="AppliedCustomerBillingRateFVO",
)

AppliedPayment: type[m.Schema] = _Open.from_dict(
    {
        "appliedAmount": fields.Nested(lambda: Money),
        "payment": fields.Nested(lambda: PaymentRef),
    },
    name="AppliedPayment",
)

Attachment: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
        "content": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "attachmentType": fields.String(),
        "mimeType": fields.String(),
    },
    name="Attachment",
)

AttachmentRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
    },
    name="AttachmentRef",
)

AttachmentRefOrValue: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
        "content": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "attachmentType": fields.String(),
        "mimeType": fields.String(),
        "@referredType": fields.String(),
    },
    name="AttachmentRefOrValue",
)

AttachmentRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
    },
    name="AttachmentRefFVO",
)

AttachmentRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
    },
    name="AttachmentRefMVO",
)

AttachmentFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
        "content": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "attachmentType": fields.String(required=True),
        "mimeType": fields.String(required=True),
    },
    name="AttachmentFVO",
)

AttachmentMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "url": fields.String(),
        "content": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "attachmentType": fields.String(required=True),
        "mimeType": fields.String(required=True),
    },
    name="AttachmentMVO",
)

BaseEvent: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "event": fields.Dict(),
        "eventId": fields.String(),
        "eventTime": _Instant(),
        "eventType": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOcurred": _Instant(),
    },
    name="BaseEvent",
)

BaseEventFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "event": fields.Dict(),
        "eventId": fields.String(),
        "eventTime": _Instant(),
        "eventType": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOcurred": _Instant(),
    },
    name="BaseEventFVO",
)

BaseEventMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "event": fields.Dict(),
        "eventId": fields.String(),
        "eventTime": _Instant(),
        "eventType": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOcurred": _Instant(),
    },
    name="BaseEventMVO",
)

BillCycle: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "billingDate": _Instant(),
        "billingPeriod": fields.String(),
        "chargeDate": _Instant(),
        "creditDate": _Instant(),
        "description": fields.String(),
        "mailingDate": _Instant(),
        "name": fields.String(),
        "paymentDueDate": _Instant(),
        "BillCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
        "validFor": fields.Nested(lambda: TimePeriod),
        "runState": fields.String(validate=validate.OneOf(["planned", "running", "finished"])),
        "statusReason": fields.String(),
        "accountsTotal": _Integer(),
        "accountsBilled": _Integer(),
        "accountsFailed": _Integer(),
        "accountsSkipped": _Integer(),
        "accountsCancelled": _Integer(),
        "startedAt": _Instant(),
        "finishedAt": _Instant(),
        "cancelledAt": _Instant(),
    },
    name="BillCycle",
)

BillCycleRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillCycleRef",
)

BillCycleRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillCycleRefFVO",
)

BillCycleRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillCycleRefMVO",
)

BillCycleSpecificationRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
    },
    name="BillCycleSpecificationRef",
)

BillCycleSpecificationRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
    },
    name="BillCycleSpecificationRefFVO",
)

BillCycleSpecificationRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "description": fields.String(),
    },
    name="BillCycleSpecificationRefMVO",
)

BillCycleFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "billingDate": _Instant(),
        "billingPeriod": fields.String(),
        "chargeDate": _Instant(),
        "creditDate": _Instant(),
        "description": fields.String(),
        "mailingDate": _Instant(),
        "name": fields.String(),
        "paymentDueDate": _Instant(),
        "BillCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
        "validFor": fields.Nested(lambda: TimePeriod),
        "runState": fields.String(validate=validate.OneOf(["planned", "running", "finished"])),
        "statusReason": fields.String(),
        "accountsTotal": _Integer(),
        "accountsBilled": _Integer(),
        "accountsFailed": _Integer(),
        "accountsSkipped": _Integer(),
        "accountsCancelled": _Integer(),
        "startedAt": _Instant(),
        "finishedAt": _Instant(),
        "cancelledAt": _Instant(),
    },
    name="BillCycleFVO",
)

BillingAccountRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "ratingType": fields.String(),
    },
    name="BillingAccountRef",
)

BillingAccountRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
        "ratingType": fields.String(),
    },
    name="BillingAccountRefFVO",
)

BillingAccountRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "ratingType": fields.String(),
    },
    name="BillingAccountRefMVO",
)

BooleanArrayCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.List(_Boolean(), required=True),
    },
    name="BooleanArrayCharacteristic",
)

BooleanCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": _Boolean(required=True),
    },
    name="BooleanCharacteristic",
)

Characteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.Raw(required=True, allow_none=True),
    },
    name="Characteristic",
)

CharacteristicRelationship: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "relationshipType": fields.String(),
    },
    name="CharacteristicRelationship",
)

CharacteristicRelationshipFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "relationshipType": fields.String(required=True),
    },
    name="CharacteristicRelationshipFVO",
)

CharacteristicRelationshipMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "relationshipType": fields.String(required=True),
    },
    name="CharacteristicRelationshipMVO",
)

CharacteristicFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
    },
    name="CharacteristicFVO",
)

CharacteristicMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
    },
    name="CharacteristicMVO",
)

CustomerBill: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "amountDue": fields.Nested(lambda: Money),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment)),
        "billDate": _Instant(),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue)),
        "billNo": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "billingPeriod": fields.Nested(lambda: TimePeriod),
        "billCycle": fields.Nested(lambda: BillCycleRef),
        "category": fields.String(),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "lastUpdate": _Instant(),
        "nextBillDate": _Instant(),
        "paymentDueDate": _Instant(),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "remainingAmount": fields.Nested(lambda: Money),
        "runType": fields.String(validate=validate.OneOf(["onCycle", "offCycle"])),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "taxItem": fields.List(fields.Nested(lambda: TaxItem)),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "settled", "partiallyPaid"]
            )
        ),
        "stateBeforeHold": fields.String(
            validate=validate.OneOf(["new", "validated", "sent", "partiallyPaid", "settled"])
        ),
        "holdReason": fields.String(),
        "billingAddress": fields.Nested(lambda: BillingAddress),
        "language": fields.String(),
        "taxNumber": fields.String(),
        "electronicAddress": fields.Nested(lambda: ElectronicAddress),
        "buyerReference": fields.String(),
        "purchaseOrder": fields.String(),
        "mandateId": fields.String(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "roundingDifference": fields.Nested(lambda: Money),
    },
    name="CustomerBill",
)

CustomerBillCreateEvent: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Nested(lambda: CustomerBillCreateEventPayload),
        "traceparent": fields.String(),
    },
    name="CustomerBillCreateEvent",
)

CustomerBillCreateEventPayload: type[m.Schema] = _Open.from_dict(
    {
        "customerBill": fields.Nested(lambda: CustomerBill),
    },
    name="CustomerBillCreateEventPayload",
)

CustomerBillOnDemand: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "name": fields.String(),
        "state": fields.String(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: CustomerBillRef),
        "description": fields.String(),
        "lastUpdate": _Instant(),
        "relatedParty": fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef),
        "statusReason": fields.String(),
    },
    name="CustomerBillOnDemand",
)

CustomerBillOnDemandCreateEvent: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Nested(lambda: CustomerBillOnDemandCreateEventPayload),
        "traceparent": fields.String(),
    },
    name="CustomerBillOnDemandCreateEvent",
)

CustomerBillOnDemandCreateEventPayload: type[m.Schema] = _Open.from_dict(
    {
        "customerBillOnDemand": fields.Nested(lambda: CustomerBillOnDemand),
    },
    name="CustomerBillOnDemandCreateEventPayload",
)

CustomerBillOnDemandStateChangeEvent: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Nested(lambda: CustomerBillOnDemandStateChangeEventPayload),
        "traceparent": fields.String(),
    },
    name="CustomerBillOnDemandStateChangeEvent",
)

CustomerBillOnDemandStateChangeEventPayload: type[m.Schema] = _Open.from_dict(
    {
        "customerBillOnDemand": fields.Nested(lambda: CustomerBillOnDemand),
    },
    name="CustomerBillOnDemandStateChangeEventPayload",
)

CustomerBillOnDemandFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(),
        "state": fields.String(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "billingAccount": fields.Nested(lambda: BillingAccountRefFVO, required=True),
        "customerBill": fields.Nested(lambda: CustomerBillRefFVO),
        "description": fields.String(),
        "lastUpdate": _Instant(),
        "relatedParty": fields.Nested(lambda: RelatedPartyRefOrPartyRoleRefFVO),
    },
    name="CustomerBillOnDemandFVO",
)

CustomerBillRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="CustomerBillRef",
)

CustomerBillRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="CustomerBillRefFVO",
)

CustomerBillRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="CustomerBillRefMVO",
)

CustomerBillStateChangeEvent: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Nested(lambda: CustomerBillStateChangeEventPayload),
        "traceparent": fields.String(),
    },
    name="CustomerBillStateChangeEvent",
)

CustomerBillStateChangeEventPayload: type[m.Schema] = _Open.from_dict(
    {
        "customerBill": fields.Nested(lambda: CustomerBill),
    },
    name="CustomerBillStateChangeEventPayload",
)

CustomerBillFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "amountDue": fields.Nested(lambda: Money),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment)),
        "billDate": _Instant(),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue)),
        "billNo": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRefFVO),
        "billingPeriod": fields.Nested(lambda: TimePeriod),
        "billCycle": fields.Nested(lambda: BillCycleRef),
        "category": fields.String(),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "lastUpdate": _Instant(),
        "nextBillDate": _Instant(),
        "paymentDueDate": _Instant(),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRefFVO)),
        "remainingAmount": fields.Nested(lambda: Money),
        "runType": fields.String(validate=validate.OneOf(["onCycle", "offCycle"])),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "taxItem": fields.List(fields.Nested(lambda: TaxItem)),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "settled", "partiallyPaid"]
            )
        ),
        "stateBeforeHold": fields.String(
            validate=validate.OneOf(["new", "validated", "sent", "partiallyPaid", "settled"])
        ),
        "holdReason": fields.String(),
        "billingAddress": fields.Nested(lambda: BillingAddress),
        "language": fields.String(),
        "taxNumber": fields.String(),
        "electronicAddress": fields.Nested(lambda: ElectronicAddress),
        "buyerReference": fields.String(),
        "purchaseOrder": fields.String(),
        "mandateId": fields.String(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "roundingDifference": fields.Nested(lambda: Money),
    },
    name="CustomerBillFVO",
)

Entity: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
    },
    name="Entity",
)

EntityRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="EntityRef",
)

EntityRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="EntityRefFVO",
)

EntityFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
    },
    name="EntityFVO",
)

EntityMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
    },
    name="EntityMVO",
)

Event: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Nested(lambda: EventPayload),
        "traceparent": fields.String(),
    },
    name="Event",
)

EventFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRefFVO),
        "reportingSystem": fields.Nested(lambda: EntityRefFVO),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRefFVO)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Dict(required=True),
    },
    name="EventFVO",
)

EventMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "correlationId": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "timeOccurred": _Instant(),
        "source": fields.Nested(lambda: EntityRef),
        "reportingSystem": fields.Nested(lambda: EntityRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef)),
        "analyticCharacteristic": fields.List(fields.Nested(lambda: Characteristic)),
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "event": fields.Dict(required=True),
    },
    name="EventMVO",
)

Extensible: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
    },
    name="Extensible",
)

ExtensibleFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
    },
    name="ExtensibleFVO",
)

FinancialAccountRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="FinancialAccountRef",
)

FinancialAccountRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="FinancialAccountRefFVO",
)

FinancialAccountRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="FinancialAccountRefMVO",
)

FloatCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": Number(required=True),
    },
    name="FloatCharacteristic",
)

IntegerArrayCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.List(_Integer(), required=True),
    },
    name="IntegerArrayCharacteristic",
)

IntegerCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": _Integer(required=True),
    },
    name="IntegerCharacteristic",
)

Money: type[m.Schema] = _Open.from_dict(
    {
        "unit": fields.String(),
        "value": Number(),
    },
    name="Money",
)

NumberArrayCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.List(Number(), required=True),
    },
    name="NumberArrayCharacteristic",
)

NumberCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": Number(required=True),
    },
    name="NumberCharacteristic",
)

ObjectArrayCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.List(fields.Dict(), required=True),
    },
    name="ObjectArrayCharacteristic",
)

ObjectCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.Dict(required=True),
    },
    name="ObjectCharacteristic",
)

PartyRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PartyRef",
)

PartyRefOrPartyRoleRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "partyId": fields.String(),
        "partyName": fields.String(),
    },
    name="PartyRefOrPartyRoleRef",
)

PartyRefOrPartyRoleRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
        "partyId": fields.String(),
        "partyName": fields.String(),
    },
    name="PartyRefOrPartyRoleRefFVO",
)

PartyRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PartyRefFVO",
)

PartyRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PartyRefMVO",
)

PartyRoleRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "partyId": fields.String(),
        "partyName": fields.String(),
    },
    name="PartyRoleRef",
)

PartyRoleRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
        "partyId": fields.String(),
        "partyName": fields.String(),
    },
    name="PartyRoleRefFVO",
)

PartyRoleRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
        "partyId": fields.String(),
        "partyName": fields.String(),
    },
    name="PartyRoleRefMVO",
)

PaymentMethodRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentMethodRef",
)

PaymentMethodRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentMethodRefFVO",
)

PaymentMethodRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentMethodRefMVO",
)

PaymentRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentRef",
)

PaymentRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentRefFVO",
)

PaymentRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentRefMVO",
)

ProductRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="ProductRef",
)

ProductRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="ProductRefFVO",
)

ProductRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(required=True),
        "name": fields.String(),
        "@referredType": fields.String(),
    },
    name="ProductRefMVO",
)

Quantity: type[m.Schema] = _Open.from_dict(
    {
        "amount": Number(),
        "units": fields.String(),
    },
    name="Quantity",
)

RelatedPartyRefOrPartyRoleRef: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "role": fields.String(),
        "partyOrPartyRole": fields.Nested(lambda: PartyRefOrPartyRoleRef, required=True),
    },
    name="RelatedPartyRefOrPartyRoleRef",
)

RelatedPartyRefOrPartyRoleRefFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "role": fields.String(required=True),
        "partyOrPartyRole": fields.Nested(lambda: PartyRefOrPartyRoleRefFVO, required=True),
    },
    name="RelatedPartyRefOrPartyRoleRefFVO",
)

RelatedPartyRefOrPartyRoleRefMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "role": fields.String(required=True),
        "partyOrPartyRole": fields.Nested(lambda: PartyRefOrPartyRoleRef),
    },
    name="RelatedPartyRefOrPartyRoleRefMVO",
)

StringArrayCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.List(fields.String(), required=True),
    },
    name="StringArrayCharacteristic",
)

StringCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "id": fields.String(),
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "characteristicRelationship": fields.List(
            fields.Nested(lambda: CharacteristicRelationship)
        ),
        "value": fields.String(required=True),
    },
    name="StringCharacteristic",
)

TaxItem: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
        "taxableAmount": fields.Nested(lambda: Money),
    },
    name="TaxItem",
)

TaxItemFVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
    },
    name="TaxItemFVO",
)

TaxItemMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "taxAmount": fields.Nested(lambda: Money),
        "taxCategory": fields.String(),
        "taxRate": Number(),
    },
    name="TaxItemMVO",
)

TimePeriod: type[m.Schema] = _Open.from_dict(
    {
        "startDateTime": _Instant(),
        "endDateTime": _Instant(),
    },
    name="TimePeriod",
)

Error: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "code": fields.String(required=True),
        "reason": fields.String(required=True),
        "message": fields.String(),
        "status": fields.String(),
        "referenceError": fields.String(),
        "attribute": fields.String(),
        "errors": fields.List(fields.Nested(lambda: ErrorDetail)),
    },
    name="Error",
)

HubFVO: type[m.Schema] = _Open.from_dict(
    {
        "callback": fields.String(required=True),
        "query": fields.String(),
        "id": fields.String(),
        "apiVersion": fields.String(validate=validate.OneOf(["v4", "v5"])),
        "@type": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
    },
    name="HubFVO",
)

Hub: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "href": fields.String(),
        "id": fields.String(),
        "callback": fields.String(required=True),
        "query": fields.String(),
        "secret": fields.String(),
        "state": fields.String(validate=validate.OneOf(["active", "failing"])),
        "delivered": _Integer(),
        "pending": _Integer(),
        "failed": _Integer(),
        "lastError": fields.String(),
        "lastErrorTime": _Instant(),
        "lastSuccess": _Instant(),
        "apiVersion": fields.String(validate=validate.OneOf(["v4", "v5"])),
    },
    name="Hub",
)

JsonPatch: type[m.Schema] = _Open.from_dict(
    {
        "op": fields.String(
            required=True,
            validate=validate.OneOf(["add", "remove", "replace", "move", "copy", "test"]),
        ),
        "path": fields.String(required=True),
        "value": fields.Raw(allow_none=True),
        "from": fields.String(),
    },
    name="JsonPatch",
)

BillingAddress: type[m.Schema] = _Open.from_dict(
    {
        "contactName": fields.String(),
        "street1": fields.String(),
        "street2": fields.String(),
        "postCode": fields.String(),
        "city": fields.String(),
        "stateOrProvince": fields.String(),
        "country": fields.String(),
    },
    name="BillingAddress",
)

ElectronicAddress: type[m.Schema] = _Open.from_dict(
    {
        "scheme": fields.String(),
        "value": fields.String(),
    },
    name="ElectronicAddress",
)

BillCycleAccount: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billCycle": fields.Nested(lambda: BillCycleRef),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: CustomerBillRef),
        "state": fields.String(
            validate=validate.OneOf(["billed", "failed", "skipped", "cancelled"])
        ),
        "statusReason": fields.String(),
        "currency": fields.String(),
        "roundingDifference": fields.Nested(lambda: Money),
        "warning": fields.List(fields.String()),
        "@type": fields.String(),
    },
    name="BillCycleAccount",
)

BillNumber: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "number": fields.String(),
        "sequence": fields.String(),
        "position": _Integer(),
        "seller": fields.String(),
        "kind": fields.String(),
        "bill": fields.Nested(lambda: CustomerBillRef),
        "state": fields.String(validate=validate.OneOf(["used", "void"])),
        "usedAt": _Instant(),
        "voidedAt": _Instant(),
        "statusReason": fields.String(),
        "@type": fields.String(),
    },
    name="BillNumber",
)

BillCycleSpecification: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(required=True),
        "description": fields.String(),
        "frequency": fields.String(),
        "billingPeriod": fields.String(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billingDateShift": _Integer(),
        "chargeDateOffset": _Integer(),
        "creditDateOffset": _Integer(),
        "mailingDateOffset": _Integer(),
        "paymentDueDateOffset": _Integer(),
        "recurring": _Boolean(),
        "recurringInAdvance": _Boolean(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleSpecification",
)

BillCycleSpecificationFVO: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(required=True),
        "description": fields.String(),
        "frequency": fields.String(),
        "billingPeriod": fields.String(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billingDateShift": _Integer(),
        "chargeDateOffset": _Integer(),
        "creditDateOffset": _Integer(),
        "mailingDateOffset": _Integer(),
        "paymentDueDateOffset": _Integer(),
        "recurring": _Boolean(),
        "recurringInAdvance": _Boolean(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleSpecificationFVO",
)

CustomerBillMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "amountDue": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment), allow_none=True),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue), allow_none=True),
        "billNo": fields.String(allow_none=True),
        "paymentDueDate": _Instant(allow_none=True),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRefUpdate, allow_none=True),
        "relatedParty": fields.List(
            fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef), allow_none=True
        ),
        "remainingAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "settled", "partiallyPaid"]
            )
        ),
        "holdReason": fields.String(allow_none=True),
    },
    name="CustomerBillMVO",
)

CustomerBillOnDemandMVO: type[m.Schema] = _Open.from_dict(
    {
        "name": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
        "relatedParty": fields.Nested(lambda: RelatedPartyRefOrPartyRoleRefUpdate, allow_none=True),
    },
    name="CustomerBillOnDemandMVO",
)

AppliedCustomerBillingRateMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate), allow_none=True),
        "bill": fields.Nested(lambda: CustomerBillRefUpdate, allow_none=True),
        "date": _Instant(allow_none=True),
        "description": fields.String(allow_none=True),
        "isBilled": _Boolean(),
        "name": fields.String(allow_none=True),
        "periodCoverage": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "taxExcludedAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "taxIncludedAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "appliedBillingRateType": fields.String(allow_none=True),
        "billingAccount": fields.Nested(lambda: BillingAccountRefUpdate, allow_none=True),
        "product": fields.Nested(lambda: ProductRefUpdate, allow_none=True),
        "characteristic": fields.List(fields.Nested(lambda: Characteristic), allow_none=True),
        "priceBasis": fields.String(allow_none=True, validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(
            fields.Nested(lambda: RelatedPartyRefOrPartyRoleRef), allow_none=True
        ),
    },
    name="AppliedCustomerBillingRateMVO",
)

BillCycleMVO: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "billingDate": _Instant(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "chargeDate": _Instant(allow_none=True),
        "creditDate": _Instant(allow_none=True),
        "description": fields.String(allow_none=True),
        "mailingDate": _Instant(allow_none=True),
        "name": fields.String(allow_none=True),
        "paymentDueDate": _Instant(allow_none=True),
        "BillCycleSpecification": fields.Nested(
            lambda: BillCycleSpecificationRefUpdate, allow_none=True
        ),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
    },
    name="BillCycleMVO",
)

BillCycleSpecificationMVO: type[m.Schema] = _Open.from_dict(
    {
        "name": fields.String(),
        "description": fields.String(allow_none=True),
        "frequency": fields.String(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "billingDateShift": _Integer(allow_none=True),
        "chargeDateOffset": _Integer(allow_none=True),
        "creditDateOffset": _Integer(allow_none=True),
        "mailingDateOffset": _Integer(allow_none=True),
        "paymentDueDateOffset": _Integer(allow_none=True),
        "recurring": _Boolean(allow_none=True),
        "recurringInAdvance": _Boolean(allow_none=True),
        "priceBasis": fields.String(allow_none=True, validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
    },
    name="BillCycleSpecificationMVO",
)

ErrorDetail: type[m.Schema] = _Open.from_dict(
    {
        "code": fields.String(required=True),
        "reason": fields.String(required=True),
        "message": fields.String(),
        "attribute": fields.String(),
    },
    name="ErrorDetail",
)

JsonPatchTest: type[m.Schema] = _Open.from_dict(
    {
        "op": fields.String(required=True, validate=validate.OneOf(["test"])),
        "path": fields.String(required=True),
        "value": fields.Raw(required=True, allow_none=True),
    },
    name="JsonPatchTest",
)

JsonPatchQuery: type[m.Schema] = _Open.from_dict(
    {
        "op": fields.String(
            required=True, validate=validate.OneOf(["add", "remove", "replace", "test"])
        ),
        "path": fields.String(required=True),
        "value": fields.Raw(allow_none=True),
    },
    name="JsonPatchQuery",
)

EventPayload: type[m.Schema] = _Open.from_dict(
    {
        "customerBill": fields.Nested(lambda: CustomerBill),
        "customerBillOnDemand": fields.Nested(lambda: CustomerBillOnDemand),
        "appliedCustomerBillingRate": fields.Nested(lambda: AppliedCustomerBillingRate),
        "billCycle": fields.Nested(lambda: BillCycle),
        "billCycleSpecification": fields.Nested(lambda: BillCycleSpecification),
    },
    name="EventPayload",
)

MoneyUpdate: type[m.Schema] = _Open.from_dict(
    {
        "unit": fields.String(allow_none=True),
        "value": Number(allow_none=True),
    },
    name="MoneyUpdate",
)

PaymentMethodRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="PaymentMethodRefUpdate",
)

RelatedPartyRefOrPartyRoleRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "role": fields.String(allow_none=True),
        "partyOrPartyRole": fields.Nested(lambda: PartyRefOrPartyRoleRefUpdate),
    },
    name="RelatedPartyRefOrPartyRoleRefUpdate",
)

PartyRefOrPartyRoleRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
        "partyId": fields.String(allow_none=True),
        "partyName": fields.String(allow_none=True),
    },
    name="PartyRefOrPartyRoleRefUpdate",
)

CustomerBillRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="CustomerBillRefUpdate",
)

TimePeriodUpdate: type[m.Schema] = _Open.from_dict(
    {
        "startDateTime": _Instant(allow_none=True),
        "endDateTime": _Instant(allow_none=True),
    },
    name="TimePeriodUpdate",
)

BillingAccountRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
        "ratingType": fields.String(allow_none=True),
    },
    name="BillingAccountRefUpdate",
)

ProductRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="ProductRefUpdate",
)

BillCycleSpecificationRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "@type": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "id": fields.String(),
        "name": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
    },
    name="BillCycleSpecificationRefUpdate",
)


SCHEMAS: dict[str, type[m.Schema]] = {
    "Addressable": Addressable,
    "Addressable_FVO": AddressableFVO,
    "AppliedBillingTaxRate": AppliedBillingTaxRate,
    "AppliedBillingTaxRate_FVO": AppliedBillingTaxRateFVO,
    "AppliedBillingTaxRate_MVO": AppliedBillingTaxRateMVO,
    "AppliedCustomerBillingRate": AppliedCustomerBillingRate,
    "AppliedCustomerBillingRate_FVO": AppliedCustomerBillingRateFVO,
    "AppliedPayment": AppliedPayment,
    "Attachment": Attachment,
    "AttachmentRef": AttachmentRef,
    "AttachmentRefOrValue": AttachmentRefOrValue,
    "AttachmentRef_FVO": AttachmentRefFVO,
    "AttachmentRef_MVO": AttachmentRefMVO,
    "Attachment_FVO": AttachmentFVO,
    "Attachment_MVO": AttachmentMVO,
    "BaseEvent": BaseEvent,
    "BaseEvent_FVO": BaseEventFVO,
    "BaseEvent_MVO": BaseEventMVO,
    "BillCycle": BillCycle,
    "BillCycleRef": BillCycleRef,
    "BillCycleRef_FVO": BillCycleRefFVO,
    "BillCycleRef_MVO": BillCycleRefMVO,
    "BillCycleSpecificationRef": BillCycleSpecificationRef,
    "BillCycleSpecificationRef_FVO": BillCycleSpecificationRefFVO,
    "BillCycleSpecificationRef_MVO": BillCycleSpecificationRefMVO,
    "BillCycle_FVO": BillCycleFVO,
    "BillingAccountRef": BillingAccountRef,
    "BillingAccountRef_FVO": BillingAccountRefFVO,
    "BillingAccountRef_MVO": BillingAccountRefMVO,
    "BooleanArrayCharacteristic": BooleanArrayCharacteristic,
    "BooleanCharacteristic": BooleanCharacteristic,
    "Characteristic": Characteristic,
    "CharacteristicRelationship": CharacteristicRelationship,
    "CharacteristicRelationship_FVO": CharacteristicRelationshipFVO,
    "CharacteristicRelationship_MVO": CharacteristicRelationshipMVO,
    "Characteristic_FVO": CharacteristicFVO,
    "Characteristic_MVO": CharacteristicMVO,
    "CustomerBill": CustomerBill,
    "CustomerBillCreateEvent": CustomerBillCreateEvent,
    "CustomerBillCreateEventPayload": CustomerBillCreateEventPayload,
    "CustomerBillOnDemand": CustomerBillOnDemand,
    "CustomerBillOnDemandCreateEvent": CustomerBillOnDemandCreateEvent,
    "CustomerBillOnDemandCreateEventPayload": CustomerBillOnDemandCreateEventPayload,
    "CustomerBillOnDemandStateChangeEvent": CustomerBillOnDemandStateChangeEvent,
    "CustomerBillOnDemandStateChangeEventPayload": CustomerBillOnDemandStateChangeEventPayload,
    "CustomerBillOnDemand_FVO": CustomerBillOnDemandFVO,
    "CustomerBillRef": CustomerBillRef,
    "CustomerBillRef_FVO": CustomerBillRefFVO,
    "CustomerBillRef_MVO": CustomerBillRefMVO,
    "CustomerBillStateChangeEvent": CustomerBillStateChangeEvent,
    "CustomerBillStateChangeEventPayload": CustomerBillStateChangeEventPayload,
    "CustomerBill_FVO": CustomerBillFVO,
    "Entity": Entity,
    "EntityRef": EntityRef,
    "EntityRef_FVO": EntityRefFVO,
    "Entity_FVO": EntityFVO,
    "Entity_MVO": EntityMVO,
    "Event": Event,
    "Event_FVO": EventFVO,
    "Event_MVO": EventMVO,
    "Extensible": Extensible,
    "Extensible_FVO": ExtensibleFVO,
    "FinancialAccountRef": FinancialAccountRef,
    "FinancialAccountRef_FVO": FinancialAccountRefFVO,
    "FinancialAccountRef_MVO": FinancialAccountRefMVO,
    "FloatCharacteristic": FloatCharacteristic,
    "IntegerArrayCharacteristic": IntegerArrayCharacteristic,
    "IntegerCharacteristic": IntegerCharacteristic,
    "Money": Money,
    "NumberArrayCharacteristic": NumberArrayCharacteristic,
    "NumberCharacteristic": NumberCharacteristic,
    "ObjectArrayCharacteristic": ObjectArrayCharacteristic,
    "ObjectCharacteristic": ObjectCharacteristic,
    "PartyRef": PartyRef,
    "PartyRefOrPartyRoleRef": PartyRefOrPartyRoleRef,
    "PartyRefOrPartyRoleRef_FVO": PartyRefOrPartyRoleRefFVO,
    "PartyRef_FVO": PartyRefFVO,
    "PartyRef_MVO": PartyRefMVO,
    "PartyRoleRef": PartyRoleRef,
    "PartyRoleRef_FVO": PartyRoleRefFVO,
    "PartyRoleRef_MVO": PartyRoleRefMVO,
    "PaymentMethodRef": PaymentMethodRef,
    "PaymentMethodRef_FVO": PaymentMethodRefFVO,
    "PaymentMethodRef_MVO": PaymentMethodRefMVO,
    "PaymentRef": PaymentRef,
    "PaymentRef_FVO": PaymentRefFVO,
    "PaymentRef_MVO": PaymentRefMVO,
    "ProductRef": ProductRef,
    "ProductRef_FVO": ProductRefFVO,
    "ProductRef_MVO": ProductRefMVO,
    "Quantity": Quantity,
    "RelatedPartyRefOrPartyRoleRef": RelatedPartyRefOrPartyRoleRef,
    "RelatedPartyRefOrPartyRoleRef_FVO": RelatedPartyRefOrPartyRoleRefFVO,
    "RelatedPartyRefOrPartyRoleRef_MVO": RelatedPartyRefOrPartyRoleRefMVO,
    "StringArrayCharacteristic": StringArrayCharacteristic,
    "StringCharacteristic": StringCharacteristic,
    "TaxItem": TaxItem,
    "TaxItem_FVO": TaxItemFVO,
    "TaxItem_MVO": TaxItemMVO,
    "TimePeriod": TimePeriod,
    "Error": Error,
    "Hub_FVO": HubFVO,
    "Hub": Hub,
    "JsonPatch": JsonPatch,
    "BillingAddress": BillingAddress,
    "ElectronicAddress": ElectronicAddress,
    "BillCycleAccount": BillCycleAccount,
    "BillNumber": BillNumber,
    "BillCycleSpecification": BillCycleSpecification,
    "BillCycleSpecification_FVO": BillCycleSpecificationFVO,
    "CustomerBill_MVO": CustomerBillMVO,
    "CustomerBillOnDemand_MVO": CustomerBillOnDemandMVO,
    "AppliedCustomerBillingRate_MVO": AppliedCustomerBillingRateMVO,
    "BillCycle_MVO": BillCycleMVO,
    "BillCycleSpecification_MVO": BillCycleSpecificationMVO,
    "ErrorDetail": ErrorDetail,
    "JsonPatchTest": JsonPatchTest,
    "JsonPatchQuery": JsonPatchQuery,
    "EventPayload": EventPayload,
    "Money_Update": MoneyUpdate,
    "PaymentMethodRef_Update": PaymentMethodRefUpdate,
    "RelatedPartyRefOrPartyRoleRef_Update": RelatedPartyRefOrPartyRoleRefUpdate,
    "PartyRefOrPartyRoleRef_Update": PartyRefOrPartyRoleRefUpdate,
    "CustomerBillRef_Update": CustomerBillRefUpdate,
    "TimePeriod_Update": TimePeriodUpdate,
    "BillingAccountRef_Update": BillingAccountRefUpdate,
    "ProductRef_Update": ProductRefUpdate,
    "BillCycleSpecificationRef_Update": BillCycleSpecificationRefUpdate,
}
"""The schemas by their names in the contract."""
