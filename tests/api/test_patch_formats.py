"""The four patch formats over HTTP: the same change, the same refusals, all or nothing."""

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

ACCOUNT = {"id": "A-1001", "name": "Household account"}
BILL: dict[str, Any] = {
    "billNo": "00123",
    "state": "new",
    "billDate": "2026-10-01T00:00:00Z",
    "billingAccount": ACCOUNT,
    "relatedParty": [
        {"id": "C-1", "role": "payer", "@referredType": "Individual"},
        {"id": "S-1", "role": "seller", "@referredType": "Organization"},
    ],
    "taxItem": [{"taxCategory": "VAT", "taxRate": 19}],
    "amountDue": {"unit": "EUR", "value": 49},
}
RATE: dict[str, Any] = {"billingAccount": ACCOUNT, "name": "Fibre 250", "x-tags": ["a", "b"]}
JSON = "application/json"
MERGE = "application/merge-patch+json"
PATCH = "application/json-patch+json"
QUERY = "application/json-patch-query+json"
FORMATS = [JSON, MERGE, PATCH, QUERY]


@pytest.fixture
def bill(api: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = api.post("customerBill", json=BILL).json()
    return made


@pytest.fixture
def rate(api: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = api.post("appliedCustomerBillingRate", json=RATE).json()
    return made


def send(api: httpx.Client, made: dict[str, Any], media_type: str, body: Any) -> httpx.Response:
    headers = {"Content-Type": media_type}
    return api.patch(made["href"], content=orjson.dumps(body), headers=headers)


def op(op: str, path: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **({"value": value[0]} if value else {}), **more}


def refused(
    api: httpx.Client, made: dict[str, Any], answer: httpx.Response, status: int, code: str
) -> str:
    """The answer is this error, and the resource is as it was; what the error says."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    now = api.get(made["href"])
    assert (now.json(), now.headers["ETag"]) == (made, '"1"')
    message: str = answer.json()["message"]
    return message


SAME: dict[str, Any] = {
    JSON: {"state": "onHold", "amountDue": {"value": 0}, "billNo": None},
    MERGE: {"state": "onHold", "amountDue": {"value": 0}, "billNo": None},
    PATCH: [
        op("test", "/state", "new"),
        op("replace", "/state", "onHold"),
        op("add", "/amountDue/value", 0),
        op("remove", "/billNo"),
    ],
    QUERY: [
        op("replace", "/state?state=new", "onHold"),
        op("replace", "$.amountDue.value", 0),
        op("remove", "/billNo?billNo=00123&amountDue.value=0"),
    ],
}


@pytest.mark.parametrize("media_type", FORMATS)
def test_patch_200_makes_the_same_of_a_bill_in_every_format(
    api: httpx.Client, bill: dict[str, Any], media_type: str
) -> None:
    answer = send(api, bill, media_type, SAME[media_type])
    assert answer.status_code == 200, answer.text
    wanted = bill | {"state": "onHold", "amountDue": {"unit": "EUR", "value": 0}}
    wanted["stateBeforeHold"] = "new"
    del wanted["billNo"]
    changed = answer.json()
    assert changed | {"lastUpdate": 0} == wanted | {"lastUpdate": 0}
    assert changed["lastUpdate"] >= bill["lastUpdate"]
    assert answer.headers["ETag"] == '"2"'
    assert api.get(bill["href"]).json() == changed


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", ";charset=UTF-8"])
@pytest.mark.parametrize("media_type", FORMATS)
def test_patch_200_whatever_is_said_of_utf_8(
    api: httpx.Client, bill: dict[str, Any], media_type: str, charset: str
) -> None:
    answer = send(api, bill, media_type.upper() + charset, SAME[media_type])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "path",
    ["/state?state=new", "/state?state=new&billingAccount.id=A-1001", "/state?state=sent,new"],
)
@pytest.mark.parametrize("listed", [True, False])
def test_patch_query_200_where_its_guard_holds_in_a_list_or_alone(
    api: httpx.Client, bill: dict[str, Any], path: str, listed: bool
) -> None:
    operation = op("replace", path, "validated")
    answer = send(api, bill, QUERY, [operation] if listed else operation)
    assert (answer.status_code, answer.json()["state"]) == (200, "validated")
    again = send(api, bill, QUERY, operation)
    assert (again.status_code, again.json()["code"]) == (409, "409")
    assert again.json()["attribute"] == "path"


def test_patch_200_selects_elements_of_a_list(api: httpx.Client, bill: dict[str, Any]) -> None:
    for number, path in enumerate(
        ["/relatedParty/name?relatedParty.role=payer", "relatedParty[?(@.role=='payer')].name"]
    ):
        name = f"Ann {number}"
        found = send(api, bill, QUERY, op("add", path, name)).json()["relatedParty"]
        assert [party.get("name") for party in found] == [name, None]
    left = send(api, bill, QUERY, op("remove", "/relatedParty?relatedParty.id=S-1")).json()
    assert [party["id"] for party in left["relatedParty"]] == ["C-1"]
    more = send(api, bill, PATCH, [op("add", "/relatedParty/-", BILL["relatedParty"][1])]).json()
    assert [party["id"] for party in more["relatedParty"]] == ["C-1", "S-1"]


def test_patch_200_changes_extension_attributes(api: httpx.Client, rate: dict[str, Any]) -> None:
    patch = [
        op("add", "/x-tags/1", "c"),
        op("copy", "/x-first", **{"from": "/x-tags/0"}),
        op("move", "/x~1y", **{"from": "/name"}),
        op("test", "/x-tags", ["a", "c", "b"]),
        op("add", "/x-deep", {"$set": {"a.b": 1}, "": None}),
    ]
    changed = send(api, rate, PATCH, patch).json()
    wanted = rate | {"x-tags": ["a", "c", "b"], "x-first": "a", "x/y": "Fibre 250"}
    del wanted["name"]
    assert changed == wanted | {"x-deep": {"$set": {"a.b": 1}, "": None}}
    assert api.get(rate["href"]).json() == changed


@pytest.mark.parametrize(("value", "version"), [(1.0, 1), (True, 2), ("1", 2), (None, 2)])
def test_a_patch_is_a_change_where_json_tells_the_difference(
    api: httpx.Client, value: Any, version: int
) -> None:
    made = api.post("appliedCustomerBillingRate", json=RATE | {"x": 1}).json()
    answer = send(api, made, PATCH, [op("replace", "/x", value)])
    assert answer.headers["ETag"] == f'"{version}"'
    assert api.get(made["href"]).json()["x"] == value


PAYMENT = {"payment": {"id": "P-1"}, "appliedAmount": {"unit": "EUR", "value": 9}}


@pytest.mark.parametrize(
    ("media_type", "path"),
    [
        (PATCH, "/appliedPayment/-"),
        (PATCH, "/appliedPayment/0"),
        (QUERY, "/appliedPayment/-"),
        (QUERY, "/appliedPayment"),
    ],
)
def test_the_first_payment_is_appended_to_a_list_that_is_not_there(
    api: httpx.Client, bill: dict[str, Any], media_type: str, path: str
) -> None:
    answer = send(api, bill, media_type, [op("add", path, PAYMENT)])
    assert answer.status_code == 200, answer.text
    assert answer.json()["appliedPayment"] == [PAYMENT]


def test_patch_query_200_reads_indexes_as_json_patch_does(
    api: httpx.Client, bill: dict[str, Any]
) -> None:
    party = {"id": "C-2", "role": "payer"}
    first, second = BILL["relatedParty"]
    appended = send(api, bill, QUERY, op("add", "/relatedParty/-", party)).json()
    assert appended["relatedParty"] == [first, second, party]
    inserted = send(api, bill, QUERY, op("add", "/relatedParty/0", party)).json()
    assert inserted["relatedParty"] == [party, first, second, party]


def test_patch_400_for_a_patch_that_does_too_much_in_the_time_of_one_that_may_be(
    api: httpx.Client,
) -> None:
    parties = [{"id": f"C-{n}", "role": "payer"} for n in range(900)]
    large = api.post("customerBill", json=BILL | {"relatedParty": parties}).json()
    patch = [op("add", "relatedParty[?(@.id!='z')].v", 1)]
    message = refused(api, large, send(api, large, QUERY, patch * 100), 400, "22")
    assert message.endswith(": the patch changes, compares and copies too much")
    changed = send(api, large, QUERY, patch).json()["relatedParty"]
    assert [party["v"] for party in changed] == [1] * 900


# ---------------------------------------------------------------- what does not fit what is stored

CONFLICTS: dict[str, tuple[str, Any]] = {
    "a failed test": (PATCH, [op("test", "/state", "sent"), op("replace", "/state", "onHold")]),
    "a test of another type": (PATCH, [op("test", "/taxItem/0/taxRate", "19")]),
    "a test of nothing": (PATCH, [op("test", "/nosuch", None)]),
    "a missing member": (PATCH, [op("replace", "/paymentMethod", {"id": "1"})]),
    "a missing member to remove": (PATCH, [op("remove", "/paymentMethod")]),
    "a missing element": (PATCH, [op("remove", "/relatedParty/2")]),
    "no parent": (PATCH, [op("add", "/paymentMethod/name", "x")]),
    "a place past the end": (PATCH, [op("add", "/relatedParty/3", {"id": "1"})]),
    "a bad index": (PATCH, [op("remove", "/relatedParty/01")]),
    "a missing source": (PATCH, [op("copy", "/state", **{"from": "/nosuch"})]),
    "a move into itself": (PATCH, [op("move", "/amountDue/value", **{"from": "/amountDue"})]),
    "a guard": (QUERY, [op("replace", "/state?state=sent", "onHold")]),
    "a query without a match": (QUERY, [op("remove", "/relatedParty?relatedParty.id=nosuch")]),
    "a query of something missing": (QUERY, op("replace", "/paymentMethod", {"id": "1"})),
    "a failed test of what is selected": (QUERY, op("test", "relatedParty[*].role", "payer")),
    "the second operation": (
        PATCH,
        [op("replace", "/state", "onHold"), op("test", "/state", "new")],
    ),
    "the second operation, selected": (
        QUERY,
        [op("replace", "/state", "onHold"), op("remove", "/billNo?state=new")],
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_patch_409_leaves_all_as_it_is(api: httpx.Client, bill: dict[str, Any], case: str) -> None:
    refused(api, bill, send(api, bill, *CONFLICTS[case]), 409, "409")


# ---------------------------------------------------------------- what may not be patched

UNPATCHABLE: dict[str, Callable[[str, Any], Any]] = {
    JSON: lambda name, value: {"state": "onHold", name: value},
    MERGE: lambda name, value: {"state": "onHold", name: value},
    QUERY: lambda name, value: [op("replace", "/state", "onHold"), op("add", f"/{name}", value)],
}


@pytest.mark.parametrize("media_type", UNPATCHABLE)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "other"),
        ("href", "http://elsewhere/"),
        ("billDate", "2026-10-02T00:00:00Z"),
        ("taxItem", []),
        ("lastUpdate", "2026-10-02T00:00:00Z"),
        ("stateBeforeHold", "validated"),
        ("x-extension", 1),
    ],
)
def test_patch_400_names_what_can_not_be_patched(
    api: httpx.Client, bill: dict[str, Any], media_type: str, name: str, value: Any
) -> None:
    answer = send(api, bill, media_type, UNPATCHABLE[media_type](name, value))
    assert refused(api, bill, answer, 400, "24").startswith(f"{name}: ")


@pytest.mark.parametrize(
    "patch",
    [
        [op("replace", "/state", "onHold"), op("replace", "/billDate", "2026-10-02T00:00:00Z")],
        [op("remove", "/taxItem")],
        [op("move", "/state", **{"from": "/taxItem"})],
        [op("copy", "/billingAccount", **{"from": "/relatedParty/0"})],
        [op("replace", "", {})],
    ],
)
def test_json_patch_400_for_a_path_to_what_can_not_be_patched(
    api: httpx.Client, bill: dict[str, Any], patch: Any
) -> None:
    refused(api, bill, send(api, bill, PATCH, patch), 400, "24")


def test_patch_200_may_repeat_what_can_not_be_patched(
    api: httpx.Client, bill: dict[str, Any]
) -> None:
    assert send(api, bill, MERGE, bill).headers["ETag"] == '"1"'
    tests = [op("test", "/billDate", bill["billDate"]), op("test", "/href", bill["href"])]
    assert send(api, bill, PATCH, tests).headers["ETag"] == '"1"'
    assert send(api, bill, QUERY, op("add", "/billDate", bill["billDate"])).json() == bill


@pytest.mark.parametrize("attribute", ["id", "href"])
def test_json_patch_400_moves_no_rate_away(
    api: httpx.Client, rate: dict[str, Any], attribute: str
) -> None:
    for patch in (
        [op("remove", f"/{attribute}")],
        [op("replace", f"/{attribute}", "other")],
        [op("move", "/x", **{"from": f"/{attribute}"})],
    ):
        message = refused(api, rate, send(api, rate, PATCH, patch), 400, "24")
        assert message.startswith(f"{attribute}: ")


# ---------------------------------------------------------------- the result as a whole

INVALID: dict[str, tuple[str, Any, int]] = {
    "an unknown state": (MERGE, {"state": "paid"}, 400),
    "an unknown state by operation": (PATCH, [op("replace", "/state", "paid")], 409),
    "an unknown state by query": (QUERY, op("replace", "/state?state=new", "paid"), 409),
    "another type": (PATCH, [op("replace", "/amountDue/value", "49")], 409),
    "an object for a list": (QUERY, op("replace", "/relatedParty", {}), 409),
    "a party without an id": (PATCH, [op("remove", "/relatedParty/0/id")], 409),
    "a text copied over an amount": (PATCH, [op("copy", "/amountDue", **{"from": "/state"})], 409),
    "an amount too large": (QUERY, op("replace", "amountDue.value", 1e13), 409),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_a_patch_leaves_must_be_a_bill(
    api: httpx.Client, bill: dict[str, Any], case: str
) -> None:
    media_type, patch, status = INVALID[case]
    answer = send(api, bill, media_type, patch)
    refused(api, bill, answer, status, "24" if status == 400 else "409")


def test_json_patch_409_marks_nothing_billed_without_its_bill(
    api: httpx.Client, rate: dict[str, Any]
) -> None:
    billed = op("replace", "/isBilled", True)
    refused(api, rate, send(api, rate, PATCH, [billed]), 409, "409")
    both = [billed, op("add", "/bill", {"id": "B-1"})]
    assert send(api, rate, PATCH, both).json()["bill"]["id"] == "B-1"


# ---------------------------------------------------------------- what is no patch

MALFORMED: dict[str, tuple[str, Any]] = {
    "an object for a list": (PATCH, op("replace", "/state", "onHold")),
    "an unknown operation": (PATCH, [op("increment", "/amountDue/value", 1)]),
    "no path": (PATCH, [{"op": "remove"}]),
    "no value": (PATCH, [op("add", "/state")]),
    "no source": (PATCH, [op("copy", "/state")]),
    "a text": (PATCH, "replace"),
    "101 operations": (PATCH, [op("test", "/state", "new")] * 101),
    "no value to select with": (QUERY, op("add", "/state")),
    "an operation that queries can't be": (QUERY, op("move", "/state", **{"from": "/billNo"})),
    "no JSONPath": (QUERY, op("remove", "relatedParty[?(@.role==)]")),
    "a filter without a value": (QUERY, op("remove", "/relatedParty?relatedParty.role=")),
    "101 operations that query": (QUERY, [op("test", "/state", "new")] * 101),
    "a list for an object": (MERGE, [{"state": "onHold"}]),
    "a list for plain JSON": (JSON, [op("replace", "/state", "onHold")]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_patch_400_for_what_is_no_patch_of_its_kind(
    api: httpx.Client, bill: dict[str, Any], case: str
) -> None:
    answer = send(api, bill, *MALFORMED[case])
    assert answer.json()["code"] in ("22", "23", "24", "28")
    refused(api, bill, answer, 400, answer.json()["code"])


@pytest.mark.parametrize("media_type", [PATCH, QUERY])
@pytest.mark.parametrize("more", [{}, {"value": "sent"}, {"from": "/billNo"}])
def test_patch_400_names_the_operation_that_there_is_not(
    api: httpx.Client, bill: dict[str, Any], media_type: str, more: dict[str, Any]
) -> None:
    answer = send(api, bill, media_type, [op("Replace", "/state", **more)])
    message = refused(api, bill, answer, 400, "24")
    assert message.startswith("[0].op: must be one of ")
    assert "replace" in message


def test_patch_415_reads_no_other_format(api: httpx.Client, bill: dict[str, Any]) -> None:
    for media_type in ("text/plain", "application/xml", "application/json-patch"):
        refused(api, bill, send(api, bill, media_type, {"state": "onHold"}), 415, "415")


@pytest.mark.parametrize("media_type", [PATCH, QUERY])
def test_a_hundred_operations_are_one_change(
    api: httpx.Client, rate: dict[str, Any], media_type: str
) -> None:
    path = "/x-tags/-" if media_type == PATCH else "/x-tags"
    answer = send(api, rate, media_type, [op("add", path, "c")] * 100)
    assert answer.headers["ETag"] == '"2"'
    assert answer.json()["x-tags"] == ["a", "b", *["c"] * 100]


def test_a_copy_bomb_is_refused(api: httpx.Client, rate: dict[str, Any]) -> None:
    double = op("copy", "/x-tags/-", **{"from": "/x-tags"})
    answer = send(api, rate, PATCH, [double] * 100)
    assert answer.status_code in (400, 409)
    refused(api, rate, answer, answer.status_code, answer.json()["code"])
