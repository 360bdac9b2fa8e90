"""What linters of OpenAPI find in the contract."""

import json
from pathlib import Path

from tests.clients.tools import WORK, Tools


def test_spectral_finds_no_error(tools: Tools, contract: Path) -> None:
    rules = WORK / "spectral.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    # It fails for errors alone, and for a document that it can't read.
    said = tools.run("spectral", "lint", "--ruleset", rules, contract)
    assert "0 errors" in said or "No results" in said, said


def test_redocly_finds_no_error(tools: Tools, contract: Path) -> None:
    said = tools.run("redocly", "lint", "--format=json", contract)
    found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert found["totals"]["errors"] == 0, found["problems"]
