"""Which scope an operation needs, as the generator reads it from the contract."""

from typing import Any

import pytest

from impl.served import APIS
from openapi.members import ContractError
from openapi.model import read


def scopes(security: Any = None, everywhere: Any = None) -> tuple[str, ...]:
    node: dict[str, Any] = {"operationId": "listPet", "responses": {"200": {"description": "-"}}}
    document: dict[str, Any] = {
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pet": {"get": node}},
    }
    if security is not None:
        node["security"] = security
    if everywhere is not None:
        document["security"] = everywhere
    return read(document).resources[0].operations[0].scopes


def test_an_operations_own_requirement_counts_before_the_documents() -> None:
    assert scopes() == ()
    assert scopes([{"issuer": ["pet:read"], "token": []}]) == ("pet:read",)
    assert scopes(everywhere=[{"issuer": ["all"]}]) == ("all",)
    assert scopes([{"a": ["x", "y"], "b": ["x"]}], [{"issuer": ["all"]}]) == ("x", "y")
    assert scopes([], [{"issuer": ["all"]}]) == ()


def test_alternatives_are_refused() -> None:
    with pytest.raises(ContractError, match="listPet"):
        scopes([{"a": ["x"]}, {"b": ["y"]}])


@pytest.mark.parametrize("name", APIS)
def test_every_operation_of_the_contract_needs_one(name: str) -> None:
    assert [each.id for each in APIS[name].operations if len(each.scopes) != 1] == []
