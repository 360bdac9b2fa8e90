"""Instants found by a plan: what comes of any value of the contract is what its schema loads."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generated.schemas import SCHEMAS
from impl.instants import plan
from tests.openapi.contracts import generated, project
from tests.openapi.test_schemas import COMPONENTS, CONTRACT, value_of


def typed(value: Any) -> str:
    """A value with its types, and names in no order."""
    if isinstance(value, dict):
        return repr({name: typed(value[name]) for name in sorted(value)})
    return repr(list(map(typed, value))) if isinstance(value, list) else repr(value)


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_plan_does_what_load_does(name: str, data: st.DataObject) -> None:
    value = value_of(data.draw, CONTRACT, COMPONENTS[name])
    before = typed(value)
    assert typed(plan(SCHEMAS[name])(value)) == typed(SCHEMAS[name]().load(value))
    assert typed(value) == before


def test_a_plan_follows_a_schema_that_holds_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pet = generated(project(tmp_path_factory.mktemp("pets"))).schemas.SCHEMAS["Pet"]
    at = "2026-10-01T00:00:00Z"
    friend = {"name": "Max", "legs": 3.0, "born": at, "seen": [at]}
    value = {"name": "Rex", "legs": 4, "friends": [friend | {"friends": [friend]}]}
    assert typed(plan(pet)(value)) == typed(pet().load(value))
