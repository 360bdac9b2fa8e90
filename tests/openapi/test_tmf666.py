"""`tmf666.yaml` says what the standard says of the resources it has, and nothing of ours."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi.conversion import converted
from openapi.document import load
from openapi.members import reachable
from tests.servers import ROOT

OFFICIAL = Path(os.environ.get("OFFICIAL_DOCUMENTS", ROOT.parent / "shared" / "official"))
FILE = OFFICIAL / "TMF666-Account-v4.0.0.swagger.json"
SERVED = {
    "billingAccount",
    "billFormat",
    "billPresentationMedia",
    "billingCycleSpecification",
    "hub",
}
PROSE = {"description", "summary"}


def without_prose(node: Any, *, of_names: bool = False) -> Any:
    """The node without texts; a mapping of names, such as `properties`, keeps all its members."""
    if isinstance(node, list):
        return [without_prose(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: without_prose(value, of_names=name in ("properties", "schemas"))
        for name, value in node.items()
        if of_names or name not in PROSE
    }


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in PROSE and isinstance(value, str):
                yield value
            else:
                yield from texts(value)


@pytest.fixture
def official() -> dict[str, Any]:
    if not FILE.is_file():
        pytest.skip(f"no official document at {FILE}")
    return converted(FILE)[0]


def test_it_has_every_fact_of_the_resources_that_are_served(official: dict[str, Any]) -> None:
    ours = load(ROOT / "tmf666.yaml")
    paths = {path: item for path, item in official["paths"].items() if path.split("/")[1] in SERVED}
    schemas = official["components"]["schemas"]
    kept = {*reachable([paths, official["components"]["responses"]], schemas), "Any", "Error"}
    assert without_prose(ours["paths"]) == without_prose(paths)
    assert without_prose(ours["components"], of_names=True) == without_prose(
        {
            **official["components"],
            "schemas": {name: schemas[name] for name in schemas if name in kept},
        },
        of_names=True,
    )
    assert ours["servers"] == official["servers"]


def test_no_sentence_of_it_is_the_standards(official: dict[str, Any]) -> None:
    theirs = {text for text in texts(load(FILE)) if len(text.split()) > 4}
    assert theirs
    assert theirs.isdisjoint(texts(load(ROOT / "tmf666.yaml")))
