"""JSON Patch with queries (TMF630 Part 5): both generations of the path, and guards."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generated import schemas
from impl.errors import ApiError, BodyInvalid, Conflict, FieldMissing, Postponed
from impl.patch.budget import MAX_OPERATIONS, MAX_WORK, Budget
from impl.patch.selection import MAX_LENGTH, patched
from impl.query import attributes
from tests.unit.patch.documents import documents, exactly, kept, steady, values

BILL = attributes.of(schemas.CustomerBill)
RATE = attributes.of(schemas.AppliedCustomerBillingRate)
STORED: dict[str, Any] = {
    "id": "B-1",
    "href": "http://localhost/customerBill/B-1",
    "state": "new",
    "billDate": "2026-10-01T12:00:00Z",
    "billingAccount": {"id": "A-1", "name": "Household"},
    "billingPeriod": {"startDateTime": "2026-09-01T00:00:00Z"},
    "taxItem": [
        {"taxCategory": "VAT", "taxRate": 19, "taxAmount": {"unit": "EUR", "value": 1.5}},
        {"taxCategory": "city", "taxRate": 2, "taxAmount": {"unit": "EUR", "value": 0.2}},
        {"taxCategory": "VAT", "taxRate": 7},
    ],
    "x-notes": [{"author": "Ann", "text": "a"}, {"author": "Bob", "text": "b"}],
    "x-tags": ["paper", "late"],
}


def after(op: str, path: str, value: Any = None) -> dict[str, Any]:
    """What the operation makes of the stored bill."""
    operation = {"op": op, "path": path} | ({} if op == "remove" else {"value": value})
    before = kept(STORED)
    result: dict[str, Any] = patched(STORED, [operation], BILL, UTC)
    assert before == STORED
    return result


RATES = {
    "/taxItem/taxRate?taxItem.taxCategory=city": [19, 3, 7],
    "/taxItem/taxRate?taxItem.taxCategory=VAT": [3, 2, 3],
    "/taxItem/taxRate?taxItem.taxCategory=VAT&taxItem.taxRate.gt=10": [3, 2, 7],
    "/taxItem/taxRate?taxItem.taxRate=2;taxItem.taxRate=7": [19, 3, 3],
    "/taxItem/taxRate?taxItem.taxRate=2,7": [19, 3, 3],
    "/taxItem/taxRate?taxItem.taxCategory=VAT&taxItem.taxRate=7;taxItem.taxCategory=city": [
        19,
        3,
        3,
    ],
    "/taxItem/taxRate?taxItem.taxAmount.value=1.5": [3, 2, 7],
    "/taxItem/taxRate?taxItem.taxAmount.value%3E1": [3, 2, 7],
    "/taxItem/taxRate?state=new": [3, 3, 3],
    "/taxItem/taxRate": [3, 3, 3],
    "/taxItem/taxRate?state=new&taxItem.taxCategory.ne=VAT": [19, 3, 7],
    "taxItem[?(@.taxCategory=='city')].taxRate": [19, 3, 7],
    "$.taxItem[?(@.taxCategory=='VAT' && @.taxRate<10)].taxRate": [19, 2, 3],
    "$.taxItem[?(!@.taxAmount)]['taxRate']": [19, 2, 3],
    "taxItem[*].taxRate": [3, 3, 3],
    "taxItem[?(@.taxAmount.unit=='EUR' || @.taxRate==7)].taxRate": [3, 3, 3],
}


@pytest.mark.parametrize("path", RATES)
def test_what_the_path_selects_is_replaced_and_nothing_else(path: str) -> None:
    found = after("replace", path, 3)
    assert [item["taxRate"] for item in found["taxItem"]] == RATES[path]
    assert found | {"taxItem": 0} == STORED | {"taxItem": 0}


@pytest.mark.parametrize(
    "path",
    [
        "/taxItem?taxItem.taxCategory=VAT",
        "taxItem[?(@.taxCategory=='VAT')]",
        "$.taxItem[?(@.taxRate!=2)]",
    ],
)
def test_all_elements_that_are_selected_are_removed(path: str) -> None:
    assert after("remove", path)["taxItem"] == [STORED["taxItem"][1]]


@pytest.mark.parametrize(
    "path",
    [
        "/x-notes/text?x-notes.author=Bob",
        "x-notes[?(@.author=='Bob')].text",
        "/x-notes/text?x-notes.author.regex=^B",
    ],
)
def test_elements_of_an_extension_are_selected_too(path: str) -> None:
    texts = [note["text"] for note in after("replace", path, "c")["x-notes"]]
    assert texts == ["a", "c"]


@pytest.mark.parametrize("path", ["/relatedParty", "relatedParty"])
def test_a_value_is_added_where_there_is_none(path: str) -> None:
    assert after("add", path, [{"id": "C-1"}])["relatedParty"] == [{"id": "C-1"}]


@pytest.mark.parametrize("path", ["/taxItem", "$.taxItem"])
def test_a_single_value_is_added_at_the_end_of_a_list(path: str) -> None:
    found = after("add", path, {"taxRate": 1})
    assert found["taxItem"] == [*STORED["taxItem"], {"taxRate": 1}]
    assert after("add", path, [])["taxItem"] == []


def test_a_member_is_added_to_each_selected_element() -> None:
    found = after("add", "/taxItem/x-checked?taxItem.taxCategory=VAT", True)
    assert [item.get("x-checked") for item in found["taxItem"]] == [True, None, True]


GUARDS = [
    "/state?state=new",
    "/state?state=new,sent",
    "/state?state=sent;state=new",
    "/state?state=sent;billingAccount.id=A-1",
    "/state?state=new&billingAccount.id=A-1",
    "/state?id=B-1",
    "/state?href=http://elsewhere/customerBill/B-1",
    "/state?billDate=2026-10-01",
    "/state?billDate=2026-10-01T14:00:00%2B02:00",
    "/state?billDate.gt=2026-09-30",
    "/state?billingPeriod.startDateTime.lt=2026-09-01T00:00:00.001Z",
    "/state?taxItem.taxCategory=VAT&taxItem.taxRate=7",
    "/state?x-tags=late",
    "/state?x-notes.author=Ann",
    "/state?billDate.gte=2026-10-01T12:00:00Z&billDate.lte=2026-10-01T12:00:00Z",
]
REFUSALS = [
    "/state?state=sent",
    "/state?state=new&billingAccount.id=A-2",
    "/state?state=sent;billingAccount.id=A-2",
    "/state?billDate=2026-10-02",
    "/state?billDate.gt=2026-10-01T14:00:00%2B02:00",
    "/state?taxItem.taxCategory=city&taxItem.taxRate=7",
    "/state?nosuch=1",
    "/state?billNo=1",
    "/nosuch/state",
    "nosuch[?(@.a==1)].b",
    "/taxItem/taxRate?taxItem.taxCategory=nosuch",
    "state[?(@.a==1)]",
]


@pytest.mark.parametrize("path", GUARDS)
def test_a_guard_that_holds_lets_the_operation_through(path: str) -> None:
    assert after("replace", path, "sent") == STORED | {"state": "sent"}


@pytest.mark.parametrize("op", ["add", "replace", "test"])
def test_an_operation_without_the_value_that_it_needs_is_refused_wherever_it_leads(op: str) -> None:
    for path in ("/state", "/state?state=nosuch"):
        with pytest.raises(FieldMissing, match=r"^\[0\]\.value: is needed$"):
            patched(STORED, [{"op": op, "path": path}], BILL, UTC)


@pytest.mark.parametrize("path", REFUSALS)
def test_where_nothing_is_selected_the_patch_conflicts(path: str) -> None:
    with pytest.raises(Conflict, match=r"^\[0\]\.path: .* selects nothing in the stored resource$"):
        after("replace", path, "sent")


@pytest.mark.parametrize(
    "path",
    [
        "/state?billDate=yesterday",
        "/state?state=",
        "/state?state.regex=(a+)%2B$",
        "/taxItem/taxRate?taxItem.taxRate=high",
        "/~2",
        "$.taxItem[?(@.taxRate==)]",
        "$.taxItem[?(@.taxRate==7]",
        "$.",
        "$..taxRate",
        "$.taxItem[0].taxRate",
        "$[?(@.state=='new')].state",
        "/taxItem/taxRate?state=new;taxItem.taxRate=7",
        "/" + "x" * MAX_LENGTH,
    ],
)
def test_a_path_that_can_not_be_read_is_refused(path: str) -> None:
    with pytest.raises(BodyInvalid, match=r"path|Pointer"):
        after("replace", path, "sent")


@pytest.mark.parametrize("op", ["remove", "replace"])
def test_what_is_not_there_can_not_be_changed(op: str) -> None:
    with pytest.raises(Conflict):
        after(op, "/billNo", "1")


def test_a_test_must_hold_for_all_that_is_selected() -> None:
    assert after("test", "/taxItem/taxRate?taxItem.taxRate.gt=10", 19) == STORED
    with pytest.raises(Conflict, match=r"^\[0\]\.value: "):
        after("test", "/taxItem/taxRate?taxItem.taxCategory=VAT", 19)


def test_operations_see_what_those_before_them_did() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "replace", "path": "/state?state=new", "value": "sent"},
        {"op": "replace", "path": "/billDate?state=sent", "value": "2026-11-01T00:00:00+01:00"},
        {"op": "add", "path": "/x-done?billDate=2026-10-31T23:00:00Z", "value": True},
    ]
    found = patched(STORED, patch, BILL, UTC)
    assert (found["state"], found["x-done"]) == ("sent", True)
    with pytest.raises(Conflict, match=r"^\[1\]\.path: "):
        patched(STORED, [patch[0], patch[0]], BILL, UTC)


def test_filters_select_the_elements_of_the_innermost_list_on_the_way() -> None:
    stored = {
        "characteristic": [
            {"name": "a", "characteristicRelationship": [{"id": "1"}, {"id": "2"}]},
            {"name": "b", "characteristicRelationship": [{"id": "1"}]},
        ]
    }
    inner = "characteristic.characteristicRelationship.id=1"
    path = f"/characteristic/characteristicRelationship/x?{inner}&characteristic.name=a"
    found = patched(stored, [{"op": "add", "path": path, "value": 1}], RATE, UTC)
    assert [each["characteristicRelationship"] for each in found["characteristic"]] == [
        [{"id": "1", "x": 1}, {"id": "2"}],
        [{"id": "1"}],
    ]


def test_a_hundred_operations_are_applied_and_one_more_is_refused() -> None:
    add = {"op": "add", "path": "/x-tags", "value": "x"}
    found = patched(STORED, [add] * MAX_OPERATIONS, BILL, UTC)
    assert len(found["x-tags"]) == 102
    with pytest.raises(BodyInvalid, match="over 100 operations"):
        patched(STORED, [add] * (MAX_OPERATIONS + 1), BILL, UTC)


# Without arrays a path without a query is a JSON Pointer, and nothing more.
plain = st.lists(st.sampled_from(["a", "b", "0"]), min_size=1, max_size=3)


@steady
@given(
    documents.filter(lambda document: b"[" not in exactly(document)),
    plain,
    st.sampled_from(["add", "remove", "replace", "test"]),
    values,
)
def test_a_path_without_a_query_is_a_pointer(
    document: Any, path: list[str], op: str, value: Any
) -> None:
    operation = {"op": op, "path": "/" + "/".join(path), "value": value}
    try:
        theirs = jsonpatch.apply_patch(kept(document), [kept(operation)])
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        with pytest.raises(Conflict):
            patched(document, [operation], BILL, UTC)
    else:
        assert exactly(patched(document, [operation], BILL, UTC)) == exactly(theirs)


PIECES = [
    "/", "state", "taxItem", "taxRate", "x-notes", "?", "=", "new", "&", ";", ".", "[?(", ")]", "@",
    "==", "'", "$", "*", "[*]", "..", "1", "~", "%", "<", "(", ")", "!", "[0]", "length()", "é",
]  # fmt: skip


@steady
@given(
    st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from(["add", "remove", "replace", "test"]),
    values,
)
def test_any_path_is_applied_or_refused(path: str, op: str, value: Any) -> None:
    try:
        patched(STORED, [{"op": op, "path": path, "value": value}], BILL, UTC)
    except ApiError:
        return


@pytest.mark.parametrize(
    "path",
    [
        "/state?billDate=2026-10-02",
        "/billDocument/name?billDocument.validFor.startDateTime=2026-10-02",
        "billDocument[?(@.validFor.startDateTime=='2026-10-02')].name",
    ],
)
def test_a_date_in_a_path_is_a_day_of_the_zone(path: str) -> None:
    document = {"id": "D", "validFor": {"startDateTime": STORED["billDate"]}}
    stored = STORED | {"billDocument": [document]}
    change = [{"op": "add", "path": path, "value": "x"}]
    assert patched(stored, change, BILL, ZoneInfo("Pacific/Auckland")) != stored
    with pytest.raises(Conflict):
        patched(stored, change, BILL, UTC)


# ---------------------------------------------------------------- how much a patch does


MANY: dict[str, Any] = {
    "state": "new",
    "relatedParty": [{"id": f"C-{n}", "role": "payer"} for n in range(900)],
    "billDocument": [{"id": "D", "validFor": {"startDateTime": "2026-10-01T00:00:00Z"}}] * 900,
    "x-text": "a" * 500_000,
}
EITHER = "||".join(["@.id=='z'"] * 150)
TOO_MUCH: dict[str, tuple[str, Any, int]] = {
    "many places, many times": ("relatedParty[?(@.id!='z')].v", 1, 100),
    "a wildcard": ("relatedParty[*].v", 1, 100),
    "a long value in many places": ("relatedParty[*].v", "x" * 2000, 1),
    "a deep value in many places": ("relatedParty[*].v", [[[[[[[[]]]]]]]] * 10, 1),
    "many values in many places": ("relatedParty[*].v", list(range(100)), 1),
    "a long condition": (f"relatedParty[?(@.id=='C-1'||{EITHER})].v", 1, 1),
    "a long guard": ("/v?state=new;" + ";".join(["relatedParty.id=z"] * 100), 1, 100),
    "many values to compare with": ("/v?relatedParty.id=C-899," + "1," * 900 + "1", 1, 1),
    "dates": ("billDocument[?(@.validFor.startDateTime=='2026-10-01')].v", 1, 30),
    "searches of a long text": ("/v?x-text.regex=a", 1, 10),
    "long paths": ("/v?" + "&".join(["state=new"] * 150), 1, 100),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_a_patch_that_does_too_much_ends_there(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, value, times = TOO_MUCH[case]
    count = Budget.spend
    done: list[int] = []

    def counted(work: Budget, more: int) -> None:
        done.append(more)
        count(work, more)

    monkeypatch.setattr(Budget, "spend", counted)
    with pytest.raises(BodyInvalid, match="changes, compares and copies too much"):
        patched(MANY, [{"op": "add", "path": path, "value": value}] * times, BILL, UTC)
    assert sum(done[:-1]) <= MAX_WORK
    assert len(done) <= MAX_WORK / 16  # what is counted is not so little that counting takes longer


def test_a_patch_that_does_much_waits_until_it_is_alone() -> None:
    add = [{"op": "add", "path": "relatedParty[?(@.role=='payer')].v", "value": 1}]
    with pytest.raises(Postponed):
        patched(MANY, add, BILL, UTC, Budget(alone=False))
    assert patched(MANY, add, BILL, UTC, Budget(alone=True)) != MANY
    patched(
        STORED,
        [{"op": "add", "path": "/v?state=new", "value": 1}] * 20,
        BILL,
        UTC,
        Budget(alone=False),
    )


def test_a_patch_of_many_places_may_be_made() -> None:
    add = {"op": "add", "path": "relatedParty[?(@.role=='payer')].v", "value": "x" * 100}
    found = patched(MANY, [add, add | {"path": "relatedParty[?(@.id=='C-7')].w"}], BILL, UTC)
    assert all(party["v"] == "x" * 100 for party in found["relatedParty"])
    guarded = {"op": "replace", "path": "/state?state=new,sent", "value": "sent"}
    assert patched(MANY, [guarded] * MAX_OPERATIONS, BILL, UTC) == MANY | {"state": "sent"}


# ---------------------------------------------------------------- indexes, and lists not there yet


@pytest.mark.parametrize("path", ["/taxItem/-", "$.taxItem['-']"])
def test_a_hyphen_appends_to_a_list(path: str) -> None:
    assert after("add", path, {"taxRate": 1}) == STORED | {
        "taxItem": [*STORED["taxItem"], {"taxRate": 1}]
    }
    assert after("add", path.replace("taxItem", "x-tags"), ["x"])["x-tags"] == [
        *STORED["x-tags"],
        ["x"],
    ]


def test_an_index_is_a_place_in_a_list() -> None:
    city = STORED["taxItem"][1]
    assert after("add", "/taxItem/1", {"taxRate": 1})["taxItem"][1:3] == [{"taxRate": 1}, city]
    assert after("remove", "/taxItem/0")["taxItem"][0] == city
    assert after("replace", "/taxItem/1/taxRate", 3)["taxItem"][1] == city | {"taxRate": 3}
    assert after("add", "/taxItem/3", {"taxRate": 1}) == after("add", "/taxItem", {"taxRate": 1})
    assert after("test", "/x-tags/1", "late") == STORED


@pytest.mark.parametrize("op", ["add", "remove", "replace", "test"])
@pytest.mark.parametrize(
    "path",
    [
        "/taxItem/4",
        "/taxItem/01",
        "/taxItem/01/taxRate",
        "/taxItem/7/taxRate",
        "/taxItem/-/taxRate",
        "/taxItem/0?taxItem.taxCategory=VAT",
        "/taxItem/-?taxItem.taxCategory=VAT",
        "taxItem[?(@.taxCategory=='VAT')]['-']",
        "/taxItem/-1",
        "/taxItem/1.5",
        "/taxItem/+",
        "/taxItem/\u0661",
        "/taxItem/\u00b2",
        "/taxItem/",
        "/taxItem/ ",
        "/taxItem/-1?taxItem.taxCategory=VAT",
        "taxItem['1.5']",
        "taxItem[*]['-1']",
        "/nosuch/-",
        "/nosuch/0",
    ],
)
def test_an_index_never_names_a_member_of_elements(op: str, path: str) -> None:
    with pytest.raises(Conflict):
        after(op, path, {})


def test_a_member_of_elements_may_have_any_name_where_it_is_there() -> None:
    stored = {"x-l": [{"24h": 1}, {"24h": 2}, {"x": 3}]}
    replaced = patched(stored, [{"op": "replace", "path": "/x-l/24h", "value": 5}], BILL, UTC)
    assert replaced == {"x-l": [{"24h": 5}, {"24h": 5}, {"x": 3}]}
    for name in ("@type", "_x", "é"):
        added = patched(stored, [{"op": "add", "path": f"/x-l/{name}", "value": 1}], BILL, UTC)
        assert all(each[name] == 1 for each in added["x-l"])


@pytest.mark.parametrize("path", ["/appliedPayment/-", "/appliedPayment/0", "/appliedPayment"])
def test_a_list_that_is_not_there_is_an_empty_one_to_add_to(path: str) -> None:
    assert after("add", path, {"x": 1})["appliedPayment"] == [{"x": 1}]
