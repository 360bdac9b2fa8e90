"""Clients in TypeScript."""

import shutil
from pathlib import Path

import pytest

from tests.clients.tools import FOLDER, WORK, Tools
from tests.servers import ServerProcess

CLIENTS = WORK / "typescript"
FLOWS = ("openapi_typescript", "orval")


@pytest.fixture(scope="module")
def programs(tools: Tools, contract: Path) -> Path:
    """The folder of the flows, compiled beside what openapi-typescript and orval made."""
    CLIENTS.mkdir()
    (CLIENTS / "node_modules").symlink_to(FOLDER / "node_modules")
    (CLIENTS / "package.json").write_text('{"type": "module"}\n')
    for name in FLOWS:
        shutil.copy(FOLDER / "flows" / f"{name}.ts", CLIENTS)
    tools.run("openapi-typescript", contract, "-o", CLIENTS / "contract.d.ts")
    tools.run("orval", "--input", contract, "--output", CLIENTS / "client.ts", "--client", "fetch")
    tools.run("tsc", "--strict", "--target", "es2022", "--module", "nodenext",
              "--lib", "es2022,dom,dom.iterable",
              *(CLIENTS / f"{name}.ts" for name in FLOWS), folder=CLIENTS)  # fmt: skip
    return CLIENTS


@pytest.mark.parametrize("name", FLOWS)
def test_types_are_sound_and_money_stays_exact(
    tools: Tools, billing: ServerProcess, programs: Path, name: str
) -> None:
    tools.run("node", programs / f"{name}.js", billing.api)
