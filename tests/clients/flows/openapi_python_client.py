"""What openapi-python-client's client does. Exits 0 where all of it went well."""

import sys

from tmf678_python_client import Client, models
from tmf678_python_client.api.applied_customer_billing_rate import (
    create_applied_customer_billing_rate,
)
from tmf678_python_client.api.customer_bill import create_customer_bill, retrieve_customer_bill

EXACT = 123456789.12


def main(url: str) -> None:
    client = Client(base_url=url)
    amount = models.Money(unit="EUR", value=EXACT)
    made = create_customer_bill.sync(
        client=client, body=models.CustomerBillCreate(amount_due=amount)
    )
    found = retrieve_customer_bill.sync(made.id, client=client)
    assert found.amount_due.value == EXACT, found
    account = models.BillingAccountRef(id="A-1")
    rate = models.AppliedCustomerBillingRateCreate(
        billing_account=account, tax_excluded_amount=amount
    )
    kept = create_applied_customer_billing_rate.sync_detailed(client=client, body=rate)
    assert kept.status_code == 201, kept
    error = retrieve_customer_bill.sync("none", client=client)
    assert isinstance(error, models.Error), error
    assert error.status == "404", error


if __name__ == "__main__":
    main(sys.argv[1])
