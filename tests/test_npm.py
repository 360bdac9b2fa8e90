"""What pins the npm packages that tests use."""

import json
from pathlib import Path

import pytest

from tests.servers import ROOT

LOCKS = sorted(ROOT.glob("tests/*/package-lock.json"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_a_lock_file_pins_what_is_asked_for_and_names_no_registry(lock: Path) -> None:
    wanted = json.loads((lock.parent / "package.json").read_text())["dependencies"]
    packages = json.loads(lock.read_text())["packages"]
    pinned = {name: packages[f"node_modules/{name}"]["version"] for name in wanted}
    assert pinned == wanted
    assert [name for name, package in packages.items() if "resolved" in package] == []
