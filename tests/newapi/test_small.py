"""A small document of ours is served from a folder of its own, and its own tests pass."""

from pathlib import Path

import pytest

from openapi import new_api
from tests.newapi.folders import run
from tests.openapi.test_new_api import SWAGGER

pytestmark = pytest.mark.long
PLUGIN = {"API_PLUGIN": "fleet_management_plugin"}
BESIDE = """
import httpx
from impl.conformance import server
from impl.served import API

with server.running() as url, httpx.Client(base_url=API.url(url), timeout=60) as client:
    made = client.post("/vehicle", json={"plate": "A 1", "id": "one"}).json()
    replaced = client.put("/vehicle/one", json={})
    narrow = client.patch("/vehicle/one", json={"fuel": "none"})
    print(made["lastUpdate"][-1], replaced.status_code, narrow.status_code)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("new")
    (root / "document.yaml").write_text(SWAGGER)
    assert new_api.main([str(root / "document.yaml"), str(root / "fleet")]) == 0
    return root / "fleet"


def test_its_own_tests_pass(folder: Path) -> None:
    said = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", **PLUGIN)
    assert " passed" in said


def test_what_no_collection_serves_and_no_patch_changes_is_refused(folder: Path) -> None:
    assert run(folder, "-c", BESIDE, **PLUGIN).split() == ["Z", "501", "400"]
