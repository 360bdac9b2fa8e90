"""From usage to bill, over HTTP, with a worker beside the server."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.servers import V4Server, WorkerProcess
from tests.unit.billing.rates import money, tax
from tests.unit.documents.page import Page
from tests.unit.documents.pdf import pages
from tests.waiting import until

Json = dict[str, Any]
IN_TIME = 2.0
FORMS = ("application/pdf", "text/html")


@pytest.fixture(scope="module")
def api(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that has a worker, and keeps bills to a strict lifecycle."""
    log: Path = tmp_path_factory.mktemp("billing") / "log"
    database = f"billing-{uuid4().hex}"
    settings = {"BILL_LIFECYCLE": "strict", "BILL_TIME_ZONE": "Europe/Zurich"}
    with (
        V4Server(
            log, MONGODB_URI=mongod.uri, MONGODB_DB=database, VALIDATE_RESPONSES=1, **settings
        ) as running,
        WorkerProcess(log, mongod.uri, database, **settings),
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        client.post("customerBillOnDemand", json={})
        until(lambda: client.get("customerBillOnDemand?state=rejected").json(), seconds=30)
        yield client


@pytest.fixture
def account() -> str:
    return f"A-{uuid4().hex}"


def charge(api: httpx.Client, account: str, value: float = 10, **more: Any) -> Json:
    body = {"billingAccount": {"id": account}, "taxExcludedAmount": money(value), **more}
    made = api.post("appliedCustomerBillingRate", json=body)
    assert made.status_code == 201, made.text
    rate: Json = made.json()
    return rate


def billed(api: httpx.Client, account: str, **more: Any) -> Json:
    """The bill that an account gets on demand."""
    request = api.post(
        "customerBillOnDemand", json={"billingAccount": {"id": account}, **more}
    ).json()
    done = until(lambda: _closed(api.get(request["href"]).json()))
    assert done["state"] == "done", done
    bill: Json = api.get(done["customerBill"]["href"]).json()
    return bill


def _closed(request: Json) -> Json | None:
    return request if request["state"] != "inProgress" else None


def test_a_request_is_answered_at_once_and_done_in_two_seconds(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, appliedTax=[tax(2)])
    claims = {
        "state": "done",
        "customerBill": {"id": "x"},
        "statusReason": "y",
        "lastUpdate": "1999-01-01T00:00:00Z",
    }
    began = time.monotonic()
    answer = api.post("customerBillOnDemand", json={"billingAccount": {"id": account}, **claims})
    request = answer.json()
    assert (answer.status_code, request["state"]) == (201, "inProgress")
    assert not request.keys() & {"customerBill", "statusReason"}
    assert request["lastUpdate"] > "2026"
    done = until(lambda: _closed(api.get(request["href"]).json()))
    assert time.monotonic() - began < IN_TIME
    bill = api.get(done["customerBill"]["href"]).json()
    assert (bill["amountDue"], bill["taxItem"]) == (
        money(12),
        [tax(2) | {"taxableAmount": money(10)}],
    )
    lines = api.get("appliedCustomerBillingRate", params={"bill.id": bill["id"]}).json()
    assert [(line["isBilled"], line["bill"]["href"]) for line in lines] == [(True, bill["href"])]


def test_a_rejected_request_says_why_and_stays_rejected(api: httpx.Client, account: str) -> None:
    request = api.post("customerBillOnDemand", json={"billingAccount": {"id": account}}).json()
    rejected = until(lambda: _closed(api.get(request["href"]).json()))
    assert (rejected["state"], rejected["statusReason"]) == ("rejected", "there is nothing to bill")
    charge(api, account)
    answer = api.patch(request["href"], json={"state": "inProgress"})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert api.get(request["href"]).json()["state"] == "rejected"


def test_a_bill_links_to_the_document_that_its_customer_sees(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, 1234.5, name="Fibre <250>")
    bill = billed(api, account)
    (document,) = bill["billDocument"]
    assert document["url"] == f"{bill['href']}/document"
    assert document["name"] == f"{bill['billNo']}.pdf"
    pdf = api.get(document["url"])
    assert "size" not in document
    assert pdf.headers["content-length"] == str(len(pdf.content))
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    html = api.get(document["url"], headers={"Accept": "text/html"})
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    for text in ("1,234.50", "Fibre &lt;250&gt;", bill["billNo"]):
        assert text in html.text
    assert "default-src 'none'" in html.headers["content-security-policy"]


def test_a_document_has_a_version_of_its_own_in_each_form(api: httpx.Client, account: str) -> None:
    charge(api, account)
    bill = billed(api, account)
    url = f"{bill['href']}/document"
    first = api.get(url)
    tag = first.headers["ETag"]
    assert api.get(url).content == first.content
    known = {"If-None-Match": tag}
    assert api.get(url, headers=known).status_code == 304
    assert api.get(url, headers={**known, "Accept": "text/html"}).status_code == 200
    api.patch(bill["href"], json={"state": "sent"})
    assert api.get(url, headers=known).status_code == 200


def test_a_document_is_in_the_language_that_its_reader_likes_best(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, 1234.5)
    url = f"{billed(api, account)['href']}/document"

    def read(languages: str, accept: str = "text/html", **more: str) -> httpx.Response:
        headers = {"Accept": accept, "Accept-Language": languages, **more}
        return api.get(url, headers=headers)

    for wanted, language, said in (
        ("de-AT, en;q=0.5", "de-AT", "€ 1.234,50"),
        ("fi, fr-FR;q=0.5", "fr-FR", "1 234,50 €"),
        ("ja", "ja", "<h1>請求書</h1>"),
        ("fi", "en-GB", "<h1>Bill</h1>"),
        ("x" * 5000, "en-GB", "<h1>Bill</h1>"),
        (";;q=,,", "en-GB", "<h1>Bill</h1>"),
    ):
        answer = read(wanted)
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
        assert said in " ".join(answer.text.split())
        assert answer.headers["Vary"] == "Accept, Accept-Language"
    tags = {read(each, form).headers["ETag"] for each in ("de", "fr") for form in FORMS}
    assert len(tags) == 4
    known = read("de").headers["ETag"]
    unchanged = read("de", **{"If-None-Match": known})
    assert (unchanged.status_code, unchanged.headers["ETag"]) == (304, known)
    assert unchanged.headers["Vary"] == "Accept, Accept-Language"
    assert read("fr", **{"If-None-Match": known}).status_code == 200


def test_a_document_is_in_no_other_form(api: httpx.Client, account: str) -> None:
    charge(api, account)
    url = f"{billed(api, account)['href']}/document"
    for accept in ("image/png", "application/json;q=0", "application/*;q=0, text/plain"):
        assert api.get(url, headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/json", "application/pdf"),
        ("application/json, */*;q=0", "application/pdf"),
        ("application/problem+json, application/json;q=0.1", "application/pdf"),
        ("application/json, text/html;q=0.1", "text/html"),
        ("application/json, application/pdf;q=0.1", "application/pdf"),
    ],
)
def test_a_client_that_takes_json_alone_gets_the_pdf(
    api: httpx.Client, account: str, accept: str, media: str
) -> None:
    charge(api, account)
    url = f"{billed(api, account)['href']}/document"
    answer = api.get(url, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, media)
    assert answer.content.startswith(b"%PDF-" if media == "application/pdf" else b"<!")
    missing = api.get("customerBill/none/document", headers={"Accept": accept})
    assert (missing.status_code, missing.json()["@type"]) == (404, "Error")


def test_a_document_of_the_clients_own_stays(api: httpx.Client) -> None:
    own = [{"id": "d", "url": "https://bills.example/1.pdf"}]
    bill = api.post("customerBill", json={"billDocument": own}).json()
    assert bill["billDocument"] == own
    bare = api.post("customerBill", json={}).json()
    assert bare["billDocument"][0]["url"] == f"{bare['href']}/document"
    assert api.get(bare["billDocument"][0]["url"]).status_code == 200
    same = api.patch(bare["href"], json={"billDocument": bare["billDocument"]})
    assert (same.status_code, same.json()) == (200, bare)


def test_payments_settle_a_bill_and_a_returned_one_opens_it_again(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, 30.1)
    href = billed(api, account)["href"]

    def pay(*amounts: float, **more: Any) -> tuple[Any, Any]:
        payments = [{"appliedAmount": money(a), "payment": {"id": f"P-{a}"}} for a in amounts]
        bill = api.patch(href, json={"appliedPayment": payments, **more}).json()
        return bill["state"], bill["remainingAmount"]["value"]

    assert pay(10) == ("partiallyPaid", 20.1)
    assert pay(10, 20.1) == ("settled", 0)
    assert pay(10) == ("partiallyPaid", 20.1)
    assert pay() == ("sent", 30.1)
    assert pay(30.1, state="onHold") == ("onHold", 0)


def test_a_bill_follows_the_strict_lifecycle(api: httpx.Client, account: str) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    assert api.patch(href, json={"state": "sent"}).status_code == 200
    back = api.patch(href, json={"state": "new"})
    assert (back.status_code, back.json()["message"]) == (409, "state: sent can't become new")
    kept = api.delete(href)
    assert (kept.status_code, kept.json()["message"]) == (
        409,
        "state: a bill that is sent can't be deleted",
    )
    assert api.get(href).json()["state"] == "sent"


def test_no_rule_is_passed_by_holding(api: httpx.Client, account: str) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    assert api.patch(href, json={"state": "sent"}).status_code == 200
    held = api.patch(href, json={"state": "onHold", "holdReason": "disputed"}).json()
    assert (held["state"], held["stateBeforeHold"], held["holdReason"]) == (
        "onHold",
        "sent",
        "disputed",
    )
    kept = api.delete(href)
    assert (kept.status_code, kept.json()["message"]) == (
        409,
        "state: a bill that is sent can't be deleted",
    )
    for state in ("new", "validated", "partiallyPaid", "settled"):
        answer = api.patch(href, json={"state": state})
        assert (answer.status_code, answer.json()["message"]) == (
            409,
            f"state: onHold can't become {state}: it was sent before it was held",
        )
    again = api.patch(href, json={"state": "onHold"})
    assert (again.status_code, again.json()) == (200, held)
    released = api.patch(href, json={"state": "sent"}).json()
    assert released["state"] == "sent"
    assert not {"stateBeforeHold", "holdReason"} & released.keys()
    assert api.delete(href).status_code == 409


def test_what_is_paid_on_hold_is_where_a_bill_is_released_to(
    api: httpx.Client, account: str
) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    api.patch(href, json={"state": "onHold"})
    part = {"payment": {"id": "P-1"}, "appliedAmount": money(4)}
    rest = {"payment": {"id": "P-2"}, "appliedAmount": money(6)}
    for payments, state in (([part], "partiallyPaid"), ([part, rest], "settled")):
        paid = api.patch(href, json={"state": "onHold", "appliedPayment": payments}).json()
        assert (paid["state"], paid["stateBeforeHold"]) == ("onHold", state)
    assert api.patch(href, json={"state": "new"}).status_code == 409
    assert api.patch(href, json={"state": "settled"}).json()["state"] == "settled"


def test_a_held_bill_that_the_customer_has_not_is_deleted(api: httpx.Client, account: str) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    assert api.patch(href, json={"state": "onHold"}).json()["stateBeforeHold"] == "new"
    assert api.delete(href).status_code == 204


def test_a_bill_that_is_paid_and_called_new_is_kept(api: httpx.Client, account: str) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    payments = [{"payment": {"id": "P-1"}, "appliedAmount": money(10)}]
    paid = api.patch(href, json={"state": "new", "appliedPayment": payments}).json()
    assert (paid["state"], paid["remainingAmount"]["value"]) == ("new", 0)
    kept = api.delete(href)
    assert (kept.status_code, kept.json()["message"]) == (
        409,
        "appliedPayment: a bill with payments can't be deleted",
    )
    assert api.get(href).json()["appliedPayment"] == payments


@pytest.mark.parametrize("state", ["new", "sent", "settled"])
def test_a_bill_that_was_held_before_states_were_remembered_is_released(
    api: httpx.Client, state: str
) -> None:
    href = api.post("customerBill", json={"state": "onHold"}).json()["href"]
    assert api.patch(href, json={"state": state}).json()["state"] == state


def test_a_deleted_bill_frees_its_rates_for_another(api: httpx.Client, account: str) -> None:
    rate = charge(api, account)
    bill = billed(api, account)
    assert api.delete(bill["href"]).status_code == 204
    assert api.get(rate["href"]).json() == rate
    again = billed(api, account)
    assert again["billNo"] > bill["billNo"]


def test_a_bill_whose_rate_has_no_account_to_go_back_to_is_kept(api: httpx.Client) -> None:
    bill = api.post("customerBill", json={}).json()
    rate = api.post(
        "appliedCustomerBillingRate", json={"isBilled": True, "bill": {"id": bill["id"]}}
    ).json()
    answer = api.delete(bill["href"])
    assert (answer.status_code, rate["id"] in answer.json()["message"]) == (409, True)
    assert api.get(bill["href"]).status_code == 200


@pytest.mark.parametrize(
    "patch",
    [
        {"taxExcludedAmount": {"value": 11}},
        {"taxIncludedAmount": money(12)},
        {"appliedTax": [tax(2)]},
        {"isBilled": False},
        {"bill": {"id": "another"}},
    ],
    ids=lambda patch: next(iter(patch)),
)
def test_a_billed_rate_keeps_what_its_bill_was_made_of(
    api: httpx.Client, account: str, patch: Json
) -> None:
    rate = charge(api, account)
    billed(api, account)
    answer = api.patch(rate["href"], json=patch)
    assert answer.status_code == 409
    assert api.get(rate["href"]).json()["taxExcludedAmount"] == money(10)
    assert api.patch(rate["href"], json={"description": "seen"}).status_code == 200
    gone = api.delete(rate["href"])
    assert (gone.status_code, gone.json()["message"].split(":")[0]) == (409, "isBilled")


def test_a_cycle_of_the_past_runs_at_once_and_tells_how_it_went(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, date="2025-12-31T12:00:00Z", type=account)
    charge(api, account + "-odd", taxExcludedAmount={"value": 1}, type=account)
    specification = api.post(
        "billCycleSpecification",
        json={
            "name": "Monthly",
            "frequency": "monthly",
            "rateFilter": f"type={account}",
            "billingDateShift": 1,
            "paymentDueDateOffset": 20,
        },
    ).json()
    cycle = api.post(
        "billCycle",
        json={"billingPeriod": "2026-01", "billCycleSpecification": {"id": specification["id"]}},
    ).json()
    assert cycle["billingDate"] == "2026-01-01T23:00:00Z"
    assert cycle["paymentDueDate"] == "2026-01-20T23:00:00Z"
    assert cycle["runState"] == "planned"
    run = until(lambda: _finished(api.get(cycle["href"]).json()))
    assert (run["accountsTotal"], run["accountsBilled"], run["accountsFailed"]) == (2, 1, 1)
    query = {"billCycle.id": cycle["id"], "state": "failed"}
    (failure,) = api.get("billCycleAccount", params=query).json()
    assert failure["billingAccount"]["id"] == account + "-odd"
    assert "unit" in failure["statusReason"]
    assert api.get(failure["href"]).json() == failure
    (bill,) = api.get("customerBill", params={"billCycle.id": cycle["id"]}).json()
    assert (bill["billDate"], bill["nextBillDate"]) == (
        cycle["billingDate"],
        "2026-02-01T23:00:00Z",
    )
    assert bill["billCycle"]["href"] == cycle["href"]
    assert api.patch(cycle["href"], json={"chargeDate": "2026-02-02T00:00:00Z"}).status_code == 409
    assert api.patch(cycle["href"], json={"accountsBilled": 7}).status_code == 400
    assert api.delete(cycle["href"]).status_code == 204
    assert api.get("billCycleAccount", params={"billCycle.id": cycle["id"]}).json() == []


def _finished(cycle: Json) -> Json | None:
    return cycle if cycle["runState"] == "finished" else None


def test_a_cycle_of_the_future_waits_and_can_be_put_forward(api: httpx.Client) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    past = "2000-01-01T00:00:00Z"
    body = {"billingDate": tomorrow, "chargeDate": past, "creditDate": past, "accountsTotal": 9}
    cycle = api.post("billCycle", json=body).json()
    assert "accountsTotal" not in cycle
    time.sleep(0.5)  # several rounds of the worker, which must do nothing
    assert api.get(cycle["href"]).json()["runState"] == "planned"
    api.patch(cycle["href"], json={"billingDate": past})
    assert until(lambda: _finished(api.get(cycle["href"]).json()))


def test_a_cycle_that_was_run_elsewhere_does_not_run_here(api: httpx.Client, account: str) -> None:
    rate = charge(api, account)
    cycle = api.post(
        "billCycle",
        json={
            "billingDate": "2025-01-01T00:00:00Z",
            "runState": "finished",
            "accountsTotal": 7,
            "startedAt": "2025-01-01T00:00:00Z",
        },
    ).json()
    assert (cycle["accountsTotal"], cycle["startedAt"]) == (7, "2025-01-01T00:00:00Z")
    time.sleep(0.5)  # several rounds of the worker, which must do nothing
    assert api.get(cycle["href"]).json() == cycle
    assert not api.get(rate["href"]).json()["isBilled"]


@pytest.mark.parametrize(
    "text", ["taxExcludedAmount.value.gt=x", "sort", "date=yesterday", "typ=x", "type=x&limit=5"]
)
def test_a_filter_that_cant_be_read_is_refused_by_name(api: httpx.Client, text: str) -> None:
    answer = api.post("billCycleSpecification", json={"name": "x", "rateFilter": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("rateFilter: ")


def test_deleting_a_request_leaves_no_work_behind(api: httpx.Client, account: str) -> None:
    charge(api, account)
    request = api.post("customerBillOnDemand", json={"billingAccount": {"id": account}}).json()
    assert api.delete(request["href"]).status_code == 204
    assert api.get(request["href"]).status_code == 404


def test_a_cycle_without_its_specification_is_not_planned(api: httpx.Client) -> None:
    body = {"billingPeriod": "2026-01", "billCycleSpecification": {"id": "nosuch"}}
    answer = api.post("billCycle", json=body)
    assert (answer.status_code, "nosuch" in answer.json()["message"]) == (409, True)
    assert api.post("billCycle", json={**body, "runState": "finished"}).status_code == 201


def test_a_specification_stays_while_a_cycle_is_to_be_run_by_it(api: httpx.Client) -> None:
    specification = api.post("billCycleSpecification", json={"name": "Yearly"}).json()
    cycle = api.post(
        "billCycle", json={"billCycleSpecification": {"id": specification["id"]}}
    ).json()
    answer = api.delete(specification["href"])
    assert (answer.status_code, cycle["id"] in answer.json()["message"]) == (409, True)
    api.delete(cycle["href"])
    assert api.delete(specification["href"]).status_code == 204


def test_what_a_bill_adds_up_to_stays_in_one_currency_and_adds_up(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, 30)
    href = billed(api, account)["href"]
    for name in ("remainingAmount", "amountDue"):
        answer = api.patch(href, json={name: {"unit": "JPY"}})
        assert (answer.status_code, "JPY" in answer.json()["message"]) == (409, True)
    api.patch(href, json={"appliedPayment": [{"appliedAmount": money(10)}]})
    changed = api.patch(href, json={"amountDue": {"value": 50}}).json()
    assert changed["remainingAmount"] == money(40)


def test_a_state_can_be_changed_and_not_removed(api: httpx.Client, account: str) -> None:
    charge(api, account)
    href = billed(api, account)["href"]
    headers = {"Content-Type": "application/json-patch+json"}
    answer = api.patch(href, content=b'[{"op":"remove","path":"/state"}]', headers=headers)
    assert (answer.status_code, answer.json()["message"].split(":")[0]) == (409, "state")


def test_links_can_be_selected_alone(api: httpx.Client, account: str) -> None:
    charge(api, account)
    bill = billed(api, account)
    shown = api.get(bill["href"], params={"fields": "billDocument.url"}).json()
    assert shown["billDocument"] == [{"id": bill["id"], "url": f"{bill['href']}/document"}]


def test_payments_against_a_bills_sign_pay_nothing_and_none_leaves_what_no_amount_holds(
    api: httpx.Client, account: str
) -> None:
    charge(api, account, 10)
    href = billed(api, account)["href"]
    assert api.patch(href, json={"state": "sent"}).status_code == 200

    def pay(*amounts: float) -> httpx.Response:
        return api.patch(
            href, json={"appliedPayment": [{"appliedAmount": money(a)} for a in amounts]}
        )

    bill = pay(-5).json()
    assert (bill["state"], bill["remainingAmount"]) == ("sent", money(15))
    refused = pay(9_999_999_999_999, 9_999_999_999_999)
    assert (refused.status_code, refused.json()["message"].split(":")[0]) == (409, "appliedPayment")
    assert api.get(href).json() == bill, "nothing is half done"
    assert pay(10).json()["state"] == "settled"


def test_what_a_bill_counts_is_what_its_document_prints(api: httpx.Client, account: str) -> None:
    price = {"taxIncludedAmount": money(9.99), "appliedTax": [tax(1.665)]}
    body = {"billingAccount": {"id": account}, "date": "2026-01-05T12:00:00Z"}
    party = {"id": "C", "name": "Ada Brookfen", "role": "customer"}
    assert api.post("appliedCustomerBillingRate", json=body | price | {"name": "Pass"}).is_success
    charge(api, account, 0.0037, name="Data", relatedParty=[party])
    charge(api, account, 10, name="Goodwill", type="Rebate")
    bill = billed(api, account)
    assert (bill["taxExcludedAmount"], bill["amountDue"]) == (money(-1.68), money(-0.01))
    for accept, read in (("text/html", None), ("application/pdf", pages)):
        document = api.get(f"{bill['href']}/document", headers={"Accept": accept})
        text = " ".join(read(document.content)) if read else Page(document.content).text
        for expected in (
            "Ada Brookfen",
            "8.325",
            "9.99",
            "0.0037",
            "-10.00",
            "Rounding",
            "-0.0087",
        ):
            assert expected in text, accept


def test_what_a_finished_run_left_is_billed_by_a_retry(api: httpx.Client, account: str) -> None:
    rate = charge(api, account, taxExcludedAmount={"value": 1}, type=account)
    specification = {"name": "x", "frequency": "monthly", "rateFilter": f"type={account}"}
    kept = api.post("billCycleSpecification", json=specification).json()
    cycle = api.post(
        "billCycle",
        json={"billingPeriod": "2026-01", "billCycleSpecification": {"id": kept["id"]}},
    ).json()
    run = until(lambda: _finished(api.get(cycle["href"]).json()))
    assert (run["accountsBilled"], run["accountsFailed"]) == (0, 1)
    api.patch(rate["href"], json={"taxExcludedAmount": money(1)})
    again = api.post(f"{cycle['href']}/retry")
    assert (again.status_code, again.json()["runState"]) == (200, "running")
    assert again.headers["ETag"]
    run = until(lambda: _finished(api.get(cycle["href"]).json()))
    assert (run["accountsBilled"], run["accountsFailed"]) == (1, 0)
    (bill,) = api.get("customerBill", params={"billCycle.id": cycle["id"]}).json()
    assert (bill["amountDue"], bill["billDate"] > "2026-11") == (money(1), True)
    assert bill["billingPeriod"]["endDateTime"] == "2026-01-31T23:00:00Z"
