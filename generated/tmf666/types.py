# DO NOT EDIT: `make generate` writes this from tmf666.yaml and openapi/overlay-tmf666.yaml
"""The types of Account Management 4.0.0, for the type checker."""

import typing as t
from datetime import datetime

Any: t.TypeAlias = t.Any | None
JsonPatchOperations: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
BillingAccountJsonPatch: t.TypeAlias = list[t.Union["JsonPatchTest", dict[str, t.Any]]]
JsonPatchQueryOperations: t.TypeAlias = list["JsonPatchQuery"]
ResourceId: t.TypeAlias = str

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
"""A balance of an account, for a period."""

AccountRef = t.TypedDict(
    "AccountRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""Reference to an account."""

AccountRelationship = t.TypedDict(
    "AccountRelationship",
    {
        "relationshipType": str,
        "account": t.NotRequired["AccountRef"],
        "validFor": "TimePeriod",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""How an account is related to another one."""

AccountTaxExemption = t.TypedDict(
    "AccountTaxExemption",
    {
        "certificateNumber": t.NotRequired[str],
        "issuingJurisdiction": str,
        "reason": t.NotRequired[str],
        "validFor": "TimePeriod",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A tax that a jurisdiction does not charge on this account."""

BillFormat = t.TypedDict(
    "BillFormat",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""How a bill is laid out, such as detailed or summary."""

BillFormatCreate = t.TypedDict(
    "BillFormatCreate",
    {
        "description": t.NotRequired[str],
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
    },
)
"""A new bill format."""

BillFormatUpdate = t.TypedDict(
    "BillFormatUpdate",
    {
        "description": t.NotRequired[str | None],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
    },
)
"""What a patch of BillFormat may change."""

BillFormatRefOrValue = t.TypedDict(
    "BillFormatRefOrValue",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "isRef": bool,
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A bill format, or a reference to one."""

BillPresentationMedia = t.TypedDict(
    "BillPresentationMedia",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A medium on which a bill is presented, such as paper or e-mail."""

BillPresentationMediaCreate = t.TypedDict(
    "BillPresentationMediaCreate",
    {
        "description": t.NotRequired[str],
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
    },
)
"""A new presentation medium."""

BillPresentationMediaUpdate = t.TypedDict(
    "BillPresentationMediaUpdate",
    {
        "description": t.NotRequired[str | None],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
    },
)
"""What a patch of BillPresentationMedia may change."""

BillPresentationMediaRefOrValue = t.TypedDict(
    "BillPresentationMediaRefOrValue",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "description": t.NotRequired[str],
        "isRef": bool,
        "name": str,
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A presentation medium, or a reference to one."""

BillStructure = t.TypedDict(
    "BillStructure",
    {
        "cycleSpecification": t.NotRequired["BillingCycleSpecificationRefOrValue"],
        "format": t.NotRequired["BillFormatRefOrValue"],
        "presentationMedia": t.NotRequired[list["BillPresentationMediaRefOrValue"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""When an account is billed, and how its bills look and arrive."""

BillingAccount = t.TypedDict(
    "BillingAccount",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "accountType": t.NotRequired[str],
        "description": t.NotRequired[str],
        "lastModified": t.NotRequired[datetime],
        "name": str,
        "paymentStatus": t.NotRequired[str],
        "state": t.NotRequired[str],
        "accountBalance": t.NotRequired[list["AccountBalance"]],
        "accountRelationship": t.NotRequired[list["AccountRelationship"]],
        "billStructure": t.NotRequired["BillStructure"],
        "contact": t.NotRequired[list["Contact"]],
        "creditLimit": t.NotRequired["Money"],
        "defaultPaymentMethod": t.NotRequired["PaymentMethodRef"],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "paymentPlan": t.NotRequired[list["PaymentPlan"]],
        "relatedParty": list["RelatedParty"],
        "taxExemption": t.NotRequired[list["AccountTaxExemption"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "language": t.NotRequired[str],
        "taxNumber": t.NotRequired[str],
        "electronicAddress": t.NotRequired["ElectronicAddress"],
        "buyerReference": t.NotRequired[str],
        "purchaseOrder": t.NotRequired[str],
        "mandateId": t.NotRequired[str],
    },
)
"""An account that is billed: who pays, to which address, and how."""

BillingAccountCreate = t.TypedDict(
    "BillingAccountCreate",
    {
        "accountType": t.NotRequired[str],
        "description": t.NotRequired[str],
        "name": str,
        "paymentStatus": t.NotRequired[str],
        "state": t.NotRequired[str],
        "accountBalance": t.NotRequired[list["AccountBalance"]],
        "accountRelationship": t.NotRequired[list["AccountRelationship"]],
        "billStructure": t.NotRequired["BillStructure"],
        "contact": t.NotRequired[list["Contact"]],
        "creditLimit": t.NotRequired["Money"],
        "defaultPaymentMethod": t.NotRequired["PaymentMethodRef"],
        "financialAccount": t.NotRequired["FinancialAccountRef"],
        "paymentPlan": t.NotRequired[list["PaymentPlan"]],
        "relatedParty": list["RelatedParty"],
        "taxExemption": t.NotRequired[list["AccountTaxExemption"]],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "language": t.NotRequired[str],
        "taxNumber": t.NotRequired[str],
        "electronicAddress": t.NotRequired["ElectronicAddress"],
        "buyerReference": t.NotRequired[str],
        "purchaseOrder": t.NotRequired[str],
        "mandateId": t.NotRequired[str],
    },
)
"""A new billing account."""

BillingAccountUpdate = t.TypedDict(
    "BillingAccountUpdate",
    {
        "accountType": t.NotRequired[str | None],
        "description": t.NotRequired[str | None],
        "name": t.NotRequired[str],
        "paymentStatus": t.NotRequired[str | None],
        "state": t.NotRequired[str | None],
        "accountRelationship": t.NotRequired[list["AccountRelationship"] | None],
        "billStructure": t.NotRequired["BillStructureUpdate | None"],
        "contact": t.NotRequired[list["Contact"] | None],
        "creditLimit": t.NotRequired["MoneyUpdate | None"],
        "defaultPaymentMethod": t.NotRequired["PaymentMethodRefUpdate | None"],
        "financialAccount": t.NotRequired["FinancialAccountRefUpdate | None"],
        "paymentPlan": t.NotRequired[list["PaymentPlan"] | None],
        "relatedParty": t.NotRequired[list["RelatedParty"]],
        "taxExemption": t.NotRequired[list["AccountTaxExemption"] | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "language": t.NotRequired[str | None],
        "taxNumber": t.NotRequired[str | None],
        "electronicAddress": t.NotRequired["ElectronicAddressUpdate | None"],
        "buyerReference": t.NotRequired[str | None],
        "purchaseOrder": t.NotRequired[str | None],
        "mandateId": t.NotRequired[str | None],
    },
)
"""What a patch of BillingAccount may change."""

BillingCycleSpecification = t.TypedDict(
    "BillingCycleSpecification",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "billingDateShift": t.NotRequired[int],
        "billingPeriod": t.NotRequired[str],
        "chargeDateOffset": t.NotRequired[int],
        "creditDateOffset": t.NotRequired[int],
        "description": t.NotRequired[str],
        "frequency": t.NotRequired[str],
        "mailingDateOffset": t.NotRequired[int],
        "name": str,
        "paymentDueDateOffset": t.NotRequired[int],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "recurring": t.NotRequired[bool],
        "recurringInAdvance": t.NotRequired[bool],
        "priceBasis": t.NotRequired[t.Literal["net", "gross"]],
        "rateFilter": t.NotRequired[str],
    },
)
"""The rules that billing cycles follow. Offsets are in days from the start of the period."""

BillingCycleSpecificationCreate = t.TypedDict(
    "BillingCycleSpecificationCreate",
    {
        "billingDateShift": t.NotRequired[int],
        "billingPeriod": t.NotRequired[str],
        "chargeDateOffset": t.NotRequired[int],
        "creditDateOffset": t.NotRequired[int],
        "description": t.NotRequired[str],
        "frequency": t.NotRequired[str],
        "mailingDateOffset": t.NotRequired[int],
        "name": str,
        "paymentDueDateOffset": t.NotRequired[int],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "recurring": t.NotRequired[bool],
        "recurringInAdvance": t.NotRequired[bool],
        "priceBasis": t.NotRequired[t.Literal["net", "gross"]],
        "rateFilter": t.NotRequired[str],
    },
)
"""A new specification of billing cycles."""

BillingCycleSpecificationUpdate = t.TypedDict(
    "BillingCycleSpecificationUpdate",
    {
        "billingDateShift": t.NotRequired[int | None],
        "billingPeriod": t.NotRequired[str | None],
        "chargeDateOffset": t.NotRequired[int | None],
        "creditDateOffset": t.NotRequired[int | None],
        "description": t.NotRequired[str | None],
        "frequency": t.NotRequired[str | None],
        "mailingDateOffset": t.NotRequired[int | None],
        "name": t.NotRequired[str],
        "paymentDueDateOffset": t.NotRequired[int | None],
        "validFor": t.NotRequired["TimePeriodUpdate | None"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str],
        "recurring": t.NotRequired[bool | None],
        "recurringInAdvance": t.NotRequired[bool | None],
        "priceBasis": t.NotRequired[t.Literal["net", "gross"] | None],
        "rateFilter": t.NotRequired[str | None],
    },
)
"""What a patch of BillingCycleSpecification may change."""

BillingCycleSpecificationRefOrValue = t.TypedDict(
    "BillingCycleSpecificationRefOrValue",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str],
        "billingDateShift": t.NotRequired[int],
        "billingPeriod": t.NotRequired[str],
        "chargeDateOffset": t.NotRequired[int],
        "creditDateOffset": t.NotRequired[int],
        "dateShift": t.NotRequired[int],
        "description": t.NotRequired[str],
        "frequency": t.NotRequired[str],
        "isRef": bool,
        "mailingDateOffset": t.NotRequired[int],
        "name": str,
        "paymentDueDateOffset": t.NotRequired[int],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""A specification of billing cycles, or a reference to one."""

Contact = t.TypedDict(
    "Contact",
    {
        "contactName": t.NotRequired[str],
        "contactType": str,
        "partyRoleType": t.NotRequired[str],
        "contactMedium": t.NotRequired[list["ContactMedium"]],
        "relatedParty": t.NotRequired["RelatedParty"],
        "validFor": "TimePeriod",
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""Someone to contact about an account, and by which means."""

ContactMedium = t.TypedDict(
    "ContactMedium",
    {
        "mediumType": t.NotRequired[str],
        "preferred": t.NotRequired[bool],
        "characteristic": t.NotRequired["MediumCharacteristic"],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""A means of contact, such as a postal or an e-mail address."""

FinancialAccountRef = t.TypedDict(
    "FinancialAccountRef",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": t.NotRequired[str],
        "accountBalance": t.NotRequired["AccountBalance"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": t.NotRequired[str],
    },
)
"""Reference to a financial account, which holds the money of several billing accounts."""

MediumCharacteristic = t.TypedDict(
    "MediumCharacteristic",
    {
        "city": t.NotRequired[str],
        "contactType": t.NotRequired[str],
        "country": t.NotRequired[str],
        "emailAddress": t.NotRequired[str],
        "faxNumber": t.NotRequired[str],
        "phoneNumber": t.NotRequired[str],
        "postCode": t.NotRequired[str],
        "socialNetworkId": t.NotRequired[str],
        "stateOrProvince": t.NotRequired[str],
        "street1": t.NotRequired[str],
        "street2": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""The address or number of a means of contact."""

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
"""Reference to a method of payment."""

PaymentPlan = t.TypedDict(
    "PaymentPlan",
    {
        "numberOfPayments": t.NotRequired[int],
        "paymentFrequency": t.NotRequired[str],
        "planType": t.NotRequired[str],
        "priority": t.NotRequired[int],
        "status": t.NotRequired[str],
        "paymentMethod": t.NotRequired["PaymentMethodRef"],
        "totalAmount": t.NotRequired["Money"],
        "validFor": t.NotRequired["TimePeriod"],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
    },
)
"""An agreement to pay an amount in several payments."""

RelatedParty = t.TypedDict(
    "RelatedParty",
    {
        "id": str,
        "href": t.NotRequired[str],
        "name": str,
        "role": t.NotRequired[str],
        "@baseType": t.NotRequired[str],
        "@schemaLocation": t.NotRequired[str],
        "@type": t.NotRequired[str],
        "@referredType": str,
    },
)
"""Reference to a party, with its role for the account."""

TimePeriod = t.TypedDict(
    "TimePeriod",
    {
        "endDateTime": t.NotRequired[datetime],
        "startDateTime": t.NotRequired[datetime],
    },
)
"""A period, from its start up to its end."""

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
        "apiVersion": t.NotRequired[t.Literal["tmf666"]],
    },
)
"""A subscription to events."""

EventSubscriptionInput = t.TypedDict(
    "EventSubscriptionInput",
    {
        "callback": str,
        "query": t.NotRequired[str],
        "id": t.NotRequired["ResourceId"],
        "apiVersion": t.NotRequired[t.Literal["tmf666"]],
    },
)
"""A new subscription to events."""

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
"""What went wrong, and why."""

ElectronicAddress = t.TypedDict(
    "ElectronicAddress",
    {
        "scheme": t.NotRequired[str],
        "value": str,
    },
)
"""Address to which invoices are sent electronically (EN 16931, BT-49)."""

EventPayload = t.TypedDict(
    "EventPayload",
    {
        "billingAccount": t.NotRequired["BillingAccount"],
        "billFormat": t.NotRequired["BillFormat"],
        "billPresentationMedia": t.NotRequired["BillPresentationMedia"],
        "billingCycleSpecification": t.NotRequired["BillingCycleSpecification"],
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

BillStructureUpdate = t.TypedDict(
    "BillStructureUpdate",
    {
        "cycleSpecification": t.NotRequired["BillingCycleSpecificationRefOrValueUpdate | None"],
        "format": t.NotRequired["BillFormatRefOrValueUpdate | None"],
        "presentationMedia": t.NotRequired[list["BillPresentationMediaRefOrValue"] | None],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
    },
)
"""When an account is billed, and how its bills look and arrive."""

BillingCycleSpecificationRefOrValueUpdate = t.TypedDict(
    "BillingCycleSpecificationRefOrValueUpdate",
    {
        "id": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "billingDateShift": t.NotRequired[int | None],
        "billingPeriod": t.NotRequired[str | None],
        "chargeDateOffset": t.NotRequired[int | None],
        "creditDateOffset": t.NotRequired[int | None],
        "dateShift": t.NotRequired[int | None],
        "description": t.NotRequired[str | None],
        "frequency": t.NotRequired[str | None],
        "isRef": t.NotRequired[bool],
        "mailingDateOffset": t.NotRequired[int | None],
        "name": t.NotRequired[str],
        "paymentDueDateOffset": t.NotRequired[int | None],
        "validFor": t.NotRequired["TimePeriodUpdate | None"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A specification of billing cycles, or a reference to one."""

TimePeriodUpdate = t.TypedDict(
    "TimePeriodUpdate",
    {
        "endDateTime": t.NotRequired[datetime | None],
        "startDateTime": t.NotRequired[datetime | None],
    },
)
"""A period, from its start up to its end."""

BillFormatRefOrValueUpdate = t.TypedDict(
    "BillFormatRefOrValueUpdate",
    {
        "id": t.NotRequired[str | None],
        "href": t.NotRequired[str | None],
        "description": t.NotRequired[str | None],
        "isRef": t.NotRequired[bool],
        "name": t.NotRequired[str],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""A bill format, or a reference to one."""

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
"""Reference to a method of payment."""

FinancialAccountRefUpdate = t.TypedDict(
    "FinancialAccountRefUpdate",
    {
        "id": t.NotRequired[str],
        "href": t.NotRequired[str | None],
        "name": t.NotRequired[str | None],
        "accountBalance": t.NotRequired["AccountBalanceUpdate | None"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
        "@referredType": t.NotRequired[str | None],
    },
)
"""Reference to a financial account, which holds the money of several billing accounts."""

AccountBalanceUpdate = t.TypedDict(
    "AccountBalanceUpdate",
    {
        "balanceType": t.NotRequired[str],
        "amount": t.NotRequired["MoneyUpdate"],
        "validFor": t.NotRequired["TimePeriodUpdate"],
        "@baseType": t.NotRequired[str | None],
        "@schemaLocation": t.NotRequired[str | None],
        "@type": t.NotRequired[str | None],
    },
)
"""A balance of an account, for a period."""

ElectronicAddressUpdate = t.TypedDict(
    "ElectronicAddressUpdate",
    {
        "scheme": t.NotRequired[str | None],
        "value": t.NotRequired[str],
    },
)
"""Address to which invoices are sent electronically (EN 16931, BT-49)."""
