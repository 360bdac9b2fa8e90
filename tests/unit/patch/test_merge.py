"""JSON Merge Patch as RFC 7396 has it."""

from typing import Any

import json_merge_patch  # type: ignore[import-untyped]
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.patch.merge import merge
from tests.unit.patch.documents import documents, exactly, kept, steady, values

# Appendix A of RFC 7396: original, patch, result.
APPENDIX_A = """
{"a":"b"}         | {"a":"c"}                       | {"a":"c"}
{"a":"b"}         | {"b":"c"}                       | {"a":"b","b":"c"}
{"a":"b"}         | {"a":null}                      | {}
{"a":"b","b":"c"} | {"a":null}                      | {"b":"c"}
{"a":["b"]}       | {"a":"c"}                       | {"a":"c"}
{"a":"c"}         | {"a":["b"]}                     | {"a":["b"]}
{"a":{"b":"c"}}   | {"a":{"b":"d","c":null}}        | {"a":{"b":"d"}}
{"a":[{"b":"c"}]} | {"a":[1]}                       | {"a":[1]}
["a","b"]         | ["c","d"]                       | ["c","d"]
{"a":"b"}         | ["c"]                           | ["c"]
{"a":"foo"}       | null                            | null
{"a":"foo"}       | "bar"                           | "bar"
{"e":null}        | {"a":1}                         | {"e":null,"a":1}
[1,2]             | {"a":"b","c":null}              | {"a":"b"}
{}                | {"a":{"bb":{"ccc":null}}}       | {"a":{"bb":{}}}
"""
CASES = [[part.strip() for part in line.split("|")] for line in APPENDIX_A.strip().splitlines()]


@pytest.mark.parametrize(("original", "patch", "result"), CASES)
def test_merge_as_the_appendix_has_it(original: str, patch: str, result: str) -> None:
    merged = merge(orjson.loads(original), orjson.loads(patch))
    assert exactly(merged) == exactly(orjson.loads(result))


def test_merge_as_the_example_of_section_3_has_it() -> None:
    target = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merge(target, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


@steady
@given(values, documents | values)
def test_merge_is_what_another_library_makes_of_it(target: Any, patch: Any) -> None:
    before = kept((target, patch))
    merged = merge(target, patch)
    assert exactly(merged) == exactly(json_merge_patch.merge(kept(target), kept(patch)))
    assert exactly([target, patch]) == exactly(list(before))


@steady
@given(documents, documents)
def test_a_patch_that_a_library_makes_leads_to_its_target(source: Any, target: Any) -> None:
    without_nulls = merge({}, target)
    patch = json_merge_patch.create_patch(kept(source), kept(without_nulls))
    assert merge(source, patch) == without_nulls


@steady
@given(st.lists(documents, max_size=4))
def test_merging_one_after_the_other_is_merging_what_they_come_to(patches: list[Any]) -> None:
    state: Any = {}
    for patch in patches:
        state = merge(state, patch)
        assert merge(state, patch) == state
