"""`make generate` and its check: what is written, what is refused, and from which contracts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openapi import formatting, generate
from tests.openapi.contracts import NO_OVERLAY, PETS, ROOT, Generated, contents, generated, project

OFFICIAL = ROOT.parent / "shared" / "official" / "TMF678-CustomerBill-v5.0.0.oas.yaml"
ADDED = "actions: [{target: $.info, description: Ours., update: {x-shop: 1}}]"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path)


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose code is generated, which tests copy."""
    made = project(tmp_path_factory.mktemp("current"))
    assert generate_in(made) == 0
    return made


@pytest.fixture
def current_shop(current: Path, tmp_path: Path) -> Path:
    return shutil.copytree(current, tmp_path / "shop")


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generated(project(tmp_path_factory.mktemp("pets")))


def run(root: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as make starts it, but from another folder."""
    return subprocess.run(
        [sys.executable, "-m", "openapi.generate", *options],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def generate_in(root: Path, *options: str) -> int:
    return generate.main([*options, "--root", str(root)])


def row(pets: Generated, id_: str) -> Any:
    return next(row for row in pets.operations.OPERATIONS if row.id == id_)


def test_a_small_contract_has_the_same_bytes_from_any_folder_whatever_the_hash_seed(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The next two tests check the contracts that are served, and take ten times as long."""
    generate_in(shop)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run(elsewhere, "--check", "--root", str(shop), PYTHONHASHSEED="4242")
    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_generated_folder_is_current_from_any_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "--check", "--root", str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.long
def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    for standard, overlay in (
        ("tmf678.yaml", "overlay.yaml"),
        ("tmf678-v5.yaml", "overlay-v5.yaml"),
    ):
        for name in (standard, f"openapi/{overlay}"):
            (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    written = []
    for seed in ("0", "4242"):
        assert run(tmp_path, "--root", ".", PYTHONHASHSEED=seed).returncode == 0
        written.append(contents(tmp_path / "generated"))
    assert written[0] == written[1]


def test_removes_what_it_no_longer_writes(current_shop: Path) -> None:
    old = current_shop / "generated" / "old.py"
    old.write_text(generate.FIRST.header + "x = 1\n")
    assert generate_in(current_shop) == 0
    assert not old.exists()


def test_a_project_may_have_version_5_of_the_contract(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "tmf678-v5.yaml").write_text(PETS.replace("/pets:", "/cats:"))
    (shop / "openapi" / "overlay-v5.yaml").write_text(NO_OVERLAY)
    assert generate_in(shop) == generate_in(shop, "--check") == 0
    written = contents(shop / "generated" / "v5")
    assert b"/cats" in written["operations.py"]
    assert written["api.py"].startswith(generate.MORE[0].header.encode())
    (shop / "generated" / "v5" / "api.py").write_text("mine")
    assert generate_in(shop, "--check") == 1
    assert "v5/api.py: stale, or edited by hand" in capsys.readouterr().err


def test_leaves_alone_what_is_current(current_shop: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (current_shop / "generated").iterdir()}
    generate_in(current_shop)
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("name", ["api.py", "notes.txt", "folder/x.py"])
def test_refuses_to_touch_what_is_not_its_own(
    current_shop: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = current_shop / "generated" / name
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_bytes(b"\xff mine")
    (current_shop / "openapi" / "overlay.yaml").write_text(ADDED)
    before = contents(current_shop)
    capsys.readouterr()
    assert generate_in(current_shop) == 1
    assert contents(current_shop) == before
    first = f"generated/{Path(name).parts[0]} is not the generator's; move it elsewhere\n"
    assert capsys.readouterr().err == first + "nothing was written\n"


def test_refuses_a_file_in_the_folders_place(shop: Path) -> None:
    (shop / "generated").write_text("mine")
    assert generate_in(shop) == 1


def test_says_so_where_it_cannot_write(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert generate_in(shop) == 1
    said = "[Errno 28] No space left on device\nnot all was written; run it again\n"
    assert capsys.readouterr().err == said


def test_says_so_where_ruff_fails(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(formatting, "SETTINGS", shop / "nowhere.toml")
    assert generate_in(shop) == 1
    assert "api.py: ruff says " in capsys.readouterr().err
    assert not (shop / "generated").exists()


CHANGES = {
    "stale": (
        "../openapi/overlay.yaml",
        ADDED,
        "openapi.yaml: stale, or edited by hand\ngenerated/strict.yaml: stale, or edited by hand",
    ),
    "edited": ("api.py", None, "api.py: stale, or edited by hand"),
    "extra": ("new.py", generate.FIRST.header, "new.py: nothing in the contract asks for it"),
    "hidden": (".new", "", ".new: nothing in the contract asks for it"),
    "folder": ("new/x", "", "new: nothing in the contract asks for it"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_check_fails_when(
    current_shop: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, said = CHANGES[change]
    path = current_shop / "generated" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.read_text() + "\n" if text is None else text)
    before = contents(current_shop)
    capsys.readouterr()
    assert generate_in(current_shop, "--check") == 1
    assert capsys.readouterr().err == f"generated/{said}\ngenerate it again, without --check\n"
    assert contents(current_shop) == before


def test_check_fails_when_a_file_is_missing(
    current_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (current_shop / "generated" / "types.py").unlink()
    capsys.readouterr()
    assert generate_in(current_shop, "--check") == 1
    assert "generated/types.py: missing\n" in capsys.readouterr().err


def test_check_passes_after_import(shop: Path) -> None:
    generated(shop)
    assert generate_in(shop, "--check") == 0


PET = "{get: {operationId: a, responses: {'200': {description: A.}}}}"
ONE = "{openapi: 3.0.3, info: {title: T, version: '1'}, paths: {%s}}"
BROKEN = {
    "no YAML": ("a: [}", NO_OVERLAY, "tmf678.yaml: line 1: did not find expected"),
    "no text": ("\x00", NO_OVERLAY, "control characters are not allowed"),
    "nothing": ("", NO_OVERLAY, "tmf678.yaml: holds no mapping"),
    "a list": ("[]", NO_OVERLAY, "tmf678.yaml: holds no mapping"),
    "a name twice": ("a: 1\nb: {c: 1}\na: 2", NO_OVERLAY, "tmf678.yaml: line 3: 'a' comes twice"),
    "an alias of itself": ("a: &a [*a]", NO_OVERLAY, "tmf678.yaml: is more than JSON can hold"),
    "bytes": ("a: !!binary aGk=", NO_OVERLAY, "tmf678.yaml: is more than JSON can hold"),
    "Swagger 2": ("swagger: '2.0'", NO_OVERLAY, "tmf678.yaml: only OpenAPI 3.0 is read"),
    "OpenAPI 3.1": ("openapi: 3.1.0", NO_OVERLAY, "tmf678.yaml: only OpenAPI 3.0 is read"),
    "no info": ("{openapi: 3.0.3, paths: {}}", NO_OVERLAY, 'the document: "info" is a required'),
    "no description": (
        ONE % "/a: {get: {operationId: a, responses: {'200': {}}}}",
        NO_OVERLAY,
        'paths > /a > get > responses > 200: "description" is a required property',
    ),
    "same operationId": (
        ONE % f"/a: {PET}, /b: {PET}",
        NO_OVERLAY,
        "Operation ID 'a' for 'get' in",
    ),
    "no operationId": (
        ONE % "/a: {get: {responses: {'200': {description: A.}}}}",
        NO_OVERLAY,
        "GET /a: needs an `operationId`",
    ),
    "no letters": (
        ONE % f"/a: {PET.replace(' a', ' 11')}",
        NO_OVERLAY,
        "operationId: 11 is not of",
    ),
    "no name": (ONE % f"/a: {PET.replace(' a', ' é')}", NO_OVERLAY, "'é' holds no letter that a"),
    "one name in Python": (
        ONE % f"/a: {PET}, /A: {PET.replace('operationId: a', 'operationId: b')}",
        NO_OVERLAY,
        "resources a and A have one name in Python",
    ),
    "two arguments of one name": (
        ONE % "'/a/{x}': {get: {operationId: a, responses: {'200': {description: A.}}, parameters: "
        "[{name: x, in: path, required: true, schema: {}}, {name: x, in: header, schema: {}}]}}",
        NO_OVERLAY,
        "api.py would be no Python: duplicate argument 'x'",
    ),
    "dangling": (ONE % "/a: {$ref: '#/nope/1'}", NO_OVERLAY, "/nope/1 leads nowhere"),
    "no overlay": (PETS, "", "overlay.yaml: holds no mapping"),
    "no actions": (PETS, "overlay: 1.0.0", "overlay.yaml: `actions` must be a list of mappings"),
    "odd actions": (PETS, "actions: [1]", "overlay.yaml: `actions` must be a list of mappings"),
    "no target": (PETS, "actions: [{update: {}}]", "overlay.yaml: action 1: needs a `target`"),
    "no change": (PETS, "actions: [{target: $.info}]", "overlay.yaml: action 1: needs a `target`"),
    "no JSONPath": (PETS, "actions: [{target: '$.[', update: {}}]", "action 1: $.[: Parse error"),
    "no match": (
        PETS,
        f"{ADDED[:-1]}, {{target: $.paths.cats.get, update: {{summary: No}}}}]",
        "overlay.yaml: action 2: $.paths.cats.get matches nothing",
    ),
    "no difference": (
        PETS,
        "actions: [{target: $.info, update: {version: '1.0'}}]",
        "overlay.yaml: action 1: $.info changes nothing",
    ),
    "the root removed": (PETS, "actions: [{target: $, remove: true}]", "Cannot remove the root"),
    "broken by the overlay": (
        PETS,
        "actions: [{target: $.info, update: {title: 1}}]",
        "tmf678.yaml with overlay.yaml: info > title: 1 is not of type",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_contract_is_one_line_and_writes_nothing(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    standard, overlay, said = BROKEN[case]
    root = project(tmp_path, standard, overlay)
    assert generate_in(root) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert said in lines[0]
    assert lines[1] == "nothing was written"
    assert not (root / "generated").exists()


@pytest.mark.parametrize("name", ["tmf678.yaml", "openapi/overlay.yaml"])
def test_a_missing_file_is_named(shop: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / name).unlink()
    assert generate_in(shop) == 1
    begin = "is not there; --new writes ours, to begin with\nnothing was written\n"
    assert capsys.readouterr().err == f"{shop / name}: {begin}"


@pytest.mark.parametrize("name", ["tmf678.yaml", "openapi/overlay.yaml"])
def test_a_new_project_takes_no_files_place(
    shop: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"tmf678.yaml", "openapi/overlay.yaml"} - {name}
    (shop / other.pop()).unlink()
    before = contents(shop)
    assert generate_in(shop, "--new") == 1
    assert capsys.readouterr().err == f"{shop / name}: is there already\nnothing was written\n"
    assert contents(shop) == before


def test_what_was_written_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_in(shop) == 0
    count = len(contents(shop / "generated"))
    assert capsys.readouterr().out == f"{shop / 'generated'}: {count} files, 5 operations\n"


def test_a_package_without_templates_writes_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "TEMPLATES", shop)
    assert generate_in(shop) == 1
    assert capsys.readouterr().err.startswith(f"{shop}: holds no template; ")
    assert not (shop / "generated").exists()


def test_operation_without_paging_takes_its_parameters_by_name(pets: Generated) -> None:
    listed = row(pets, "listPets")
    assert not listed.takes_query
    assert listed.arguments == (("tag", "query", "tag"), ("X-Trace", "header", "x_trace"))
    hints = pets.api.PetsApi.list_pets.__annotations__
    assert hints["tag"] == list[str]
    assert hints["x_trace"] is int
    assert hints["return"].__args__ == (pets.types.Pet,)


def test_responses_are_sorted_json_first_and_default_left_out(pets: Generated) -> None:
    assert row(pets, "listPets").responses == {
        200: {"application/json": "Pet[]", "text/plain": None}
    }
    retrieved = row(pets, "retrievePet").responses
    assert list(retrieved) == [200, 400, 404]
    assert retrieved[200] == {"application/json": "Pet"}
    assert retrieved[404] == {"application/json": "Error"}


def test_operations_own_parameter_wins_over_its_paths(pets: Generated) -> None:
    assert pets.api.PetsApi.retrieve_pet.__annotations__["pet_id"] is int
    assert pets.api.PetsApi.patch_pet.__annotations__["pet_id"] is str


def test_operation_without_a_body_in_its_answer_returns_none(pets: Generated) -> None:
    assert row(pets, "buy-pet").responses == {202: {}}
    assert pets.api.PetsApi.buy_pet.__annotations__["return"] is None


def test_body_of_several_media_types_is_any_of_their_types(pets: Generated) -> None:
    request = row(pets, "buy-pet").request
    assert next(iter(request)) in ("application/json", "application/json; charset=utf-8")
    assert request["application/x-many"] == "Pet[]"
    body = pets.api.PetsApi.buy_pet.__annotations__["body"]
    assert [str(each).rsplit(".")[-1] for each in body.__args__] == ["Animal'>", "Pet'>", "Pet]"]


def test_names_that_python_has_are_written_otherwise(pets: Generated) -> None:
    assert row(pets, "buy-pet").arguments == (("class", "query", "class_"),)
    names = {schema.__name__ for schema in pets.schemas.SCHEMAS.values()}
    assert {"Number_", "Resource", "_3dModel"} <= names
    assert pets.types.Size != pets.types.Size_


def test_operation_without_a_summary_is_documented_by_its_id(pets: Generated) -> None:
    assert pets.api.PetsApi.retrieve_pet.__doc__ == "retrievePet"
    assert pets.api.PetsApi.list_pets.__doc__ == "Pets, '''all''' of them, with a \"tag'"


def test_path_without_a_fixed_segment_is_the_roots(pets: Generated) -> None:
    assert pets.api.HANDLERS == {"pets": "pets", "root": "root"}
    assert row(pets, "deleteAnything").resource == "root"


def test_handlers_are_refused_while_a_method_is_missing(pets: Generated) -> None:
    class Some(pets.api.PetsApi):  # type: ignore[name-defined,misc]
        def list_pets(self) -> None: ...

    with pytest.raises(TypeError, match=r"abstract methods? .*buy_pet.*retrieve_pet"):
        Some()


def test_missing_handlers_are_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_in(shop) == 0
    lines = capsys.readouterr().err.splitlines()
    wanted = "missing: GET /pets needs PetsApi.list_pets in impl/handlers/pets.py"
    assert lines[0] == wanted
    assert len(lines) == 6
    assert lines[-1] == "write them, or have --stubs write them"


def test_generated_code_type_checks(tmp_path: Path) -> None:
    generated(project(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "generated"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


CARS = """
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /car:
    get: {operationId: list, parameters: [&offset {name: offset, in: query, schema: {type: integer}}], responses: &all {"200": {description: A., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Car'}}}}}}}
    post: {operationId: create, requestBody: &car {content: {application/json: {schema: {$ref: '#/components/schemas/Car'}}}}, responses: &one {"200": {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/Car'}}}}}}
    delete: {operationId: deleteAll, responses: &none {"204": {description: A.}}}
  /car/{id}:
    parameters: [&id {name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: retrieve, parameters: [&fields {name: fields, in: query, schema: {type: string}}], responses: *one}
    patch: {operationId: patch, parameters: [&match {name: If-Match, in: header, schema: {type: string}}], requestBody: *car, responses: *one}
    put: {operationId: replace, requestBody: *car, responses: *one}
    delete: {operationId: delete, responses: *none}
  /car/{id}/wash:
    parameters: [*id]
    post: {operationId: wash, responses: *one}
    get: {operationId: washed, parameters: [*fields], responses: *one}
  /bus:
    get: {operationId: listLater, parameters: [*offset, {name: after, in: query, x-argument: true, schema: {type: string}}], responses: *all}
    post: {operationId: start, responses: *one}
  /bus/{number}:
    get: {operationId: byNumber, parameters: [{name: number, in: path, required: true, schema: {type: string}}, *fields], responses: *one}
  /van:
    get: {operationId: only, parameters: [*fields], responses: *one}
components: {schemas: {Car: {type: object, properties: {id: {type: string}}}}}
"""  # noqa: E501 - flow style keeps it on one screen
STANDARD = {"list", "create", "retrieve", "patch", "delete"}


def test_standard_operations_are_marked_by_path_and_parameters(tmp_path: Path) -> None:
    code = generated(project(tmp_path, CARS))
    marks = {row.id: row.standard for row in code.operations.OPERATIONS}
    own = marks.keys() - STANDARD
    assert marks == {name: name for name in STANDARD} | dict.fromkeys(own)
    assert own == {
        "deleteAll",
        "replace",
        "wash",
        "washed",
        "listLater",
        "start",
        "byNumber",
        "only",
    }
    assert code.api.CarApi.__abstractmethods__ == {"delete_all", "replace", "wash", "washed"}


def test_contract_without_components_or_paths(tmp_path: Path) -> None:
    code = generated(project(tmp_path, ONE % ""))
    assert (code.operations.OPERATIONS, code.schemas.SCHEMAS, code.api.HANDLERS) == ((), {}, {})


@pytest.mark.skipif(not OFFICIAL.exists(), reason="TM Forum's own files are not here")
def test_official_version_5(tmp_path: Path) -> None:
    code = generated(project(tmp_path, OFFICIAL.read_text()))
    assert len(code.operations.OPERATIONS) == 16
    patched = next(each for each in code.operations.OPERATIONS if each.id == "patchCustomerBill")
    assert patched.standard == "patch"
    bill = code.schemas.SCHEMAS["CustomerBill"]().load(
        {
            "@type": "CustomerBill",
            "billDate": "2026-10-01T00:00:00Z",
            "billDocument": [
                {"@type": "Attachment", "validFor": {"endDateTime": "2027-01-01T00:00:00Z"}}
            ],
        }
    )
    assert bill["billDate"].tzinfo
    assert bill["billDocument"][0]["validFor"]["endDateTime"].tzinfo
