"""Which path answers which methods."""

import pytest

from generated.operations import OPERATIONS, Operation
from impl.web.routes import Routes

BASE = "/tmf-api/x/v4"
ROUTES = Routes({BASE: OPERATIONS})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_operation_is_found_and_allowed(operation: Operation) -> None:
    found = ROUTES.find(BASE + operation.path.replace("{id}", "x y"))
    assert found is not None
    route, arguments = found
    assert arguments == ({"id": "x y"} if "{id}" in operation.path else {})
    assert route.template == BASE + operation.path
    assert route.operations[operation.method] is operation
    assert operation.method in route.allowed.split(", ")


def test_what_is_allowed_is_sorted_with_head_beside_get_and_options() -> None:
    one, many = ROUTES.find(f"{BASE}/customerBill/1"), ROUTES.find(f"{BASE}/customerBill")
    assert one
    assert one[0].allowed == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert many
    assert many[0].allowed == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    "path",
    ["", "/", f"/x{BASE}/customerBill", BASE]
    + [f"{BASE}/{path}" for path in ["customerBill/", "customerbill", "customerBill/a/b", "hubs"]],
)
def test_any_other_path_leads_nowhere(path: str) -> None:
    assert ROUTES.find(path) is None


@pytest.mark.parametrize("id_", ["😀", "..", "{id}", "a?b#c", "%2F", "a\nb", "*"])
def test_any_id_without_a_slash_is_one(id_: str) -> None:
    _, arguments = ROUTES.find(f"{BASE}/customerBill/{id_}") or (None, {})
    assert arguments == {"id": id_}
