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

BASES = {words.ApiError, words.NamedError}


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def told(error: Exception) -> dict[str, Any]:
    answer = errors.answer(error)
    body: dict[str, Any] = orjson.loads(answer.body)
    assert list(body) == ["@type", "code", "reason", "message", "status"]
    assert body["@type"] == "Error"
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
    pairs = (words.NamedError, words.MethodNotAllowed, words.InsufficientScope)
    pair = issubclass(kind, pairs)
    error = kind("billNo", "is wrong") if pair else kind("billNo: is wrong")
    body = told(error)
    assert (body["status"], body["code"], body["reason"]) == (str(row[0]), *row[1:])
    assert body["message"] == str(error)
    assert "billNo" in body["message"]


def test_an_error_made_from_another_is_told_like_it() -> None:
    class Gone(words.NotFound):
        """A kind of NotFound that no row knows."""

    assert told(Gone("x"))["code"] == "60"


def test_405_says_what_is_allowed_and_503_when_to_come_back() -> None:
    answer = errors.answer(words.MethodNotAllowed("PUT", "GET, HEAD"))
    assert (b"allow", b"GET, HEAD") in answer.headers
    assert (b"retry-after", b"2") in errors.answer(words.Unavailable("away")).headers


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "22"), (401, "40"), (403, "50"), (404, "60"), (405, "61"), (415, "415"), (418, "418")],
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


def test_a_message_of_any_text_is_sent_and_a_long_one_cut() -> None:
    assert told(words.NotFound("\ud800\x00é"))["message"] == "?\x00é"
    assert told(words.NotFound("x" * 10_000))["message"] == "x" * 500 + "..."
