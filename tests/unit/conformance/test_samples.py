"""Small values are valid by the schemas that they are made of."""

from typing import Any

import pytest

from impl.conformance.samples import Samples, is_beyond_64_bits
from impl.contract.json_schema import COMPONENTS
from impl.tmf678 import API

SAMPLES = Samples(API.contract.document)


@pytest.mark.parametrize("name", [each for each in API.schemas if each.endswith("_Create")])
def test_a_sample_of_each_new_resource_is_valid(name: str) -> None:
    API.contract.check(COMPONENTS + name, SAMPLES.body(name, name))


def test_a_change_is_of_a_plain_text() -> None:
    assert SAMPLES.change("CustomerBillOnDemand_Update") == {"description": "changed"}
    assert SAMPLES.change("Money_Update") == {"unit": "changed"}


@pytest.mark.parametrize(
    ("value", "is_beyond"),
    [(2**63, True), (-(2**63), False), ({"a": [1.0, {"b": -1e20}]}, True), ("2e30", False)],
)
def test_numbers_beyond_64_bits_are_found_at_any_depth(value: Any, is_beyond: bool) -> None:
    assert is_beyond_64_bits(value) is is_beyond
