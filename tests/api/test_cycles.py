"""A billing cycle's dates: what follows from its specification, and what its client says itself."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

Json = dict[str, Any]
MONTHLY = {"name": "Monthly", "frequency": "monthly"}
FUTURE = "2090-10"
OCTOBER, NOVEMBER, DECEMBER = (f"2090-{month}-01T00:00:00Z" for month in ("10", "11", "12"))
DATES = ("billingDate", "chargeDate", "creditDate", "mailingDate", "paymentDueDate")


@pytest.fixture
def specify(api: httpx.Client) -> Any:
    """Keeps a specification; its id."""

    def kept(**attributes: Any) -> str:
        made = api.post("billCycleSpecification", json=MONTHLY | attributes)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    return kept


@pytest.fixture
def plan(api: httpx.Client, specify: Any) -> Any:
    """Plans a cycle of October 2090 by a specification."""

    def planned(specification: Json | None = None, **cycle: Any) -> Json:
        body = {"billCycleSpecification": {"id": specify(**(specification or {}))}, **cycle}
        made = api.post("billCycle", json=body)
        assert made.status_code == 201, made.text
        found: Json = made.json()
        return found

    return planned


def dates(cycle: Json) -> list[str]:
    return [cycle[name] for name in DATES]


def test_a_cycle_bills_in_arrears_when_its_period_is_over(plan: Any) -> None:
    cycle = plan(billingPeriod=FUTURE)
    assert cycle["validFor"] == {"startDateTime": OCTOBER, "endDateTime": NOVEMBER}
    assert dates(cycle) == [NOVEMBER] * 4 + ["2090-11-15T00:00:00Z"]


def test_what_a_patch_changes_derives_again_what_followed_from_it(
    api: httpx.Client, plan: Any
) -> None:
    cycle = plan(billingPeriod=FUTURE, mailingDate="2090-11-03T00:00:00Z")
    later = api.patch(cycle["href"], json={"billingPeriod": "2090-11"}).json()
    assert later["validFor"] == {"startDateTime": NOVEMBER, "endDateTime": DECEMBER}
    assert dates(later) == [
        *[DECEMBER] * 3,
        "2090-11-03T00:00:00Z",
        "2090-12-15T00:00:00Z",
    ]
    dated = api.patch(cycle["href"], json={"billingDate": "2090-12-05T00:00:00Z"}).json()
    assert dated["validFor"] == later["validFor"]
    assert dated["paymentDueDate"] == "2090-12-19T00:00:00Z"
    assert dated["chargeDate"] == DECEMBER
    again = api.patch(cycle["href"], json={"billingPeriod": FUTURE}).json()
    assert again["billingDate"] == "2090-12-05T00:00:00Z", "the client's own stays"
    assert again["chargeDate"] == NOVEMBER


def test_another_specification_derives_again_what_followed_from_the_first(
    api: httpx.Client, plan: Any, specify: Any
) -> None:
    cycle = plan(billingPeriod=FUTURE)
    other = {"id": specify(billingDateShift=0, paymentDueDateOffset=20)}
    moved = api.patch(cycle["href"], json={"billCycleSpecification": other}).json()
    assert dates(moved) == [OCTOBER] * 4 + ["2090-10-21T00:00:00Z"]


def test_a_value_that_a_patch_repeats_as_stored_is_not_the_clients(
    api: httpx.Client, plan: Any
) -> None:
    cycle = plan(billingPeriod=FUTURE)
    repeated = {name: cycle[name] for name in (*DATES, "validFor")}
    assert dates(api.patch(cycle["href"], json=repeated).json()) == dates(cycle)
    later = api.patch(cycle["href"], json={**repeated, "billingPeriod": "2090-11"}).json()
    assert later["validFor"] == {"startDateTime": NOVEMBER, "endDateTime": DECEMBER}
    assert dates(later) == [DECEMBER] * 4 + ["2090-12-15T00:00:00Z"]


def test_a_date_that_a_patch_removes_is_derived(api: httpx.Client, plan: Any) -> None:
    cycle = plan(billingPeriod=FUTURE, billingDate="2090-11-09T00:00:00Z")
    assert cycle["paymentDueDate"] == "2090-11-23T00:00:00Z"
    assert dates(api.patch(cycle["href"], json={"billingDate": None}).json())[0] == NOVEMBER


def test_the_end_that_a_start_alone_got_follows_the_start(api: httpx.Client, plan: Any) -> None:
    cycle = plan(validFor={"startDateTime": OCTOBER})
    assert cycle["validFor"] == {"startDateTime": OCTOBER, "endDateTime": NOVEMBER}
    later = api.patch(cycle["href"], json={"validFor": {"startDateTime": NOVEMBER}}).json()
    assert later["validFor"] == {"startDateTime": NOVEMBER, "endDateTime": DECEMBER}


def test_an_end_that_a_client_moves_stays_and_the_start_follows_its_name(
    api: httpx.Client, plan: Any
) -> None:
    cycle = plan(billingPeriod="2090-11")
    own = {"validFor": {"endDateTime": "2090-12-24T00:00:00Z"}}
    moved = api.patch(cycle["href"], json=own).json()
    assert moved["validFor"] == {"startDateTime": NOVEMBER, **own["validFor"]}
    assert moved["chargeDate"] == "2090-12-24T00:00:00Z"
    earlier = api.patch(cycle["href"], json={"billingPeriod": FUTURE}).json()
    assert earlier["validFor"] == {"startDateTime": OCTOBER, **own["validFor"]}
    late = api.patch(cycle["href"], json={"billingPeriod": "2091-01"})
    assert (late.status_code, "validFor" in late.json()["message"]) == (409, True)
    whole = api.patch(cycle["href"], json={"validFor": None}).json()
    assert whole["validFor"] == {"startDateTime": OCTOBER, "endDateTime": NOVEMBER}


def test_an_end_alone_is_the_end_of_the_period(plan: Any) -> None:
    end = {"endDateTime": "2090-10-20T00:00:00Z"}
    named = plan(billingPeriod=FUTURE, validFor=end)
    assert named["validFor"] == {"startDateTime": OCTOBER, **end}
    assert named["chargeDate"] == end["endDateTime"]
    alone = plan(validFor={"endDateTime": NOVEMBER})
    assert alone["validFor"] == {"startDateTime": OCTOBER, "endDateTime": NOVEMBER}
    assert plan(billingPeriod=FUTURE, validFor={})["validFor"]["endDateTime"] == NOVEMBER


def test_a_patch_of_something_else_leaves_the_dates(
    api: httpx.Client, plan: Any, specify: Any
) -> None:
    cycle = plan(billingPeriod=FUTURE)
    shifted = {"billingDateShift": 40}
    specification = cycle["billCycleSpecification"]["id"]
    assert api.patch(f"billCycleSpecification/{specification}", json=shifted).status_code == 200
    assert dates(api.patch(cycle["href"], json={"name": "x"}).json()) == dates(cycle)


def test_a_contradiction_names_both(api: httpx.Client, plan: Any) -> None:
    own = {"startDateTime": OCTOBER, "endDateTime": NOVEMBER}
    cycle = plan(validFor=own)
    answer = api.patch(cycle["href"], json={"billingPeriod": "2090-11"})
    assert answer.status_code == 409
    assert "billingPeriod" in answer.json()["message"]
    assert "validFor" in answer.json()["message"]
    assert api.get(cycle["href"]).json() == cycle
    made = api.post("billCycle", json={"billingPeriod": "2090-11", "validFor": own})
    assert (made.status_code, made.json()["message"]) == (409, answer.json()["message"])
    back = {"startDateTime": NOVEMBER, "endDateTime": OCTOBER}
    assert api.post("billCycle", json={"validFor": back}).status_code == 409
    assert api.patch(cycle["href"], json={"validFor": back}).status_code == 409


@pytest.mark.parametrize("name", ["2026-13", "2026-W60", "2026-Q5", "0000", "2026-02-30"])
def test_what_looks_like_a_period_and_is_none_is_refused(
    api: httpx.Client, plan: Any, name: str
) -> None:
    answer = api.post("billCycle", json={"billingPeriod": name})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("billingPeriod: ")
    cycle = plan(billingPeriod="October, as every year")
    assert api.patch(cycle["href"], json={"billingPeriod": name}).status_code == 400


@pytest.mark.parametrize(
    ("specification", "name"),
    [
        ({"frequency": "now and then"}, "frequency"),
        ({"frequency": "0 days"}, "frequency"),
        ({"paymentDueDateOffset": 20}, "paymentDueDateOffset"),
        ({"mailingDateOffset": 1, "billingDateShift": 2}, "mailingDateOffset"),
        ({"paymentDueDateOffset": 10, "chargeDateOffset": 10}, "paymentDueDateOffset"),
        ({"frequency": None, "recurring": True}, "recurring"),
        ({"frequency": None, "recurringInAdvance": True}, "recurringInAdvance"),
    ],
)
def test_a_specification_that_no_cycle_can_follow_is_refused_by_name(
    api: httpx.Client, specify: Any, specification: Json, name: str
) -> None:
    body = {k: v for k, v in (MONTHLY | specification).items() if v is not None}
    answer = api.post("billCycleSpecification", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith(f"{name}: ")
    kept = f"billCycleSpecification/{specify()}"
    alone = name == "frequency" or "billingDateShift" in specification or len(specification) == 2
    patched = api.patch(kept, json=specification)
    assert patched.status_code == (400 if alone else 409), "wrong in itself, or with what is stored"
    assert name in patched.json()["message"]


@pytest.mark.parametrize("also", [{}, {"frequency": "monthly"}], ids=["alone", "repeated"])
def test_a_patch_that_fits_the_stored_frequency_is_taken(
    api: httpx.Client, specify: Any, also: Json
) -> None:
    stored = f"billCycleSpecification/{specify()}"
    answer = api.patch(stored, json={"recurring": True, "recurringInAdvance": True, **also})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("operation", ["retry", "cancel"])
def test_a_planned_cycle_is_neither_retried_nor_cancelled(
    api: httpx.Client, plan: Any, operation: str
) -> None:
    cycle = plan(billingPeriod=FUTURE)
    answer = api.post(f"{cycle['href']}/{operation}")
    assert (answer.status_code, answer.json()["message"][:9]) == (409, "runState:")
    assert api.post(f"billCycle/{uuid4()}/{operation}").status_code == 404


def test_what_the_server_remembers_of_a_cycle_is_shown_to_nobody(
    api: httpx.Client, plan: Any
) -> None:
    cycle = plan(billingPeriod=FUTURE, name=uuid4().hex)
    listed = api.get("billCycle", params={"name": cycle["name"]}).text
    one = api.get(cycle["href"]).text
    some = api.get("billCycle", params={"name": cycle["name"], "fields": "billingDate"}).text
    assert "derived" not in listed + one + some
    assert api.get("billCycle", params={"_derived": "validFor"}).status_code == 400
