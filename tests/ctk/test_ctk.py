"""What the conformance flow is made of. `make ctk` runs it."""

import json
from typing import Any

from tests.ctk.run import COLLECTION

BILL, REQUEST, RATE = "customerBill", "customerBillOnDemand", "appliedCustomerBillingRate"
FLOW = [
    f"GET {BILL}",
    f"GET {BILL}?fields=href",
    f"GET {BILL}?fields=id",
    f"GET {BILL}?id={{{{billId}}}}",
    f"PATCH {BILL}/{{{{billId}}}}",
    f"GET {BILL}/{{{{$guid}}}}",
    f"POST {REQUEST}",
    f"GET {REQUEST}",
    f"GET {REQUEST}/{{{{requestId}}}}",
    f"GET {REQUEST}?fields=href",
    f"GET {REQUEST}?fields=id",
    f"GET {REQUEST}?id={{{{requestId}}}}",
    f"GET {REQUEST}/{{{{$guid}}}}",
    f"GET {RATE}",
    f"GET {RATE}?fields=id",
    f"GET {RATE}?id={{{{rateId}}}}",
    f"GET {RATE}?fields=isBilled",
    f"GET {RATE}?isBilled={{{{isBilled}}}}",
    f"GET {RATE}?fields=href",
    f"GET {RATE}/{{{{$guid}}}}",
]


def test_the_flow_is_the_kits_own_twenty_requests_in_order() -> None:
    folders = json.loads(COLLECTION.read_text())["item"]
    assert [_line(item["request"]) for folder in folders for item in folder["item"]] == FLOW


def _line(request: dict[str, Any]) -> str:
    url: str = request["url"]["raw"]
    return f"{request['method']} {url.removeprefix('{{baseUrl}}/')}"
