"""From a path in the overlay to a handler: what is missing is named, and stubs are made for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from impl.store.embedded import Mongod
from openapi import generate
from tests.openapi.contracts import contents, project
from tests.openapi.scratch import OVERLAY, ScratchServer, add_row, copy_project, run

pytestmark = pytest.mark.long

ADDED = """
  - target: $.components.schemas
    description: What a customer has against a bill.
    update:
      Service: {type: object, required: [id], properties: {id: {type: string}}}
  - target: $.paths
    description: Bills are disputed, by a service whose name we have already, and collected.
    update:
      /service:
        get:
          operationId: listService
          parameters:
            - $ref: '#/components/parameters/Offset'
          responses: {"200": {description: All., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Service'}}}}}}
        post:
          operationId: createService
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Service'}}}}
          responses: {"201": {description: Kept., content: {application/json: {schema: {$ref: '#/components/schemas/Service'}}}}}
      /service/{id}:
        delete:
          operationId: deleteService
          parameters: [{$ref: '#/components/parameters/SubscriptionId'}, {$ref: '#/components/parameters/IfMatch'}]
          responses: {"204": {description: Gone.}}
      /service/{id}/close:
        post:
          operationId: closeService
          parameters: [{$ref: '#/components/parameters/SubscriptionId'}]
          responses: {"204": {description: Closed.}}
      /collection:
        post:
          operationId: collect
          responses: {"204": {description: Collected.}}
      /hub/{id}/rename:
        post:
          operationId: renameListenerUnderANameThatMakesALineOfMoreThanAHundred
          parameters: [{$ref: '#/components/parameters/CustomerBillId'}]
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/EventSubscriptionInput'}}}}
          responses: {"200": {description: Changed., content: {application/json: {schema: {$ref: '#/components/schemas/EventSubscription'}}}}}
      /customerBill/{id}/settle:
        post:
          operationId: settleCustomerBill
          parameters: [{$ref: '#/components/parameters/CustomerBillId'}]
          requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
          responses: {"200": {description: Settled., content: {application/json: {schema: {}}}}}
"""  # noqa: E501 - as short as it can be
WANTED = {
    "POST /customerBill/{id}/settle needs CustomerBillApi.settle_customer_bill"
    " in impl/handlers/customer_bill.py",
    "POST /hub/{id}/rename needs HubApi."
    "rename_listener_under_a_name_that_makes_a_line_of_more_than_a_hundred"
    " in impl/handlers/subscriptions.py",
    "POST /service/{id}/close needs ServiceApi.close_service in impl/handlers/service.py",
    "POST /collection needs CollectionApi.collect in impl/handlers/collection_resource.py",
}
ROWS = {
    "GET /service needs a row for service in impl/resources.py",
    "POST /service needs a row for service in impl/resources.py",
    "DELETE /service/{id} needs a row for service in impl/resources.py",
}


def holds_in_order(text: str, lines: str) -> bool:
    there = iter(text.splitlines())
    return all(line in there for line in lines.splitlines())


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with paths added to its overlay, and no handlers for them."""
    root = copy_project(tmp_path_factory.mktemp("scratch"))
    with (root / OVERLAY).open("a") as overlay:
        overlay.write(ADDED)
    return root


@pytest.fixture(scope="module")
def walked(scratch: Path) -> dict[str, Any]:
    """What the commands say on the way from the overlay to stubs."""
    seen: dict[str, Any] = {"before": contents(scratch / "impl")}
    seen["generate"] = run(scratch, "openapi.generate")
    seen["types"] = run(scratch, "mypy", "impl")
    seen["start"] = run(scratch, "impl", "serve")
    seen["untouched"] = contents(scratch / "impl")
    seen["stubs"] = run(scratch, "openapi.generate", "--stubs")
    seen["after"] = contents(scratch / "impl")
    add_row(scratch, 'Resource("service", "Service")')
    return seen


@pytest.fixture(scope="module")
def answers(walked: dict[str, Any], scratch: Path, mongod: Mongod) -> Iterator[httpx.Client]:
    """A client of the copy with its stubs."""
    assert walked["stubs"].returncode == 0, walked["stubs"].stderr
    settings = {"MONGODB_URI": mongod.uri, "MONGODB_DB": "scratch", "VALIDATE_RESPONSES": 1}
    with (
        ScratchServer(scratch, **settings) as server,
        httpx.Client(base_url=server.api, timeout=30) as client,
    ):
        yield client


def test_generate_names_the_missing_handlers_and_touches_none(walked: dict[str, Any]) -> None:
    lines = walked["generate"].stderr.splitlines()
    assert set(lines[:-1]) == {f"missing: {wanted}" for wanted in WANTED | ROWS}
    assert walked["generate"].returncode == 0
    assert walked["untouched"] == walked["before"]


def test_type_checker_names_the_missing_handlers(walked: dict[str, Any]) -> None:
    said = walked["types"].stdout
    assert walked["types"].returncode == 1
    assert 'Missing named argument "service" for "Handlers"' in said
    assert 'Missing named argument "collection" for "Handlers"' in said
    assert '"CustomerBills" with abstract attribute "settle_customer_bill"' in said
    assert '"Subscriptions" with abstract attribute "rename_listener_under_a_name' in said


def test_start_names_a_missing_handler(walked: dict[str, Any]) -> None:
    assert walked["start"].returncode != 0
    said = walked["start"].stderr
    assert "CustomerBills.settle_customer_bill in impl/handlers/customer_bill.py" in said
    assert "a row for service in impl/resources.py" in said
    assert "Traceback" not in said


def test_stubs_are_named(walked: dict[str, Any]) -> None:
    lines = walked["stubs"].stderr.splitlines()
    assert {line for line in lines if line.startswith("stub")} == {f"stub: {w}" for w in WANTED}
    assert {line for line in lines if line.startswith("miss")} == {f"missing: {w}" for w in ROWS}


def test_stubs_leave_every_line_that_is_there(walked: dict[str, Any]) -> None:
    before, after = walked["before"], walked["after"]
    changed = {name for name in after if before.get(name) != after[name]}
    old = {"handlers/composition.py", "handlers/customer_bill.py", "handlers/subscriptions.py"}
    assert changed == {*old, "handlers/service.py", "handlers/collection_resource.py"}
    assert before.keys() <= after.keys()
    assert all(holds_in_order(after[name].decode(), before[name].decode()) for name in old)


@pytest.mark.parametrize(
    "tool",
    [
        ("mypy", "impl", "generated", "openapi"),
        ("ruff", "check", "--no-cache", "impl/handlers"),
        ("ruff", "format", "--no-cache", "--check", "impl/handlers"),
        ("openapi.generate", "--check"),
    ],
    ids=" ".join,
)
def test_stubs_are_clean(walked: dict[str, Any], scratch: Path, tool: tuple[str, ...]) -> None:
    assert walked["stubs"].returncode == 0, walked["stubs"].stderr
    done = run(scratch, *tool)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_left_to_stub(walked: dict[str, Any], scratch: Path) -> None:
    before = contents(scratch / "impl"), walked["stubs"].returncode
    done = run(scratch, "openapi.generate", "--stubs")
    assert (done.returncode, done.stderr) == (0, "")
    assert (contents(scratch / "impl"), 0) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/service/1/close", None),
        ("POST", "/collection", None),
        ("POST", "/hub/1/rename", {"callback": "http://here/"}),
        ("POST", "/customerBill/1/settle", {}),
    ],
)
def test_stub_answers_501(answers: httpx.Client, method: str, path: str, body: Any) -> None:
    response = answers.request(method, path, json=body)
    assert response.status_code == 501
    error = response.json()
    assert error["code"] == "501"
    assert error["status"] == "501"
    assert error["reason"] == "Not implemented"
    assert error["message"].endswith("is in the contract and not yet implemented")


def test_row_serves_the_standard_operations(answers: httpx.Client) -> None:
    assert answers.post("/service", json={"id": "1"}).status_code == 201
    assert [each["id"] for each in answers.get("/service").json()] == ["1"]
    assert answers.delete("/service/1").status_code == 204


def test_rest_of_the_copy_serves_as_before(answers: httpx.Client) -> None:
    assert answers.get("/customerBill").status_code == 200


HANDLERS = """from generated import api
from impl.handlers.pets import Pets

Handlers = api.Handlers


def build() -> Handlers:
    return Handlers(
        root=Pets(),
    )
"""
SHARED = '''"""What all have."""


class Shared:
    """What all have."""

    retrieve_pet = patch_pet = print
    name: str

    async def buy_pet(self) -> None: ...
'''
PETS = '''"""Pets."""

import impl.errors
from generated import api
from impl.errors import Conflict
from somewhere import Shared


class Pets(Shared, api.PetsApi, api.RootApi[Any, Any, Any]):
    """Pets."""

    # the end
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one class for two resources, and methods that it inherits."""
    root = project(tmp_path)
    folder = root / "impl" / "handlers"
    (folder / "deep").mkdir(parents=True)
    (folder / "composition.py").write_text(HANDLERS)
    (folder / "deep" / "shared.py").write_text(SHARED)
    (folder / "pets.py").write_text(PETS)
    return root


def stub(root: Path) -> int:
    return generate.main(["--stubs", "--root", str(root)])


def test_inherited_methods_are_not_missing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--root", str(shop)]) == 0
    assert capsys.readouterr().err.splitlines()[:-1] == [
        "missing: GET /pets needs PetsApi.list_pets in impl/handlers/pets.py",
        "missing: DELETE /{anything} needs RootApi.delete_anything in impl/handlers/pets.py",
    ]


def test_stub_uses_the_names_that_a_module_has(shop: Path) -> None:
    assert stub(shop) == 0
    text = (shop / "impl" / "handlers" / "pets.py").read_text()
    assert holds_in_order(text, PETS)
    assert text.startswith('"""Pets."""\n\nimport generated.types\nimport impl.errors\n')
    methods = (
        "    def list_pets(self, *, tag: list[str], x_trace: int) -> list[generated.types.Pet]:\n"
        "        del tag, x_trace\n"
        '        raise impl.errors.NotYetImplemented("listPets")\n'
        "\n"
        "    def delete_anything(self, anything: str) -> None:\n"
        "        del anything\n"
        '        raise impl.errors.NotYetImplemented("deleteAnything")\n'
    )
    assert methods in text


def test_new_resource_gets_a_module_and_is_named_where_handlers_are_made(shop: Path) -> None:
    folder = shop / "impl" / "handlers"
    (folder / "pets.py").write_text('"""What pets have in common."""\n')
    (folder / "composition.py").write_text(HANDLERS)
    assert stub(shop) == 0
    assert (folder / "pets.py").read_text() == '"""What pets have in common."""\n'
    made = (folder / "pets_resource.py").read_text()
    assert "class PetsResources(api.PetsApi[Query, Page, Patch]):\n" in made
    assert "    def patch_pet(self, pet_id: str, patch: Patch) -> Any:\n" in made
    composed = (folder / "composition.py").read_text()
    assert holds_in_order(composed, HANDLERS)
    assert "from impl.handlers.pets_resource import PetsResources\n" in composed
    assert "        pets=PetsResources(),\n        root=Roots(),\n    )" in composed


REFUSED = {
    "class on one line": (
        "pets.py",
        "from generated import api\nclass Pets(api.PetsApi, api.RootApi): ...\n",
        "impl/handlers/pets.py: can't be added to without a change to what is there",
    ),
    "imports in no order": (
        "pets.py",
        "import z\nfrom generated import api\nimport a\nclass Pets(api.PetsApi, api.RootApi):\n"
        "    x = 1\n",
        "impl/handlers/pets.py: can't be added to without a change to what is there",
    ),
    "no Python": ("pets.py", "class", "impl/handlers/pets.py: line 1: invalid syntax"),
    "no composition": (
        "pets.py",
        "",
        "impl/handlers/composition.py: can't be added to without a change to what is there",
    ),
    "two compositions": (
        "composition.py",
        "a = Handlers(a=1)\nb = Handlers(b=1)\n",
        "impl/handlers/composition.py: no one call of api.Handlers to name Pets in",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_added_to_stays(
    shop: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, said = REFUSED[case]
    folder = shop / "impl" / "handlers"
    if name == "composition.py":
        (folder / "pets.py").unlink()
    (folder / name).write_text(text)
    if case == "no composition":
        (folder / "composition.py").write_text("x = Handlers(a=1)\n")
    before = contents(shop)
    assert stub(shop) == 1
    assert capsys.readouterr().err == f"{said}\nnothing was written\n"
    assert contents(shop) == before


def test_project_without_handlers_gets_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stub(project(tmp_path)) == 1
    said = "impl/handlers/composition.py: is not there, to name a new handler in"
    assert said in capsys.readouterr().err
    assert not (tmp_path / "impl").exists()
