# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml
"""The shapes of Customer Bill Management 4.0.0, for the type checker."""

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
"""What stands on a financial account over a span of time, in one sort of balance."""

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
"""A named detail of a charge, such as the number of units it was rated on."""

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
"""One tax as it was levied on a single charge or credit."""

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
"""A charge or a credit for a product: one line of a bill, or one still waiting to be billed."""

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
"""The share of a payment that went towards this bill; one payment may settle several bills."""

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
"""A file with its content or the place to fetch it."""

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
"""Points to an attachment kept elsewhere."""

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
"""A file, either given in full or pointed to."""

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
"""Points to a customer bill."""

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
"""Points to the account that charges are billed to."""

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
"""A named value that describes an object beyond its fixed attributes."""

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
        "priceBasis": t.NotRequired["PriceBasis"],
        "roundingDifference": t.NotRequired["Money"],
    },
)
"""An invoice for one billing account and period, made by a billing cycle or on request."""

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
"""What may be changed on a bill once it is made. `state` to `onHold` holds it, with its `holdReason` if you like; back to its `stateBeforeHold` releases it."""

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
"""A request for a bill outside the cycle, and how far it has come."""

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
"""What a client sends to ask for a bill outside the cycle."""

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
"""Points to an entity of any class."""

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
"""Points to the financial account that keeps what is owed."""

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
"""Points to the means of payment chosen for the bill."""

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
"""Points to a payment the customer made."""

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
"""Points to the product the charge is for."""

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
"""Points to another object."""

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
"""Points to a person or an organization."""

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
"""One tax summed over the whole bill."""

TimePeriod = t.TypedDict(
    "TimePeriod",
    {
        "endDateTime": t.NotRequired[datetime],
        "startDateTime": t.NotRequired[datetime],
    },
)
"""A span of time; a missing end means it is open."""

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
    },
)
"""A listener as the server keeps it."""

EventSubscriptionInput = t.TypedDict(
    "EventSubscriptionInput",
    {
        "callback": str,
        "query": t.NotRequired[str],
    },
)
"""What a client sends to have events delivered to it."""

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
    },
)
"""The body of every answer that reports a failure."""

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
        "priceBasis": t.NotRequired["PriceBasis"],
        "roundingDifference": t.NotRequired["Money"],
    },
)
"""A bill made elsewhere, to be kept here. `href` and `lastUpdate` are the server's."""

AppliedCustomerBillingRateCreate = t.TypedDict(
    "AppliedCustomerBillingRateCreate",
    {
        "id": t.NotRequired["ResourceId"],
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
        "priceBasis": t.NotRequired["PriceBasis"],
        "product": t.NotRequired["ProductRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRef"]],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A charge or a credit, as rating made it. A billed one (`isBilled` true) must name its `bill`, an unbilled one the `billingAccount` that will be charged; else the answer is 400, code 23."""

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
"""The specification that a billing cycle is a run of."""

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
"""The billing cycle that a bill was made in."""

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
"""What became of one billing account in a run of a billing cycle."""

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
"""A number that bills made here are numbered by, and what became of it. Each position of a sequence is there once."""

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
"""One dated run of billing, such as "October 2026 of the monthly cycle"."""

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
"""A cycle to be kept. `href` is the server's."""

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
"""The pattern that billing cycles follow (TMF666 BillingCycleSpecification). Offsets are whole days from the start of the period."""

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
"""A specification to be kept. `href` is the server's."""

CustomerBillOnDemandUpdate = t.TypedDict(
    "CustomerBillOnDemandUpdate",
    {
        "description": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "relatedParty": t.NotRequired["RelatedPartyRefUpdate | None"],
    },
)
"""What may be changed on a request; the rest is its history."""

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
        "statusReason": t.NotRequired[str | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
    },
)
"""Everything but `id`, `href` and what tells of the run."""

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
"""Everything but `id` and `href`."""

JsonPatchTest = t.TypedDict(
    "JsonPatchTest",
    {
        "op": t.Literal["test"],
        "path": str,
        "value": "Any | None",
    },
)
"""Go on only if this is what is stored there; 409 otherwise."""

JsonPatchQuery = t.TypedDict(
    "JsonPatchQuery",
    {
        "op": t.Literal["add", "remove", "replace", "test"],
        "path": str,
        "value": t.NotRequired["Any | None"],
    },
)
"""An operation on what a query selects (TMF630 Part 5): a pointer and filters, or JSONPath. In a list an index, or `-`, means what it means to RFC 6902. 409 where nothing is selected."""

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
"""The resource that an event tells of, under its name, as it is after the write."""

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
"""What is told of one write."""

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
"""Points to the means of payment chosen for the bill."""

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
"""Points to a person or an organization."""

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
"""Points to a customer bill."""

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
"""Points to the account that charges are billed to."""

TimePeriodUpdate = t.TypedDict(
    "TimePeriodUpdate",
    {
        "endDateTime": t.NotRequired[datetime | None],
        "startDateTime": t.NotRequired[datetime | None],
    },
)
"""A span of time; a missing end means it is open."""

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
"""Points to the product the charge is for."""

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
"""The specification that a billing cycle is a run of."""
