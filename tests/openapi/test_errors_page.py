"""docs/errors.md and its page: a section for each code that the server answers, and no other."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from impl import errors as words
from impl.web import errors
from openapi import errors_page
from tests.errors import the_shape
from tests.servers import ROOT

TEXT = errors_page.SOURCE.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\S+) (.+)$", TEXT, re.MULTILINE))


def _section(code: str) -> str:
    return TEXT.split(f"\n## {code} ")[1].split("\n## ")[0]


def _raised() -> Iterator[str]:
    """The names of the errors that the code makes."""
    for file in (ROOT / "impl").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    for kind in (*errors.OF_GUNICORN.values(), words.Malformed):
        yield kind.__name__


def test_each_code_that_is_raised_has_a_section_and_each_section_such_a_code() -> None:
    raised = set(_raised())
    rows = [row for kind, row in errors.TABLE.items() if kind.__name__ in raised]
    assert SECTIONS.keys() == {code for _, code, _ in [*rows, errors.INCIDENT]}


def test_each_row_of_the_table_is_told_in_its_section() -> None:
    for status, code, reason in [*errors.TABLE.values(), errors.INCIDENT]:
        section = f"{SECTIONS[code]}\n{_section(code)}"
        assert reason in section
        assert f"\nStatus {status}. " in section


def test_each_code_of_the_proxy_has_a_section() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    reasons = re.findall(r'(\d{3}) "(.+)";', text.split("map $status $reason")[1].split("}")[0])
    known = dict(re.findall(r"(\d{3}) (\d+);", text.split("map $status $code")[1].split("}")[0]))
    assert reasons
    for status, reason in reasons:
        assert SECTIONS[known.get(status, status)] == reason


@pytest.mark.parametrize("code", SECTIONS)
def test_each_section_has_cause_cure_and_an_example(code: str) -> None:
    section = _section(code)
    assert "\n**Cause:** " in section
    assert "\n**Cure:** " in section
    example = json.loads(section.split("```")[1].splitlines()[-1])
    the_shape(example)
    assert example["code"] == code
    assert example["reason"] in _reasons(code)


def _reasons(code: str) -> set[str]:
    return {row[2] for row in [*errors.TABLE.values(), errors.INCIDENT] if row[1] == code}


def test_the_page_is_that_of_the_text() -> None:
    page = errors_page.PAGE.read_text("utf-8")
    assert page == errors_page.page(TEXT), "run `make generate`"
    assert set(re.findall(r'<h2 id="([^"]+)"', page)) == SECTIONS.keys()
    assert not re.findall(r'(?:src|href)="', page), "it is whole without the internet"


def test_the_command_tells_a_stale_page_and_writes_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(errors_page, "PAGE", tmp_path / "errors.html")
    assert errors_page.main(["--check"]) == 1
    assert "errors.html: stale" in capsys.readouterr().err
    assert (errors_page.main([]), errors_page.main(["--check"])) == (0, 0)
