"""What clients are told of each thing that goes wrong."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from connexion import exceptions
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from impl import errors as words
from impl.web import errors
from tests.errors import the_shape

BASES = {words.ApiError, words.NamedError}
BASE = "https://bills.example.com"


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def told(error: Exception) -> dict[str, Any]:
    answer = errors.answer(error, BASE)
    body: dict[str, Any] = orjson.loads(answer.body)
    the_shape(body)
    assert body["referenceError"] == f"{BASE}/errors#{body['code']}"
    assert body["status"] == str(answer.status)
    assert dict(answer.headers)[b"content-type"] == b"application/json"
    assert dict(answer.headers)[b"content-length"] == str(len(answer.body)).encode()
    return body


def test_every_error_of_ours_has_a_row() -> None:
    assert {kind for kind in _below(words.ApiError) if kind.__module__ == words.__name__} == (
        set(errors.TABLE) | (BASES - {words.ApiError})
    )


@pytest.mark.parametrize(("kind", "row"), errors.TABLE.items(), ids=str)
def test_each_row_is_told_as_it_stands(kind: type[Exception], row: errors.Row) -> None:
    pairs = (
        *(words.NamedError, words.MethodNotAllowed, words.InsufficientScope),
        words.UnsupportedMediaType,
    )
    pair = issubclass(kind, pairs)
    error = kind("billNo", "is wrong") if pair else kind("the billNo is wrong")
    body = told(error)
    assert (body["status"], body["code"], body["reason"]) == (str(row[0]), *row[1:])
    assert body["message"] == str(error)
    assert "billNo" in body["message"]


def test_an_error_made_from_another_is_told_like_it() -> None:
    class Gone(words.NotFound):
        """A kind of NotFound that no row knows."""

    assert told(Gone("x"))["code"] == "60"


def test_405_says_what_is_allowed_and_503_when_to_come_back() -> None:
    answer = errors.answer(words.MethodNotAllowed("PUT", "GET, HEAD"), BASE)
    assert (b"allow", b"GET, HEAD") in answer.headers
    assert (b"retry-after", b"2") in errors.answer(words.Unavailable("away"), BASE).headers


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "22"), (401, "40"), (403, "50"), (404, "60"), (405, "61"), (415, "415"), (418, "400")],
)
def test_what_a_framework_refuses_gets_the_catalogues_code_and_no_dump(
    status: int, code: str
) -> None:
    dump = "'x' is not of type 'object'\n\nFailed validating 'type' in schema:\n    {'secret': 1}"
    for error in (
        exceptions.ProblemException(status=status, title="Title", detail=dump),
        HTTPException(status, dump),
    ):
        body = told(error)
        assert (body["status"], body["code"]) == (str(status), code)
        assert body["message"] == "'x' is not of type 'object'"


def test_a_framework_that_gives_no_detail_gets_one() -> None:
    assert told(exceptions.ProblemException(status=400))["message"] == "The request is refused."


@pytest.mark.parametrize(
    "error",
    [
        KeyError("secret"),
        RecursionError("secret"),
        exceptions.NonConformingResponseBody(detail="secret"),
        exceptions.NonConformingResponseHeaders(detail="secret"),
        exceptions.ProblemException(status=500, detail="secret"),
        HTTPException(502, "secret"),
        words.ApiError("secret"),
    ],
)
def test_what_nobody_foresaw_is_a_500_with_an_incident_that_the_log_knows(
    error: Exception,
) -> None:
    with capture_logs() as logs:
        body = told(error)
    assert (body["status"], body["code"]) == ("500", "1")
    assert "secret" not in str(body)
    assert logs[0]["incident"] in body["message"]
    assert logs[0]["exc_info"] is error


def test_the_attribute_is_told_in_a_member_of_its_own() -> None:
    assert told(words.FieldInvalid("x['a.b'][0]", "is wrong"))["attribute"] == "x['a.b'][0]"
    assert told(words.Conflict("is taken", attribute="id"))["attribute"] == "id"
    assert told(words.CredentialsExpired("too late"))["attribute"] == "Authorization"
    assert "attribute" not in told(words.NotFound("gone"))
    assert told(words.FieldInvalid("\ud800" + "x" * 10_000, "is wrong"))["attribute"][:2] == "?x"


def test_all_faults_of_a_body_are_told_the_first_of_them_twice() -> None:
    with pytest.raises(words.ApiError) as raised:
        words.refuse([words.FieldMissing("a", "is needed"), words.FieldInvalid("b", "is wrong")])
    body = told(raised.value)
    assert (body["code"], body["attribute"]) == ("23", "a")
    assert [(each["code"], each["attribute"]) for each in body["errors"]] == [
        ("23", "a"),
        ("24", "b"),
    ]


@pytest.mark.parametrize(
    ("status", "told_as", "code"),
    [(400, 400, "400"), (414, 414, "414"), (431, 431, "431"), (501, 501, "501"), (426, 400, "400")],
)
def test_what_gunicorn_refuses_is_an_error_too(status: int, told_as: int, code: str) -> None:
    answer = errors.of_status(status, "the words of gunicorn", BASE)
    body = orjson.loads(answer.body)
    the_shape(body)
    assert (answer.status, body["code"]) == (told_as, code)
    assert body["message"] == "the request can't be read: the words of gunicorn"


def test_a_message_of_any_text_is_sent_and_a_long_one_cut() -> None:
    assert told(words.NotFound("\ud800\x00é"))["message"] == "?\x00é"
    assert told(words.NotFound("x" * 10_000))["message"] == "x" * 500 + "..."
