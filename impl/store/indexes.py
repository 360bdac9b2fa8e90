"""The indexes that are declared, a list a collection; `_id` has its own."""

DECLARED: dict[str, list[str]] = {
    "customerBill": ["billingAccount.id", "relatedParty.id", "state", "billDate"],
    "customerBillOnDemand": ["billingAccount.id", "relatedParty.id", "state"],
    "appliedCustomerBillingRate": ["billingAccount.id", "bill.id", "isBilled", "product.id"],
    "billCycle": ["billingDate"],
}
