"""Requests that cost as much as the limits allow."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

from impl.document_limits import MAX_HOLDERS
from tests.api.test_http1 import BILLS, CHUNKED, JSON, in_chunks, request
from tests.servers import BASE_PATH

MIB = 1 << 20
BILL = f"{BILLS}/hostile"
MEMBERS = 1000
QUERY_BYTES = 8000


def filled(unit: bytes, before: bytes = b'{"x":[', after: bytes = b"]}", most: int = MIB) -> bytes:
    """A body of so many bytes: the unit again and again, with commas."""
    count = (most - len(before) - len(after)) // (len(unit) + 1)
    return before + b",".join([unit] * count) + after


def grouped(unit: bytes, count: int) -> bytes:
    """So many units, in arrays of no more than an array may have."""
    rows, rest = divmod(count, MEMBERS)
    full = b"[" + b",".join([unit] * MEMBERS) + b"]"
    last = b"[" + b",".join([unit] * rest) + b"]"
    return b'{"x":[' + b",".join([full] * rows + [last]) + b"]}"


COMB = b"[" * 58 + b"]" * 58
DEEP = b'{"a":' * 58 + b"1" + b"}" * 58
MOST = MAX_HOLDERS - 200

BODIES: dict[str, Callable[[], bytes]] = {
    "a mebibyte of arrays": lambda: filled(b"[]"),
    "a mebibyte of objects": lambda: filled(b"{}"),
    "a mebibyte of combs": lambda: filled(COMB),
    "a mebibyte of deep objects": lambda: filled(DEEP),
    "as many arrays as may be": lambda: grouped(b"[]", MOST),
    "as many objects as may be": lambda: grouped(b"{}", MOST),
    "as many combs as may be": lambda: grouped(COMB, MOST // 58),
    "as many deep objects as may be": lambda: grouped(DEEP, MOST // 58),
    "a mebibyte of digits alone": lambda: filled(b"1"),
    "a mebibyte of floats": lambda: filled(b"1e9"),
    "as many floats as may be": lambda: grouped(b"1e9", 250_000),
    "floats beyond 64 bits": lambda: grouped(b"1e99", 200_000),
    "a mebibyte of empty texts": lambda: filled(b'""'),
    "a mebibyte of names": lambda: b"{" + b",".join(b'"%x":0' % n for n in range(MIB // 12)) + b"}",
    "a text of a mebibyte": lambda: b'{"x":"' + b"a" * (MIB - 20) + b'"}',
    "a text of escapes": lambda: b'{"x":"' + rb"\u00e9" * (MIB // 6 - 20) + b'"}',
    "half surrogates": lambda: filled(rb'"\ud800"'),
    "a number of a mebibyte": lambda: b'{"x":' + b"1" * (MIB - 20) + b"}",
    "long numbers": lambda: filled(b"1" * 4000),
    "openings": lambda: b"[" * MIB,
    "quotes and backslashes": lambda: b'"' + rb"\"," * (MIB // 3 - 10),
    "parties that lack all": lambda: filled(b"{}", b'{"relatedParty":['),
    "parties by the thousand": lambda: (
        b'{"relatedParty":[' + b",".join([b'{"id":"' + b"a" * 900 + b'"}'] * MEMBERS) + b"]}"
    ),
}

PATCHES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "operations that are none": ("json-patch", lambda: filled(b'{"op":"bad"}', b"[", b"]")),
    "queries that are none": ("json-patch-query", lambda: filled(b'{"op":"bad"}', b"[", b"]")),
    "numbers for operations": ("json-patch-query", lambda: filled(b"1", b"[", b"]")),
    "a copy bomb": (
        "json-patch",
        lambda: json.dumps(
            [{"op": "add", "path": "/relatedParty", "value": [{"id": "x" * 9000}] * 90}]
            + [{"op": "copy", "from": "/relatedParty", "path": "/relatedParty/0/x"}] * 99
        ).encode(),
    ),
    "a hundred large values": (
        "json-patch",
        lambda: json.dumps(
            [{"op": "add", "path": "/relatedParty/-", "value": {"id": "p", "x": [[]] * 900}}] * 100
        ).encode(),
    ),
    "a merge of a mebibyte": ("merge-patch", lambda: grouped(b"{}", MOST)),
    "a merge of bad parties": ("merge-patch", lambda: filled(b"{}", b'{"relatedParty":[')),
}

QUERIES: dict[str, str] = {
    "filters": "&".join(f"a{n}.b=x" for n in range(800)),
    "filters of one attribute": "billNo=" + ",".join(["1"] * 3900),
    "filters by pattern": "&".join(f"billNo.regex=(a|b){n}" for n in range(300)),
    "a pattern that repeats": "billNo.regex=" + quote("(((((a{1,30}){1,30}){1,9})b?)c*){1,9}"),
    "a pattern of alternatives": "billNo.regex=" + quote("|".join(["a.b.c"] * 900)),
    "a deep filter": "filter=" + quote("$[?(" + "(" * 900 + "@.a==1" + ")" * 900 + ")]"),
    "a long filter": "filter=" + quote("$[?(" + "||".join(["@.a==1"] * 500) + ")]"),
    "fields": "fields=" + ",".join(f"a{n}.b" for n in range(1100)),
    "deep fields": "fields=" + ".".join(["a"] * 3900),
    "orders": "sort=" + ",".join(f"-a{n}" for n in range(1000)),
    "a cursor": "cursor=" + "A" * QUERY_BYTES,
    "ampersands": "limit=1" + "&" * QUERY_BYTES,
    "the largest bills": "limit=1000",
    "escapes": "billNo=" + "%41" * (QUERY_BYTES // 3),
}


def catalogue() -> Iterator[tuple[str, bytes]]:
    """Each request by its name."""
    for name, body in BODIES.items():
        yield name, request("POST", BILLS, JSON, body=body())
    for name, (kind, body) in PATCHES.items():
        media = f"Content-Type: application/{kind}+json"
        yield name, request("PATCH", BILL, media, body=body())
    for name, query in QUERIES.items():
        yield name, request("GET", f"{BILLS}?{query[:QUERY_BYTES]}")
    once = request(
        "POST",
        f"{BASE_PATH}/appliedCustomerBillingRate",
        JSON,
        "Idempotency-Key: a",
        body=grouped(b"{}", MOST),
    )
    yield "a rate under a key", once
    small = b'{"x":"' + b"a" * 60_000 + b'"}'
    yield "chunks of a byte", request("POST", BILLS, JSON, CHUNKED, body=in_chunks(small, 1))
