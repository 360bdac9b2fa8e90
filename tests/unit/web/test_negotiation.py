"""The media type that a client gets."""

from typing import TypeAlias

import pytest
from starlette.types import Scope

from impl.errors import NotAcceptable
from impl.web.negotiation import check_acceptable, preferred

Types: TypeAlias = dict[str, str | None]

JSON: Types = {"application/json": "Thing"}
LIST: dict[int, dict[str, str | None]] = {200: JSON, 404: {"text/html": None}}
PRINT: dict[int, dict[str, str | None]] = {200: {"a/pdf": None}, 404: JSON}
DELETE: dict[int, Types] = {204: {}, 404: JSON}


def accepting(*given: bytes) -> Scope:
    return {"headers": [(b"accept", value) for value in given]}


@pytest.mark.parametrize(
    "given_",
    [
        [],
        [b""],
        [b"*/*"],
        [b"application/json"],
        [b"Application/JSON"],
        [b"application/json;charset=utf-8"],
        [b'application/json; charset="utf-8"; q=0.1'],
        [b"application/*"],
        [b"text/html, */*;q=0.1"],
        [b"text/html", b"application/json"],
        [b"*/*;q=0, application/json"],
        [b";;;q=zz"],
        [b"\xff"],
        [b"json"],
    ],
)
def test_a_client_that_takes_json_or_says_nothing_readable_gets_json(given_: list[bytes]) -> None:
    check_acceptable(accepting(*given_), LIST)


@pytest.mark.parametrize(
    "given_",
    [
        b"application/xml",
        b"text/*",
        b"*/*;q=0",
        b"application/json;q=0",
        b"*/*, application/json;q=0",
        b"text/html, application/*;q=0, */*",
    ],
)
def test_a_client_that_takes_no_json_is_told(given_: bytes) -> None:
    with pytest.raises(NotAcceptable, match="Accept: this operation writes application/json"):
        check_acceptable(accepting(given_), LIST)


@pytest.mark.parametrize("given_", [b"application/json", b"application/*;q=0.1", b"a/pdf", b"*/*"])
def test_who_takes_json_takes_what_is_not_written_in_json(given_: bytes) -> None:
    check_acceptable(accepting(given_), PRINT)


def test_who_takes_json_and_refuses_a_media_type_gets_another() -> None:
    offered = ["a/pdf", "text/html"]
    assert preferred("a/pdf;q=0, application/json", offered) == "text/html"
    assert preferred("application/json", offered) == "a/pdf"


@pytest.mark.parametrize(
    "given_",
    [b"text/html", b"application/json;q=0", b"a/png, */*;q=0", b"application/json, a/pdf;q=0"],
)
def test_who_takes_neither_json_nor_what_is_written_is_told(given_: bytes) -> None:
    with pytest.raises(NotAcceptable, match="Accept: this operation writes a/pdf"):
        check_acceptable(accepting(given_), PRINT)


def test_what_writes_nothing_is_acceptable_to_all() -> None:
    check_acceptable(accepting(b"application/xml"), DELETE)
