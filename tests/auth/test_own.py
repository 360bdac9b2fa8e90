"""What those who are limited to accounts or parties may do with what is theirs, and no more."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from impl.auth.tokens import LEEWAY_SECONDS
from impl.resources import ACCOUNTS
from impl.served import api_of
from impl.store.mongo import Store
from tests.auth.tokens import bearer
from tests.auth.world import OWNED, SECRET, World, document, post, told
from tests.waiting import until


@pytest.mark.parametrize("resource", OWNED)
def test_ones_own_is_there(world: World, resource: str, me: dict[str, str]) -> None:
    url = world.url(api_of(resource), resource)
    listed = world.door.get(url, headers=me)
    # The account with my id is mine by the token's accounts, and both with my party by its parties.
    assert listed.headers["x-total-count"] in (("1", "2") if resource == ACCOUNTS else ("2",))
    for each in listed.json():
        one = world.door.get(f"{url}/{each['id']}", headers=me)
        assert {**one.json(), **each} == one.json()
        etag = {"If-None-Match": one.headers["etag"]}
        assert world.door.get(f"{url}/{each['id']}", headers=me | etag).status_code == 304


def test_a_party_reads_an_account_and_does_not_write_it(world: World) -> None:
    """Else a user of an account could make itself its payer, and read all bills."""
    url, party = (
        world.url(api_of(ACCOUNTS), f"{ACCOUNTS}/mine-billingAccount-2"),
        bearer(party="me"),
    )
    roles = [{"id": "me", "name": "me", "role": "payer", "@referredType": "Individual"}]
    answers = [
        world.door.get(url, headers=party),
        world.door.patch(url, json={"relatedParty": roles}, headers=party),
        world.door.delete(url, headers=party),
    ]
    assert [each.status_code for each in answers] == [200, 403, 403]
    hidden = {"billingAccount": {"id": "mine-billingAccount-2"}}
    post(world, "customerBill", {**hidden, "amountDue": {"unit": "EUR", "value": 7}})
    (balance,) = world.door.get(url, headers=party).json()["accountBalance"]
    assert balance["amount"]["value"] == 7, (
        "it counts all bills, also those that the party can't see"
    )
    own = world.url(api_of(ACCOUNTS), f"{ACCOUNTS}/mine")
    changed = world.door.patch(own, json={"description": "x"}, headers=bearer(accounts=["mine"]))
    assert changed.status_code == 200


def test_an_etag_of_others_does_not_tell_that_it_is_right(world: World, me: dict[str, str]) -> None:
    address = "customerBill/theirs-customerBill-1"
    etag = world.door.get(address, headers=world.operator).headers["etag"]
    answer = world.door.get(address, headers=me | {"If-None-Match": etag})
    assert answer.status_code == 404
    answer = world.door.delete(address, headers=me | {"If-Match": '"77"'})
    assert answer.status_code == 404


@pytest.mark.parametrize("media", ["application/pdf", "text/html"])
def test_documents_are_ones_own(world: World, media: str, me: dict[str, str]) -> None:
    headers = me | {"Accept": media}
    mine = world.door.get("customerBill/mine-customerBill-1/document", headers=headers)
    assert (mine.status_code, mine.headers["content-type"].split(";")[0]) == (200, media)
    theirs = world.door.get("customerBill/theirs-customerBill-1/document", headers=headers)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "60")


def test_a_document_is_the_same_for_all_who_see_it(world: World, me: dict[str, str]) -> None:
    address = "customerBill/mine-customerBill-1/document"
    seen = [world.door.get(address, headers=who).headers["etag"] for who in (me, world.operator)]
    assert seen[0] == seen[1]


def test_a_bill_tells_of_all_its_rates_and_gives_each_back_to_its_own_account(
    world: World,
) -> None:
    """One account may pay for another."""
    bill = {"id": "paid", "billingAccount": {"id": "paying"}}
    rate: dict[str, Any] = {
        "id": "used",
        "name": "Used by another",
        "billingAccount": {"id": "theirs"},
    }
    rate |= {"isBilled": True, "bill": {"id": "paid"}}
    post(world, "customerBill", bill)
    post(world, "appliedCustomerBillingRate", rate)
    me = bearer(accounts="paying")
    html = world.door.get("customerBill/paid/document", headers=me | {"Accept": "text/html"})
    assert "Used by another" in html.text
    assert world.door.get("appliedCustomerBillingRate/used", headers=me).status_code == 200
    assert world.door.delete("customerBill/paid", headers=me).status_code == 204
    assert world.door.get("appliedCustomerBillingRate/used", headers=me).status_code == 404
    freed = world.door.get("appliedCustomerBillingRate/used", headers=world.operator).json()
    assert (freed["isBilled"], freed["billingAccount"]["id"]) == (False, "theirs")
    world.door.delete("appliedCustomerBillingRate/used", headers=world.operator)


def test_a_rate_without_an_account_is_of_whose_bill_it_is_on(
    world: World, me: dict[str, str]
) -> None:
    for owner in ("mine", "theirs"):
        bill = {"id": f"{owner}-customerBill-2"}
        rate = {"id": f"{owner}-bare", "isBilled": True, "bill": bill}
        world.door.post("appliedCustomerBillingRate", json=rate, headers=world.operator)
    status = [
        world.door.get(f"appliedCustomerBillingRate/{each}-bare", headers=me).status_code
        for each in ("mine", "theirs")
    ]
    for owner in ("mine", "theirs"):
        bill_free = world.door.patch(
            f"appliedCustomerBillingRate/{owner}-bare", json={}, headers=world.operator
        )
        assert bill_free.status_code == 200
    assert status == [200, 404]


def test_whether_an_attribute_is_known_depends_on_ones_own(world: World) -> None:
    me = bearer(accounts="mine")
    rate = {"billingAccount": {"id": "theirs"}, "secretAttribute": 1}
    made = world.door.post("appliedCustomerBillingRate", json=rate, headers=world.operator).json()
    address = "appliedCustomerBillingRate?secretAttribute=1"
    assert world.door.get(address, headers=world.operator).status_code == 200
    unknown = world.door.get(address, headers=me)
    assert unknown.status_code == 400
    close = [world.door.get(f"{address[:-2]}s=1", headers=who) for who in (world.operator, me)]
    assert ["is secretAttribute" in each.json()["message"] for each in close] == [True, False]
    never = world.door.get(address.replace("secret", "nobodys"), headers=me).json()["message"]
    assert never == unknown.json()["message"].replace("secret", "nobodys")
    world.door.delete(f"appliedCustomerBillingRate/{made['id']}", headers=world.operator)


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (403, "51")


def test_what_one_makes_and_changes_stays_ones_own(world: World) -> None:
    me = bearer(accounts=["own", "other"], sub="owner")
    bill = {"id": "made", "billingAccount": {"id": "own"}}
    assert world.door.post("customerBill", json=bill, headers=me).status_code == 201
    rates = "appliedCustomerBillingRate"
    rate = {"id": "made", "billingAccount": {"id": "own"}}
    assert world.door.post(rates, json=rate, headers=me).status_code == 201
    moved = {"billingAccount": {"id": "other"}}
    assert world.door.patch(f"{rates}/made", json=moved, headers=me).status_code == 200
    for change in (
        {"billingAccount": {"id": "theirs"}},
        {"isBilled": True, "bill": {"id": "theirs-customerBill-1"}},
        {"isBilled": True, "bill": {"id": "never-was"}},
    ):
        assert refused(world.door.patch(f"{rates}/made", json=change, headers=me))
    them = {"relatedParty": [{"id": "them"}]}
    assert refused(world.door.patch("customerBill/made", json=them, headers=me))
    assert world.door.delete(f"{rates}/made", headers=me).status_code == 204
    assert world.door.delete("customerBill/made", headers=me).status_code == 204


def test_nothing_is_made_that_is_nobodys_or_hangs_on_others(world: World) -> None:
    by_account, by_party = bearer(accounts="mine"), bearer(party="me")
    rates = "appliedCustomerBillingRate"
    theirs = {"id": "theirs-customerBill-1"}
    for who, path, body in (
        (by_account, "customerBill", {"category": "of nobody"}),
        (by_account, "customerBillOnDemand", {"name": "of nobody"}),
        (by_account, rates, {"billingAccount": {"id": "mine"}, "isBilled": True, "bill": theirs}),
        (by_account, rates, {"isBilled": True, "bill": theirs}),
        # A bill of others' charges, addressed to me.
        (
            by_party,
            "customerBillOnDemand",
            {"billingAccount": {"id": "theirs"}, "relatedParty": {"id": "me"}},
        ),
        (by_party, "customerBill", {"relatedParty": [{"id": "me"}, {"id": "them"}]}),
    ):
        before = world.all(path)
        assert refused(world.door.post(path, json=body, headers=who)), body
        assert world.all(path) == before


def test_no_bill_adopts_what_others_have_on_its_id(world: World, ours: Store) -> None:
    rate = {"id": "astray", "isBilled": True, "bill": {"id": "not yet"}, "name": SECRET}
    ours.insert("appliedCustomerBillingRate", rate)
    bill = {"id": "not yet", "relatedParty": [{"id": "me"}]}
    assert refused(world.door.post("customerBill", json=bill, headers=bearer(party="me")))
    ours.delete("appliedCustomerBillingRate", "astray")


@pytest.mark.parametrize("rate", [None, {"isBilled": True}])
def test_an_id_that_is_taken_is_409_for_everybody(world: World, rate: dict[str, Any]) -> None:
    """Also where others' rates name the bill that has it."""
    bill, rates = {"id": "taken"}, "appliedCustomerBillingRate"
    post(world, "customerBill", bill | {"billingAccount": {"id": "theirs"}})
    if rate:
        post(world, rates, rate | {"id": "on-taken", "bill": bill})
    mine = bill | {"billingAccount": {"id": "mine"}}
    answers = [
        world.door.post("customerBill", json=mine, headers=who)
        for who in (bearer(accounts="mine"), world.operator)
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "409")] * 2
    assert answers[0].json() == answers[1].json()
    world.door.delete("customerBill/taken", headers=world.operator)


def test_nobody_hears_the_answer_to_anothers_idempotency_key(world: World) -> None:
    key = {"Idempotency-Key": "the same key"}
    body = {"billingAccount": {"id": "theirs"}, "name": SECRET}
    rates = "appliedCustomerBillingRate"
    first = world.door.post(rates, json=body, headers=world.operator | key)
    again = world.door.post(rates, json=body, headers=world.operator | key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    mine = world.door.post(rates, json=body, headers=bearer(accounts="mine") | key)
    assert refused(mine)
    mine = body | {"billingAccount": {"id": "own"}}  # type: ignore[assignment]
    other = world.door.post(rates, json=mine, headers=bearer(accounts="own") | key)
    assert (other.status_code, "idempotency-replayed" in other.headers) == (201, False)
    for made in (first, other):
        world.door.delete(f"{rates}/{made.json()['id']}", headers=world.operator)


# ---------------------------------------------------------------- events


def test_events_tell_of_ones_own(world: World, me: dict[str, str]) -> None:
    events = world.door.get("events?limit=1000", headers=me).json()
    kinds = {next(iter(each["event"])) for each in events}
    assert kinds >= {"customerBill", "appliedCustomerBillingRate", "billCycle"}
    for each in events:
        ((_, resource),) = each["event"].items()
        assert SECRET not in json.dumps(each)
        assert resource.get("billingAccount", {"id": "mine"})["id"] in ("mine", "own", "other")


def test_who_makes_a_bill_under_the_id_of_one_that_is_gone_hears_nothing_of_that(
    world: World,
) -> None:
    """Neither in a page or its count, nor in lines or live, nor by a filter."""
    bill, rates = {"id": "adopted"}, "appliedCustomerBillingRate"
    theirs = {"billingAccount": {"id": "theirs"}}
    post(world, "customerBill", bill | theirs | {"category": SECRET})
    post(world, rates, theirs | {"id": "was on it", "name": SECRET, "isBilled": True, "bill": bill})
    assert world.door.delete("customerBill/adopted", headers=world.operator).status_code == 204
    assert world.door.delete(f"{rates}/was on it", headers=world.operator).status_code == 204
    evil: tuple[dict[str, Any], ...] = (
        {"billingAccount": {"id": "evil"}},
        {"relatedParty": [{"id": "evil"}]},
    )
    for me, mine in zip((bearer(accounts="evil"), bearer(party="evil")), evil, strict=True):
        assert world.door.post("customerBill", json=bill | mine, headers=me).status_code == 201
        come_to_the_end(world)
        of_rates = f"event.{rates}.bill.id=adopted"
        for query in (of_rates, "limit=1000", "eventType=AppliedCustomerBillingRateCreateEvent"):
            page = world.door.get(f"events?{query}", headers=me)
            lines_ = world.door.get(
                f"events?{query}", headers=me | {"Accept": "application/x-ndjson"}
            )
            assert SECRET not in page.text + lines_.text
            assert len(lines_.text.splitlines()) == int(page.headers["x-total-count"])
        assert world.door.get(f"events?{of_rates}", headers=me).headers["x-total-count"] == "0"
        first = world.door.get(f"events?{of_rates}&limit=1", headers=world.operator).json()[0]
        live = me | {"Accept": "text/event-stream", "Last-Event-ID": first["eventId"]}
        assert world.door.get("events", headers=live).status_code == 400
        assert world.door.delete("customerBill/adopted", headers=me).status_code == 204


def test_of_a_rate_on_ones_bill_its_events_tell_of_as_long_as_it_was_there(world: World) -> None:
    """Also where the rate is another account's, and after both are gone."""
    rates, me = "appliedCustomerBillingRate", bearer(accounts="payer")
    rate = {"id": "paid for", "billingAccount": {"id": "theirs"}, "name": "theirs"}
    post(world, "customerBill", {"id": "pays", "billingAccount": {"id": "payer"}})
    post(world, rates, rate | {"isBilled": True, "bill": {"id": "pays"}})
    assert world.door.delete("customerBill/pays", headers=world.operator).status_code == 204
    changed = world.door.patch(f"{rates}/paid for", json={"name": SECRET}, headers=world.operator)
    assert changed.status_code == 200
    world.door.delete(f"{rates}/paid for", headers=world.operator)
    come_to_the_end(world)
    query = f"events?event.{rates}.id=paid for"
    kinds = [each["eventType"] for each in world.door.get(query, headers=me).json()]
    assert kinds == ["AppliedCustomerBillingRateCreateEvent"]
    owner = world.door.get(query, headers=bearer(accounts="theirs")).json()
    assert [each["eventType"].removeprefix("AppliedCustomerBillingRate") for each in owner] == [
        *("CreateEvent", "AttributeValueChangeEvent", "AttributeValueChangeEvent", "DeleteEvent"),
    ]
    bill = world.door.get("events?event.customerBill.id=pays", headers=me).json()
    assert [each["eventType"] for each in bill] == [
        *("CustomerBillCreateEvent", "CustomerBillDeleteEvent"),
    ]


def test_events_from_before_it_was_kept_whose_they_are_are_hidden_from_who_is_limited(
    world: World, ours: Store
) -> None:
    feed, _ = ours.collection("event")
    mine = {"subject": "customerBill/mine-customerBill-1"}
    query, me = "events?event.customerBill.id=mine-customerBill-1", bearer(accounts="mine")
    assert world.door.get(query, headers=me).json()
    owners = {each["_id"]: each["_owners"] for each in feed.find(mine)}
    feed.update_many(mine, {"$unset": {"_owners": 1}})
    try:
        assert world.door.get(query, headers=me).json() == []
        assert world.door.get(query, headers=world.operator).json()
    finally:
        for at, each in owners.items():
            feed.update_one({"_id": at}, {"$set": {"_owners": each}})


def test_whose_an_event_is_is_not_shown_or_asked_for_and_is_found_by_an_index(
    world: World, ours: Store
) -> None:
    for query in ("limit=1000", "fields=_owners"):
        assert "_owners" not in world.door.get(f"events?{query}", headers=world.operator).text
    asked = world.door.get("events?_owners=everybody", headers=world.operator)
    assert (asked.status_code, asked.json()["code"]) == (400, "28")
    feed, _ = ours.collection("event")
    until(lambda: "_owners_1__id_1" in feed.index_information())
    where = {"_owners": {"$in": ["billingAccount/mine", "everybody"]}}
    plan = feed.find(where).sort("_id").explain()["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in json.dumps(plan, default=str)


def come_to_the_end(world: World) -> None:
    """Wait until the feed has come to what is written last."""
    body = {"billingAccount": {"id": "nobody"}}
    made = world.door.post("customerBillOnDemand", json=body, headers=world.operator).json()["id"]
    until(lambda: told(world, made))


def test_the_id_of_an_event_of_others_is_no_place_in_the_feed(
    world: World, me: dict[str, str]
) -> None:
    theirs = world.door.get(
        "events?event.customerBill.id=theirs-customerBill-1", headers=world.operator
    ).json()[0]["eventId"]
    absent = world.door.get("events?after=never", headers=me)
    answer = world.door.get(f"events?after={theirs}", headers=me)
    assert (answer.status_code, answer.text) == (absent.status_code, absent.text)


def lines(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


def test_a_live_stream_tells_of_ones_own(world: World) -> None:
    me = bearer(accounts=["mine"]) | {"Accept": "text/event-stream"}
    with world.door.stream("GET", "events?eventType=CustomerBillCreateEvent", headers=me) as live:
        for owner in ("theirs", "mine"):
            post(world, "customerBill", document("customerBill", owner, 99))
        first = next(lines(live))
    assert first["event"]["customerBill"]["id"] == "mine-customerBill-99"
    for owner in ("theirs", "mine"):
        world.door.delete(f"customerBill/{owner}-customerBill-99", headers=world.operator)


def test_a_live_stream_ends_with_its_token(world: World) -> None:
    soon = int(time.time()) - LEEWAY_SECONDS + 5
    me = bearer(accounts=["mine"], exp=soon) | {"Accept": "text/event-stream"}
    with world.door.stream("GET", "events", headers=me) as live:
        assert live.status_code == 200
        for _ in lines(live):
            pass  # until the server ends it
    assert world.door.get("events", headers=me).json()["code"] == "42"


def test_ones_own_rate_stays_on_others_bill(world: World) -> None:
    """That one does not see the bill is no reason to take a charge off it."""
    bill = {"id": "foreign"}
    post(world, "customerBill", bill | {"billingAccount": {"id": "foreign"}})
    rate = {"id": "on-foreign", "billingAccount": {"id": "mine"}, "isBilled": True, "bill": bill}
    post(world, "appliedCustomerBillingRate", rate)
    address = "appliedCustomerBillingRate/on-foreign"
    off = world.door.patch(address, json={"isBilled": False}, headers=bearer(accounts="mine"))
    assert (off.status_code, off.json()["code"]) == (409, "409")
    world.door.patch(address, json={"bill": {"id": "gone"}}, headers=world.operator)
    assert world.door.get(address, headers=world.operator).json()["bill"]["id"] == bill["id"]
