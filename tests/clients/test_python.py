"""Clients in Python."""

import re
from pathlib import Path

import pytest

from generated.operations import OPERATIONS
from tests.clients.tools import WORK, Tools
from tests.servers import ServerProcess

STANDARDS = {"AppliedCustomerBillingRate", "EventPayload", "Event"}
"""The standard's rate has `type` beside `@type`, which are one name in Python. It is lost with what
refers to it, the payload of events.
"""


@pytest.fixture(scope="module")
def warnings(tools: Tools, contract: Path) -> str:
    """What openapi-python-client warns of."""
    folder = WORK / "openapi_python_client"
    return tools.run("openapi-python-client", "generate", "--path", contract, "--meta", "none",
                     "--output-path", folder / "tmf678_python_client")  # fmt: skip


def test_openapi_python_client_makes_all_operations(warnings: str) -> None:
    apis = WORK.glob("openapi_python_client/tmf678_python_client/api/*/*.py")
    made = {path.stem for path in apis if path.stem != "__init__"}
    assert made == {operation.python_name for operation in OPERATIONS}


def test_openapi_python_client_warns_of_the_standards_rate_alone(warnings: str) -> None:
    assert "will not be generated" not in warnings
    lost = set(re.findall(r"^/components/schemas/(\w+)$", warnings, re.MULTILINE))
    referred = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', warnings))
    trouble = re.findall(r"^Unable to process schema (\S+):$", warnings, re.MULTILINE)
    assert (lost, referred - lost) == (STANDARDS, set())
    assert trouble == ["/components/schemas/AppliedCustomerBillingRate"]
    assert "have the same python_name" in warnings


def test_openapi_python_client_keeps_money_exact(
    tools: Tools, billing: ServerProcess, warnings: str
) -> None:
    tools.flow("openapi_python_client", WORK / "openapi_python_client", billing.api)


def test_openapi_generators_client_does_a_days_work(
    tools: Tools, billing: ServerProcess, openapi_generator: Path
) -> None:
    tools.flow("openapi_generator", openapi_generator, billing.api)
