"""What a conformance flow has to find on a server, posted where it is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx

Item: TypeAlias = dict[str, Any]
Shape: TypeAlias = Callable[[Item, str], Item]
"""Makes of a document of a resource what the server takes."""

BILLS = ("validated", "sent", "new")
"""The states of the bills; the flow puts the last one on hold."""

CYCLE = {"name": "January 2099", "billingDate": "2099-02-01T00:00:00Z"}
"""No server bills it before long."""


class SeedError(Exception):
    """The server does not take what the flow needs; the message says what."""


def as_it_is(item: Item, _: str) -> Item:
    """The shape of version 4."""
    return item


def seed(url: str, shape: Shape, *, cycle: bool) -> None:
    """Give the API at this URL two bills, a billed and an unbilled rate, and a cycle, at least."""
    with httpx.Client(base_url=url + "/", timeout=30) as client:
        api = _Api(client, shape)
        try:
            bills = _bills(api)
            _rates(api, bills[0])
            if cycle and not api.found("billCycle", limit="1"):
                api.made("billCycle", CYCLE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SeedError(f"no answer from {url}: {error}") from error
        except ValueError as error:
            raise SeedError(f"no JSON from {url}: {error}") from error


@dataclass(frozen=True)
class _Api:
    client: httpx.Client
    shape: Shape

    def found(self, resource: str, **query: str) -> list[Item]:
        answer = self.client.get(resource, params=query)
        if answer.status_code not in (200, 206):
            raise SeedError(f"GET {answer.url} answers {answer.status_code}: {answer.text[:200]}")
        found: list[Item] = answer.json()
        return found

    def made(self, resource: str, item: Item) -> Item:
        answer = self.client.post(resource, json=self.shape(item, resource))
        if answer.status_code != 201:
            raise SeedError(f"POST {answer.url} answers {answer.status_code}: {answer.text[:200]}")
        made: Item = answer.json()
        return made


def _bills(api: _Api) -> list[Item]:
    found = api.found("customerBill", limit="2")
    if len(found) < 2:
        found += [api.made("customerBill", bill) for bill in _new_bills()]
    return found


def _rates(api: _Api, bill: Item) -> None:
    on_bill = {"isBilled": True, "bill": {"id": bill["id"], "href": bill["href"]}}
    for state in (on_bill, {"isBilled": False}):
        wanted = str(state["isBilled"]).lower()
        if not api.found("appliedCustomerBillingRate", isBilled=wanted, limit="1"):
            for rate in _new_rates():
                api.made("appliedCustomerBillingRate", rate | state)


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
