"""Official documents of TM Forum, each served from a folder of its own, without a line by hand."""

import os
import resource
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.newapi.folders import run
from tests.openapi.contracts import ROOT

OFFICIAL = Path(os.environ.get("OFFICIAL_DOCUMENTS", ROOT.parent / "shared" / "official"))
CPU_SECONDS = 10


class Api(NamedTuple):
    """A document, the package that comes of it, and its base path."""

    document: str
    package: str
    base_path: str


APIS = [
    Api("TMF632-Party-v4.0.0.swagger.json", "party", "/tmf-api/party/v4"),
    Api(
        "TMF666-Account-v4.0.0.swagger.json",
        "account_management",
        "/tmf-api/accountManagement/v4",
    ),
    Api(
        "TMF620-Product_Catalog_Management-v5.0.0.oas.yaml",
        "product_catalog_management",
        "/productCatalogManagement/v5",
    ),
]
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not OFFICIAL.is_dir(), reason=f"no official documents at {OFFICIAL}"),
]


@pytest.fixture(scope="module", params=APIS, ids=lambda api: api.document[:6])
def api(request: pytest.FixtureRequest) -> Api:
    chosen: Api = request.param
    return chosen


@pytest.fixture(scope="module")
def folder(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command makes of a document, in time."""
    root = tmp_path_factory.mktemp("new") / "api"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(ROOT, "-m", "openapi.new_api", str(OFFICIAL / api.document), str(root))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < CPU_SECONDS
    return root


def test_code_is_current_and_has_the_names_and_the_base_of_the_document(
    api: Api, folder: Path
) -> None:
    run(folder, "-m", "openapi.generate", "--package", api.package, "--check")
    operations = (folder / api.package / "operations.py").read_text()
    assert f'BASE_PATH = "{api.base_path}"\n' in operations


def test_its_own_tests_pass(api: Api, folder: Path) -> None:
    plugin = f"{api.package}_plugin"
    said = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", API_PLUGIN=plugin)
    assert " passed" in said


def test_it_starts_without_anything_of_tmf678(api: Api, folder: Path) -> None:
    script = (
        "import sys, impl.app, impl.server, impl.worker, impl.cli.serve, impl.cli.worker\n"
        "print(*sorted(sys.modules))"
    )
    loaded = run(folder, "-c", script, API_PLUGIN=f"{api.package}_plugin").split()
    theirs = ("generated", "typst", "impl.tmf678", "impl.demo", "impl.bill_documents")
    assert not {*theirs} & {*loaded}
    assert not {f"impl.billing.{name}" for name in ("maker", "runs", "on_demand")} & {*loaded}


def test_schemathesis_finds_nothing_with_every_check(api: Api, folder: Path) -> None:
    """Without the phase of coverage, which takes the most time whatever the number of examples."""
    fuzz = ("-m", "impl.conformance.fuzz", "--examples", "3", "--seed", "632")
    phases = ("--document", "served", "--phases", "examples,fuzzing,stateful")
    run(folder, *fuzz, *phases, API_PLUGIN=f"{api.package}_plugin")
