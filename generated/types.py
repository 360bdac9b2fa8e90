# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml
"""The types of Customer Bill Management 4.0.0, for the type checker."""

import typing as t
from datetime import datetime

Any: t.TypeAlias = t.Any | None
StateValues: t.TypeAlias = t.Literal["inProgress", "rejected", "done", "terminatedWithError"]
StateValue: t.TypeAlias = t.Literal[
    "new", "onHold", "validated", "sent", "partiallyPaid", "settled"
]
PriceBasis: t.TypeAlias = t.Literal["net", "gross"]
ResourceId: t.TypeAlias = str
CustomerBillJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
CustomerBillOnDemandJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
JsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]

AccountBalance = t.TypedDict(
    "AccountBalance",
    {
        "balanceType": str,
        "amount": "Money",
        "validFor": "TimePeriod",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""The balance of a financial account in a period, of one type."""

AppliedBillingRateCharacteristic = t.TypedDict(
    "AppliedBillingRateCharacteristic",
    {
        "name": str,
        "valueType": t.NotRequired[str],
        "value": "Any | None",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A name and a value that describe a rate further, such as the number of units used."""

AppliedBillingTaxRate = t.TypedDict(
    "AppliedBillingTaxRate",
    {
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
        "taxAmount": t.NotRequired["Money"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""One tax on one rate."""

AppliedCustomerBillingRate = t.TypedDict(
    "AppliedCustomerBillingRate",
    {
        "id": str,
        "href": t.NotRequired[str],
        "date": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str],
        "type": t.NotRequired[str],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"]],
        "bill": t.NotRequired["BillRef"],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "characteristic": t.NotRequired[list["AppliedBillingRateCharacteristic"]],
        "periodCoverage": t.NotRequired["TimePeriod"],
        "product": t.NotRequired["ProductRef"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "priceBasis": t.NotRequired["PriceBasis"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"]],
    },
)
"""An applied billing rate: a charge or a credit for a product. It is a line of a bill, or not billed yet."""

AppliedPayment = t.TypedDict(
    "AppliedPayment",
    {
        "appliedAmount": t.NotRequired["Money"],
        "payment": t.NotRequired["PaymentRef"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""The part of a payment that pays for this bill. One payment may pay for several bills."""

Attachment = t.TypedDict(
    "Attachment",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "attachmentType": t.NotRequired[str],
        "content": t.NotRequired[str],
        "description": t.NotRequired[str],
        "mimeType": t.NotRequired[str],
        "name": t.NotRequired[str],
        "url": t.NotRequired[str],
        "size": t.NotRequired["Quantity"],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A file, with its content or its URL."""

AttachmentRef = t.TypedDict(
    "AttachmentRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "name": t.NotRequired[str],
        "url": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to an attachment."""

AttachmentRefOrValue = t.TypedDict(
    "AttachmentRefOrValue",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "attachmentType": t.NotRequired[str],
        "content": t.NotRequired[str],
        "description": t.NotRequired[str],
        "mimeType": t.NotRequired[str],
        "name": t.NotRequired[str],
        "url": t.NotRequired[str],
        "size": t.NotRequired["Quantity"],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A file, by value or by reference."""

BillRef = t.TypedDict(
    "BillRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a customer bill."""

BillingAccountRef = t.TypedDict(
    "BillingAccountRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "ratingType": t.NotRequired[str],
    },
)
"""A reference to the account that rates are billed to."""

Characteristic = t.TypedDict(
    "Characteristic",
    {
        "name": str,
        "valueType": t.NotRequired[str],
        "value": "Any | None",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A name and a value that describe an object beyond its attributes."""

CustomerBill = t.TypedDict(
    "CustomerBill",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "billDate": t.NotRequired[datetime],
        "billNo": t.NotRequired[str],
        "category": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "nextBillDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "runType": t.NotRequired[str],
        "amountDue": t.NotRequired["Money"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"]],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"]],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "billingPeriod": t.NotRequired["TimePeriod"],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "paymentMethod": t.NotRequired["PaymentMethodRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"]],
        "remainingAmount": t.NotRequired["Money"],
        "state": t.NotRequired["StateValue"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "taxItem": t.NotRequired[list["TaxItem"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "billCycle": t.NotRequired["BillCycleRef"],
        "stateBeforeHold": t.NotRequired[
            t.Literal["new", "validated", "sent", "partiallyPaid", "settled"]
        ],
        "holdReason": t.NotRequired[str],
        "billingAddress": t.NotRequired["BillingAddress"],
        "language": t.NotRequired[str],
        "taxNumber": t.NotRequired[str],
        "electronicAddress": t.NotRequired["ElectronicAddress"],
        "buyerReference": t.NotRequired[str],
        "purchaseOrder": t.NotRequired[str],
        "mandateId": t.NotRequired[str],
        "priceBasis": t.NotRequired["PriceBasis"],
        "roundingDifference": t.NotRequired["Money"],
    },
)
"""A bill for one billing account and period, made by a billing cycle or on request."""

CustomerBillUpdate = t.TypedDict(
    "CustomerBillUpdate",
    {
        "billNo": t.NotRequired[str | None],
        "paymentDueDate": t.NotRequired[datetime | None],
        "amountDue": t.NotRequired["MoneyUpdate | None"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"] | None],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"] | None],
        "paymentMethod": t.NotRequired["PaymentMethodRefUpdate | None"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"] | None],
        "remainingAmount": t.NotRequired["MoneyUpdate | None"],
        "state": t.NotRequired["StateValue"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
        "holdReason": t.NotRequired[str | None],
    },
)
"""What you may change in a bill. Set `state` to `onHold` to hold the bill, with a `holdReason` if you like. Set `state` to the bill's `stateBeforeHold` to release it."""

CustomerBillOnDemand = t.TypedDict(
    "CustomerBillOnDemand",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "name": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "customerBill": t.NotRequired["BillRef"],
        "relatedParty": t.NotRequired["RelatedPartyRef"],
        "state": t.NotRequired["StateValues"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "statusReason": t.NotRequired[str],
    },
)
"""A request for a bill outside the billing cycle, with its state."""

CustomerBillOnDemandCreate = t.TypedDict(
    "CustomerBillOnDemandCreate",
    {
        "description": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "name": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "customerBill": t.NotRequired["BillRef"],
        "relatedParty": t.NotRequired["RelatedPartyRef"],
        "state": t.NotRequired["StateValues"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
    },
)
"""What a client sends to request a bill outside the billing cycle."""

EntityRef = t.TypedDict(
    "EntityRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to an entity of any class."""

FinancialAccountRef = t.TypedDict(
    "FinancialAccountRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "accountBalance": t.NotRequired[list["AccountBalance"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the financial account that holds the customer's balance."""

Money = t.TypedDict(
    "Money",
    {
        "unit": t.NotRequired[str],
        "value": t.NotRequired[float],
    },
)
"""An amount in a currency."""

PaymentMethodRef = t.TypedDict(
    "PaymentMethodRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the payment method of the bill."""

PaymentRef = t.TypedDict(
    "PaymentRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a payment of the customer."""

ProductRef = t.TypedDict(
    "ProductRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the product that the rate is for."""

Quantity = t.TypedDict(
    "Quantity",
    {
        "amount": t.NotRequired[float],
        "units": t.NotRequired[str],
    },
)
"""An amount of something other than money."""

Reference = t.TypedDict(
    "Reference",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to another object."""

RelatedPartyRef = t.TypedDict(
    "RelatedPartyRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "role": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a person or an organization."""

TaxItem = t.TypedDict(
    "TaxItem",
    {
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
        "taxAmount": t.NotRequired["Money"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "taxableAmount": t.NotRequired["Money"],
    },
)
"""One tax on the whole bill."""

TimePeriod = t.TypedDict(
    "TimePeriod",
    {
        "endDateTime": t.NotRequired[datetime],
        "startDateTime": t.NotRequired[datetime],
    },
)
"""A period. Without a start or an end it is open on that side."""

EventSubscription = t.TypedDict(
    "EventSubscription",
    {
        "id": str,
        "callback": str,
        "query": t.NotRequired[str],
        "secret": t.NotRequired[str],
        "state": t.NotRequired[t.Literal["active", "failing"]],
        "delivered": t.NotRequired[int],
        "pending": t.NotRequired[int],
        "failed": t.NotRequired[int],
        "lastError": t.NotRequired[str],
        "lastErrorTime": t.NotRequired[datetime],
        "lastSuccess": t.NotRequired[datetime],
        "apiVersion": t.NotRequired[t.Literal["v4", "v5"]],
    },
)
"""A subscription to events."""

EventSubscriptionInput = t.TypedDict(
    "EventSubscriptionInput",
    {
        "callback": str,
        "query": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "apiVersion": t.NotRequired[t.Literal["v4", "v5"]],
    },
)
"""What a client sends to subscribe to events."""

Error = t.TypedDict(
    "Error",
    {
        "code": str,
        "reason": str,
        "message": t.NotRequired[str],
        "status": t.NotRequired[str],
        "referenceError": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "attribute": t.NotRequired[str],
        "errors": t.NotRequired[list["ErrorDetail"]],
    },
)
"""The body of every answer that reports a failure."""

BillingAddress = t.TypedDict(
    "BillingAddress",
    {
        "contactName": t.NotRequired[str],
        "street1": t.NotRequired[str],
        "street2": t.NotRequired[str],
        "postCode": t.NotRequired[str],
        "city": t.NotRequired[str],
        "stateOrProvince": t.NotRequired[str],
        "country": t.NotRequired[str],
    },
)
"""Postal address that the bill goes to. The names are those of a contact and its medium in TMF666."""

ElectronicAddress = t.TypedDict(
    "ElectronicAddress",
    {
        "scheme": t.NotRequired[str],
        "value": t.NotRequired[str],
    },
)
"""Address to which invoices are sent electronically (EN 16931, BT-49)."""

CustomerBillCreate = t.TypedDict(
    "CustomerBillCreate",
    {
        "id": t.NotRequired["ResourceId"],
        "href": t.NotRequired[str],
        "billDate": t.NotRequired[datetime],
        "billNo": t.NotRequired[str],
        "category": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "nextBillDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "runType": t.NotRequired[str],
        "amountDue": t.NotRequired["Money"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"]],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"]],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "billingPeriod": t.NotRequired["TimePeriod"],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "paymentMethod": t.NotRequired["PaymentMethodRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"]],
        "remainingAmount": t.NotRequired["Money"],
        "state": t.NotRequired["StateValue"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "taxItem": t.NotRequired[list["TaxItem"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "billCycle": t.NotRequired["BillCycleRef"],
        "stateBeforeHold": t.NotRequired[
            t.Literal["new", "validated", "sent", "partiallyPaid", "settled"]
        ],
        "holdReason": t.NotRequired[str],
        "billingAddress": t.NotRequired["BillingAddress"],
        "language": t.NotRequired[str],
        "taxNumber": t.NotRequired[str],
        "electronicAddress": t.NotRequired["ElectronicAddress"],
        "buyerReference": t.NotRequired[str],
        "purchaseOrder": t.NotRequired[str],
        "mandateId": t.NotRequired[str],
        "priceBasis": t.NotRequired["PriceBasis"],
        "roundingDifference": t.NotRequired["Money"],
    },
)
"""A bill that another system made. The server sets `href` and `lastUpdate`."""

BillCycleSpecificationRef = t.TypedDict(
    "BillCycleSpecificationRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the specification of a billing cycle."""

BillCycleRef = t.TypedDict(
    "BillCycleRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a billing cycle."""

BillCycleAccount = t.TypedDict(
    "BillCycleAccount",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "billCycle": t.NotRequired["BillCycleRef"],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "customerBill": t.NotRequired["BillRef"],
        "state": t.NotRequired[t.Literal["billed", "failed", "skipped", "cancelled"]],
        "statusReason": t.NotRequired[str],
        "currency": t.NotRequired[str],
        "roundingDifference": t.NotRequired["Money"],
        "warning": t.NotRequired[list[str]],
        "@type": t.NotRequired[str],
    },
)
"""The outcome of one billing account in a run of a billing cycle."""

BillNumber = t.TypedDict(
    "BillNumber",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "number": t.NotRequired[str],
        "sequence": t.NotRequired[str],
        "position": t.NotRequired[int],
        "seller": t.NotRequired[str],
        "kind": t.NotRequired[str],
        "bill": t.NotRequired["BillRef"],
        "state": t.NotRequired[t.Literal["used", "void"]],
        "usedAt": t.NotRequired[datetime],
        "voidedAt": t.NotRequired[datetime],
        "statusReason": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""An entry of the register of bill numbers: a number, and the bill that has it. The register has each position of a sequence once."""

BillCycle = t.TypedDict(
    "BillCycle",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "description": t.NotRequired[str],
        "billingDate": t.NotRequired[datetime],
        "billingPeriod": t.NotRequired[str],
        "chargeDate": t.NotRequired[datetime],
        "creditDate": t.NotRequired[datetime],
        "mailingDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "validFor": t.NotRequired["TimePeriod"],
        "billCycleSpecification": t.NotRequired["BillCycleSpecificationRef"],
        "runState": t.NotRequired[t.Literal["planned", "running", "finished"]],
        "statusReason": t.NotRequired[str],
        "accountsTotal": t.NotRequired[int],
        "accountsBilled": t.NotRequired[int],
        "accountsFailed": t.NotRequired[int],
        "accountsSkipped": t.NotRequired[int],
        "accountsCancelled": t.NotRequired[int],
        "startedAt": t.NotRequired[datetime],
        "finishedAt": t.NotRequired[datetime],
        "cancelledAt": t.NotRequired[datetime],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""One dated run of billing, such as that of October 2026."""

BillCycleCreate = t.TypedDict(
    "BillCycleCreate",
    {
        "id": t.NotRequired["ResourceId"],
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "description": t.NotRequired[str],
        "billingDate": t.NotRequired[datetime],
        "billingPeriod": t.NotRequired[str],
        "chargeDate": t.NotRequired[datetime],
        "creditDate": t.NotRequired[datetime],
        "mailingDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "validFor": t.NotRequired["TimePeriod"],
        "billCycleSpecification": t.NotRequired["BillCycleSpecificationRef"],
        "runState": t.NotRequired[t.Literal["planned", "running", "finished"]],
        "statusReason": t.NotRequired[str],
        "accountsTotal": t.NotRequired[int],
        "accountsBilled": t.NotRequired[int],
        "accountsFailed": t.NotRequired[int],
        "accountsSkipped": t.NotRequired[int],
        "accountsCancelled": t.NotRequired[int],
        "startedAt": t.NotRequired[datetime],
        "finishedAt": t.NotRequired[datetime],
        "cancelledAt": t.NotRequired[datetime],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A new billing cycle. The server sets `href`."""

BillCycleSpecification = t.TypedDict(
    "BillCycleSpecification",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "name": str,
        "description": t.NotRequired[str],
        "frequency": t.NotRequired[str],
        "billingPeriod": t.NotRequired[str],
        "validFor": t.NotRequired["TimePeriod"],
        "billingDateShift": t.NotRequired[int],
        "chargeDateOffset": t.NotRequired[int],
        "creditDateOffset": t.NotRequired[int],
        "mailingDateOffset": t.NotRequired[int],
        "paymentDueDateOffset": t.NotRequired[int],
        "recurring": t.NotRequired[bool],
        "recurringInAdvance": t.NotRequired[bool],
        "priceBasis": t.NotRequired["PriceBasis"],
        "rateFilter": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""The rules that billing cycles follow (TMF666 BillingCycleSpecification). Offsets are in days from the start of the period."""

BillCycleSpecificationCreate = t.TypedDict(
    "BillCycleSpecificationCreate",
    {
        "id": t.NotRequired["ResourceId"],
        "href": t.NotRequired[str],
        "name": str,
        "description": t.NotRequired[str],
        "frequency": t.NotRequired[str],
        "billingPeriod": t.NotRequired[str],
        "validFor": t.NotRequired["TimePeriod"],
        "billingDateShift": t.NotRequired[int],
        "chargeDateOffset": t.NotRequired[int],
        "creditDateOffset": t.NotRequired[int],
        "mailingDateOffset": t.NotRequired[int],
        "paymentDueDateOffset": t.NotRequired[int],
        "recurring": t.NotRequired[bool],
        "recurringInAdvance": t.NotRequired[bool],
        "priceBasis": t.NotRequired["PriceBasis"],
        "rateFilter": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A new billing cycle specification. The server sets `href`."""

AppliedCustomerBillingRateCreate = t.TypedDict(
    "AppliedCustomerBillingRateCreate",
    {
        "href": t.NotRequired[str],
        "date": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str],
        "type": t.NotRequired[str],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"]],
        "bill": t.NotRequired["BillRef"],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "characteristic": t.NotRequired[list["AppliedBillingRateCharacteristic"]],
        "periodCoverage": t.NotRequired["TimePeriod"],
        "product": t.NotRequired["ProductRef"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "priceBasis": t.NotRequired["PriceBasis"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"]],
        "id": t.NotRequired["ResourceId"],
        "@type": t.NotRequired[str],
    },
)
"""A charge or a credit, as rating made it. A billed one (`isBilled` true) must name its `bill`, an unbilled one the `billingAccount` that will be charged; else the answer is 400, code 23. An unbilled rate has no `bill`."""

CustomerBillOnDemandUpdate = t.TypedDict(
    "CustomerBillOnDemandUpdate",
    {
        "description": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "relatedParty": t.NotRequired["RelatedPartyRefUpdate | None"],
    },
)
"""What you may change in a request for a bill."""

AppliedCustomerBillingRateUpdate = t.TypedDict(
    "AppliedCustomerBillingRateUpdate",
    {
        "date": t.NotRequired[datetime | None],
        "description": t.NotRequired[str | None],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str | None],
        "type": t.NotRequired[str | None],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"] | None],
        "bill": t.NotRequired["BillRefUpdate | None"],
        "billingAccount": t.NotRequired["BillingAccountRefUpdate | None"],
        "characteristic": t.NotRequired[list["AppliedBillingRateCharacteristic"] | None],
        "periodCoverage": t.NotRequired["TimePeriodUpdate | None"],
        "product": t.NotRequired["ProductRefUpdate | None"],
        "taxExcludedAmount": t.NotRequired["MoneyUpdate | None"],
        "taxIncludedAmount": t.NotRequired["MoneyUpdate | None"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
        "priceBasis": t.NotRequired["PriceBasis | None"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"] | None],
    },
)
"""Everything but `id` and `href`. A patch with `isBilled` true must name the `bill`, too; else the answer is 400, code 23."""

BillCycleUpdate = t.TypedDict(
    "BillCycleUpdate",
    {
        "name": t.NotRequired[str | None],
        "description": t.NotRequired[str | None],
        "billingDate": t.NotRequired[datetime | None],
        "billingPeriod": t.NotRequired[str | None],
        "chargeDate": t.NotRequired[datetime | None],
        "creditDate": t.NotRequired[datetime | None],
        "mailingDate": t.NotRequired[datetime | None],
        "paymentDueDate": t.NotRequired[datetime | None],
        "validFor": t.NotRequired["TimePeriodUpdate | None"],
        "billCycleSpecification": t.NotRequired["BillCycleSpecificationRefUpdate | None"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
    },
)
"""What you may change in a billing cycle: everything but `id`, `href`, and the state, times and counts of its run."""

BillCycleSpecificationUpdate = t.TypedDict(
    "BillCycleSpecificationUpdate",
    {
        "name": t.NotRequired[str],
        "description": t.NotRequired[str | None],
        "frequency": t.NotRequired[str | None],
        "billingPeriod": t.NotRequired[str | None],
        "validFor": t.NotRequired["TimePeriodUpdate | None"],
        "billingDateShift": t.NotRequired[int | None],
        "chargeDateOffset": t.NotRequired[int | None],
        "creditDateOffset": t.NotRequired[int | None],
        "mailingDateOffset": t.NotRequired[int | None],
        "paymentDueDateOffset": t.NotRequired[int | None],
        "recurring": t.NotRequired[bool | None],
        "recurringInAdvance": t.NotRequired[bool | None],
        "priceBasis": t.NotRequired["PriceBasis | None"],
        "rateFilter": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
    },
)
"""What you may change in a specification: everything but `id` and `href`."""

ErrorDetail = t.TypedDict(
    "ErrorDetail",
    {
        "code": str,
        "reason": str,
        "message": t.NotRequired[str],
        "attribute": t.NotRequired[str],
    },
)
"""One of several faults of a body."""

JsonPatchTest = t.TypedDict(
    "JsonPatchTest",
    {
        "op": t.Literal["test"],
        "path": str,
        "value": "Any | None",
    },
)
"""Compare the value at the path with this one. If they differ, the answer is 409 and nothing changes."""

JsonPatchQuery = t.TypedDict(
    "JsonPatchQuery",
    {
        "op": t.Literal["add", "remove", "replace", "test"],
        "path": str,
        "value": t.NotRequired["Any | None"],
    },
)
"""An operation on what a query selects (TMF630 Part 5): a pointer and filters, or JSONPath. In a list, an index or `-` has the meaning of RFC 6902. If the path selects nothing, the answer is 409. Every `op` but `remove` needs a `value`."""

EventPayload = t.TypedDict(
    "EventPayload",
    {
        "customerBill": t.NotRequired["CustomerBill"],
        "customerBillOnDemand": t.NotRequired["CustomerBillOnDemand"],
        "appliedCustomerBillingRate": t.NotRequired["AppliedCustomerBillingRate"],
        "billCycle": t.NotRequired["BillCycle"],
        "billCycleSpecification": t.NotRequired["BillCycleSpecification"],
    },
)
"""The resource after the write, under its name. After a deletion it is the resource as it was."""

Event = t.TypedDict(
    "Event",
    {
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "timeOcurred": t.NotRequired[datetime],
        "correlationId": t.NotRequired[str],
        "traceparent": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "event": t.NotRequired["EventPayload"],
    },
)
"""A write of one resource."""

MoneyUpdate = t.TypedDict(
    "MoneyUpdate",
    {
        "unit": t.NotRequired[str | None],
        "value": t.NotRequired[float | None],
    },
)
"""An amount in a currency."""

PaymentMethodRefUpdate = t.TypedDict(
    "PaymentMethodRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to the payment method of the bill."""

RelatedPartyRefUpdate = t.TypedDict(
    "RelatedPartyRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "role": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to a person or an organization."""

BillRefUpdate = t.TypedDict(
    "BillRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to a customer bill."""

BillingAccountRefUpdate = t.TypedDict(
    "BillingAccountRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
        "ratingType": t.NotRequired[str | None],
    },
)
"""A reference to the account that rates are billed to."""

TimePeriodUpdate = t.TypedDict(
    "TimePeriodUpdate",
    {
        "endDateTime": t.NotRequired[datetime | None],
        "startDateTime": t.NotRequired[datetime | None],
    },
)
"""A period. Without a start or an end it is open on that side."""

ProductRefUpdate = t.TypedDict(
    "ProductRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to the product that the rate is for."""

BillCycleSpecificationRefUpdate = t.TypedDict(
    "BillCycleSpecificationRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to the specification of a billing cycle."""
