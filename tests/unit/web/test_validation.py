"""What Connexion calls to check parameters, bodies and answers."""

import asyncio
from typing import Any

import pytest
from connexion.exceptions import NonConformingResponseBody
from starlette.types import Message, Scope

from impl.contract.documents import POINTER
from impl.errors import BodyInvalid, FieldInvalid, HeaderInvalid, ParameterInvalid
from impl.tmf678 import API
from impl.web import validation
from impl.web.scope_keys import BODY, RAW_BODY
from impl.web.validation import QUICK_BYTES, Parameters

CONTRACT = API.contract
OPERATION = "#/paths/~1customerBill/post"
CREATE = {POINTER: f"{OPERATION}/requestBody/content/application~1json/schema"}
CREATED = {POINTER: f"{OPERATION}/responses/201/content/application~1json/schema"}
CLASSES = validation.validator_map(CONTRACT)
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 0}}
KIND = {"name": "X-Kind", "in": "header", "required": True, "schema": {"enum": ["a", "b"]}}


def check(parameter: dict[str, Any], query: bytes = b"", *headers: bytes) -> None:
    scope: Scope = {"query_string": query, "headers": [(b"x-kind", each) for each in headers]}
    Parameters([parameter]).validate(scope)


@pytest.mark.parametrize("query", [b"", b"limit=0", b"x=1&limit=12", b"li%6Dit=7", b"limits=x"])
def test_a_parameter_that_fits_or_is_absent_passes(query: bytes) -> None:
    check(LIMIT, query)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "-1",
            "abc",
            "1e3",
            "1_000",
            "0x10",
            "1.0",
            "007",
            "+5",
            "%205",
            "%D9%A3",
            "²",
            "1%00",
            "-0",
            "true",
            "null",
            "[1]",
            "NaN",
        ],
    ],
)
def test_an_integer_is_written_in_digits(text: str) -> None:
    with pytest.raises(ParameterInvalid, match=r"^limit: "):
        check(LIMIT, f"limit={text}".encode())


def test_a_parameter_comes_once_and_is_there_if_needed() -> None:
    with pytest.raises(ParameterInvalid, match="limit: comes more than once"):
        check(LIMIT, b"limit=1&limit=1")
    with pytest.raises(HeaderInvalid, match="X-Kind: comes more than once"):
        check(KIND, b"", b"a", b"a")
    with pytest.raises(HeaderInvalid, match="X-Kind: is needed"):
        check(KIND)
    with pytest.raises(HeaderInvalid, match="X-Kind: "):
        check(KIND, b"", b"c")
    check(KIND, b"", b"b")


def read(raw: bytes) -> Any:
    scope: Scope = {RAW_BODY: raw}
    validator = CLASSES["body"]["application/json"](schema=CREATE, required=True)
    asyncio.run(validator.wrap_receive(None, scope=scope))
    return scope[BODY]


@pytest.mark.parametrize("filling", [0, QUICK_BYTES])
def test_a_body_small_or_large_is_decoded_and_checked(filling: int) -> None:
    rest = b',"x":"' + b"x" * filling + b'"}'
    assert read(b'{"billNo":"1"' + rest)["billNo"] == "1"
    with pytest.raises(FieldInvalid, match=r"^billNo: "):
        read(b'{"billNo":1' + rest)
    with pytest.raises(BodyInvalid):
        read(b'{"billNo":,' + rest)


def answer(*messages: Message) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def go() -> None:
        wrapped = CLASSES["response"]["application/json"]({}, schema=CREATED).wrap_send(send)
        for message in messages:
            await wrapped(message)
            assert sent in ([], list(messages)), "a part went out before the whole was checked"

    asyncio.run(go())
    return sent


def test_an_answer_goes_out_once_it_is_known_to_keep_the_contract() -> None:
    start = {"type": "http.response.start", "status": 201, "headers": []}
    parts: list[Message] = [
        {"type": "http.response.body", "body": b'{"id":"1",', "more_body": True},
        {"type": "http.response.body", "body": b'"href":"http://h/1"}', "more_body": True},
        {"type": "http.response.body", "body": b""},
    ]
    assert answer(start, *parts) == [start, *parts]


def test_an_answer_that_breaks_the_contract_is_held_back_and_not_quoted() -> None:
    start = {"type": "http.response.start", "status": 201, "headers": []}
    body = {"type": "http.response.body", "body": b'{"id":"1","billDate":"secret"}'}
    with pytest.raises(NonConformingResponseBody) as caught:
        answer(start, body)
    assert "billDate" in caught.value.detail
    assert "secret" not in caught.value.detail


def test_only_answers_of_json_are_held_back() -> None:
    assert "application/json" in CLASSES["response"]
    assert "application/x-ndjson" not in CLASSES["response"]
