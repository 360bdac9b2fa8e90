"""Two rates of one account, as lines to import: a bill of 82.36 EUR."""

import json

LINES = "".join(
    json.dumps(
        {
            "id": f"rate-{number}",
            "@type": "AppliedCustomerBillingRate",
            "name": "Fibre 250",
            "billingAccount": {"id": "A-7"},
            "taxExcludedAmount": {"unit": "EUR", "value": 41.18},
        }
    )
    + "\n"
    for number in range(2)
)
