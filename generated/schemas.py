# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml
"""The marshmallow schemas of Customer Bill Management 4.0.0: JSON to Python values and back."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate


class Resource(Schema):
    """A schema that keeps the attributes it does not know: TMF resources are extensible."""

    class Meta:
        unknown = INCLUDE


class Number(fields.Field[float]):
    """A JSON number as it came: 12 stays 12, and 12.5 is 12.5."""

    default_error_messages = {"invalid": "Not a valid number."}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.make_error("invalid")
        return value


AccountBalance: type[Schema] = Resource.from_dict(
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

AppliedBillingRateCharacteristic: type[Schema] = Resource.from_dict(
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

AppliedBillingTaxRate: type[Schema] = Resource.from_dict(
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

AppliedCustomerBillingRate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "date": fields.AwareDateTime(format="iso"),
        "description": fields.String(),
        "isBilled": fields.Boolean(truthy={True}, falsy={False}),
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
    },
    name="AppliedCustomerBillingRate",
)

AppliedPayment: type[Schema] = Resource.from_dict(
    {
        "appliedAmount": fields.Nested(lambda: Money),
        "payment": fields.Nested(lambda: PaymentRef),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="AppliedPayment",
)

Attachment: type[Schema] = Resource.from_dict(
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

AttachmentRef: type[Schema] = Resource.from_dict(
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

AttachmentRefOrValue: type[Schema] = Resource.from_dict(
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

BillRef: type[Schema] = Resource.from_dict(
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

BillingAccountRef: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(required=True),
        "href": fields.String(),
        "name": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "@referredType": fields.String(),
    },
    name="BillingAccountRef",
)

Characteristic: type[Schema] = Resource.from_dict(
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

CustomerBill: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billDate": fields.AwareDateTime(format="iso"),
        "billNo": fields.String(),
        "category": fields.String(),
        "lastUpdate": fields.AwareDateTime(format="iso"),
        "nextBillDate": fields.AwareDateTime(format="iso"),
        "paymentDueDate": fields.AwareDateTime(format="iso"),
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
        "state": fields.Raw(
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
    },
    name="CustomerBill",
)

CustomerBillUpdate: type[Schema] = Resource.from_dict(
    {
        "billNo": fields.String(allow_none=True),
        "paymentDueDate": fields.AwareDateTime(format="iso", allow_none=True),
        "amountDue": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "appliedPayment": fields.List(fields.Nested(lambda: AppliedPayment), allow_none=True),
        "billDocument": fields.List(fields.Nested(lambda: AttachmentRefOrValue), allow_none=True),
        "paymentMethod": fields.Nested(lambda: PaymentMethodRefUpdate, allow_none=True),
        "relatedParty": fields.List(fields.Nested(lambda: RelatedPartyRef), allow_none=True),
        "remainingAmount": fields.Nested(lambda: MoneyUpdate, allow_none=True),
        "state": fields.Raw(
            validate=validate.OneOf(
                ["new", "onHold", "validated", "sent", "partiallyPaid", "settled"]
            )
        ),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
    },
    name="CustomerBillUpdate",
)

CustomerBillOnDemand: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "description": fields.String(),
        "lastUpdate": fields.AwareDateTime(format="iso"),
        "name": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: BillRef),
        "relatedParty": fields.Nested(lambda: RelatedPartyRef),
        "state": fields.Raw(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="CustomerBillOnDemand",
)

CustomerBillOnDemandCreate: type[Schema] = Resource.from_dict(
    {
        "description": fields.String(),
        "lastUpdate": fields.AwareDateTime(format="iso"),
        "name": fields.String(),
        "billingAccount": fields.Nested(lambda: BillingAccountRef),
        "customerBill": fields.Nested(lambda: BillRef),
        "relatedParty": fields.Nested(lambda: RelatedPartyRef),
        "state": fields.Raw(
            validate=validate.OneOf(["inProgress", "rejected", "done", "terminatedWithError"])
        ),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
        "id": fields.String(),
    },
    name="CustomerBillOnDemandCreate",
)

EntityRef: type[Schema] = Resource.from_dict(
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

FinancialAccountRef: type[Schema] = Resource.from_dict(
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

Money: type[Schema] = Resource.from_dict(
    {
        "unit": fields.String(),
        "value": Number(),
    },
    name="Money",
)

PaymentMethodRef: type[Schema] = Resource.from_dict(
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

PaymentRef: type[Schema] = Resource.from_dict(
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

ProductRef: type[Schema] = Resource.from_dict(
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

Quantity: type[Schema] = Resource.from_dict(
    {
        "amount": Number(),
        "units": fields.String(),
    },
    name="Quantity",
)

Reference: type[Schema] = Resource.from_dict(
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

RelatedPartyRef: type[Schema] = Resource.from_dict(
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

TaxItem: type[Schema] = Resource.from_dict(
    {
        "taxCategory": fields.String(),
        "taxRate": Number(),
        "taxAmount": fields.Nested(lambda: Money),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="TaxItem",
)

TimePeriod: type[Schema] = Resource.from_dict(
    {
        "endDateTime": fields.AwareDateTime(format="iso"),
        "startDateTime": fields.AwareDateTime(format="iso"),
    },
    name="TimePeriod",
)

EventSubscription: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(required=True),
        "callback": fields.String(required=True),
        "query": fields.String(),
    },
    name="EventSubscription",
)

EventSubscriptionInput: type[Schema] = Resource.from_dict(
    {
        "callback": fields.String(required=True),
        "query": fields.String(),
    },
    name="EventSubscriptionInput",
)

Error: type[Schema] = Resource.from_dict(
    {
        "code": fields.String(required=True),
        "reason": fields.String(required=True),
        "message": fields.String(),
        "status": fields.String(),
        "referenceError": fields.String(),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="Error",
)

CustomerBillCreate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "billDate": fields.AwareDateTime(format="iso"),
        "billNo": fields.String(),
        "category": fields.String(),
        "lastUpdate": fields.AwareDateTime(format="iso"),
        "nextBillDate": fields.AwareDateTime(format="iso"),
        "paymentDueDate": fields.AwareDateTime(format="iso"),
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
        "state": fields.Raw(
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
    },
    name="CustomerBillCreate",
)

AppliedCustomerBillingRateCreate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "date": fields.AwareDateTime(format="iso"),
        "description": fields.String(),
        "isBilled": fields.Boolean(truthy={True}, falsy={False}),
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
    },
    name="AppliedCustomerBillingRateCreate",
)

BillCycleSpecificationRef: type[Schema] = Resource.from_dict(
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

BillCycle: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "billingDate": fields.AwareDateTime(format="iso"),
        "billingPeriod": fields.String(),
        "chargeDate": fields.AwareDateTime(format="iso"),
        "creditDate": fields.AwareDateTime(format="iso"),
        "mailingDate": fields.AwareDateTime(format="iso"),
        "paymentDueDate": fields.AwareDateTime(format="iso"),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycle",
)

BillCycleCreate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(),
        "description": fields.String(),
        "billingDate": fields.AwareDateTime(format="iso"),
        "billingPeriod": fields.String(),
        "chargeDate": fields.AwareDateTime(format="iso"),
        "creditDate": fields.AwareDateTime(format="iso"),
        "mailingDate": fields.AwareDateTime(format="iso"),
        "paymentDueDate": fields.AwareDateTime(format="iso"),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billCycleSpecification": fields.Nested(lambda: BillCycleSpecificationRef),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleCreate",
)

BillCycleSpecification: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(required=True),
        "description": fields.String(),
        "frequency": fields.String(),
        "billingPeriod": fields.String(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billingDateShift": fields.Integer(strict=True),
        "chargeDateOffset": fields.Integer(strict=True),
        "creditDateOffset": fields.Integer(strict=True),
        "mailingDateOffset": fields.Integer(strict=True),
        "paymentDueDateOffset": fields.Integer(strict=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleSpecification",
)

BillCycleSpecificationCreate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(),
        "name": fields.String(required=True),
        "description": fields.String(),
        "frequency": fields.String(),
        "billingPeriod": fields.String(),
        "validFor": fields.Nested(lambda: TimePeriod),
        "billingDateShift": fields.Integer(strict=True),
        "chargeDateOffset": fields.Integer(strict=True),
        "creditDateOffset": fields.Integer(strict=True),
        "mailingDateOffset": fields.Integer(strict=True),
        "paymentDueDateOffset": fields.Integer(strict=True),
        "@baseType": fields.String(),
        "@schemaLocation": fields.String(),
        "@type": fields.String(),
    },
    name="BillCycleSpecificationCreate",
)

CustomerBillOnDemandUpdate: type[Schema] = Resource.from_dict(
    {
        "description": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "relatedParty": fields.Nested(lambda: RelatedPartyRefUpdate, allow_none=True),
    },
    name="CustomerBillOnDemandUpdate",
)

AppliedCustomerBillingRateUpdate: type[Schema] = Resource.from_dict(
    {
        "date": fields.AwareDateTime(format="iso", allow_none=True),
        "description": fields.String(allow_none=True),
        "isBilled": fields.Boolean(truthy={True}, falsy={False}),
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
    },
    name="AppliedCustomerBillingRateUpdate",
)

BillCycleUpdate: type[Schema] = Resource.from_dict(
    {
        "name": fields.String(allow_none=True),
        "description": fields.String(allow_none=True),
        "billingDate": fields.AwareDateTime(format="iso", allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "chargeDate": fields.AwareDateTime(format="iso", allow_none=True),
        "creditDate": fields.AwareDateTime(format="iso", allow_none=True),
        "mailingDate": fields.AwareDateTime(format="iso", allow_none=True),
        "paymentDueDate": fields.AwareDateTime(format="iso", allow_none=True),
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

BillCycleSpecificationUpdate: type[Schema] = Resource.from_dict(
    {
        "name": fields.String(),
        "description": fields.String(allow_none=True),
        "frequency": fields.String(allow_none=True),
        "billingPeriod": fields.String(allow_none=True),
        "validFor": fields.Nested(lambda: TimePeriodUpdate, allow_none=True),
        "billingDateShift": fields.Integer(strict=True, allow_none=True),
        "chargeDateOffset": fields.Integer(strict=True, allow_none=True),
        "creditDateOffset": fields.Integer(strict=True, allow_none=True),
        "mailingDateOffset": fields.Integer(strict=True, allow_none=True),
        "paymentDueDateOffset": fields.Integer(strict=True, allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(),
    },
    name="BillCycleSpecificationUpdate",
)

MoneyUpdate: type[Schema] = Resource.from_dict(
    {
        "unit": fields.String(allow_none=True),
        "value": Number(allow_none=True),
    },
    name="MoneyUpdate",
)

PaymentMethodRefUpdate: type[Schema] = Resource.from_dict(
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

RelatedPartyRefUpdate: type[Schema] = Resource.from_dict(
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

BillRefUpdate: type[Schema] = Resource.from_dict(
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

BillingAccountRefUpdate: type[Schema] = Resource.from_dict(
    {
        "id": fields.String(),
        "href": fields.String(allow_none=True),
        "name": fields.String(allow_none=True),
        "@baseType": fields.String(allow_none=True),
        "@schemaLocation": fields.String(allow_none=True),
        "@type": fields.String(allow_none=True),
        "@referredType": fields.String(allow_none=True),
    },
    name="BillingAccountRefUpdate",
)

TimePeriodUpdate: type[Schema] = Resource.from_dict(
    {
        "endDateTime": fields.AwareDateTime(format="iso", allow_none=True),
        "startDateTime": fields.AwareDateTime(format="iso", allow_none=True),
    },
    name="TimePeriodUpdate",
)

ProductRefUpdate: type[Schema] = Resource.from_dict(
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

BillCycleSpecificationRefUpdate: type[Schema] = Resource.from_dict(
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


SCHEMAS: dict[str, type[Schema]] = {
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
    "CustomerBill_Create": CustomerBillCreate,
    "AppliedCustomerBillingRate_Create": AppliedCustomerBillingRateCreate,
    "BillCycleSpecificationRef": BillCycleSpecificationRef,
    "BillCycle": BillCycle,
    "BillCycle_Create": BillCycleCreate,
    "BillCycleSpecification": BillCycleSpecification,
    "BillCycleSpecification_Create": BillCycleSpecificationCreate,
    "CustomerBillOnDemand_Update": CustomerBillOnDemandUpdate,
    "AppliedCustomerBillingRate_Update": AppliedCustomerBillingRateUpdate,
    "BillCycle_Update": BillCycleUpdate,
    "BillCycleSpecification_Update": BillCycleSpecificationUpdate,
    "Money_Update": MoneyUpdate,
    "PaymentMethodRef_Update": PaymentMethodRefUpdate,
    "RelatedPartyRef_Update": RelatedPartyRefUpdate,
    "BillRef_Update": BillRefUpdate,
    "BillingAccountRef_Update": BillingAccountRefUpdate,
    "TimePeriod_Update": TimePeriodUpdate,
    "ProductRef_Update": ProductRefUpdate,
    "BillCycleSpecificationRef_Update": BillCycleSpecificationRefUpdate,
}
"""Each schema by the name that the contract gives it."""
