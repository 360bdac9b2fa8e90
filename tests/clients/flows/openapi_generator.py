"""A day's work with openapi-generator's client in Python. Exits 0 where all of it went well."""

import sys
import time
from uuid import uuid4

from tmf678_client import ApiClient, ApiException, Configuration, api, models

EXACT = 123456789.12
LONGEST_SECONDS = 60
"""How long a bill may take before the flow counts as hanging."""


def main(url: str) -> None:
    client = ApiClient(Configuration(host=url))
    bills = api.CustomerBillApi(client)
    account = f"A-{uuid4().hex}"
    create_rate(client, account)
    bill = create_bill(client, account)
    assert bill.amount_due is not None
    assert bill.amount_due.value == EXACT, bill.amount_due
    read_pages(bills)
    patch(bills, bill)
    read_error(bills)
    document = bills.retrieve_customer_bill_document(bill.id)
    assert bytes(document).startswith(b"%PDF-"), document[:100]


def create_rate(client: ApiClient, account: str) -> None:
    rate = models.AppliedCustomerBillingRateCreate(
        name="Fibre 250",
        billing_account=models.BillingAccountRef(id=account),
        tax_excluded_amount=models.Money(unit="EUR", value=EXACT),
    )
    made = api.AppliedCustomerBillingRateApi(client).create_applied_customer_billing_rate(rate)
    assert made.tax_excluded_amount.value == EXACT, made
    assert made.is_billed is False


def create_bill(client: ApiClient, account: str) -> models.CustomerBill:
    """The bill that a request for one leads to."""
    requests = api.CustomerBillOnDemandApi(client)
    wanted = models.CustomerBillOnDemandCreate(billing_account=models.BillingAccountRef(id=account))
    request = requests.create_customer_bill_on_demand(wanted)
    deadline = time.monotonic() + LONGEST_SECONDS
    while request.state == models.StateValues.INPROGRESS and time.monotonic() < deadline:
        time.sleep(0.1)
        request = requests.retrieve_customer_bill_on_demand(request.id)
    assert request.state == models.StateValues.DONE, request
    return api.CustomerBillApi(client).retrieve_customer_bill(request.customer_bill.id)


def read_pages(bills: api.CustomerBillApi) -> None:
    """Two bills more, and all there are, one a page."""
    for _ in range(2):
        bills.create_customer_bill(models.CustomerBillCreate(bill_no=uuid4().hex))
    found: list[str] = []
    total = 3
    while len(found) < total:
        page = bills.list_customer_bill_with_http_info(limit=1, offset=len(found))
        assert (page.status_code, len(page.data)) == (206, 1), page
        found += [bill.id for bill in page.data]
        total = int(page.headers["x-total-count"])
    assert len(set(found)) == len(found) == total >= 3, found


def patch(bills: api.CustomerBillApi, bill: models.CustomerBill) -> None:
    held = models.CustomerBillUpdate(state=models.StateValue.ONHOLD, hold_reason="A dispute.")
    assert bills.patch_customer_bill(bill.id, held).hold_reason == "A dispute."


def read_error(bills: api.CustomerBillApi) -> None:
    trouble = None
    try:
        bills.retrieve_customer_bill("none")
    except ApiException as refused:
        trouble = refused
    assert trouble is not None
    error = models.Error.from_json(trouble.body)
    assert (trouble.status, error.status) == (404, "404"), trouble
    assert error.message, error


if __name__ == "__main__":
    main(sys.argv[1])
