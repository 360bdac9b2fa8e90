"""What requests for bills, subscriptions and the pages beside the API promise."""

from uuid import uuid4

import httpx
import pytest
import yaml

from tests.servers import ServerProcess


def test_a_request_for_a_bill_begins_open_whatever_the_client_says(api: httpx.Client) -> None:
    answer = api.post(
        "customerBillOnDemand",
        json={
            "billingAccount": {"id": "A0815"},
            "state": "done",
            "customerBill": {"id": "forged"},
            "lastUpdate": "1999-01-01T00:00:00Z",
        },
    )
    made = answer.json()
    assert answer.status_code == 201
    assert made["state"] == "inProgress"
    assert "customerBill" not in made
    assert made["lastUpdate"] > "2026"


@pytest.mark.parametrize("name", ["state", "customerBill", "billingAccount", "lastUpdate"])
def test_patch_400_leaves_a_requests_history_alone(api: httpx.Client, name: str) -> None:
    made = api.post("customerBillOnDemand", json={"billingAccount": {"id": "A0815"}}).json()
    answer = api.patch(made["href"], json={name: {"id": "other"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith(name)


def test_a_subscription_is_shown_listed_and_ended(api: httpx.Client) -> None:
    callback = f"https://crm.example/{uuid4()}"
    answer = api.post("hub", json={"callback": callback})
    made = answer.json()
    assert (answer.status_code, made["callback"], made["query"]) == (201, callback, "")
    assert answer.headers["Location"].endswith(f"/hub/{made['id']}")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert api.get(answer.headers["Location"]).json() == shown
    assert api.get("hub", params={"callback": callback}).json() == [shown]
    assert api.delete(f"hub/{made['id']}").status_code == 204
    assert api.get(f"hub/{made['id']}").status_code == 404


def test_hub_409_for_the_same_callback_and_query_names_the_first(api: httpx.Client) -> None:
    body = {
        "callback": f"https://crm.example/{uuid4()}",
        "query": "eventType=CustomerBillCreateEvent",
    }
    first = api.post("hub", json=body).json()["id"]
    again = api.post("hub", json=body)
    assert again.status_code == 409
    assert first in again.json()["message"]
    assert (
        api.post("hub", json=body | {"query": "eventType=CustomerBillDeleteEvent"}).status_code
        == 201
    )


@pytest.mark.parametrize("callback", ["ftp://a/b", "/relative", "", "https:///x", "http://a b/c"])
def test_hub_400_for_a_callback_that_is_no_absolute_http_url(
    api: httpx.Client, callback: str
) -> None:
    answer = api.post("hub", json={"callback": callback})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("callback: ")


def test_swagger_ui_and_contract_come_from_the_server_alone(server: ServerProcess) -> None:
    page = httpx.get(f"{server.url}/ui")
    assert page.status_code == 200
    assert "//" not in page.text.replace("</", "").replace("<!", ""), "no other host is named"
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert f"/ui/{asset}" in page.text
        assert httpx.get(f"{server.url}/ui/{asset}").status_code == 200
    assert httpx.get(f"{server.url}/ui/").text == page.text
    served = httpx.get(f"{server.url}/openapi.json").json()
    assert served["info"]["version"] == "4.0.0"
    answer = httpx.get(f"{server.url}/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert yaml.safe_load(answer.text) == served
    assert not any(isinstance(each, yaml.AliasToken) for each in yaml.scan(answer.text))


def test_health_tells_alive_and_ready(server: ServerProcess) -> None:
    assert httpx.get(f"{server.url}/health/live").json() == {"status": "live"}
    assert httpx.get(f"{server.url}/health/ready").json() == {"status": "ready"}
