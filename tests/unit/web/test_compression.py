"""Pages are compressed for who takes them so, and say that they differ by it."""

import gzip

import pytest
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from impl.web.compression import LEAST_BYTES, compressed, plain

PAGE = b'[{"id":"1"}]' * 1000
VARIES = {"Vary": "Accept-Encoding"}


@pytest.mark.parametrize("header", ["gzip", "br, gzip;q=0.1", "*", "x-gzip, GZIP"])
def test_a_page_is_packed_for_who_takes_it(header: str) -> None:
    body, headers = compressed(PAGE, parse_accept_header(header, Accept))
    assert headers == VARIES | {"Content-Encoding": "gzip"}
    assert gzip.decompress(body) == PAGE
    assert plain(body, {b"content-encoding": b"gzip"}) == PAGE


@pytest.mark.parametrize("header", [None, "", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0"])
def test_it_is_plain_for_who_does_not(header: str | None) -> None:
    assert compressed(PAGE, parse_accept_header(header, Accept)) == (PAGE, VARIES)
    assert plain(PAGE, {}) == PAGE


def test_a_short_page_is_the_same_for_all() -> None:
    short = PAGE[: LEAST_BYTES - 1]
    assert compressed(short, parse_accept_header("gzip", Accept)) == (short, {})
