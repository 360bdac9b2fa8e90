# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml
"""The marshmallow schemas of Customer Bill Management 4.0.0: JSON to Python values and back."""

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

AppliedBillingRateCharacteristic: type[m.Schema] = _Open.from_dict(
    {
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "value": fields.Raw(required=True, allow_none=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AppliedBillingRateCharacteristic",
)

AppliedBillingTaxRate: type[m.Schema] = _Open.from_dict(
    {
        "taxCategory": fields.String(),
        "taxRate": Number(),
        "taxAmount": fields.Nested(lambda: Money),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AppliedBillingTaxRate",
)

AppliedCustomerBillingRate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "date": _Instant(),
        "description": fields.String(),
        "isBilled": _Boolean(),
        "name": fields.String(),
        "type": fields.String(),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate)),
        "bill": fields.Nested(lambda: BillRef),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "characteristic": fields.List(fields.Nested(lambda: AppliedBillingRateCharacteristic)),
        "periodCoverage": fields.Nested(lambda: TimePeriod),
        "product": fields.Nested(lambda: ProductRef),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef)),
    },
    name="AppliedCustomerBillingRate",
)

AppliedPayment: type[m.Schema] = _Open.from_dict(
    {
        "appliedAmount": fields.Nested(lambda: Money),
        "payment": fields.Nested(lambda: PaymentRef),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AppliedPayment",
)

Attachment: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "attachmentType": fields.String(),
        "content": fields.String(),
        "description": fields.String(),
        "mimeType": fields.String(),
        "name": fields.String(),
        "url": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="Attachment",
)

AttachmentRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "description": fields.String(),
        "name": fields.String(),
        "url": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="AttachmentRef",
)

AttachmentRefOrValue: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "attachmentType": fields.String(),
        "content": fields.String(),
        "description": fields.String(),
        "mimeType": fields.String(),
        "name": fields.String(),
        "url": fields.String(),
        "size": fields.Nested(lambda: Quantity),
        "validFor": fields.Nested(lambda: TimePeriod),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="AttachmentRefOrValue",
)

BillRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillRef",
)

BillingAccountRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
        "ratingType": fields.String(),
    },
    name="BillingAccountRef",
)

Characteristic: type[m.Schema] = _Open.from_dict(
    {
        "name": fields.String(required=True),
        "valueType": fields.String(),
        "value": fields.Raw(required=True, allow_none=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="Characteristic",
)

CustomerBill: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billDate": _Instant(),
        "billNo": fields.String(),
        "category": fields.String(),
        "lastUpdate": _Instant(),
        "nextBillDate": _Instant(),
        "paymentDueDate": _Instant(),
        "runType": fields.String(),
        "amountDue": fields.Nested(lambda: Money),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment)),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue)),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "billingPeriod": fields.Nested(lambda: TimePeriod),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef)),
        "remainingAmount": fields.Nested(lambda: Money),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "partiallyPaid", "settled"]
            )
        ),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "taxItem": fields.List(fields.Nested(lambda: TaxItem)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "billCycle": fields.Nested(lambda: BillCycleRef),
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

CustomerBillUpdate: type[m.Schema] = _Open.from_dict(
    {
        "billNo": fields.String(allow_none=True),
        "paymentDueDate": _Instant(allow_none=True),
        "amountDue": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment), allow_none=True),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue), allow_none=True),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRefUpdate, allow_none=True),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef), allow_none=True),
        "remainingAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "partiallyPaid", "settled"]
            )
        ),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
        "holdReason": fields.String(allow_none=True),
    },
    name="CustomerBillUpdate",
)

CustomerBillOnDemand: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "lastUpdate": _Instant(),
        "name": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: BillRef),
        "relatedParty": fields.Nested(lambda: RelatedPartyRef),
        "state": fields.String(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "statusReason": fields.String(),
    },
    name="CustomerBillOnDemand",
)

CustomerBillOnDemandCreate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(),
        "lastUpdate": _Instant(),
        "name": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: BillRef),
        "relatedParty": fields.Nested(lambda: RelatedPartyRef),
        "state": fields.String(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
    },
    name="CustomerBillOnDemandCreate",
)

EntityRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="EntityRef",
)

FinancialAccountRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "accountBalance": fields.List(fields.Nested(lambda: AccountBalance)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="FinancialAccountRef",
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

PaymentRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="PaymentRef",
)

ProductRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="ProductRef",
)

Quantity: type[m.Schema] = _Open.from_dict(
    {
        "amount": Number(),
        "units": fields.String(),
    },
    name="Quantity",
)

Reference: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="Reference",
)

RelatedPartyRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "role": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="RelatedPartyRef",
)

TaxItem: type[m.Schema] = _Open.from_dict(
    {
        "taxCategory": fields.String(),
        "taxRate": Number(),
        "taxAmount": fields.Nested(lambda: Money),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "taxableAmount": fields.Nested(lambda: Money),
    },
    name="TaxItem",
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
        "apiVersion": fields.String(validate=validate.OneOf(["v4", "v5"])),
    },
    name="EventSubscription",
)

EventSubscriptionInput: type[m.Schema] = _Open.from_dict(
    {
        "callback": fields.String(required=True),
        "query": fields.String(),
        "id": fields.String(),
        "apiVersion": fields.String(validate=validate.OneOf(["v4", "v5"])),
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

CustomerBillCreate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billDate": _Instant(),
        "billNo": fields.String(),
        "category": fields.String(),
        "lastUpdate": _Instant(),
        "nextBillDate": _Instant(),
        "paymentDueDate": _Instant(),
        "runType": fields.String(),
        "amountDue": fields.Nested(lambda: Money),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment)),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue)),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "billingPeriod": fields.Nested(lambda: TimePeriod),
        "financialAccount": fields.Nested(lambda: FinancialAccountRef),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRef),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef)),
        "remainingAmount": fields.Nested(lambda: Money),
        "state": fields.String(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "partiallyPaid", "settled"]
            )
        ),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "taxItem": fields.List(fields.Nested(lambda: TaxItem)),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "billCycle": fields.Nested(lambda: BillCycleRef),
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
    name="CustomerBillCreate",
)

BillCycleSpecificationRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillCycleSpecificationRef",
)

BillCycleRef: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillCycleRef",
)

BillCycleAccount: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billCycle": fields.Nested(lambda: BillCycleRef),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: BillRef),
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
        "bill": fields.Nested(lambda: BillRef),
        "state": fields.String(validate=validate.OneOf(["used", "void"])),
        "usedAt": _Instant(),
        "voidedAt": _Instant(),
        "statusReason": fields.String(),
        "@type": fields.String(),
    },
    name="BillNumber",
)

BillCycle: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "billingDate": _Instant(),
        "billingPeriod": fields.String(),
        "chargeDate": _Instant(),
        "creditDate": _Instant(),
        "mailingDate": _Instant(),
        "paymentDueDate": _Instant(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
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
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycle",
)

BillCycleCreate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "billingDate": _Instant(),
        "billingPeriod": fields.String(),
        "chargeDate": _Instant(),
        "creditDate": _Instant(),
        "mailingDate": _Instant(),
        "paymentDueDate": _Instant(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
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
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleCreate",
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

BillCycleSpecificationCreate: type[m.Schema] = _Open.from_dict(
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
    name="BillCycleSpecificationCreate",
)

AppliedCustomerBillingRateCreate: type[m.Schema] = _Open.from_dict(
    {
        "href": fields.String(),
        "date": _Instant(),
        "description": fields.String(),
        "isBilled": _Boolean(),
        "name": fields.String(),
        "type": fields.String(),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate)),
        "bill": fields.Nested(lambda: BillRef),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "characteristic": fields.List(fields.Nested(lambda: AppliedBillingRateCharacteristic)),
        "periodCoverage": fields.Nested(lambda: TimePeriod),
        "product": fields.Nested(lambda: ProductRef),
        "taxExcludedAmount": fields.Nested(lambda: Money),
        "taxIncludedAmount": fields.Nested(lambda: Money),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "priceBasis": fields.String(validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef)),
        "id": fields.String(),
        "@type": fields.String(),
    },
    name="AppliedCustomerBillingRateCreate",
)

CustomerBillOnDemandUpdate: type[m.Schema] = _Open.from_dict(
    {
        "description": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "relatedParty": fields.Nested(lambda: RelatedPartyRefUpdate, allow_none=True),
    },
    name="CustomerBillOnDemandUpdate",
)

AppliedCustomerBillingRateUpdate: type[m.Schema] = _Open.from_dict(
    {
        "date": _Instant(allow_none=True),
        "description": fields.String(allow_none=True),
        "isBilled": _Boolean(),
        "name": fields.String(allow_none=True),
        "type": fields.String(allow_none=True),
        "appliedTax": fields.List(fields.Nested(lambda: AppliedBillingTaxRate), allow_none=True),
        "bill": fields.Nested(lambda: BillRefUpdate, allow_none=True),
        "billingAccount": fields.Nested(lambda: BillingAccountRefUpdate, allow_none=True),
        "characteristic": fields.List(
            fields.Nested(lambda: AppliedBillingRateCharacteristic), allow_none=True
        ),
        "periodCoverage": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "product": fields.Nested(lambda: ProductRefUpdate, allow_none=True),
        "taxExcludedAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "taxIncludedAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
        "priceBasis": fields.String(allow_none=True, validate=validate.OneOf(["net", "gross"])),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef), allow_none=True),
    },
    name="AppliedCustomerBillingRateUpdate",
)

BillCycleUpdate: type[m.Schema] = _Open.from_dict(
    {
        "name": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
        "billingDate": _Instant(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "chargeDate": _Instant(allow_none=True),
        "creditDate": _Instant(allow_none=True),
        "mailingDate": _Instant(allow_none=True),
        "paymentDueDate": _Instant(allow_none=True),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "billCycleSpecification": fields.Nested(
            lambda: BillCycleSpecificationRefUpdate, allow_none=True
        ),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
    },
    name="BillCycleUpdate",
)

BillCycleSpecificationUpdate: type[m.Schema] = _Open.from_dict(
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
    name="BillCycleSpecificationUpdate",
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

RelatedPartyRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "role": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="RelatedPartyRefUpdate",
)

BillRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="BillRefUpdate",
)

BillingAccountRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
        "ratingType": fields.String(allow_none=True),
    },
    name="BillingAccountRefUpdate",
)

TimePeriodUpdate: type[m.Schema] = _Open.from_dict(
    {
        "endDateTime": _Instant(allow_none=True),
        "startDateTime": _Instant(allow_none=True),
    },
    name="TimePeriodUpdate",
)

ProductRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="ProductRefUpdate",
)

BillCycleSpecificationRefUpdate: type[m.Schema] = _Open.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="BillCycleSpecificationRefUpdate",
)


SCHEMAS: dict[str, type[m.Schema]] = {
    "AccountBalance": AccountBalance,
    "AppliedBillingRateCharacteristic": AppliedBillingRateCharacteristic,
    "AppliedBillingTaxRate": AppliedBillingTaxRate,
    "AppliedCustomerBillingRate": AppliedCustomerBillingRate,
    "AppliedPayment": AppliedPayment,
    "Attachment": Attachment,
    "AttachmentRef": AttachmentRef,
    "AttachmentRefOrValue": AttachmentRefOrValue,
    "BillRef": BillRef,
    "BillingAccountRef": BillingAccountRef,
    "Characteristic": Characteristic,
    "CustomerBill": CustomerBill,
    "CustomerBill_Update": CustomerBillUpdate,
    "CustomerBillOnDemand": CustomerBillOnDemand,
    "CustomerBillOnDemand_Create": CustomerBillOnDemandCreate,
    "EntityRef": EntityRef,
    "FinancialAccountRef": FinancialAccountRef,
    "Money": Money,
    "PaymentMethodRef": PaymentMethodRef,
    "PaymentRef": PaymentRef,
    "ProductRef": ProductRef,
    "Quantity": Quantity,
    "Reference": Reference,
    "RelatedPartyRef": RelatedPartyRef,
    "TaxItem": TaxItem,
    "TimePeriod": TimePeriod,
    "EventSubscription": EventSubscription,
    "EventSubscriptionInput": EventSubscriptionInput,
    "Error": Error,
    "BillingAddress": BillingAddress,
    "ElectronicAddress": ElectronicAddress,
    "CustomerBill_Create": CustomerBillCreate,
    "BillCycleSpecificationRef": BillCycleSpecificationRef,
    "BillCycleRef": BillCycleRef,
    "BillCycleAccount": BillCycleAccount,
    "BillNumber": BillNumber,
    "BillCycle": BillCycle,
    "BillCycle_Create": BillCycleCreate,
    "BillCycleSpecification": BillCycleSpecification,
    "BillCycleSpecification_Create": BillCycleSpecificationCreate,
    "AppliedCustomerBillingRate_Create": AppliedCustomerBillingRateCreate,
    "CustomerBillOnDemand_Update": CustomerBillOnDemandUpdate,
    "AppliedCustomerBillingRate_Update": AppliedCustomerBillingRateUpdate,
    "BillCycle_Update": BillCycleUpdate,
    "BillCycleSpecification_Update": BillCycleSpecificationUpdate,
    "ErrorDetail": ErrorDetail,
    "JsonPatchTest": JsonPatchTest,
    "JsonPatchQuery": JsonPatchQuery,
    "EventPayload": EventPayload,
    "Event": Event,
    "Money_Update": MoneyUpdate,
    "PaymentMethodRef_Update": PaymentMethodRefUpdate,
    "RelatedPartyRef_Update": RelatedPartyRefUpdate,
    "BillRef_Update": BillRefUpdate,
    "BillingAccountRef_Update": BillingAccountRefUpdate,
    "TimePeriod_Update": TimePeriodUpdate,
    "ProductRef_Update": ProductRefUpdate,
    "BillCycleSpecificationRef_Update": BillCycleSpecificationRefUpdate,
}
"""The schemas by their names in the contract."""
