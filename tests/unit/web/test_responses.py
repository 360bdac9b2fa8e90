"""The status of a success, of those that a contract declares."""

from typing import Any

import pytest

from generated.operations import Operation
from impl.web.responses import success


@pytest.mark.parametrize(
    ("declared", "status"),
    [([200, 206, 404], 200), ([202, 204, 500], 204), ([201, 202], 201), ([202, 400], 202)],
)
def test_success_is_the_lowest_status_but_202_if_there_is_another(
    declared: list[int], status: int
) -> None:
    responses: dict[int, Any] = {each: {} for each in declared}
    assert success(Operation("id", "id", "DELETE", "/x/{id}", "x", responses=responses)) == status
