"""Rules about the code itself: which modules may name which stored fields."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.servers import ROOT

STORED_FIELDS = {
    r"_json\d+": {"impl/store/rendition.py"},
    r"_(stamp|event)": {"impl/store/pending_events.py"},
}
"""Which module defines which stored fields, for others of the store to use by their constants."""

USED_BY_THE_STORE = re.compile(r"impl\.store(\.| import .*)(rendition|pending_events)\b")


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module of these packages, by its path below the project's folder, and its syntax."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


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
