"""SECURITY.md names tests that there are, and leaves no risk without one."""

import ast
import re

import pytest

from tests.servers import ROOT

TEXT = (ROOT / "SECURITY.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", TEXT)))
RISKS = re.findall(r"^\| (API\d+) .*\|(.*)\|$", TEXT, re.M)


def test_each_of_the_ten_risks_is_held_by_a_test() -> None:
    assert [risk for risk, _ in RISKS] == [f"API{number}" for number in range(1, 11)]
    assert all("`tests/" in tests for _, tests in RISKS)


@pytest.mark.parametrize("named", NAMED)
def test_the_test_that_is_named_is_there(named: str) -> None:
    file, _, function = named.partition("::")
    defined = {
        each.name
        for each in ast.parse((ROOT / file).read_text()).body
        if isinstance(each, ast.FunctionDef)
    }
    assert not function or function in defined
