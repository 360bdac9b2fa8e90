"""What the conformance flows are made of. `make ctk` runs them."""

from typing import Any

import yaml

from tests.ctk.run import FLOWS, Flow
from tests.servers import ROOT

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
    assert [_line(each) for each in _requests(FLOWS[0])] == FLOW


def test_the_flow_of_version_5_has_all_operations_of_the_standard() -> None:
    standard = yaml.safe_load((ROOT / "tmf678-v5.yaml").read_text(encoding="utf-8"))["paths"]
    operations = {
        (method.upper(), len(path.split("/")), path.split("/")[1])
        for path, methods in standard.items()
        if not path.startswith("/listener")
        for method in methods
        if method in {"get", "post", "patch", "delete"}
    }
    sent = {
        (each["method"], len(each["url"]["path"]) + 1, each["url"]["path"][0])
        for each in _requests(FLOWS[1])
    }
    assert sent == operations
    assert len(_requests(FLOWS[1])) == FLOWS[1].requests


def _requests(flow: Flow) -> list[dict[str, Any]]:
    folders = flow.collection()["item"]
    return [item["request"] for folder in folders for item in folder["item"]]


def _line(request: dict[str, Any]) -> str:
    url: str = request["url"]["raw"]
    return f"{request['method']} {url.removeprefix('{{baseUrl}}/')}"
