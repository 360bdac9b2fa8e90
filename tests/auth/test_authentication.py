"""Who comes in over HTTP: with which token, for which operation, and what the others are told."""

import socket
from typing import Any

import httpx
import pytest

from generated.operations import BASE_PATH, OPERATIONS, Operation
from impl.auth.tokens import ALL_ACCOUNTS
from tests.auth.issuer import ISSUER, token
from tests.auth.test_tokens import REFUSED
from tests.auth.tokens import SCOPES, bearer, unlimited
from tests.errors import the_shape
from tests.servers import ServerProcess

CHALLENGE = 'Bearer realm="tmf678"'
INVALID = f'{CHALLENGE}, error="invalid_token"'


def refused(answer: httpx.Response, status: int, code: str, challenge: str) -> str:
    """The message of a refusal, which must be all that it should."""
    error = answer.json()
    assert (answer.status_code, error["status"], error["code"]) == (status, str(status), code)
    assert answer.headers.get("www-authenticate") == challenge
    the_shape(error)
    assert not {"content-location", "etag", "x-total-count"} & answer.headers.keys()
    message: str = error["message"]
    return message


@pytest.mark.parametrize(
    ("headers", "code", "challenge"),
    [
        ([], "40", CHALLENGE),
        ([("Authorization", "Bearer")], "41", INVALID),
        ([("Authorization", "")], "41", INVALID),
        ([("Authorization", "Basic eDp5")], "41", INVALID),
        ([("Authorization", "Bearerx")], "41", INVALID),
        ([("Authorization", f"Token {token()}")], "41", INVALID),
        ([("Authorization", f"Bearer {token()} {token()}")], "41", INVALID),
        ([("Authorization", f"Bearer {token()},Bearer x")], "41", INVALID),
        ([("Authorization", f"Bearer {token()}")] * 2, "41", INVALID),
        ([("Authorization", f"Bearer {token()}"), ("Authorization", "Basic x")], "41", INVALID),
        ([("Cookie", f"access_token={token()}")], "40", CHALLENGE),
        ([("Authorization", f"Bearer {REFUSED['expired']}")], "42", INVALID),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_without_one_valid_token_401(
    door: httpx.Client, method: str, headers: Any, code: str, challenge: str
) -> None:
    answer = door.request(method, "customerBill", headers=headers, content=b'{"a":')
    if method == "HEAD":
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, challenge)
    else:
        refused(answer, 401, code, challenge)


SENT = {name: text for name, text in REFUSED.items() if name not in ("expired", "long")}


@pytest.mark.parametrize("text", SENT.values(), ids=SENT.keys())
def test_bad_token_401(door: httpx.Client, text: str) -> None:
    raw = [("Authorization", f"Bearer {text}".encode())]
    answer = door.get("customerBill", headers=raw)  # type: ignore[arg-type]
    if len(text) > 8000:
        assert answer.status_code in (400, 401, 431)  # the HTTP parser's limit of a header
    else:
        refused(answer, 401, "41", INVALID)


def test_the_token_may_not_come_in_the_query(door: httpx.Client) -> None:
    refused(door.get(f"customerBill?access_token={token()}"), 401, "40", CHALLENGE)


def test_endless_token_is_refused_and_the_server_lives(
    door: httpx.Client, gated: ServerProcess
) -> None:
    with socket.create_connection(("127.0.0.1", gated.port), timeout=20) as wire:
        head = f"GET {BASE_PATH}/customerBill HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        wire.sendall(head.encode())
        try:
            wire.sendall(b"a" * 1_000_000 + b"\r\n\r\n")
            answer = wire.recv(100)
        except ConnectionError:
            answer = b""
    assert not answer or answer.split()[1] in (b"400", b"401", b"431")
    assert door.get("customerBill", headers=unlimited()).status_code == 200


def test_a_body_is_not_waited_for(gated: ServerProcess) -> None:
    """Who may not come in can't make the server read, and hears that at once."""
    with socket.create_connection(("127.0.0.1", gated.port), timeout=20) as wire:
        head = f"POST {BASE_PATH}/customerBill HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
        wire.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n{")
        assert wire.recv(100).split()[1] == b"401"


def address(operation: Operation) -> str:
    return operation.path.lstrip("/").replace("{id}", "no-such-id")


def ask(door: httpx.Client, operation: Operation, headers: dict[str, str]) -> httpx.Response:
    body: dict[str, str] | None = {} if operation.request else None
    return door.request(operation.method, address(operation), headers=headers, json=body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_operation_needs_a_token(door: httpx.Client, operation: Operation) -> None:
    refused(ask(door, operation, {}), 401, "40", CHALLENGE)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_operation_needs_a_scope_of_its_own(door: httpx.Client, operation: Operation) -> None:
    (needed,) = operation.scopes
    others = [scope for scope in SCOPES if scope != needed]
    challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{needed}"'
    message = refused(ask(door, operation, unlimited(*others)), 403, "50", challenge)
    assert needed in message
    assert ask(door, operation, unlimited(needed)).status_code not in (401, 403)


def test_writing_needs_more_than_reading() -> None:
    reading = {scope for each in OPERATIONS if each.method == "GET" for scope in each.scopes}
    writing = {scope for each in OPERATIONS if each.method != "GET" for scope in each.scopes}
    assert not reading & writing


def test_who_has_no_claim_needs_a_scope_for_all_accounts(door: httpx.Client) -> None:
    challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{ALL_ACCOUNTS}"'
    message = refused(door.get("customerBill", headers=bearer()), 403, "50", challenge)
    assert "accounts or party" in message


def test_scheme_in_any_case(door: httpx.Client) -> None:
    text = unlimited()["Authorization"].removeprefix("Bearer ")
    assert door.get("customerBill", headers={"Authorization": f"bearer  {text}"}).is_success


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/openapi.json", "/openapi.yaml", "/ui", "/ui/"]
)
def test_what_is_no_business_of_anybody_is_open(gated: ServerProcess, path: str) -> None:
    assert httpx.get(gated.url + path).status_code == 200


def test_options_are_open(door: httpx.Client) -> None:
    assert door.options("customerBill").status_code == 204


def test_the_served_contract_says_which_scope_each_operation_needs(gated: ServerProcess) -> None:
    served = httpx.get(gated.url + "/openapi.json").json()
    schemes = served["components"]["securitySchemes"]
    assert schemes["issuer"]["openIdConnectUrl"] == f"{ISSUER}/.well-known/openid-configuration"
    for operation in OPERATIONS:
        described = served["paths"][operation.path][operation.method.lower()]
        assert described["security"] == [{"issuer": list(operation.scopes), "token": []}]
        for status in ("401", "403"):
            response = described["responses"][status]
            while "$ref" in response:
                response = served["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
            schema = response["content"]["application/json"]["schema"]
            assert schema["$ref"] == "#/components/schemas/Error"
            assert "WWW-Authenticate" in response["headers"]


def test_without_auth_the_served_contract_asks_for_nothing(server: ServerProcess) -> None:
    served = httpx.get(server.url + "/openapi.json")
    assert served.json()["security"] == []
    assert served.text.count('"security"') == 1
    assert "securitySchemes" not in served.text


def test_no_token_is_logged(door: httpx.Client, gated: ServerProcess) -> None:
    headers = unlimited()
    for path in ("customerBill", "customerBill/none", "customerBill?filter=$["):
        door.get(path, headers=headers)
    door.get("customerBill", headers={"Authorization": "Bearer " + SENT["tampered"]})
    log = gated.log.read_text()
    for text in (headers["Authorization"].removeprefix("Bearer "), SENT["tampered"]):
        assert text not in log
        assert text.rsplit(".", 1)[1] not in log
