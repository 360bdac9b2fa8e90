"""Requests that are nearly right: seeds of every kind, each changed at random in some places."""

import codecs
import json
import random
from collections.abc import Callable

from tests.api.test_http1 import BILLS, CHUNKED, JSON, in_chunks, request
from tests.servers import BASE_PATH

BILL = {
    "id": "a",
    "billNo": "1",
    "billDate": "2026-10-01T00:00:00Z",
    "amountDue": {"unit": "EUR", "value": 12.5},
    "billingAccount": {"id": "a"},
    "relatedParty": [{"id": "p", "role": "customer"}],
    "taxItem": [{"taxCategory": "VAT", "taxRate": 19, "taxAmount": {"unit": "EUR", "value": 1}}],
    "x": {"y": [1, "two", None, True, 1e10]},
}
BODIES = {
    "customerBill": BILL,
    "customerBillOnDemand": {"billingAccount": {"id": "a"}, "name": "n"},
    "appliedCustomerBillingRate": {"billingAccount": {"id": "a"}, "type": "usageCharge"},
    "billCycle": {"name": "n", "billingDate": "2026-10-01T00:00:00Z"},
    "billCycleSpecification": {"name": "n", "frequency": "monthly", "billingDateShift": 1},
    "hub": {"callback": "http://127.0.0.1:9/x", "query": "eventType=CustomerBillCreateEvent"},
}
PATCHES = {
    "application/json": {"billNo": "2", "state": "onHold", "holdReason": "asked"},
    "application/merge-patch+json": {"billNo": None, "amountDue": {"unit": "EUR", "value": 1}},
    "application/json-patch+json": [
        {"op": "test", "path": "/billNo", "value": "1"},
        {"op": "add", "path": "/relatedParty/-", "value": {"id": "q"}},
        {"op": "move", "from": "/billNo", "path": "/relatedParty/0/name"},
    ],
    "application/json-patch-query+json": [
        {"op": "replace", "path": "/relatedParty?id=p", "value": {"id": "q"}},
        {"op": "add", "path": "/relatedParty/-", "value": {"id": "r"}},
        {"op": "replace", "path": "/relatedParty/0/role", "value": "payer"},
        {"op": "remove", "path": "$.relatedParty[?(@.id=='p')]"},
    ],
}
QUERIES = [
    "limit=10&offset=5&fields=billNo,amountDue.value",
    "billNo=1,2&billDate.gt=2026-01-01T00:00:00Z&sort=-billDate,+billNo",
    "filter=$[?(@.amountDue.value>10%20%26%26%20@.state=='new')]",
    "billNo.regex=a(b|c)*d&relatedParty.id=p;state=new",
    "cursor=WzAsIngiXQ&limit=2",
    "state=new%2Csent&_=1790000000000",
    "billDate=2026-10-01%2C2026-11-01&state.ne=settled",
    "filter=$[?(@.relatedParty[*].id=='p')]",
]
READ = [
    *BODIES,
    "events",
    "customerBill/a",
    "customerBill/a/document",
    "billNumber",
    "billCycleAccount",
]
ACTIONS = ["billCycle/a/cancel", "billCycle/a/retry", "hub/a/redeliver"]

HEADERS = [
    "Accept: application/json",
    "Accept: application/x-ndjson;q=0.5, */*",
    'If-Match: "1"',
    'If-None-Match: W/"1", "2"',
    "Idempotency-Key: k-1",
    "Range: items=0-9",
    "Accept: text/html, application/pdf;q=0.5",
    "Accept-Language: de-AT, fr;q=0.5, *;q=0.1",
    'If-Match: W/"1"',
    "X-Request-ID: r-1",
    "Accept-Encoding: gzip",
    "Expect: 100-continue",
    "Content-Encoding: identity",
    "Authorization: Bearer a.b.c",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
]
ODD: list[object] = [
    None, True, 0, -1, 2**63, 1e308, "", "\0", "\ud800", "%00", "$ne", "a.b", [], {}, [[]],
    {"$gt": ""}, "2026-02-30T00:00:00Z", "x" * 300, "/../", "💥", "__proto__", "null",
]  # fmt: skip
PIECES = [
    *rb"% %00 %FF & = ; $ [ ] { } ' \ .. / ? # * ( ) , : - e999 null".split(),
    *(b'"', b"\0", b" ", b"\t", b"\n", b"\r\n", b"9" * 30),
    *(b"\xff", b"\xed\xa0\x80", b"\xf0\x9f\x92\xa5"),
]


class Mutants:
    """An endless row of requests, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._kinds: list[Callable[[], bytes]] = [
            self._act,
            self._create,
            self._create,
            self._patch,
            self._patch,
            self._query,
            self._query,
            self._headers,
            self._path,
            self._raw,
        ]

    def __next__(self) -> bytes:
        """A whole request, which may not be HTTP any more."""
        return self._chance.choice(self._kinds)()

    def _create(self) -> bytes:
        resource = self._chance.choice(list(BODIES))
        body = self._written(BODIES[resource])
        return self._with_body("POST", f"{BASE_PATH}/{resource}", JSON, body)

    def _patch(self) -> bytes:
        media = self._chance.choice(list(PATCHES))
        body = self._written(PATCHES[media])
        return self._with_body("PATCH", f"{BILLS}/a", f"Content-Type: {media}", body)

    def _query(self) -> bytes:
        query = self._spoilt(self._chance.choice(QUERIES).encode()).decode("latin-1")
        path = f"{BASE_PATH}/{self._chance.choice(READ)}?{_in_line(query)}"
        target = f"http://h{path}" if self._chance.random() < 0.1 else path
        return request("GET", target)

    def _act(self) -> bytes:
        """What is done to a cycle or a subscription, or a number that is read."""
        path = self._chance.choice([*ACTIONS, "billNumber/a"]).encode()
        method = self._chance.choice(["POST", "GET"])
        spoilt = self._chance.random() < 0.5
        named = (self._spoilt(path) if spoilt else path).decode("latin-1")
        return request(method, f"{BASE_PATH}/{_in_line(named)}", JSON, body=b"{}")

    def _headers(self) -> bytes:
        chosen = self._chance.sample(HEADERS, self._chance.randrange(1, 4))
        lines = [self._spoilt(each.encode()).decode("latin-1") for each in chosen]
        method = self._chance.choice(["GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT"])
        path = self._chance.choice([BILLS, f"{BILLS}/a", f"{BILLS}/a/document", "/health/live"])
        body = b"{}" if method in ("POST", "PATCH") else b""
        return _bytes(method, path, [*lines, JSON], body)

    def _path(self) -> bytes:
        path = self._spoilt(f"{BILLS}/a/document".encode()).decode("latin-1")
        return request(self._chance.choice(["GET", "DELETE", "PATCH"]), _in_line(path))

    def _raw(self) -> bytes:
        """A whole request changed anywhere, in its framing too."""
        whole = self._chance.choice([self._create, self._patch, self._query, self._headers])()
        return self._spoilt(whole, most=3)

    def _with_body(self, method: str, path: str, media: str, body: bytes) -> bytes:
        if self._chance.random() < 0.1:
            body = codecs.BOM_UTF8 + body
        if self._chance.random() < 0.1:
            size = self._chance.randrange(1, 50)
            return request(method, path, media, CHUNKED, body=self._trailed(in_chunks(body, size)))
        return request(method, path, media, body=body)

    def _trailed(self, chunks: bytes) -> bytes:
        """Chunks, with a trailer behind some of them."""
        if self._chance.random() < 0.5:
            return chunks
        return chunks.removesuffix(b"\r\n") + self._spoilt(b"X-Sum: 1") + b"\r\n\r\n"

    def _written(self, value: object) -> bytes:
        """A body: another value somewhere, or its bytes changed."""
        if self._chance.random() < 0.7:
            return json.dumps(self._changed(value)).encode()
        return self._spoilt(json.dumps(value).encode(), most=4)

    def _changed(self, value: object) -> object:
        """The value with an odd one in place of a part of it, or beside it."""
        chance = self._chance.random()
        if chance < 0.2 or not isinstance(value, dict | list) or not value:
            return self._chance.choice(ODD)
        if isinstance(value, list):
            at = self._chance.randrange(len(value))
            return [*value[:at], self._changed(value[at]), *value[at + (chance < 0.8) :]]
        if chance < 0.35:
            return value | {str(self._chance.choice(ODD)): self._chance.choice(ODD)}
        name = self._chance.choice(list(value))
        return value | {name: self._changed(value[name])}

    def _spoilt(self, raw: bytes, most: int = 3) -> bytes:
        """The bytes with some cut out, put in, doubled or turned."""
        for _ in range(self._chance.randrange(1, most + 1)):
            at = self._chance.randrange(len(raw) + 1)
            end = min(len(raw), at + self._chance.randrange(8))
            piece = self._chance.choice(
                [self._chance.choice(PIECES), b"", raw[at:end] * 2, self._chance.randbytes(2)]
            )
            raw = raw[:at] + piece + raw[end if self._chance.random() < 0.5 else at :]
        return raw


def _in_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _bytes(method: str, path: str, headers: list[str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: h", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body
