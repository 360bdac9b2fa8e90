"""Nobody who is limited to accounts or parties sees or changes what is others', by any operation.

It walks the contract's operations. One that is added is judged like its kind: a list, something
with an id, something that makes a resource. Where that does not do, this says so and fails.
"""

import json
from typing import Any

import httpx
import pytest

from impl.api import Api, Operation
from impl.served import APIS
from tests.auth.tokens import bearer
from tests.auth.world import EVENTS, NOTHING, OPERATORS, OWNED, PLANS, SECRET, World

BODIES: dict[str, Any] = {
    "patchCustomerBill": {"state": "onHold"},
    "patchCustomerBillOnDemand": {"name": "changed"},
    "patchAppliedCustomerBillingRate": {"name": "changed"},
    "patchBillCycle": {"name": "changed"},
    "patchBillCycleSpecification": {"name": "changed"},
    "createCustomerBill": {"category": "x", "billingAccount": {"id": "theirs"}},
    "createCustomerBillOnDemand": {"billingAccount": {"id": "theirs"}},
    "createAppliedCustomerBillingRate": {"billingAccount": {"id": "theirs"}},
    "createBillCycle": {"name": "x"},
    "createBillCycleSpecification": {"name": "x"},
    "patchBillingAccount": {"state": "Closed"},
    "patchBillFormat": {"name": "changed"},
    "patchBillPresentationMedia": {"name": "changed"},
    "patchBillingCycleSpecification": {"name": "changed"},
    "createBillingAccount": {
        "name": "x",
        "relatedParty": [{"id": "them", "name": "x", "@referredType": "Individual"}],
    },
    "createBillFormat": {"name": "x"},
    "createBillPresentationMedia": {"name": "x"},
    "createBillingCycleSpecification": {"name": "x"},
    "registerListener": {"callback": "http://127.0.0.1:1099/x"},
    "createHub": {"callback": "http://127.0.0.1:1099/x"},
}
"""What is sent, such that it would be done for one who may."""


NAMES = {id(operation): name for name, api in APIS.items() for operation in api.operations}
OPERATIONS: list[Operation] = [operation for api in APIS.values() for operation in api.operations]
ACCOUNT = {"@type": "BillingAccountRef", "id": "theirs"}


def api_of(operation: Operation) -> Api:
    return APIS[NAMES[id(operation)]]


def name(operation: Operation) -> str:
    return f"{NAMES[id(operation)]}-{operation.id}"


def url(world: World, operation: Operation, path: str) -> str:
    return world.url(api_of(operation), path)


def body(operation: Operation) -> dict[str, Any]:
    """The body in the shape of the operation's API."""
    sent: dict[str, Any] = BODIES[operation.id]
    if NAMES[id(operation)] != "v5" or operation.method != "POST":
        return sent
    account = {"billingAccount": ACCOUNT} if "billingAccount" in sent else {}
    return {"@type": "Thing", **sent, **account}


def kind(operation: Operation) -> str:
    """How an operation is judged."""
    shows = operation.responses[min(operation.responses)].get("application/json") or ""
    if "{id}" in operation.path:
        return "one"
    if operation.method == "GET" and shows.endswith("[]"):
        return "list"
    return "create" if operation.method == "POST" else "?"


def of(judged: str) -> list[Operation]:
    return [operation for operation in OPERATIONS if kind(operation) == judged]


def each_of(judged: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", of(judged), ids=name)


def test_it_is_known_how_to_judge_every_operation() -> None:
    known = {*OWNED, *PLANS, *OPERATORS, *EVENTS}
    strange = [o.id for o in OPERATIONS if kind(o) == "?" or o.resource not in known]
    assert not strange, f"say above whose {strange} are, and how they are to be judged"
    assert [o.id for o in OPERATIONS if o.request and o.id not in BODIES] == []


def example(operation: Operation, world: World) -> str:
    """The id of something of the operation's resource that is not mine."""
    if operation.resource == "billCycle":
        return "cycle"
    if operation.resource in PLANS:
        return "plan"
    if operation.resource == "hub":
        (hub,) = world.all("hub", api_of(operation))[1]
        return str(hub["id"])
    return f"theirs-{operation.resource}-2"


def ask(
    world: World, operation: Operation, who: dict[str, str], id_: str = "", media: str = ""
) -> httpx.Response:
    path = url(world, operation, operation.path.lstrip("/").replace("{id}", id_))
    headers = {**who, **({"Content-Type": media} if media else {})}
    content = json.dumps(body(operation)).encode() if operation.request else None
    return world.door.request(operation.method, path, headers=headers, content=content)


@each_of("one")
def test_what_is_others_is_not_there(
    world: World, operation: Operation, me: dict[str, str]
) -> None:
    id_ = example(operation, world)
    before = world.all(operation.resource, api_of(operation))
    media = next(iter(operation.request), "")
    answer = ask(world, operation, me, id_, media)
    absent = ask(world, operation, me, "never-was", media)
    assert absent.status_code == 404
    if operation.resource not in PLANS:
        assert answer.status_code == 404, "a foreign id is 404, whatever is wrong besides"
        assert answer.text.replace(id_, "never-was") == absent.text
        assert {*answer.headers} == {*absent.headers}
    elif operation.method == "GET":
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "51")
    assert SECRET not in answer.text
    assert world.all(operation.resource, api_of(operation)) == before


@each_of("create")
def test_nothing_is_made_for_others(world: World, operation: Operation, me: dict[str, str]) -> None:
    before = world.all(operation.resource, api_of(operation))
    answer = ask(world, operation, me, media="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "51")
    assert SECRET not in answer.text
    assert world.all(operation.resource, api_of(operation)) == before


ASKED = [
    "",
    "limit=1",
    "limit=0",
    "limit=3&offset=1",
    "sort=-id",
    "fields=id",
    "id={theirs}",
    "id=theirs-customerBill-2,mine-customerBill-2",
    "billingAccount.id=theirs",
    "relatedParty.id=them",
    "customerBill.id=theirs-customerBill-1",
    "bill.id=theirs-customerBill-1",
    f"name={SECRET}",
    "id.gt=",
    "id.regex=theirs",
    "filter=$[?(@.id != 'x')]",
    "filter=$[?(@.billingAccount.id == 'theirs' || @.id)]",
    "filter=$[?(!(@.billingAccount.id == 'mine'))]",
    "filter=$[?(@.event.customerBill)]",
    "event.customerBill.billingAccount.id=theirs",
]


@each_of("list")
def test_lists_hold_what_is_ones_own(
    world: World, operation: Operation, me: dict[str, str]
) -> None:
    path, answered = url(world, operation, operation.path.lstrip("/")), 0
    for query in ASKED:
        asked = query.format(theirs=example(operation, world))
        for media in ("application/json", "application/x-ndjson"):
            answer = world.door.get(f"{path}?{asked}", headers={**me, "Accept": media})
            assert answer.status_code in (200, 206, 400, 406), answer.text
            answered += answer.is_success
            hold_to_mine(answer)
    assert answered >= 10
    whole = world.door.get(path, headers=me)
    assert len(whole.json()) == int(whole.headers["x-total-count"])
    assert operation.resource in OPERATORS or whole.json()


def hold_to_mine(answer: httpx.Response) -> None:
    if not answer.is_success:  # what the client said itself
        return
    assert SECRET not in answer.text
    text = answer.text.replace("&quot;", "")
    for word in ('"theirs', '"them"', '"theirs-'):
        assert word not in text, answer.url
    total = answer.headers.get("x-total-count")
    if total is not None and answer.status_code == 200:
        assert int(total) == len(answer.json()) or answer.request.url.params.get("limit") == "0"


@each_of("list")
def test_pages_lead_to_ones_own_alone(
    world: World, operation: Operation, me: dict[str, str]
) -> None:
    path = url(world, operation, operation.path.lstrip("/"))
    expected = [each.get("id") for each in world.door.get(path, headers=me).json()]
    walked: list[str] = []
    page = f"{path}?limit=1"
    while True:
        answer = world.door.get(page, headers=me)
        hold_to_mine(answer)
        assert int(answer.headers["x-total-count"]) == len(expected)
        walked += [each.get("id") for each in answer.json()]
        if "next" not in answer.links:
            break
        page = answer.links["next"]["url"]
    assert walked == expected


@each_of("list")
def test_head_counts_ones_own_alone(world: World, operation: Operation, me: dict[str, str]) -> None:
    path = operation.path.lstrip("/")
    asked = url(world, operation, path)
    mine, head = (world.door.request(m, asked, headers=me) for m in ("GET", "HEAD"))
    assert head.headers["x-total-count"] == mine.headers["x-total-count"]
    everything, _ = world.all(path, api_of(operation))
    assert operation.resource in PLANS or mine.headers["x-total-count"] != everything


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_who_is_limited_to_nothing_sees_nothing(world: World, operation: Operation) -> None:
    nobody = bearer(**NOTHING)
    if kind(operation) == "list" and operation.resource not in PLANS | EVENTS:
        answer = ask(world, operation, nobody)
        assert (answer.json(), answer.headers["x-total-count"]) == ([], "0")
    elif kind(operation) == "one" and operation.resource not in PLANS:
        media = next(iter(operation.request), "")
        mine = f"mine-{operation.resource}-1"
        assert ask(world, operation, nobody, mine, media).status_code == 404
