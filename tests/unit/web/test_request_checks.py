"""What is refused before the contract is asked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from generated.operations import Operation
from impl.errors import (
    ApiError,
    HeaderInvalid,
    NotFound,
    ParameterInvalid,
    PathInvalid,
    UnsupportedMediaType,
    UriTooLong,
)
from impl.web import negotiation, request_checks

JSON = {"application/json": "Thing"}
CREATE = Operation("create", "create", "POST", "/t", "t", request=JSON, responses={201: JSON})
BYTES = st.binary(max_size=40)
HEADERS = BYTES | st.text("application/json*;=,q0.1 \"'charset-utf8x", max_size=40).map(str.encode)


def scope(path: bytes = b"/", query: bytes = b"", **headers: list[bytes]) -> Scope:
    return {
        "raw_path": path,
        "path": path.decode("latin-1"),
        "query_string": query,
        "headers": [
            (name.replace("_", "-").encode(), value)
            for name, values in headers.items()
            for value in values
        ],
    }


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        (b"/", "/"),
        (b"/a/b", "/a/b"),
        (b"/%F0%9F%98%80%20", "/😀 "),
        (b"/%zz%", "/%zz%"),
        (b"/a%2Fb", "/a/b"),
        (b"/a;b=c,d", "/a;b=c,d"),
        (b"/..", "/.."),
        (b"/ui/", "/ui"),
    ],
)
def test_a_path_is_decoded(raw: bytes, decoded: str) -> None:
    assert request_checks.decoded_path(scope(raw)) == decoded


@pytest.mark.parametrize(
    "raw",
    b"/a/ //a /a//b // /a%2F /%2Fa /%00 /a%0Ab /%0D%0A /%7F /%C2%85 * h:80 http://h/a a".split(),
)
def test_a_path_that_names_nothing_is_not_found(raw: bytes) -> None:
    with pytest.raises(NotFound, match="there is nothing at"):
        request_checks.decoded_path(scope(raw))


@pytest.mark.parametrize("raw", [b"/%FF", b"/%C0%80", b"/%ED%A0%80", b"/\xff"])
def test_a_path_that_is_not_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(PathInvalid):
        request_checks.decoded_path(scope(raw))


def test_a_path_and_query_are_read_up_to_a_limit() -> None:
    request_checks.decoded_path(scope(b"/" + b"a" * 8000, b"b" * 189))
    with pytest.raises(UriTooLong, match="8190"):
        request_checks.decoded_path(scope(b"/" + b"a" * 8000, b"b" * 190))


def test_a_query_is_utf_8() -> None:
    request_checks.check_query(scope(query=b"a=%00&%F0%9F%98%80=%zz&&=?"))
    for raw in (b"a=%FF", b"%C0%80=1", b"a=%ED%A0%80"):
        with pytest.raises(ParameterInvalid):
            request_checks.check_query(scope(query=raw))


@pytest.mark.parametrize(
    "given_", [b"a", b"localhost:8080", b"127.0.0.1:1", b"[::1]", b"[2001:db8::1]:80", b"a-b.c_d"]
)
def test_a_sane_host_is_taken(given_: bytes) -> None:
    request_checks.check_host(scope(host=[given_]))


@pytest.mark.parametrize(
    "given_",
    [[], [b"a", b"a"], [b""], [b"a b"]]
    + [[each] for each in b"a/b u@a a:: : ::1 a:123456 a:b <a> \xff a,b [::1 a?b".split()],
)
def test_any_other_host_is_refused(given_: list[bytes]) -> None:
    with pytest.raises(HeaderInvalid, match="Host"):
        request_checks.check_host(scope(host=given_))


@pytest.mark.parametrize(
    "given_",
    [
        b"application/json",
        b"Application/JSON",
        b"application/json;charset=utf-8",
        b'application/json ; charset="UTF-8"; v=1',
        b'application/json; profile="a;charset=x"',
        b"application/json;",
        b"application/json; charset=",
    ],
)
def test_json_is_read_however_it_is_written(given_: bytes) -> None:
    assert request_checks.media_type(scope(content_type=[given_]), CREATE) == "application/json"
    assert request_checks.media_type(
        scope(content_type=[given_], content_encoding=[b"Identity"]), CREATE
    )


@pytest.mark.parametrize(
    "given_",
    [b"", b"json", b"text/plain", b"application/*", b"*/*", b"a/b/c", b"application/xml", b"\xff/x"]
    + [b"application/json, application/json"]
    + [b"application/json;charset=" + each for each in (b"utf-16", b"foo", b"hex", b"latin1")],
)
def test_any_other_media_type_is_refused_by_name(given_: bytes) -> None:
    with pytest.raises(UnsupportedMediaType, match="Content-Type"):
        request_checks.media_type(scope(content_type=[given_]), CREATE)


def test_no_media_type_two_and_an_encoded_body_are_refused() -> None:
    json = [b"application/json"]
    with pytest.raises(UnsupportedMediaType, match="Content-Type: none"):
        request_checks.media_type(scope(), CREATE)
    with pytest.raises(HeaderInvalid, match="Content-Type"):
        request_checks.media_type(scope(content_type=json * 2), CREATE)
    for coding in (b"gzip", b"br", b"identity, gzip"):
        with pytest.raises(UnsupportedMediaType, match="Content-Encoding"):
            request_checks.media_type(scope(content_type=json, content_encoding=[coding]), CREATE)


@given(BYTES, BYTES, st.lists(HEADERS, max_size=2))
def test_any_bytes_pass_or_are_an_error_of_ours(
    path: bytes, query: bytes, header: list[bytes]
) -> None:
    request = scope(path, query, host=header, accept=header, content_type=header)
    with suppress(ApiError):
        assert request_checks.decoded_path(request).startswith("/")
    with suppress(ApiError):
        request_checks.check_query(request)
    with suppress(ApiError):
        request_checks.check_host(request)
    with suppress(ApiError):
        negotiation.check_acceptable(request, {200: JSON})
    with suppress(ApiError):
        assert request_checks.media_type(request, CREATE) in JSON
