"""Which resources can be brought in, and which can be written out."""

from impl.tmf678 import API

JSON = "application/json"
OTHERS = frozenset({"events", "hub"})
"""What is told of the server, and is no document of it."""

IMPORTED = ("appliedCustomerBillingRate", "billCycle", "billCycleSpecification", "customerBill")
"""Those that are records: to keep a customerBillOnDemand is to have a bill made."""

EXPORTED: dict[str, str] = {
    row.resource: (row.responses[200][JSON] or "").removesuffix("[]")
    for row in API.operations
    if row.takes_query and row.responses.get(200) and row.id.startswith("list")
    if row.resource not in OTHERS
}
"""Those with a collection of their own, each with its schema."""
