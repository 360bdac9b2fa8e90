"""What the conformance flow has to find on a server, posted where it is missing."""

from collections.abc import Iterator
from typing import Any

import httpx

Item = dict[str, Any]

BILLS = ("validated", "sent", "new")
"""The states of the bills; the flow puts the last one on hold."""


class SeedError(Exception):
    """The server does not take what the flow needs; the message says what."""


def seed(url: str) -> None:
    """Give the API at this URL two bills, a billed rate and an unbilled one, at the least."""
    with httpx.Client(base_url=url + "/", timeout=30) as client:
        try:
            bills = _bills(client)
            _rates(client, bills[0])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SeedError(f"no answer from {url}: {error}") from error
        except ValueError as error:
            raise SeedError(f"no JSON from {url}: {error}") from error


def _bills(client: httpx.Client) -> list[Item]:
    found = _found(client, "customerBill", limit="2")
    if len(found) < 2:
        found += [_made(client, "customerBill", bill) for bill in _new_bills()]
    return found


def _rates(client: httpx.Client, bill: Item) -> None:
    on_bill = {"isBilled": True, "bill": {"id": bill["id"], "href": bill["href"]}}
    for state in (on_bill, {"isBilled": False}):
        wanted = str(state["isBilled"]).lower()
        if not _found(client, "appliedCustomerBillingRate", isBilled=wanted, limit="1"):
            for rate in _new_rates():
                _made(client, "appliedCustomerBillingRate", rate | state)


def _found(client: httpx.Client, resource: str, **query: str) -> list[Item]:
    answer = client.get(resource, params=query)
    if answer.status_code not in (200, 206):
        raise SeedError(f"GET {answer.url} answers {answer.status_code}: {answer.text[:200]}")
    found: list[Item] = answer.json()
    return found


def _made(client: httpx.Client, resource: str, item: Item) -> Item:
    answer = client.post(resource, json=item)
    if answer.status_code != 201:
        raise SeedError(f"POST {answer.url} answers {answer.status_code}: {answer.text[:200]}")
    made: Item = answer.json()
    return made


def _euros(value: float) -> Item:
    return {"unit": "EUR", "value": value}


def _new_bills() -> Iterator[Item]:
    for month, state in enumerate(BILLS, start=1):
        yield {
            "billNo": f"2026-{month:05}",
            "billDate": f"2026-{month + 1:02}-01T00:00:00Z",
            "paymentDueDate": f"2026-{month + 1:02}-15T00:00:00Z",
            "billingPeriod": {
                "startDateTime": f"2026-{month:02}-01T00:00:00Z",
                "endDateTime": f"2026-{month + 1:02}-01T00:00:00Z",
            },
            "category": "normal",
            "runType": "onCycle",
            "state": state,
            "amountDue": _euros(11.9 * month),
            "remainingAmount": _euros(11.9 * month),
            "taxExcludedAmount": _euros(10 * month),
            "taxIncludedAmount": _euros(11.9 * month),
            "taxItem": [{"taxCategory": "VAT", "taxRate": 19, "taxAmount": _euros(1.9 * month)}],
            "billDocument": [
                {
                    "id": f"bill-2026-{month:05}.pdf",
                    "name": "The bill, for people",
                    "mimeType": "application/pdf",
                    "size": {"amount": 48, "units": "kB"},
                }
            ],
            "billingAccount": {"id": "BA-7301", "name": "Household"},
            "relatedParty": [{"id": "C-42", "role": "payer", "@referredType": "Individual"}],
        }


def _new_rates() -> Iterator[Item]:
    for name, value in (("Line rental", 8), ("Calls abroad", 2)):
        yield {
            "name": name,
            "type": "recurring" if name == "Line rental" else "usage",
            "date": "2026-01-31T00:00:00Z",
            "taxExcludedAmount": _euros(value),
            "taxIncludedAmount": _euros(value * 1.19),
            "appliedTax": [
                {"taxCategory": "VAT", "taxRate": 19, "taxAmount": _euros(value * 0.19)}
            ],
            "billingAccount": {"id": "BA-7301"},
            "product": {"id": "P-9", "name": "Fixed line"},
            "characteristic": [{"name": "tariff", "value": "basic"}],
        }
