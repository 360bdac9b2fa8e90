"""JSON Patch as RFC 6902 has it, all or nothing, and within limits."""

from typing import Any

import jsonpatch
import jsonpointer
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impl.document_limits import MAX_DEPTH
from impl.errors import BodyInvalid, Conflict
from impl.patch.budget import MAX_OPERATIONS
from impl.patch.operations import patched, pointer
from impl.query.attributes import Attribute
from tests.sizes import examples
from tests.unit.patch.documents import documents, exactly, kept, names, steady, values

# Appendix A of RFC 6902: document, patch, result; none where the patch is an error.
APPENDIX_A: dict[str, tuple[str, str, str | None]] = {
    "A.1 adding an object member": (
        '{"foo":"bar"}',
        '[{"op":"add","path":"/baz","value":"qux"}]',
        '{"baz":"qux","foo":"bar"}',
    ),
    "A.2 adding an array element": (
        '{"foo":["bar","baz"]}',
        '[{"op":"add","path":"/foo/1","value":"qux"}]',
        '{"foo":["bar","qux","baz"]}',
    ),
    "A.3 removing an object member": (
        '{"baz":"qux","foo":"bar"}',
        '[{"op":"remove","path":"/baz"}]',
        '{"foo":"bar"}',
    ),
    "A.4 removing an array element": (
        '{"foo":["bar","qux","baz"]}',
        '[{"op":"remove","path":"/foo/1"}]',
        '{"foo":["bar","baz"]}',
    ),
    "A.5 replacing a value": (
        '{"baz":"qux","foo":"bar"}',
        '[{"op":"replace","path":"/baz","value":"boo"}]',
        '{"baz":"boo","foo":"bar"}',
    ),
    "A.6 moving a value": (
        '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
        '[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]',
        '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ),
    "A.7 moving an array element": (
        '{"foo":["all","grass","cows","eat"]}',
        '[{"op":"move","from":"/foo/1","path":"/foo/3"}]',
        '{"foo":["all","cows","eat","grass"]}',
    ),
    "A.8 testing a value: success": (
        '{"baz":"qux","foo":["a",2,"c"]}',
        '[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]',
        '{"baz":"qux","foo":["a",2,"c"]}',
    ),
    "A.9 testing a value: error": (
        '{"baz":"qux"}',
        '[{"op":"test","path":"/baz","value":"bar"}]',
        None,
    ),
    "A.10 adding a nested member object": (
        '{"foo":"bar"}',
        '[{"op":"add","path":"/child","value":{"grandchild":{}}}]',
        '{"foo":"bar","child":{"grandchild":{}}}',
    ),
    "A.11 ignoring unrecognized elements": (
        '{"foo":"bar"}',
        '[{"op":"add","path":"/baz","value":"qux","xyz":123}]',
        '{"foo":"bar","baz":"qux"}',
    ),
    "A.12 adding to a nonexistent target": (
        '{"foo":"bar"}',
        '[{"op":"add","path":"/baz/bat","value":"qux"}]',
        None,
    ),
    "A.14 ~ escape ordering": (
        '{"/":9,"~1":10}',
        '[{"op":"test","path":"/~01","value":10}]',
        '{"/":9,"~1":10}',
    ),
    "A.15 comparing strings and numbers": (
        '{"/":9,"~1":10}',
        '[{"op":"test","path":"/~01","value":"10"}]',
        None,
    ),
    "A.16 adding an array value": (
        '{"foo":["bar"]}',
        '[{"op":"add","path":"/foo/-","value":["abc","def"]}]',
        '{"foo":["bar",["abc","def"]]}',
    ),
}  # A.13, a name twice in one object, is refused before a patch is read.


@pytest.mark.parametrize("title", APPENDIX_A)
def test_patched_as_the_appendix_has_it(title: str) -> None:
    document, patch, result = APPENDIX_A[title]
    if result is None:
        with pytest.raises(Conflict):
            patched(orjson.loads(document), orjson.loads(patch))
    else:
        after = patched(orjson.loads(document), orjson.loads(patch))
        assert exactly(after) == exactly(orjson.loads(result))


# Appendix section 5 of RFC 6901, and what is no pointer.
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("/foo", ("foo",)),
        ("/foo/0", ("foo", "0")),
        ("/", ("",)),
        ("/a~1b", ("a/b",)),
        ("/c%d", ("c%d",)),
        ("/m~0n", ("m~n",)),
        ("/~01", ("~1",)),
        ("/ //", (" ", "", "")),
    ],
)
def test_a_pointer_is_names(text: str, names: tuple[str, ...]) -> None:
    assert pointer(text) == names


@pytest.mark.parametrize("text", ["foo", "foo/bar", "#/foo", "/~", "/~2", "/a~"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(BodyInvalid, match="is not a JSON Pointer"):
        pointer(text)


# ---------------------------------------------------------------- any patch

parts = names | st.sampled_from(["1", "2", "00", "01", "-1", "1e0", "9" * 12])
pointers = st.lists(parts, min_size=1, max_size=3).map(
    lambda found: "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in found)
)
operations = st.one_of(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "test"]), "path": pointers, "value": values}
    ),
    st.fixed_dictionaries({"op": st.just("remove"), "path": pointers}),
    st.fixed_dictionaries(
        {"op": st.sampled_from(["move", "copy"]), "path": pointers, "from": pointers}
    ),
)


@settings(steady, max_examples=examples(400))
@given(documents, st.lists(operations, min_size=1, max_size=5))
def test_patched_is_what_another_library_makes_of_it(document: Any, patch: list[Any]) -> None:
    before = exactly([document, patch])
    try:
        theirs = jsonpatch.apply_patch(kept(document), kept(patch))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
        with pytest.raises(Conflict):
            patched(document, patch)
    else:
        assert exactly(patched(document, patch)) == exactly(theirs)
    assert exactly([document, patch]) == before


@steady
@given(documents, documents)
def test_a_patch_that_a_library_makes_leads_to_its_target(source: Any, target: Any) -> None:
    patch = jsonpatch.make_patch(kept(source), kept(target)).patch
    if len(patch) <= MAX_OPERATIONS:
        assert exactly(patched(source, patch)) == exactly(target)


@pytest.mark.parametrize(
    ("stored", "tested", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1], [True], False),
        ({"x": 0}, {"x": False}, False),
        ({"x": 1, "y": 2}, {"y": 2, "x": 1}, True),
        ({"x": 1}, {"x": 1, "y": None}, False),
        ([1, 2], [2, 1], False),
        ("1", 1, False),
        (None, False, False),
    ],
)
def test_a_test_compares_as_json_does(stored: Any, tested: Any, equal: bool) -> None:
    patch = [{"op": "test", "path": "/x", "value": tested}]
    if equal:
        assert patched({"x": stored}, patch) == {"x": stored}
    else:
        with pytest.raises(Conflict, match=r"^\[0\]\.value: is not what is stored at '/x'$"):
            patched({"x": stored}, patch)


def test_what_is_put_in_two_places_is_not_shared() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/x", "value": {"y": []}},
        {"op": "copy", "from": "/x", "path": "/z"},
        {"op": "add", "path": "/z/y/-", "value": 1},
    ]
    assert patched({}, patch) == {"x": {"y": []}, "z": {"y": [1]}}
    assert patch[0]["value"] == {"y": []}


LIST = Attribute("object", array=True)
RESOURCE = Attribute(
    "object",
    {
        "outer": Attribute("object", {"inner": LIST}, array=True),
        "object": Attribute("object"),
    },
)


@pytest.mark.parametrize("end", ["-", "0"])
def test_a_list_of_the_contract_that_is_not_there_is_an_empty_one_to_add_to(end: str) -> None:
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": f"/outer/{end}", "value": {"x": 1}},
        {"op": "copy", "path": f"/outer/0/inner/{end}", "from": "/outer/0/x"},
    ]
    assert patched({}, patch, RESOURCE) == {"outer": [{"x": 1, "inner": [1]}]}


@pytest.mark.parametrize(
    "path", ["/x/-", "/object/-", "/outer/1", "/outer/0/0", "/outer/-/-", "/outer/0/inner/-"]
)
def test_nothing_else_is_begun_by_adding_to_it(path: str) -> None:
    with pytest.raises(Conflict, match="there is no /"):
        patched({}, [{"op": "add", "path": path, "value": 1}], RESOURCE)


@pytest.mark.parametrize("op", ["remove", "replace", "test", "move"])
def test_a_list_that_is_not_there_is_there_for_nothing_but_adding(op: str) -> None:
    operation = {"op": op, "path": "/outer/0", "value": 1, "from": "/outer/0"}
    with pytest.raises(Conflict, match="there is no /outer"):
        patched({}, [operation], RESOURCE)


# ---------------------------------------------------------------- limits


def test_a_large_value_can_not_be_moved_again_and_again() -> None:
    there = {"op": "move", "from": "/x", "path": "/y"}
    back = {"op": "move", "from": "/y", "path": "/x"}
    with pytest.raises(BodyInvalid, match="changes, compares and copies too much"):
        patched({"x": [[1] * 100] * 200}, [there, back] * 50)


def test_a_hundred_operations_are_applied_and_one_more_is_refused() -> None:
    many = [{"op": "add", "path": "/x/-", "value": n} for n in range(MAX_OPERATIONS)]
    assert patched({"x": []}, many) == {"x": list(range(100))}
    with pytest.raises(BodyInvalid, match="over 100 operations"):
        patched({"x": []}, [*many, many[0]])


@pytest.mark.parametrize("value", [{}, [[]], "x" * 1000, {"x" * 1000: 1}, ["x"] * 1000])
def test_doublings_end_before_they_fill_the_memory(value: Any) -> None:
    double = {"op": "copy", "from": "/x", "path": "/x/-"}
    with pytest.raises((BodyInvalid, Conflict)):
        patched({"x": [value]}, [double] * MAX_OPERATIONS)


def test_a_large_text_can_not_be_copied_again_and_again() -> None:
    copies = [{"op": "copy", "from": "/x", "path": f"/y{n}"} for n in range(MAX_OPERATIONS)]
    with pytest.raises(BodyInvalid, match="copies too much"):
        patched({"x": "x" * 900_000}, copies)


def nested(levels: int) -> Any:
    """Objects in objects, so many in all."""
    value: Any = {}
    for _ in range(levels - 1):
        value = {"x": value}
    return value


@pytest.mark.parametrize("op", ["add", "replace"])
def test_a_resource_nests_as_deep_as_a_body_may_and_no_deeper(op: str) -> None:
    fits, deeper = nested(MAX_DEPTH - 1), nested(MAX_DEPTH)
    assert patched({"y": 1}, [{"op": op, "path": "/y", "value": fits}]) == {"y": fits}
    with pytest.raises(Conflict, match="nest deeper than 64 levels"):
        patched({"y": 1}, [{"op": op, "path": "/y", "value": deeper}])


@pytest.mark.parametrize("op", ["copy", "move"])
def test_what_is_moved_or_copied_nests_no_deeper_either(op: str) -> None:
    document = {"y": {}, "x": nested(MAX_DEPTH - 1)}
    with pytest.raises(Conflict, match="nest deeper than 64 levels"):
        patched(document, [{"op": op, "from": "/x", "path": "/y/x"}])


def test_copies_into_themselves_end_before_the_stack_does() -> None:
    path = "/x"
    patch = []
    for _ in range(MAX_OPERATIONS):
        patch.append({"op": "copy", "from": "/x", "path": f"{path}/x"})
        path = path * 2 if len(path) < 1000 else path
    with pytest.raises(Conflict):
        patched({"x": {}}, patch)
