"""Each resource of the contract has one row, which fits it, and its facts stand nowhere else."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from generated import api
from generated.tmf666 import api as tmf666_api
from impl import tmf666
from impl.handlers import accounts, composition
from impl.query import attributes
from impl.query.language import Path as AttributePath
from impl.resource_row import Resource
from impl.resources import ACCOUNTS, BY_NAME, FEED, RESOURCES
from impl.served import API, BESIDE, api_of
from tests.servers import ROOT

ROWS = Path("impl", "resources.py")
NAMES = {name for row in RESOURCES for name in (row.name, row.collection, row.schema)} - {ACCOUNTS}
"""Bills and rates have an attribute called `billingAccount`."""

HANDLERS, OF_ACCOUNTS = Path(composition.__file__), Path(accounts.__file__)


def _tables(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Collections in a module that list resources: each one's line, and what it lists."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield node.lineno, [*_names(node.elts)]
        elif isinstance(node, ast.Dict):
            # A document has attributes that are called like resources, among others.
            for side in (node.keys, node.values):
                names = [*_names(side)]
                yield node.lineno, names if len(names) == len(side) else []


def _names(nodes: list[ast.expr | None] | list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and node.value in NAMES:
            yield str(node.value)
        elif isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List):
            yield from _names(node.value.elts)


def _listed(text: str) -> list[list[str]]:
    return [names for _, names in _tables(ast.parse(text)) if len(set(names)) > 1]


def test_no_other_module_lists_resources() -> None:
    texts = {
        path.relative_to(ROOT): path.read_text("utf-8") for path in (ROOT / "impl").rglob("*.py")
    }
    found = {str(path): listed for path, text in texts.items() if (listed := _listed(text))}
    found.pop(str(ROWS), None)
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        'x = ("customerBill", "billCycle")',
        'if x in ["hub", "customerBill", "other"]: pass',
        'x = frozenset({"billCycle", "billNumber"})',
        'x = {"customerBill": "state", "billCycle": "name"}',
        'x = {"a": "CustomerBill", "b": "BillCycle"}',
        'x = (*("a", "customerBill"), "billCycle")',
    ],
)
def test_list_of_resources_is_found(text: str) -> None:
    assert _listed(text)


@pytest.mark.parametrize(
    "text",
    [
        'x = ("customerBill", "statusReason")',
        'x = {"id": "1", "billCycle": {}, "customerBill": {}}',
        'x = ("customerBill", "customerBill")',
    ],
)
def test_single_name_is_none(text: str) -> None:
    assert not _listed(text)


def test_each_resource_of_the_contract_has_one_row() -> None:
    apis = (API, *BESIDE.values())
    named = {operation.resource for api in apis for operation in api.operations}
    assert named - {tmf666.HERE} == BY_NAME.keys()
    for fact in ("name", "collection", "schema"):
        assert set(Counter(getattr(row, fact) for row in RESOURCES).values()) == {1}, fact


@pytest.mark.parametrize("row", RESOURCES, ids=lambda row: row.name)
def test_row_names_attributes_and_resources_of_the_contract(row: Resource) -> None:
    known = attributes.of(api_of(row.name).schemas[row.schema])
    paths: list[AttributePath] = [*row.owners.values(), *row.named.values()]
    for index in (*row.indexes, *(each.paths for each in row.partial), row.unique):
        texts = (index,) if isinstance(index, str) else index
        paths += [tuple(text.split(".")) for text in texts]
    paths += [(name,) for name in (*row.references, *row.with_state)]
    paths += [(row.state,)] if row.state else []
    internal = {path for path in paths if known.find(path) is None}
    assert internal <= {("currency",), ("sequence",), ("position",)}
    assert set(row.references.values()) <= BY_NAME.keys()


@pytest.mark.parametrize("row", RESOURCES, ids=lambda row: row.name)
def test_row_fits_the_operations_of_the_contract(row: Resource) -> None:
    operations = api_of(row.name).operations
    kinds = {each.standard for each in operations if each.resource == row.name}
    assert row.written_by_clients == ("create" in kinds)
    assert row.written_by_clients or not row.importable
    assert row.events == (row.name in api_of(row.name).event.members["event"].members)
    assert not (row.public and row.owners)


def test_the_feed_is_no_resource_by_its_own_name() -> None:
    assert FEED not in BY_NAME


@pytest.mark.parametrize(
    ("built_in", "names"), [(HANDLERS, api.HANDLERS), (OF_ACCOUNTS, tmf666_api.HANDLERS)]
)
def test_each_handler_is_named_where_handlers_are_built(
    built_in: Path, names: dict[str, str]
) -> None:
    """A resource that forgot to be named would be served without its rules."""
    beside = (
        {OF_ACCOUNTS}
        if built_in == OF_ACCOUNTS
        else {*HANDLERS.parent.glob("*.py")} - {OF_ACCOUNTS}
    )
    defined = {
        node.name
        for path in beside
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and any("api." in ast.unparse(b) for b in node.bases)
    }
    (call,) = [
        node
        for node in ast.walk(ast.parse(built_in.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "api.Handlers"
    ]
    built = {ast.unparse(each.value).partition("(")[0] for each in call.keywords}
    assert built == defined
    assert {each.arg for each in call.keywords} <= {*names.values()}
