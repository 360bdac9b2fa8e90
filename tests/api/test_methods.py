"""Which methods a path answers: HEAD, OPTIONS, and 405 with all that are allowed."""

import json
from typing import Any

import pytest

from generated.operations import OPERATIONS
from tests.api.test_http1 import JSON, Answer, Wire, ask, request
from tests.servers import BASE_PATH, ServerProcess

PATHS = sorted({operation.path for operation in OPERATIONS})


@pytest.fixture(scope="module")
def port(server: ServerProcess) -> int:
    return server.port


@pytest.fixture(scope="module")
def ids(port: int) -> dict[str, str]:
    """One resource in each collection that a client can write to."""
    bodies: dict[str, dict[str, Any]] = {
        "/appliedCustomerBillingRate": {"billingAccount": {"id": "1"}},
        "/billCycleSpecification": {"name": "Monthly"},
        "/hub": {"callback": "http://methods.example/"},
    }
    found = {}
    for path in (o.path for o in OPERATIONS if o.method == "POST" and "{" not in o.path):
        body = json.dumps(bodies.get(path, {})).encode()
        made = ask(port, request("POST", BASE_PATH + path, JSON, body=body))
        found[path] = str(json.loads(made.body)["id"])
    return found


OUTSIDE = ["/", "/ui", "/ui/swagger-ui.css", "/openapi.json", "/health/live", "/health/ready"]
SILENT = {"date", "expires", "x-request-id"}


READ = sorted({o.path for o in OPERATIONS if o.method == "GET"})


@pytest.mark.parametrize("path", [*READ, *OUTSIDE, "/customerBill/nothing", "/nothing"])
def test_head_is_get_without_the_body(port: int, ids: dict[str, str], path: str) -> None:
    id_ = ids.get(path.partition("/{id}")[0], "nothing")
    url = path if path in OUTSIDE else BASE_PATH + path.replace("{id}", id_)
    with Wire(port) as wire:
        read = wire.send(request("GET", url)).answer()
        head = wire.send(request("HEAD", url)).answer(head=True)
        assert wire.send(request("GET", url)).answer().body == read.body or "nothing" in path
    assert head.status == read.status
    assert _lasting(head) == _lasting(read)
    assert int(head.headers["content-length"]) == len(read.body)


def _lasting(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in SILENT}


def allowed(path: str) -> str:
    methods = {operation.method for operation in OPERATIONS if operation.path == path}
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


@pytest.mark.parametrize("path", PATHS)
def test_options_says_what_a_path_answers(port: int, path: str) -> None:
    with Wire(port) as wire:
        answer = wire.send(request("OPTIONS", BASE_PATH + path.replace("{id}", "1"))).answer()
    assert (answer.status, answer.headers["allow"], answer.body) == (204, allowed(path), b"")


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO", "M-SEARCH"]


@pytest.mark.parametrize("path", PATHS)
def test_every_method_that_is_not_declared_is_405_with_all_that_are(port: int, path: str) -> None:
    for method in set(METHODS) - set(allowed(path).split(", ")):
        url = BASE_PATH + path.replace("{id}", "1")
        refused = ask(port, request(method, url, JSON, body=b"{}"))
        assert (refused.status, refused.headers["allow"]) == (405, allowed(path))
        assert refused.message.startswith(f"{method} is not allowed here")
