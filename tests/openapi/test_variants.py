"""The two readings of the contract: what requests are held to, and what clients are made from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi import document, generate, variants
from openapi.members import target
from tests.contract.looser import ANY, LOOSER
from tests.openapi.contracts import ROOT, project

STRICT = document.load(ROOT / "generated" / "strict.yaml")
SERVED = document.load(ROOT / "generated" / "openapi.yaml")


def differences(one: Any, other: Any, at: str = "#") -> Iterator[str]:
    """Pointers to what only one of two documents has, or has otherwise."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        yield from () if one == other else [at]
        return
    for name in one.keys() | other.keys():
        step = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        yield from differences(one.get(name), other.get(name), step)


def is_below(pointer: str, place: str) -> bool:
    return f"{pointer}/".startswith(f"{place}/")


def nodes(node: Any, at: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from nodes(each, f"{at}/{index}")
    if isinstance(node, dict):
        yield at, node
        for name, each in node.items():
            yield from nodes(each, f"{at}/{name}")


def test_the_two_differ_where_a_reason_is_listed_and_nowhere_else() -> None:
    found = list(differences(STRICT, SERVED))
    assert [each for each in found if not any(is_below(each, place) for place in LOOSER)] == []
    assert [each for each in LOOSER if not any(is_below(one, each) for one in found)] == []
    assert all(reason.endswith(".") for reason in LOOSER.values())


def test_neither_has_the_overlays_own_words() -> None:
    for _, node in [*nodes(STRICT), *nodes(SERVED)]:
        assert not {"x-strict", "x-merge-patch"} & node.keys()


def test_any_is_anything_and_says_what_numbers_may_be() -> None:
    anything = SERVED["components"]["schemas"]["Any"]
    assert anything.keys() == {"description"}
    assert "64 bits" in anything["description"]


def test_a_type_stands_beside_every_nullable() -> None:
    """OpenAPI 3.0.3 ignores `nullable` without it."""
    nullable = [(at, node) for at, node in nodes(SERVED) if node.get("nullable") is True]
    assert len(nullable) > 50
    assert [at for at, node in nullable if not isinstance(node.get("type"), str)] == []


def test_no_choice_is_between_attributes_that_are_there() -> None:
    """Generators lose a model whose `anyOf` has a bare `required`."""
    choices = [(at, each) for at, node in nodes(SERVED) for each in node.get("anyOf", ())]
    assert [at for at, each in choices if not each.keys() & {"$ref", "type"}] == []


def test_no_number_is_read_in_single_precision() -> None:
    formats = {node["format"] for _, node in nodes(SERVED) if node.get("type") == "number"}
    assert formats == {"double"}


def test_numbers_with_a_type_have_bounds_so_one_beyond_64_bits_is_an_extensions() -> None:
    for operation in (o for item in SERVED["paths"].values() for o in item.values()):
        for at, node in nodes(_written_out(operation.get("requestBody", {}))):
            if node.get("type") in ("number", "integer"):
                assert {"minimum", "maximum"} <= node.keys(), at


def _written_out(node: Any, within: tuple[str, ...] = ()) -> Any:
    """With what references lead to in their place, but for those that come back to themselves."""
    if isinstance(node, list):
        return [_written_out(each, within) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {name: _written_out(each, within) for name, each in node.items()}
    if reference in within:
        return {}
    return _written_out(target(SERVED, reference), (*within, reference))


@pytest.mark.parametrize("reading", [variants.strict, variants.served])
def test_what_has_no_other_reading_stays_as_it_is(reading: Any) -> None:
    plain = {"a": [{"b": 1}, None, "x"], "c": {"d": {}}}
    assert reading(plain) == plain


def test_clients_get_nothing_of_what_is_strict_alone() -> None:
    node = {"properties": {"a": {"x-strict": {"type": "string"}}, "b": {"x-strict": {}, "c": 1}}}
    assert variants.strict(node) == {"properties": {"a": {"type": "string"}, "b": {}}}
    assert variants.served(node) == {"properties": {"b": {"c": 1}}}


def test_a_patch_of_what_is_strict_alone_is_so_too(tmp_path: Path) -> None:
    rule = "x-merge-patch: {of: Owner}, properties: {name: {x-strict: {type: string}}}"
    overlay = f"actions: [{{target: $.components.schemas, update: {{Owner_Update: {{{rule}}}}}}}]"
    root = project(tmp_path, overlay=overlay)
    both = document.effective(root / "tmf678.yaml", root / "openapi" / "overlay.yaml")
    strict, served = (
        reading(both)["components"]["schemas"]["Owner_Update"]["properties"]
        for reading in (variants.strict, variants.served)
    )
    assert (strict, served) == ({"name": {"type": "string"}}, {})


def test_both_are_written_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = "actions: [{target: $.components.schemas.Owner, update: {x-strict: {type: %s}}}]"
    root = project(tmp_path, overlay=overlay % "string")
    assert generate.main(["--root", str(root)]) == 0
    owner = [
        document.load(root / "generated" / name)["components"]["schemas"]["Owner"]
        for name in ("strict.yaml", "openapi.yaml")
    ]
    assert owner[0] == {"type": "string"}
    assert owner[1]["type"] == "object"
    (root / "openapi" / "overlay.yaml").write_text(overlay % "[text]")
    capsys.readouterr()
    assert generate.main(["--root", str(root)]) == 1
    assert "components > schemas > Owner" in capsys.readouterr().err


def test_any_of_the_strict_reading_is_what_can_be_kept() -> None:
    assert ANY in LOOSER
    number = next(
        each for each in STRICT["components"]["schemas"]["Any"]["anyOf"] if "minimum" in each
    )
    assert (number["minimum"], number["maximum"]) == (-(2**63), 2**63 - 1)
