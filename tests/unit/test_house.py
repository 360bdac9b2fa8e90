"""Rules about the code itself: stored fields, the length of functions, the places of unit tests."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.servers import ROOT

STORED_FIELDS = {
    r"_json\d+": {"impl/store/rendition.py"},
    r"_(stamp|event)": {"impl/store/pending_events.py"},
    r"_(partition|previous)|lastOf": {"impl/store/partitions.py"},
}
"""Which module defines which stored fields, for others of the store to use by their constants."""

USED_BY_THE_STORE = re.compile(r"impl\.store(\.| import .*)(rendition|pending_events)\b")

UNIT = ROOT / "tests" / "unit"
LONGEST = 45
"""Lines of a function, from `def` to its end."""

NO_MODULE = {
    "billing/test_once.py": "cycles, derived amounts and eligible rates together",
    "billing/test_oracle.py": "bills and their documents, by arithmetic of their own",
    "test_house.py": "all of the code",
}
"""Unit tests of more than one module."""


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module of these packages, by its path below the project's folder, and its syntax."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def names(tree: ast.AST, field: str) -> bool:
    """Whether a text of a module names a stored field, be it in a path or in an expression."""
    pattern = re.compile(rf"(?<!\w)({field})\b")
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return any(isinstance(text, str) and pattern.search(text) for text in texts)


@pytest.mark.parametrize("field", STORED_FIELDS)
def test_a_stored_field_is_named_by_its_owner_alone(field: str) -> None:
    naming = {path for path, tree in sources("impl") if names(tree, field)}
    assert naming == STORED_FIELDS[field]


def test_stored_fields_are_used_in_the_store_alone() -> None:
    using = {path for path, tree in sources("impl") if USED_BY_THE_STORE.search(ast.unparse(tree))}
    assert "impl/store/relay.py" in using
    assert [path for path in using if not path.startswith("impl/store/")] == []


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('x = {"_stamp": 1}', True),
        ('x = "$_event.eventId"', True),
        ('x = f"row._stamp.{y}"', True),
        ("def _event() -> None: ...", False),
        ('x = "_events"', False),
        ('x = "a_stamp"', False),
    ],
)
def test_a_stored_field_is_found_wherever_it_is_named(source: str, named: bool) -> None:
    assert names(ast.parse(source), r"_(stamp|event)") is named


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def test_no_function_is_longer_than_45_lines() -> None:
    lengths = {
        f"{path}:{function.lineno} {function.name}": _lines(function)
        for path, tree in sources("impl", "openapi")
        for function in functions(tree)
    }
    assert len(lengths) > 1000, "most of the code was not read"
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_each_unit_test_has_the_place_and_the_name_of_its_module() -> None:
    paths = [path.relative_to(UNIT) for path in UNIT.rglob("test_*.py")]
    strays = [str(path) for path in paths if not _module(path).is_file()]
    assert len(paths) > 50, "most unit tests were not read"
    assert sorted(strays) == sorted(NO_MODULE)


def _module(test: Path) -> Path:
    """The module that a unit test is about: `tests/bench` has its own below `tests/unit/bench`."""
    package = ROOT / "tests" if test.parts[0] == "bench" else ROOT / "impl"
    return package / test.with_name(test.name.removeprefix("test_"))
