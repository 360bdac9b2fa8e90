"""The effective contract: the standard, the overlay on it, and merge patch forms written out."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi import document
from openapi.members import ContractError, resolve
from tests.openapi.contracts import NO_OVERLAY, ROOT, project

BILLS = """
openapi: 3.0.3
info: {title: Bills, version: "1"}
paths: {}
components:
  schemas:
    Money:
      type: object
      required: [unit]
      properties:
        unit: {type: string}
        value: {type: number}
        rate: {$ref: "#/components/schemas/Rate"}
    Rate: {type: object, description: A rate., required: [id], properties: {id: {type: string}}}
    State: {type: string, enum: [new, done]}
    Based:
      allOf:
        - {type: object, required: [kind], properties: {kind: {type: string}}}
        - {properties: {part: {$ref: "#/components/schemas/Based"}}}
    Bill:
      type: object
      required: [no]
      properties:
        id: {type: string}
        href: {type: string}
        no: {type: string}
        state: {$ref: "#/components/schemas/State"}
        due: {$ref: "#/components/schemas/Money"}
        paid: {nullable: true, allOf: [{$ref: "#/components/schemas/Money"}]}
        lines: {type: array, items: {$ref: "#/components/schemas/Money"}}
        based: {$ref: "#/components/schemas/Based"}
        inline: {type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}
"""
FORM = "actions: [{target: $.components.schemas, update: {Bill_Update: {x-merge-patch: %s}}}]"
MONEY = {"$ref": "#/components/schemas/Money_Update"}


def effective(folder: Path, standard: str = BILLS, overlay: str = NO_OVERLAY) -> Any:
    root = project(folder, standard, overlay)
    return document.effective(root / "tmf678.yaml", root / "openapi" / "overlay.yaml")


def form(folder: Path, rule: str) -> tuple[Any, Any]:
    """The form that a rule makes of Bill, and all schemas beside it."""
    schemas = effective(folder, overlay=FORM % rule)["components"]["schemas"]
    return schemas["Bill_Update"], schemas


def test_form_has_all_members_but_id_and_href_and_requires_none(tmp_path: Path) -> None:
    update, _ = form(tmp_path, "{of: Bill}")
    names = ["no", "state", "due", "paid", "lines", "based", "inline"]
    assert list(update["properties"]) == names
    assert "required" not in update
    assert update["additionalProperties"] is True


def test_null_removes_a_member_unless_it_is_required_or_kept(tmp_path: Path) -> None:
    update, _ = form(tmp_path, "{of: Bill, keep: [due]}")
    members = update["properties"]
    assert members["no"] == {"type": "string"}
    assert members["due"] == MONEY
    state = {"allOf": [{"$ref": "#/components/schemas/State"}], "nullable": True}
    assert members["state"] == {"type": "string"} | state
    assert members["lines"]["nullable"] is True


def test_form_of_listed_attributes_is_closed(tmp_path: Path) -> None:
    update, _ = form(tmp_path, "{of: Bill, attributes: [id, state]}")
    assert list(update["properties"]) == ["id", "state"]
    assert update["additionalProperties"] is False


def test_nested_objects_have_forms_of_their_own(tmp_path: Path) -> None:
    update, schemas = form(tmp_path, "{of: Bill}")
    optional = {"type": "object", "allOf": [MONEY], "nullable": True}
    assert update["properties"]["due"] == update["properties"]["paid"] == optional
    assert schemas["Money_Update"] == {
        "type": "object",
        "properties": {
            "unit": {"type": "string"},
            "value": {"type": "number", "nullable": True},
            "rate": {
                "type": "object",
                "allOf": [{"$ref": "#/components/schemas/Rate_Update"}],
                "nullable": True,
            },
        },
    }
    rate = {"type": "object", "description": "A rate.", "properties": {"id": {"type": "string"}}}
    assert schemas["Rate_Update"] == rate


def test_arrays_are_replaced_so_their_items_stay_whole(tmp_path: Path) -> None:
    update, _ = form(tmp_path, "{of: Bill}")
    assert update["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/Money"}


def test_inline_objects_are_patched_in_place(tmp_path: Path) -> None:
    update, _ = form(tmp_path, "{of: Bill, keep: [inline]}")
    assert update["properties"]["inline"] == {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string", "nullable": True}},
    }


def test_composed_schema_that_refers_to_itself_has_one_form(tmp_path: Path) -> None:
    _, schemas = form(tmp_path, "{of: Bill}")
    part = {"allOf": [{"$ref": "#/components/schemas/Based_Update"}], "nullable": True}
    properties = {"kind": {"type": "string"}, "part": {"type": "object"} | part}
    assert schemas["Based_Update"] == {"type": "object", "properties": properties}


def test_composed_schema_has_the_additional_members_of_what_it_is_composed_of(
    tmp_path: Path,
) -> None:
    own = BILLS + "    Open: {type: object, additionalProperties: {type: string}}\n"
    part = "        - {properties: {part"
    own = own.replace(part, f"        - {{$ref: '#/components/schemas/Open'}}\n{part}")
    schemas = effective(tmp_path, own, FORM % "{of: Bill}")["components"]["schemas"]
    assert schemas["Based_Update"]["additionalProperties"] == {"type": "string"}


def test_form_that_the_contract_has_already_is_used(tmp_path: Path) -> None:
    own = BILLS + "    Money_Update: {type: object, description: Ours.}\n"
    schemas = effective(tmp_path, own, FORM % "{of: Bill}")["components"]["schemas"]
    assert schemas["Money_Update"] == {"type": "object", "description": "Ours."}


def test_description_of_the_overlay_stays(tmp_path: Path) -> None:
    said = "{x-merge-patch: {of: Rate}, description: Ours.}"
    overlay = f"actions: [{{target: $.components.schemas, update: {{Rate_Update: {said}}}}}]"
    update = effective(tmp_path, overlay=overlay)["components"]["schemas"]["Rate_Update"]
    assert update["description"] == "Ours."


def test_properties_of_the_overlay_are_narrower(tmp_path: Path) -> None:
    said = "{x-merge-patch: {of: Bill}, properties: {no: {maxLength: 9}}}"
    overlay = f"actions: [{{target: $.components.schemas, update: {{Bill_Update: {said}}}}}]"
    schemas = effective(tmp_path, overlay=overlay)["components"]["schemas"]
    assert schemas["Bill_Update"]["properties"]["no"] == {"type": "string", "maxLength": 9}
    assert schemas["Bill_Update"]["properties"].keys() > {"state", "due"}
    assert schemas["Bill"]["properties"]["no"] == {"type": "string"}


def test_properties_of_what_no_patch_changes_are_refused(tmp_path: Path) -> None:
    said = "{x-merge-patch: {of: Bill, attributes: [state]}, properties: {no: {maxLength: 9}}}"
    overlay = f"actions: [{{target: $.components.schemas, update: {{Bill_Update: {said}}}}}]"
    with pytest.raises(ContractError, match="no is in `properties`, and not patched"):
        effective(tmp_path, overlay=overlay)


RULES = {
    "[]": "must say which schema it is `of`",
    "{keep: [no]}": "must say which schema it is `of`",
    "{of: Bull}": "there is no schema Bull",
    "{of: Bill, attributes: [stat]}": "stat is no member of Bill",
    "{of: Bill, keep: [stat]}": "stat is no member of Bill",
    "{of: Bill, atributes: [no]}": "atributes is unknown",
    "{of: Bill, keep: no}": "`keep` must be a list of names",
    "{of: Bill, attributes: [{}]}": "`attributes` must be a list of names",
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_that_makes_no_sense_is_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(ContractError) as caught:
        form(tmp_path, rule)
    assert str(caught.value) == f"components/schemas/Bill_Update/x-merge-patch: {RULES[rule]}"


def test_places_that_one_action_fills_are_changed_apart(tmp_path: Path) -> None:
    overlay = """
actions:
  - {target: "$.components.schemas[?(@.type=='object')]", update: {x-a: {b: 1}}}
  - {target: $.components.schemas.Bill.x-a, update: {b: 2}}
"""
    schemas = effective(tmp_path, overlay=overlay)["components"]["schemas"]
    assert schemas["Bill"]["x-a"] == {"b": 2}
    assert schemas["Money"]["x-a"] == {"b": 1}


def test_scalars_are_read_as_json_has_them_and_names_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "{200: [2026-10-01, no, 12:30, 010], no: [0, -1, 1.5, 1e3, null, ~, true, false]}"
    )
    assert document.load(path) == {
        "200": ["2026-10-01", "no", "12:30", "010"],
        "no": [0, -1, 1.5, 1000.0, None, None, True, False],
    }


def test_anchors_and_merges_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, x: 3}")
    assert document.load(path)["c"] == {"x": 3, "y": 2}


def test_dumped_document_reads_back_without_aliases() -> None:
    paths = (ROOT / "tmf678.yaml", ROOT / "openapi" / "overlay.yaml")
    ours = document.effective(*paths)
    text = document.dump(ours)
    assert yaml.safe_load(text) == ours
    assert "*id" not in text


COMMON = ["base.yaml", "hub.yaml", "events.yaml", "feed.yaml"]
OVERLAYS = ["overlay.yaml", "overlay-v5.yaml", "overlay-tmf666.yaml", *COMMON]


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_action_of_our_overlays_gives_its_reason(name: str) -> None:
    for action in document.load(ROOT / "openapi" / name)["actions"]:
        assert action["description"].endswith("."), action


def test_the_base_names_no_resource() -> None:
    for action in document.load(ROOT / "openapi" / "base.yaml")["actions"]:
        assert "paths['" not in action["target"]


INCLUDING = "actions: [{x-include: more.yaml}]"
MORE = """
actions:
  - {target: $.components.schemas.Nothing, update: {description: No such schema.}}
  - {target: $.components.schemas.Money, %s}
"""


def including(folder: Path, change: str) -> Any:
    """The schema of money after a change that the overlay includes."""
    project(folder, BILLS, INCLUDING)
    (folder / "openapi" / "more.yaml").write_text(MORE % change)
    paths = folder / "tmf678.yaml", folder / "openapi" / "overlay.yaml"
    return document.effective(*paths)["components"]["schemas"]["Money"]


def test_default_adds_what_is_missing_and_leaves_what_is_there(tmp_path: Path) -> None:
    default = "{type: string, required: [unit, value], properties: {unit: {type: 1, x-a: 1}}}"
    money = including(tmp_path, f"x-default: {default}")
    assert money["type"] == "object"
    assert sorted(money["required"]) == ["unit", "value"]
    assert money["properties"]["unit"] == {"type": "string", "x-a": 1}


def test_copy_within_a_match_takes_a_free_name(tmp_path: Path) -> None:
    money = including(tmp_path, "x-copy: {from: properties, to: x-old}")
    assert money["x-old"] == money["properties"]


def test_copy_within_a_match_leaves_a_name_that_is_taken(tmp_path: Path) -> None:
    assert including(tmp_path, "x-copy: {from: properties, to: type}")["type"] == "object"


def test_included_actions_have_the_names_of_the_overlay_that_includes_them(tmp_path: Path) -> None:
    project(tmp_path, BILLS, "actions: [{x-include: more.yaml, x-names: {Cash: Money}}]")
    (tmp_path / "openapi" / "more.yaml").write_text("""
actions:
  - {target: $.components.schemas.Cash, update: {description: Cash., x-a: Cash_Or-Cash}}
  - {target: $.components.schemas.Money, x-own: true, update: {x-b: 1}}
""")
    paths = tmp_path / "tmf678.yaml", tmp_path / "openapi" / "overlay.yaml"
    money = document.effective(*paths)["components"]["schemas"]["Money"]
    assert (money["description"], money["x-a"]) == ("Money.", "Cash_Or-Cash")
    assert "x-b" not in money


def test_overlay_that_is_not_there_is_not_included(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"overlay.yaml: action 1: there is no less.yaml"):
        effective(tmp_path, overlay="actions: [{x-include: less.yaml}]")


def test_the_base_is_that_of_the_package_for_a_project_without_one(tmp_path: Path) -> None:
    schemas = effective(tmp_path, overlay="actions: [{x-include: base.yaml}]")["components"]
    assert "Cursor" in schemas["parameters"]


def test_what_is_defined_as_itself_is_refused(tmp_path: Path) -> None:
    loop = BILLS + "    A: {allOf: [{$ref: '#/components/schemas/A'}]}\n"
    with pytest.raises(ContractError, match="something is defined as itself"):
        effective(tmp_path, loop)


def test_reference_to_itself_is_refused() -> None:
    with pytest.raises(ContractError, match="#/a refers to itself"):
        resolve({"a": {"$ref": "#/a"}}, {"$ref": "#/a"})


@pytest.mark.parametrize("reference", ["#/b", "#/a/1", "#/a/x", "#/a/0/c", "other.yaml#/a"])
def test_reference_to_nothing_is_refused(reference: str) -> None:
    with pytest.raises(ContractError, match=f"{reference} leads nowhere"):
        resolve({"a": ["b"]}, {"$ref": reference})


def test_reference_into_a_list_is_followed() -> None:
    node = {"a": [{"$ref": "#/b~1c"}], "b/c": {"type": "string"}}
    assert resolve(node, {"$ref": "#/a/0"}) == {"type": "string"}
