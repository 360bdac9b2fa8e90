# DO NOT EDIT: `make generate` writes this from tmf678-v5.yaml and openapi/overlay-v5.yaml
"""The types of Customer Bill Management 5.0.0, for the type checker."""

import typing as t
from datetime import datetime

AttachmentRefOrValue: t.TypeAlias = t.Union["Attachment", "AttachmentRef"]
CustomerBillOnDemandStateType: t.TypeAlias = t.Literal[
    "inProgress", "rejected", "done", "terminatedWithError"
]
CustomerBillRunType: t.TypeAlias = t.Literal["onCycle", "offCycle"]
CustomerBillStateType: t.TypeAlias = t.Literal[
    "new", "onHold", "validated", "sent", "settled", "partiallyPaid"
]
PartyRefOrPartyRoleRef: t.TypeAlias = t.Union["PartyRef", "PartyRoleRef"]
PartyRefOrPartyRoleRefFVO: t.TypeAlias = t.Union["PartyRefFVO", "PartyRoleRefFVO"]
ProductRelationshipType: t.TypeAlias = t.Literal[
    "migratesTo", "bundles", "bundledBy", "reliesOn", "enables", "requires", "dependsOn", "brings"
]
JsonPatchOperations: t.TypeAlias = list["JsonPatch"]
PriceBasis: t.TypeAlias = t.Literal["net", "gross"]
ResourceId: t.TypeAlias = str
Any: t.TypeAlias = t.Any | None
CustomerBillJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
CustomerBillOnDemandJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
ResourceJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]

Addressable = t.TypedDict(
    "Addressable",
    {
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
    },
)
"""An object with an id and a URL."""

AddressableFVO = t.TypedDict(
    "AddressableFVO",
    {
        "id": t.NotRequired[str],
    },
)
"""`Addressable` in a body that creates a resource: an object with an id and a URL."""

AppliedBillingTaxRate = t.TypedDict(
    "AppliedBillingTaxRate",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
    },
)
"""One tax on one rate."""

AppliedBillingTaxRateFVO = t.TypedDict(
    "AppliedBillingTaxRateFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
    },
)
"""`AppliedBillingTaxRate` in a body that creates a resource: one tax on one rate."""

AppliedBillingTaxRateMVO = t.TypedDict(
    "AppliedBillingTaxRateMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
    },
)
"""`AppliedBillingTaxRate` in a body that changes a resource: one tax on one rate."""

AppliedCustomerBillingRate = t.TypedDict(
    "AppliedCustomerBillingRate",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"]],
        "bill": t.NotRequired["CustomerBillRef"],
        "date": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str],
        "periodCoverage": t.NotRequired["TimePeriod"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "appliedBillingRateType": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "product": t.NotRequired["ProductRef"],
        "characteristic": t.NotRequired[list["Characteristic"]],
        "priceBasis": t.NotRequired["PriceBasis"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
    },
)
"""An applied billing rate: a charge or a credit for a product. It is a line of a bill, or not billed yet."""

AppliedCustomerBillingRateFVO = t.TypedDict(
    "AppliedCustomerBillingRateFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"]],
        "bill": t.NotRequired["CustomerBillRefFVO"],
        "date": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str],
        "periodCoverage": t.NotRequired["TimePeriod"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "appliedBillingRateType": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRefFVO"],
        "product": t.NotRequired["ProductRef"],
        "characteristic": t.NotRequired[list["Characteristic"]],
        "priceBasis": t.NotRequired["PriceBasis"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
    },
)
"""`AppliedCustomerBillingRate` in a body that creates a resource: an applied billing rate."""

AppliedPayment = t.TypedDict(
    "AppliedPayment",
    {
        "appliedAmount": t.NotRequired["Money"],
        "payment": t.NotRequired["PaymentRef"],
    },
)
"""The part of a payment that pays for this bill. One payment may pay for several bills."""

Attachment = t.TypedDict(
    "Attachment",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
        "content": t.NotRequired[str],
        "size": t.NotRequired["Quantity"],
        "validFor": t.NotRequired["TimePeriod"],
        "attachmentType": t.NotRequired[str],
        "mimeType": t.NotRequired[str],
    },
)
"""A file, with its content or its URL."""

AttachmentRef = t.TypedDict(
    "AttachmentRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
    },
)
"""A reference to an attachment."""

AttachmentRefFVO = t.TypedDict(
    "AttachmentRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
    },
)
"""`AttachmentRef` in a body that creates a resource: a reference to an attachment."""

AttachmentRefMVO = t.TypedDict(
    "AttachmentRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
    },
)
"""`AttachmentRef` in a body that changes a resource: a reference to an attachment."""

AttachmentFVO = t.TypedDict(
    "AttachmentFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
        "content": t.NotRequired[str],
        "size": t.NotRequired["Quantity"],
        "validFor": t.NotRequired["TimePeriod"],
        "attachmentType": str,
        "mimeType": str,
    },
)
"""`Attachment` in a body that creates a resource: a file, with its content or its URL."""

AttachmentMVO = t.TypedDict(
    "AttachmentMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "name": t.NotRequired[str],
        "description": t.NotRequired[str],
        "url": t.NotRequired[str],
        "content": t.NotRequired[str],
        "size": t.NotRequired["Quantity"],
        "validFor": t.NotRequired["TimePeriod"],
        "attachmentType": str,
        "mimeType": str,
    },
)
"""`Attachment` in a body that changes a resource: a file, with its content or its URL."""

BaseEvent = t.TypedDict(
    "BaseEvent",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "event": t.NotRequired[dict[str, t.Any]],
        "eventId": t.NotRequired[str],
        "eventTime": t.NotRequired[datetime],
        "eventType": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOcurred": t.NotRequired[datetime],
    },
)
"""The envelope of an event, as other TM Forum APIs have it."""

BaseEventFVO = t.TypedDict(
    "BaseEventFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "event": t.NotRequired[dict[str, t.Any]],
        "eventId": t.NotRequired[str],
        "eventTime": t.NotRequired[datetime],
        "eventType": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOcurred": t.NotRequired[datetime],
    },
)
"""`BaseEvent` in a body that creates a resource: the envelope of an event, as other TM Forum APIs have it."""

BaseEventMVO = t.TypedDict(
    "BaseEventMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "event": t.NotRequired[dict[str, t.Any]],
        "eventId": t.NotRequired[str],
        "eventTime": t.NotRequired[datetime],
        "eventType": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOcurred": t.NotRequired[datetime],
    },
)
"""`BaseEvent` in a body that changes a resource: the envelope of an event, as other TM Forum APIs have it."""

BillCycle = t.TypedDict(
    "BillCycle",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "billingDate": t.NotRequired[datetime],
        "billingPeriod": t.NotRequired[str],
        "chargeDate": t.NotRequired[datetime],
        "creditDate": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "mailingDate": t.NotRequired[datetime],
        "name": t.NotRequired[str],
        "paymentDueDate": t.NotRequired[datetime],
        "BillCycleSpecification": t.NotRequired["BillCycleSpecificationRef"],
        "validFor": t.NotRequired["TimePeriod"],
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
    },
)
"""One dated run of billing, such as that of October 2026."""

BillCycleRef = t.TypedDict(
    "BillCycleRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a billing cycle."""

BillCycleRefFVO = t.TypedDict(
    "BillCycleRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`BillCycleRef` in a body that creates a resource: a reference to a billing cycle."""

BillCycleRefMVO = t.TypedDict(
    "BillCycleRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`BillCycleRef` in a body that changes a resource: a reference to a billing cycle."""

BillCycleSpecificationRef = t.TypedDict(
    "BillCycleSpecificationRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
    },
)
"""A reference to the specification of a billing cycle."""

BillCycleSpecificationRefFVO = t.TypedDict(
    "BillCycleSpecificationRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
    },
)
"""`BillCycleSpecificationRef` in a body that creates a resource: a reference to the specification of a billing cycle."""

BillCycleSpecificationRefMVO = t.TypedDict(
    "BillCycleSpecificationRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "description": t.NotRequired[str],
    },
)
"""`BillCycleSpecificationRef` in a body that changes a resource: a reference to the specification of a billing cycle."""

BillCycleFVO = t.TypedDict(
    "BillCycleFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "billingDate": t.NotRequired[datetime],
        "billingPeriod": t.NotRequired[str],
        "chargeDate": t.NotRequired[datetime],
        "creditDate": t.NotRequired[datetime],
        "description": t.NotRequired[str],
        "mailingDate": t.NotRequired[datetime],
        "name": t.NotRequired[str],
        "paymentDueDate": t.NotRequired[datetime],
        "BillCycleSpecification": t.NotRequired["BillCycleSpecificationRef"],
        "validFor": t.NotRequired["TimePeriod"],
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
    },
)
"""`BillCycle` in a body that creates a resource: one dated run of billing, such as that of October 2026."""

BillingAccountRef = t.TypedDict(
    "BillingAccountRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "ratingType": t.NotRequired[str],
    },
)
"""A reference to the account that rates are billed to."""

BillingAccountRefFVO = t.TypedDict(
    "BillingAccountRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "ratingType": t.NotRequired[str],
    },
)
"""`BillingAccountRef` in a body that creates a resource: a reference to the account that rates are billed to."""

BillingAccountRefMVO = t.TypedDict(
    "BillingAccountRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "ratingType": t.NotRequired[str],
    },
)
"""`BillingAccountRef` in a body that changes a resource: a reference to the account that rates are billed to."""

BooleanArrayCharacteristic = t.TypedDict(
    "BooleanArrayCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": list[bool],
    },
)
"""A characteristic whose value is a list of true and false."""

BooleanCharacteristic = t.TypedDict(
    "BooleanCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": bool,
    },
)
"""A characteristic whose value is true or false."""

Characteristic = t.TypedDict(
    "Characteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": "Any | None",
    },
)
"""A name and a value that describe an object beyond its attributes. `@type` says the type of the value."""

CharacteristicRelationship = t.TypedDict(
    "CharacteristicRelationship",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "relationshipType": t.NotRequired[str],
    },
)
"""The relation of a characteristic to another one."""

CharacteristicRelationshipFVO = t.TypedDict(
    "CharacteristicRelationshipFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "relationshipType": str,
    },
)
"""`CharacteristicRelationship` in a body that creates a resource: the relation of a characteristic to another one."""

CharacteristicRelationshipMVO = t.TypedDict(
    "CharacteristicRelationshipMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "relationshipType": str,
    },
)
"""`CharacteristicRelationship` in a body that changes a resource: the relation of a characteristic to another one."""

CharacteristicFVO = t.TypedDict(
    "CharacteristicFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
    },
)
"""`Characteristic` in a body that creates a resource: a name and a value that describe an object beyond its attributes."""

CharacteristicMVO = t.TypedDict(
    "CharacteristicMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
    },
)
"""`Characteristic` in a body that changes a resource: a name and a value that describe an object beyond its attributes."""

CustomerBill = t.TypedDict(
    "CustomerBill",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "amountDue": t.NotRequired["Money"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"]],
        "billDate": t.NotRequired[datetime],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"]],
        "billNo": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "billingPeriod": t.NotRequired["TimePeriod"],
        "billCycle": t.NotRequired["BillCycleRef"],
        "category": t.NotRequired[str],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "lastUpdate": t.NotRequired[datetime],
        "nextBillDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "paymentMethod": t.NotRequired["PaymentMethodRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "remainingAmount": t.NotRequired["Money"],
        "runType": t.NotRequired["CustomerBillRunType"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "taxItem": t.NotRequired[list["TaxItem"]],
        "state": t.NotRequired["CustomerBillStateType"],
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

CustomerBillCreateEvent = t.TypedDict(
    "CustomerBillCreateEvent",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": t.NotRequired["CustomerBillCreateEventPayload"],
        "traceparent": t.NotRequired[str],
    },
)
"""A bill was created."""

CustomerBillCreateEventPayload = t.TypedDict(
    "CustomerBillCreateEventPayload",
    {
        "customerBill": t.NotRequired["CustomerBill"],
    },
)
"""The bill that the event is about."""

CustomerBillOnDemand = t.TypedDict(
    "CustomerBillOnDemand",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str],
        "state": t.NotRequired["CustomerBillOnDemandStateType"],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "customerBill": t.NotRequired["CustomerBillRef"],
        "description": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "relatedParty": t.NotRequired["RelatedPartyRefOrPartyRoleRef"],
        "statusReason": t.NotRequired[str],
    },
)
"""A request for a bill outside the billing cycle, with its state."""

CustomerBillOnDemandCreateEvent = t.TypedDict(
    "CustomerBillOnDemandCreateEvent",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": t.NotRequired["CustomerBillOnDemandCreateEventPayload"],
        "traceparent": t.NotRequired[str],
    },
)
"""A request for a bill was created."""

CustomerBillOnDemandCreateEventPayload = t.TypedDict(
    "CustomerBillOnDemandCreateEventPayload",
    {
        "customerBillOnDemand": t.NotRequired["CustomerBillOnDemand"],
    },
)
"""The request that the event is about."""

CustomerBillOnDemandStateChangeEvent = t.TypedDict(
    "CustomerBillOnDemandStateChangeEvent",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": t.NotRequired["CustomerBillOnDemandStateChangeEventPayload"],
        "traceparent": t.NotRequired[str],
    },
)
"""The state of a request for a bill changed."""

CustomerBillOnDemandStateChangeEventPayload = t.TypedDict(
    "CustomerBillOnDemandStateChangeEventPayload",
    {
        "customerBillOnDemand": t.NotRequired["CustomerBillOnDemand"],
    },
)
"""The request that the event is about."""

CustomerBillOnDemandFVO = t.TypedDict(
    "CustomerBillOnDemandFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "name": t.NotRequired[str],
        "state": t.NotRequired["CustomerBillOnDemandStateType"],
        "billingAccount": "BillingAccountRefFVO",
        "customerBill": t.NotRequired["CustomerBillRefFVO"],
        "description": t.NotRequired[str],
        "lastUpdate": t.NotRequired[datetime],
        "relatedParty": t.NotRequired["RelatedPartyRefOrPartyRoleRefFVO"],
    },
)
"""`CustomerBillOnDemand` in a body that creates a resource: a request for a bill outside the billing cycle, with its state."""

CustomerBillRef = t.TypedDict(
    "CustomerBillRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a customer bill."""

CustomerBillRefFVO = t.TypedDict(
    "CustomerBillRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`CustomerBillRef` in a body that creates a resource: a reference to a customer bill."""

CustomerBillRefMVO = t.TypedDict(
    "CustomerBillRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`CustomerBillRef` in a body that changes a resource: a reference to a customer bill."""

CustomerBillStateChangeEvent = t.TypedDict(
    "CustomerBillStateChangeEvent",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": t.NotRequired["CustomerBillStateChangeEventPayload"],
        "traceparent": t.NotRequired[str],
    },
)
"""The state of a bill changed."""

CustomerBillStateChangeEventPayload = t.TypedDict(
    "CustomerBillStateChangeEventPayload",
    {
        "customerBill": t.NotRequired["CustomerBill"],
    },
)
"""The bill that the event is about."""

CustomerBillFVO = t.TypedDict(
    "CustomerBillFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "amountDue": t.NotRequired["Money"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"]],
        "billDate": t.NotRequired[datetime],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"]],
        "billNo": t.NotRequired[str],
        "billingAccount": t.NotRequired["BillingAccountRefFVO"],
        "billingPeriod": t.NotRequired["TimePeriod"],
        "billCycle": t.NotRequired["BillCycleRef"],
        "category": t.NotRequired[str],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "lastUpdate": t.NotRequired[datetime],
        "nextBillDate": t.NotRequired[datetime],
        "paymentDueDate": t.NotRequired[datetime],
        "paymentMethod": t.NotRequired["PaymentMethodRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRefFVO"]],
        "remainingAmount": t.NotRequired["Money"],
        "runType": t.NotRequired["CustomerBillRunType"],
        "taxExcludedAmount": t.NotRequired["Money"],
        "taxIncludedAmount": t.NotRequired["Money"],
        "taxItem": t.NotRequired[list["TaxItem"]],
        "state": t.NotRequired["CustomerBillStateType"],
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
"""`CustomerBill` in a body that creates a resource: a bill for one billing account and period, made by a billing cycle or on request."""

Entity = t.TypedDict(
    "Entity",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
    },
)
"""An object with an id, a URL and a class."""

EntityRef = t.TypedDict(
    "EntityRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to an entity of any class."""

EntityRefFVO = t.TypedDict(
    "EntityRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`EntityRef` in a body that creates a resource: a reference to an entity of any class."""

EntityFVO = t.TypedDict(
    "EntityFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
    },
)
"""`Entity` in a body that creates a resource: an object with an id, a URL and a class."""

EntityMVO = t.TypedDict(
    "EntityMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
    },
)
"""`Entity` in a body that changes a resource: an object with an id, a URL and a class."""

Event = t.TypedDict(
    "Event",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": t.NotRequired["EventPayload"],
        "traceparent": t.NotRequired[str],
    },
)
"""Something that happened to a resource."""

EventFVO = t.TypedDict(
    "EventFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRefFVO"],
        "reportingSystem": t.NotRequired["EntityRefFVO"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRefFVO"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": dict[str, t.Any],
    },
)
"""`Event` in a body that creates a resource: something that happened to a resource."""

EventMVO = t.TypedDict(
    "EventMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
        "correlationId": t.NotRequired[str],
        "domain": t.NotRequired[str],
        "title": t.NotRequired[str],
        "description": t.NotRequired[str],
        "priority": t.NotRequired[str],
        "timeOccurred": t.NotRequired[datetime],
        "source": t.NotRequired["EntityRef"],
        "reportingSystem": t.NotRequired["EntityRef"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"]],
        "analyticCharacteristic": t.NotRequired[list["Characteristic"]],
        "eventId": str,
        "eventTime": datetime,
        "eventType": str,
        "event": dict[str, t.Any],
    },
)
"""`Event` in a body that changes a resource: something that happened to a resource."""

Extensible = t.TypedDict(
    "Extensible",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
    },
)
"""An object that names its class, so that the class may be extended."""

ExtensibleFVO = t.TypedDict(
    "ExtensibleFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
    },
)
"""`Extensible` in a body that creates a resource: an object that names its class, so that the class may be extended."""

FinancialAccountRef = t.TypedDict(
    "FinancialAccountRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the financial account that holds the customer's balance."""

FinancialAccountRefFVO = t.TypedDict(
    "FinancialAccountRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`FinancialAccountRef` in a body that creates a resource: a reference to the financial account that holds the customer's balance."""

FinancialAccountRefMVO = t.TypedDict(
    "FinancialAccountRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`FinancialAccountRef` in a body that changes a resource: a reference to the financial account that holds the customer's balance."""

FloatCharacteristic = t.TypedDict(
    "FloatCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": float,
    },
)
"""A characteristic whose value is a number with decimals."""

IntegerArrayCharacteristic = t.TypedDict(
    "IntegerArrayCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": list[int],
    },
)
"""A characteristic whose value is a list of integers."""

IntegerCharacteristic = t.TypedDict(
    "IntegerCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": int,
    },
)
"""A characteristic whose value is an integer."""

Money = t.TypedDict(
    "Money",
    {
        "unit": t.NotRequired[str],
        "value": t.NotRequired[float],
    },
)
"""An amount in a currency."""

NumberArrayCharacteristic = t.TypedDict(
    "NumberArrayCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": list[float],
    },
)
"""A characteristic whose value is a list of numbers."""

NumberCharacteristic = t.TypedDict(
    "NumberCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": float,
    },
)
"""A characteristic whose value is a number."""

ObjectArrayCharacteristic = t.TypedDict(
    "ObjectArrayCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": list[dict[str, t.Any]],
    },
)
"""A characteristic whose value is a list of objects."""

ObjectCharacteristic = t.TypedDict(
    "ObjectCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": dict[str, t.Any],
    },
)
"""A characteristic whose value is an object."""

PartyRef = t.TypedDict(
    "PartyRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a person or an organization."""

PartyRefFVO = t.TypedDict(
    "PartyRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PartyRef` in a body that creates a resource: a reference to a person or an organization."""

PartyRefMVO = t.TypedDict(
    "PartyRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PartyRef` in a body that changes a resource: a reference to a person or an organization."""

PartyRoleRef = t.TypedDict(
    "PartyRoleRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "partyId": t.NotRequired[str],
        "partyName": t.NotRequired[str],
    },
)
"""A reference to the role that a party plays, such as customer."""

PartyRoleRefFVO = t.TypedDict(
    "PartyRoleRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "partyId": t.NotRequired[str],
        "partyName": t.NotRequired[str],
    },
)
"""`PartyRoleRef` in a body that creates a resource: a reference to the role that a party plays, such as customer."""

PartyRoleRefMVO = t.TypedDict(
    "PartyRoleRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
        "partyId": t.NotRequired[str],
        "partyName": t.NotRequired[str],
    },
)
"""`PartyRoleRef` in a body that changes a resource: a reference to the role that a party plays, such as customer."""

PaymentMethodRef = t.TypedDict(
    "PaymentMethodRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the payment method of the bill."""

PaymentMethodRefFVO = t.TypedDict(
    "PaymentMethodRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PaymentMethodRef` in a body that creates a resource: a reference to the payment method of the bill."""

PaymentMethodRefMVO = t.TypedDict(
    "PaymentMethodRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PaymentMethodRef` in a body that changes a resource: a reference to the payment method of the bill."""

PaymentRef = t.TypedDict(
    "PaymentRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to a payment of the customer."""

PaymentRefFVO = t.TypedDict(
    "PaymentRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PaymentRef` in a body that creates a resource: a reference to a payment of the customer."""

PaymentRefMVO = t.TypedDict(
    "PaymentRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`PaymentRef` in a body that changes a resource: a reference to a payment of the customer."""

ProductRef = t.TypedDict(
    "ProductRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A reference to the product that the rate is for."""

ProductRefFVO = t.TypedDict(
    "ProductRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`ProductRef` in a body that creates a resource: a reference to the product that the rate is for."""

ProductRefMVO = t.TypedDict(
    "ProductRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": str,
        "name": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""`ProductRef` in a body that changes a resource: a reference to the product that the rate is for."""

Quantity = t.TypedDict(
    "Quantity",
    {
        "amount": t.NotRequired[float],
        "units": t.NotRequired[str],
    },
)
"""An amount of something other than money."""

RelatedPartyRefOrPartyRoleRef = t.TypedDict(
    "RelatedPartyRefOrPartyRoleRef",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "role": t.NotRequired[str],
        "partyOrPartyRole": "PartyRefOrPartyRoleRef",
    },
)
"""A party or a party role, and its role here."""

RelatedPartyRefOrPartyRoleRefFVO = t.TypedDict(
    "RelatedPartyRefOrPartyRoleRefFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "role": str,
        "partyOrPartyRole": "PartyRefOrPartyRoleRefFVO",
    },
)
"""`RelatedPartyRefOrPartyRoleRef` in a body that creates a resource: a party or a party role, and its role here."""

RelatedPartyRefOrPartyRoleRefMVO = t.TypedDict(
    "RelatedPartyRefOrPartyRoleRefMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "role": str,
        "partyOrPartyRole": t.NotRequired["PartyRefOrPartyRoleRef"],
    },
)
"""`RelatedPartyRefOrPartyRoleRef` in a body that changes a resource: a party or a party role, and its role here."""

StringArrayCharacteristic = t.TypedDict(
    "StringArrayCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": list[str],
    },
)
"""A characteristic whose value is a list of texts."""

StringCharacteristic = t.TypedDict(
    "StringCharacteristic",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "id": t.NotRequired[str],
        "name": str,
        "valueType": t.NotRequired[str],
        "characteristicRelationship": t.NotRequired[list["CharacteristicRelationship"]],
        "value": str,
    },
)
"""A characteristic whose value is text."""

TaxItem = t.TypedDict(
    "TaxItem",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
        "taxableAmount": t.NotRequired["Money"],
    },
)
"""One tax on the whole bill."""

TaxItemFVO = t.TypedDict(
    "TaxItemFVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
    },
)
"""`TaxItem` in a body that creates a resource: one tax on the whole bill."""

TaxItemMVO = t.TypedDict(
    "TaxItemMVO",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "taxAmount": t.NotRequired["Money"],
        "taxCategory": t.NotRequired[str],
        "taxRate": t.NotRequired[float],
    },
)
"""`TaxItem` in a body that changes a resource: one tax on the whole bill."""

TimePeriod = t.TypedDict(
    "TimePeriod",
    {
        "startDateTime": t.NotRequired[datetime],
        "endDateTime": t.NotRequired[datetime],
    },
)
"""A period. Without a start or an end it is open on that side."""

Error = t.TypedDict(
    "Error",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "code": str,
        "reason": str,
        "message": t.NotRequired[str],
        "status": t.NotRequired[str],
        "referenceError": t.NotRequired[str],
        "attribute": t.NotRequired[str],
        "errors": t.NotRequired[list["ErrorDetail"]],
    },
)
"""The body of every answer that reports a failure."""

HubFVO = t.TypedDict(
    "HubFVO",
    {
        "callback": str,
        "query": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "apiVersion": t.NotRequired[t.Literal["v4", "v5"]],
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
    },
)
"""`Hub` in a body that creates a resource: a subscription to events."""

Hub = t.TypedDict(
    "Hub",
    {
        "@type": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "href": t.NotRequired[str],
        "id": t.NotRequired[str],
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

JsonPatch = t.TypedDict(
    "JsonPatch",
    {
        "op": t.Literal["add", "remove", "replace", "move", "copy", "test"],
        "path": str,
        "value": t.NotRequired[t.Any],
        "from": t.NotRequired[str],
    },
)
"""One operation of a JSON Patch (RFC 6902)."""

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

BillCycleAccount = t.TypedDict(
    "BillCycleAccount",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "billCycle": t.NotRequired["BillCycleRef"],
        "billingAccount": t.NotRequired["BillingAccountRef"],
        "customerBill": t.NotRequired["CustomerBillRef"],
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
        "bill": t.NotRequired["CustomerBillRef"],
        "state": t.NotRequired[t.Literal["used", "void"]],
        "usedAt": t.NotRequired[datetime],
        "voidedAt": t.NotRequired[datetime],
        "statusReason": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""An entry of the register of bill numbers: a number, and the bill that has it. The register has each position of a sequence once."""

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

BillCycleSpecificationFVO = t.TypedDict(
    "BillCycleSpecificationFVO",
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

CustomerBillMVO = t.TypedDict(
    "CustomerBillMVO",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "amountDue": t.NotRequired["MoneyUpdate | None"],
        "appliedPayment": t.NotRequired[list["AppliedPayment"] | None],
        "billDocument": t.NotRequired[list["AttachmentRefOrValue"] | None],
        "billNo": t.NotRequired[str | None],
        "paymentDueDate": t.NotRequired[datetime | None],
        "paymentMethod": t.NotRequired["PaymentMethodRefUpdate | None"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"] | None],
        "remainingAmount": t.NotRequired["MoneyUpdate | None"],
        "state": t.NotRequired["CustomerBillStateType"],
        "holdReason": t.NotRequired[str | None],
    },
)
"""What you may change in a bill. Set `state` to `onHold` to hold the bill, with a `holdReason` if you like. Set `state` to the bill's `stateBeforeHold` to release it."""

CustomerBillOnDemandMVO = t.TypedDict(
    "CustomerBillOnDemandMVO",
    {
        "name": t.NotRequired[str | None],
        "description": t.NotRequired[str | None],
        "relatedParty": t.NotRequired["RelatedPartyRefOrPartyRoleRefUpdate | None"],
    },
)
"""What you may change in a request for a bill."""

AppliedCustomerBillingRateMVO = t.TypedDict(
    "AppliedCustomerBillingRateMVO",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "appliedTax": t.NotRequired[list["AppliedBillingTaxRate"] | None],
        "bill": t.NotRequired["CustomerBillRefUpdate | None"],
        "date": t.NotRequired[datetime | None],
        "description": t.NotRequired[str | None],
        "isBilled": t.NotRequired[bool],
        "name": t.NotRequired[str | None],
        "periodCoverage": t.NotRequired["TimePeriodUpdate | None"],
        "taxExcludedAmount": t.NotRequired["MoneyUpdate | None"],
        "taxIncludedAmount": t.NotRequired["MoneyUpdate | None"],
        "appliedBillingRateType": t.NotRequired[str | None],
        "billingAccount": t.NotRequired["BillingAccountRefUpdate | None"],
        "product": t.NotRequired["ProductRefUpdate | None"],
        "characteristic": t.NotRequired[list["Characteristic"] | None],
        "priceBasis": t.NotRequired["PriceBasis | None"],
        "relatedParty": t.NotRequired[list["RelatedPartyRefOrPartyRoleRef"] | None],
    },
)
"""Everything but `id` and `href`. A patch with `isBilled` true must name the `bill`, too; else the answer is 400, code 23."""

BillCycleMVO = t.TypedDict(
    "BillCycleMVO",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "billingDate": t.NotRequired[datetime | None],
        "billingPeriod": t.NotRequired[str | None],
        "chargeDate": t.NotRequired[datetime | None],
        "creditDate": t.NotRequired[datetime | None],
        "description": t.NotRequired[str | None],
        "mailingDate": t.NotRequired[datetime | None],
        "name": t.NotRequired[str | None],
        "paymentDueDate": t.NotRequired[datetime | None],
        "BillCycleSpecification": t.NotRequired["BillCycleSpecificationRefUpdate | None"],
        "validFor": t.NotRequired["TimePeriodUpdate | None"],
    },
)
"""What you may change in a billing cycle: everything but `id`, `href`, and the state, times and counts of its run."""

BillCycleSpecificationMVO = t.TypedDict(
    "BillCycleSpecificationMVO",
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
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to the payment method of the bill."""

RelatedPartyRefOrPartyRoleRefUpdate = t.TypedDict(
    "RelatedPartyRefOrPartyRoleRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "role": t.NotRequired[str | None],
        "partyOrPartyRole": t.NotRequired["PartyRefOrPartyRoleRefUpdate"],
    },
)
"""A party or a party role, and its role here."""

PartyRefOrPartyRoleRefUpdate = t.TypedDict(
    "PartyRefOrPartyRoleRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
        "partyId": t.NotRequired[str | None],
        "partyName": t.NotRequired[str | None],
    },
)
"""A reference to a party or to a party role. `@type` says which."""

CustomerBillRefUpdate = t.TypedDict(
    "CustomerBillRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to a customer bill."""

TimePeriodUpdate = t.TypedDict(
    "TimePeriodUpdate",
    {
        "startDateTime": t.NotRequired[datetime | None],
        "endDateTime": t.NotRequired[datetime | None],
    },
)
"""A period. Without a start or an end it is open on that side."""

BillingAccountRefUpdate = t.TypedDict(
    "BillingAccountRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
        "ratingType": t.NotRequired[str | None],
    },
)
"""A reference to the account that rates are billed to."""

ProductRefUpdate = t.TypedDict(
    "ProductRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A reference to the product that the rate is for."""

BillCycleSpecificationRefUpdate = t.TypedDict(
    "BillCycleSpecificationRefUpdate",
    {
        "@type": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "id": t.NotRequired[str],
        "name": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
        "description": t.NotRequired[str | None],
    },
)
"""A reference to the specification of a billing cycle."""
