# DO NOT EDIT: `make generate` writes this from tmf666.yaml and openapi/overlay-tmf666.yaml
"""The marshmallow schemas of Account Management 4.0.0: JSON to Python values and back."""

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


AccountBalance: type[m.Schema] = _Open.from_dict(
    {
        "balanceType": fields.String(required=True),
        "amount": fields.Nested(lambda: Money, required=True),
        "validFor": fields.Nested(lambda: TimePeriod, required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AccountBalance",
)

AccountRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "description": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="AccountRef",
)

AccountRelationship: type[m.Schema] = _Open.from_dict(
    {
        "relationshipType": fields.String(required=True),
        "account": fields.Nested(lambda: AccountRef),
        "validFor": fields.Nested(lambda: TimePeriod, required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AccountRelationship",
)

AccountTaxExemption: type[m.Schema] = _Open.from_dict(
    {
        "certificateNumber": fields.String(),
        "issuingJurisdiction": fields.String(required=True),
        "reason": fields.String(),
        "validFor": fields.Nested(lambda: TimePeriod, required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AccountTaxExemption",
)

BillFormat: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillFormat",
)

BillFormatCreate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
    },
    name="BillFormatCreate",
)

BillFormatUpdate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(allow_none=True),
        "name": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
    },
    name="BillFormatUpdate",
)

BillFormatRefOrValue: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "isRef": _Boolean(required=True),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillFormatRefOrValue",
)

BillPresentationMedia: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillPresentationMedia",
)

BillPresentationMediaCreate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
    },
    name="BillPresentationMediaCreate",
)

BillPresentationMediaUpdate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(allow_none=True),
        "name": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
    },
    name="BillPresentationMediaUpdate",
)

BillPresentationMediaRefOrValue: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "isRef": _Boolean(required=True),
        "name": fields.String(required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillPresentationMediaRefOrValue",
)

BillStructure: type[m.Schema] = _Open.from_dict(
    {
        "cycleSpecification": fields.Nested(lambda: BillingCycleSpecificationRefOrValue),
        "format": fields.Nested(lambda: BillFormatRefOrValue),
        "presentationMedia": fields.List(fields.Nested(lambda: BillPresentationMediaRefOrValue)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillStructure",
)

BillingAccount: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "accountType": fields.String(),
        "description": fields.String(),
        "lastModified": _Instant(),
        "name": fields.String(required=True),
        "paymentStatus": fields.String(),
        "state": fields.String(),
        "accountBalance": fields.List(fields.Nested(lambda: AccountBalance)),
        "accountRelationship": fields.List(fields.Nested(lambda: AccountRelationship)),
        "billStructure": fields.Nested(lambda: BillStructure),
        "contact": fields.List(fields.Nested(lambda: Contact)),
        "creditLimit": fields.Nested(lambda: Money),
        "defaultPaymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "paymentPlan": fields.List(fields.Nested(lambda: PaymentPlan)),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedParty), required=True),
        "taxExemption": fields.List(fields.Nested(lambda: AccountTaxExemption)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "language": fields.String(),
        "taxNumber": fields.String(),
        "electronicAddress": fields.Nested(lambda: ElectronicAddress),
        "buyerReference": fields.String(),
        "purchaseOrder": fields.String(),
        "mandateId": fields.String(),
    },
    name="BillingAccount",
)

BillingAccountCreate: type[m.Schema] = _Open.from_dict(
    {
        "accountType": fields.String(),
        "description": fields.String(),
        "name": fields.String(required=True),
        "paymentStatus": fields.String(),
        "state": fields.String(),
        "accountBalance": fields.List(fields.Nested(lambda: AccountBalance)),
        "accountRelationship": fields.List(fields.Nested(lambda: AccountRelationship)),
        "billStructure": fields.Nested(lambda: BillStructure),
        "contact": fields.List(fields.Nested(lambda: Contact)),
        "creditLimit": fields.Nested(lambda: Money),
        "defaultPaymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "paymentPlan": fields.List(fields.Nested(lambda: PaymentPlan)),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedParty), required=True),
        "taxExemption": fields.List(fields.Nested(lambda: AccountTaxExemption)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
        "language": fields.String(),
        "taxNumber": fields.String(),
        "electronicAddress": fields.Nested(lambda: ElectronicAddress),
        "buyerReference": fields.String(),
        "purchaseOrder": fields.String(),
        "mandateId": fields.String(),
    },
    name="BillingAccountCreate",
)

BillingAccountUpdate: type[m.Schema] = _Open.from_dict(
    {
        "accountType": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
        "name": fields.String(),
        "paymentStatus": fields.String(allow_none=True),
        "state": fields.String(allow_none=True),
        "accountRelationship": fields.List(
            fields.Nested(lambda: AccountRelationship), allow_none=True
        ),
        "billStructure": fields.Nested(lambda: BillStructureUpdate, allow_none=True),
        "contact": fields.List(fields.Nested(lambda: Contact), allow_none=True),
        "creditLimit": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "defaultPaymentMethod": fields.Nested(lambda: PaymentMethodRefUpdate, allow_none=True),
        "financialAccount": fields.Nested(lambda: FinancialAccountRefUpdate, allow_none=True),
        "paymentPlan": fields.List(fields.Nested(lambda: PaymentPlan), allow_none=True),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedParty)),
        "taxExemption": fields.List(fields.Nested(lambda: AccountTaxExemption), allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "language": fields.String(allow_none=True),
        "taxNumber": fields.String(allow_none=True),
        "electronicAddress": fields.Nested(lambda: ElectronicAddressUpdate, allow_none=True),
        "buyerReference": fields.String(allow_none=True),
        "purchaseOrder": fields.String(allow_none=True),
        "mandateId": fields.String(allow_none=True),
    },
    name="BillingAccountUpdate",
)

BillingCycleSpecification: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billingDateShift": _Integer(),
        "billingPeriod": fields.String(),
        "chargeDateOffset": _Integer(),
        "creditDateOffset": _Integer(),
        "description": fields.String(),
        "frequency": fields.String(),
        "mailingDateOffset": _Integer(),
        "name": fields.String(required=True),
        "paymentDueDateOffset": _Integer(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "recurring": _Boolean(),
        "recurringInAdvance": _Boolean(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(),
    },
    name="BillingCycleSpecification",
)

BillingCycleSpecificationCreate: type[m.Schema] = _Open.from_dict(
    {
        "billingDateShift": _Integer(),
        "billingPeriod": fields.String(),
        "chargeDateOffset": _Integer(),
        "creditDateOffset": _Integer(),
        "description": fields.String(),
        "frequency": fields.String(),
        "mailingDateOffset": _Integer(),
        "name": fields.String(required=True),
        "paymentDueDateOffset": _Integer(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
        "recurring": _Boolean(),
        "recurringInAdvance": _Boolean(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(),
    },
    name="BillingCycleSpecificationCreate",
)

BillingCycleSpecificationUpdate: type[m.Schema] = _Open.from_dict(
    {
        "billingDateShift": _Integer(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "chargeDateOffset": _Integer(allow_none=True),
        "creditDateOffset": _Integer(allow_none=True),
        "description": fields.String(allow_none=True),
        "frequency": fields.String(allow_none=True),
        "mailingDateOffset": _Integer(allow_none=True),
        "name": fields.String(),
        "paymentDueDateOffset": _Integer(allow_none=True),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
        "recurring": _Boolean(allow_none=True),
        "recurringInAdvance": _Boolean(allow_none=True),
        "priceBasis": fields.String(allow_none=True, validate=validate.OneOf(["net", "gross"])),
        "rateFilter": fields.String(allow_none=True),
    },
    name="BillingCycleSpecificationUpdate",
)

BillingCycleSpecificationRefOrValue: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billingDateShift": _Integer(),
        "billingPeriod": fields.String(),
        "chargeDateOffset": _Integer(),
        "creditDateOffset": _Integer(),
        "dateShift": _Integer(),
        "description": fields.String(),
        "frequency": fields.String(),
        "isRef": _Boolean(required=True),
        "mailingDateOffset": _Integer(),
        "name": fields.String(required=True),
        "paymentDueDateOffset": _Integer(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillingCycleSpecificationRefOrValue",
)

Contact: type[m.Schema] = _Open.from_dict(
    {
        "contactName": fields.String(),
        "contactType": fields.String(required=True),
        "partyRoleType": fields.String(),
        "contactMedium": fields.List(fields.Nested(lambda: ContactMedium)),
        "relatedParty": fields.Nested(lambda: RelatedParty),
        "validFor": fields.Nested(lambda: TimePeriod, required=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="Contact",
)

ContactMedium: type[m.Schema] = _Open.from_dict(
    {
        "mediumType": fields.String(),
        "preferred": _Boolean(),
        "characteristic": fields.Nested(lambda: MediumCharacteristic),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="ContactMedium",
)

FinancialAccountRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "accountBalance": fields.Nested(lambda: AccountBalance),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="FinancialAccountRef",
)

MediumCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "city": fields.String(),
        "contactType": fields.String(),
        "country": fields.String(),
        "emailAddress": fields.String(),
        "faxNumber": fields.String(),
        "phoneNumber": fields.String(),
        "postCode": fields.String(),
        "socialNetworkId": fields.String(),
        "stateOrProvince": fields.String(),
        "street1": fields.String(),
        "street2": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="MediumCharacteristic",
)

Money: type[m.Schema] = _Open.from_dict(
    {
        "unit": fields.String(),
        "value": Number(),
    },
    name="Money",
)

PaymentMethodRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentMethodRef",
)

PaymentPlan: type[m.Schema] = _Open.from_dict(
    {
        "numberOfPayments": _Integer(),
        "paymentFrequency": fields.String(),
        "planType": fields.String(),
        "priority": _Integer(),
        "status": fields.String(),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "totalAmount": fields.Nested(lambda: Money),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="PaymentPlan",
)

RelatedParty: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(required=True),
        "role": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(required=True),
    },
    name="RelatedParty",
)

TimePeriod: type[m.Schema] = _Open.from_dict(
    {
        "endDateTime": _Instant(),
        "startDateTime": _Instant(),
    },
    name="TimePeriod",
)

EventSubscription: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
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
        "apiVersion": fields.String(validate=validate.OneOf(["tmf666"])),
    },
    name="EventSubscription",
)

EventSubscriptionInput: type[m.Schema] = _Open.from_dict(
    {
        "callback": fields.String(required=True),
        "query": fields.String(),
        "id": fields.String(),
        "apiVersion": fields.String(validate=validate.OneOf(["tmf666"])),
    },
    name="EventSubscriptionInput",
)

Error: type[m.Schema] = _Open.from_dict(
    {
        "code": fields.String(required=True),
        "reason": fields.String(required=True),
        "message": fields.String(),
        "status": fields.String(),
        "referenceError": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "attribute": fields.String(),
        "errors": fields.List(fields.Nested(lambda: ErrorDetail)),
    },
    name="Error",
)

ElectronicAddress: type[m.Schema] = _Open.from_dict(
    {
        "scheme": fields.String(),
        "value": fields.String(required=True),
    },
    name="ElectronicAddress",
)

EventPayload: type[m.Schema] = _Open.from_dict(
    {
        "billingAccount": fields.Nested(lambda: BillingAccount),
        "billFormat": fields.Nested(lambda: BillFormat),
        "billPresentationMedia": fields.Nested(lambda: BillPresentationMedia),
        "billingCycleSpecification": fields.Nested(lambda: BillingCycleSpecification),
    },
    name="EventPayload",
)

Event: type[m.Schema] = _Open.from_dict(
    {
        "eventId": fields.String(required=True),
        "eventTime": _Instant(required=True),
        "eventType": fields.String(required=True),
        "timeOcurred": _Instant(),
        "correlationId": fields.String(),
        "traceparent": fields.String(),
        "domain": fields.String(),
        "title": fields.String(),
        "description": fields.String(),
        "priority": fields.String(),
        "event": fields.Nested(lambda: EventPayload),
    },
    name="Event",
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

BillStructureUpdate: type[m.Schema] = _Open.from_dict(
    {
        "cycleSpecification": fields.Nested(
            lambda: BillingCycleSpecificationRefOrValueUpdate, allow_none=True
        ),
        "format": fields.Nested(lambda: BillFormatRefOrValueUpdate, allow_none=True),
        "presentationMedia": fields.List(
            fields.Nested(lambda: BillPresentationMediaRefOrValue), allow_none=True
        ),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
    },
    name="BillStructureUpdate",
)

BillingCycleSpecificationRefOrValueUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "billingDateShift": _Integer(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "chargeDateOffset": _Integer(allow_none=True),
        "creditDateOffset": _Integer(allow_none=True),
        "dateShift": _Integer(allow_none=True),
        "description": fields.String(allow_none=True),
        "frequency": fields.String(allow_none=True),
        "isRef": _Boolean(),
        "mailingDateOffset": _Integer(allow_none=True),
        "name": fields.String(),
        "paymentDueDateOffset": _Integer(allow_none=True),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="BillingCycleSpecificationRefOrValueUpdate",
)

TimePeriodUpdate: type[m.Schema] = _Open.from_dict(
    {
        "endDateTime": _Instant(allow_none=True),
        "startDateTime": _Instant(allow_none=True),
    },
    name="TimePeriodUpdate",
)

BillFormatRefOrValueUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(allow_none=True),
        "href": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
        "isRef": _Boolean(),
        "name": fields.String(),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="BillFormatRefOrValueUpdate",
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
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="PaymentMethodRefUpdate",
)

FinancialAccountRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "accountBalance": fields.Nested(lambda: AccountBalanceUpdate, allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="FinancialAccountRefUpdate",
)

AccountBalanceUpdate: type[m.Schema] = _Open.from_dict(
    {
        "balanceType": fields.String(),
        "amount": fields.Nested(lambda: MoneyUpdate),
        "validFor": fields.Nested(lambda: TimePeriodUpdate),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
    },
    name="AccountBalanceUpdate",
)

ElectronicAddressUpdate: type[m.Schema] = _Open.from_dict(
    {
        "scheme": fields.String(allow_none=True),
        "value": fields.String(),
    },
    name="ElectronicAddressUpdate",
)


SCHEMAS: dict[str, type[m.Schema]] = {
    "AccountBalance": AccountBalance,
    "AccountRef": AccountRef,
    "AccountRelationship": AccountRelationship,
    "AccountTaxExemption": AccountTaxExemption,
    "BillFormat": BillFormat,
    "BillFormat_Create": BillFormatCreate,
    "BillFormat_Update": BillFormatUpdate,
    "BillFormatRefOrValue": BillFormatRefOrValue,
    "BillPresentationMedia": BillPresentationMedia,
    "BillPresentationMedia_Create": BillPresentationMediaCreate,
    "BillPresentationMedia_Update": BillPresentationMediaUpdate,
    "BillPresentationMediaRefOrValue": BillPresentationMediaRefOrValue,
    "BillStructure": BillStructure,
    "BillingAccount": BillingAccount,
    "BillingAccount_Create": BillingAccountCreate,
    "BillingAccount_Update": BillingAccountUpdate,
    "BillingCycleSpecification": BillingCycleSpecification,
    "BillingCycleSpecification_Create": BillingCycleSpecificationCreate,
    "BillingCycleSpecification_Update": BillingCycleSpecificationUpdate,
    "BillingCycleSpecificationRefOrValue": BillingCycleSpecificationRefOrValue,
    "Contact": Contact,
    "ContactMedium": ContactMedium,
    "FinancialAccountRef": FinancialAccountRef,
    "MediumCharacteristic": MediumCharacteristic,
    "Money": Money,
    "PaymentMethodRef": PaymentMethodRef,
    "PaymentPlan": PaymentPlan,
    "RelatedParty": RelatedParty,
    "TimePeriod": TimePeriod,
    "EventSubscription": EventSubscription,
    "EventSubscriptionInput": EventSubscriptionInput,
    "Error": Error,
    "ElectronicAddress": ElectronicAddress,
    "EventPayload": EventPayload,
    "Event": Event,
    "ErrorDetail": ErrorDetail,
    "JsonPatchTest": JsonPatchTest,
    "JsonPatchQuery": JsonPatchQuery,
    "BillStructure_Update": BillStructureUpdate,
    "BillingCycleSpecificationRefOrValue_Update": BillingCycleSpecificationRefOrValueUpdate,
    "TimePeriod_Update": TimePeriodUpdate,
    "BillFormatRefOrValue_Update": BillFormatRefOrValueUpdate,
    "Money_Update": MoneyUpdate,
    "PaymentMethodRef_Update": PaymentMethodRefUpdate,
    "FinancialAccountRef_Update": FinancialAccountRefUpdate,
    "AccountBalance_Update": AccountBalanceUpdate,
    "ElectronicAddress_Update": ElectronicAddressUpdate,
}
"""The schemas by their names in the contract."""
