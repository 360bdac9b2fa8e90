"""What no client should send: refused with an Error that names the trouble, or served rightly."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from impl.document_limits import MAX_MEMBERS, MAX_TEXT
from tests.errors import the_shape

JSON = {"Content-Type": "application/json"}
MIB = 1 << 20


def the_error(answer: httpx.Response, status: int, code: str, named: str) -> None:
    """The answer is the one Error body, complete, and its message names the trouble."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Request-Id"]
    error = answer.json()
    the_shape(error)
    assert (error["status"], error["code"]) == (str(status), code)
    assert named in error["message"]
    if named.endswith(": "):
        assert error["attribute"] == named[:-2]
    assert "\n" not in error["message"]
    assert len(error["message"]) < 600


@pytest.fixture
def kept(own_api: httpx.Client) -> Iterator[httpx.Client]:
    """A client in whose hands no bill comes or goes."""
    before = own_api.get("customerBill?limit=0").headers["X-Total-Count"]
    yield own_api
    assert own_api.get("customerBill?limit=0").headers["X-Total-Count"] == before


def nested(levels: int) -> bytes:
    return b'{"x":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


INVALID, MISSING, FIELD = "22", "21", "24"
BODIES: dict[str, tuple[bytes, str, str]] = {
    "cut off": (b'{"a":', INVALID, "not JSON"),
    "more behind it": (b"{} x", INVALID, "not JSON"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf{}", INVALID, "not JSON"),
    "invalid UTF-8": (b'{"a":"\xff\xfe"}', INVALID, "not UTF-8"),
    "overlong UTF-8": (b'{"a":"\xc0\x80"}', INVALID, "not UTF-8"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), INVALID, "not UTF-8"),
    "single quotes": (b"{'a':1}", INVALID, "not JSON"),
    "a comment": (b"{/**/}", INVALID, "not JSON"),
    "a comma too many": (b'{"a":1,}', INVALID, "not JSON"),
    "a raw control character": (b'{"a":"\x01"}', INVALID, "not JSON"),
    "half a surrogate pair": (rb'{"billNo":"\ud800"}', FIELD, "billNo: "),
    "the other half": (rb'{"x":["\udc00"]}', FIELD, "x[0]: "),
    "half a surrogate pair in a name": (rb'{"x":{"y\ud800":1}}', FIELD, "x.y?: "),
    "NaN": (b'{"x":NaN}', INVALID, "NaN"),
    "Infinity": (b'{"x":Infinity}', INVALID, "Infinity"),
    "-Infinity": (b'{"x":[-Infinity]}', INVALID, "-Infinity"),
    "1e400": (b'{"x":{"y":[0,1e400]}}', FIELD, "x.y[1]: "),
    "-1e999": (b'{"amountDue":{"value":-1e999}}', FIELD, "amountDue.value: "),
    "2^63": (b'{"x":9223372036854775808}', FIELD, "x: "),
    "-2^63-1": (b'{"x":-9223372036854775809}', FIELD, "x: "),
    "1e19": (b'{"x":{"y":1e19}}', FIELD, "x"),
    "2^64": (b'{"x":18446744073709551616}', FIELD, "x: "),
    "5,000 digits": (b'{"x":' + b"1" * 5000 + b"}", FIELD, "x: "),
    "1,000,000 digits": (b'{"x":' + b"1" * 1_000_000 + b"}", FIELD, "x: "),
    "a name twice": (b'{"a":1,"a":2}', FIELD, "a: comes twice"),
    "a name twice within": (b'{"x":[{"a":1,"b":2,"a":1}]}', FIELD, "a: comes twice"),
    "a name twice, once escaped": (rb'{"a":1,"\u0061":2}', FIELD, "a: comes twice"),
    "65 levels": (nested(65), INVALID, "64 levels"),
    "5,000 levels": (nested(5000), INVALID, "64 levels"),
    "10,000 levels": (nested(10_000), INVALID, "64 levels"),
    "30,000 levels": (nested(30_000), INVALID, "64 levels"),
    "10,000 levels of objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, INVALID, "64 levels"),
    "an opening without end": (b"[" * 1_000_000, INVALID, "32768 objects"),
    "an array": (b"[]", INVALID, "object"),
    "a text": (b'"x"', INVALID, "object"),
    "a number": (b"1", INVALID, "object"),
    "null": (b"null", INVALID, "object"),
    "true": (b"true", INVALID, "object"),
    "a number beyond 64 bits": (b"9" * 30, FIELD, "64 bits"),
    "nothing": (b"", MISSING, "body"),
    "white space": (b" \r\n\t ", MISSING, "body"),
    "100,000 names, the last twice": (
        b"{" + b"".join(b'"%x":0,' % each for each in range(100_000)) + b'"1869f":0}',
        FIELD,
        "1869f: comes twice",
    ),
    "a mebibyte of arrays": (b"[" + b"[]," * 340_000 + b"[]]", INVALID, "32768 objects"),
    "a mebibyte of combs": (
        b'{"x":[' + b",".join([b"[" * 60 + b"]" * 60] * 8000) + b"]}",
        INVALID,
        "32768 objects",
    ),
    "an id with a slash": (b'{"id":"a/b"}', FIELD, "id: "),
    "an empty id": (b'{"id":""}', FIELD, "id: "),
    "an id with NUL": (rb'{"id":"a\u0000"}', FIELD, "id: "),
    "an id that a path would swallow": (b'{"id":".."}', FIELD, "id: "),
    "an id of 129 characters": (b'{"id":"' + b"a" * 129 + b'"}', FIELD, "id: "),
    "an id of 10 kB": (b'{"id":"' + b"a" * 10_240 + b'"}', FIELD, "id: "),
    "an id that is a query": (b'{"id":{"$ne":null}}', FIELD, "id: "),
    "an id of null": (b'{"id":null}', FIELD, "id: "),
    "year 0": (b'{"billDate":"0000-01-01T00:00:00Z"}', FIELD, "billDate: "),
    "year 10000": (b'{"billDate":"10000-01-01T00:00:00Z"}', FIELD, "billDate: "),
    "year 0 in UTC": (b'{"billDate":"0001-01-01T00:00:00+05:00"}', FIELD, "billDate: "),
    "year 10000 in UTC": (b'{"billDate":"9999-12-31T23:00:00-05:00"}', FIELD, "billDate: "),
    "a leap second": (b'{"billDate":"2016-12-31T23:59:60Z"}', FIELD, "billDate: "),
    "February 30": (b'{"billDate":"2024-02-30T00:00:00Z"}', FIELD, "billDate: "),
    "24 o'clock": (b'{"billDate":"2024-02-20T24:00:00Z"}', FIELD, "billDate: "),
    "no offset": (b'{"billDate":"2024-02-20T00:00:00"}', FIELD, "billDate: "),
    "an offset of 25 hours": (b'{"billDate":"2024-02-20T00:00:00+25:00"}', FIELD, "billDate: "),
    "Arabic digits": ('{"billDate":"٢٠٢٤-02-20T00:00:00Z"}'.encode(), FIELD, "billDate: "),
    "a bare date": (b'{"billDate":"2024-02-20"}', FIELD, "billDate: "),
    "a date that is a number": (b'{"billDate":1}', FIELD, "billDate: "),
    "an amount that is a text": (b'{"amountDue":{"value":"1"}}', FIELD, "amountDue.value: "),
    "an amount of 1e308": (b'{"amountDue":{"value":1e308}}', FIELD, "amountDue.value: "),
    "a schema location that is no URI": (b'{"@schemaLocation":"\\\\"}', FIELD, "@schemaLocation: "),
    "an unknown state": (b'{"state":"done"}', FIELD, "state: "),
    "a party without id": (b'{"relatedParty":[{}]}', "23", "relatedParty[0].id: "),
    "an object for an array": (b'{"relatedParty":{}}', FIELD, "relatedParty: "),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_wrong_is_refused_and_nothing_stored(kept: httpx.Client, case: str) -> None:
    body, code, named = BODIES[case]
    the_error(kept.post("customerBill", content=body, headers=JSON), 400, code, named)


REQUESTS: dict[str, tuple[str, str, int, str, str]] = {
    "no account": ("customerBillOnDemand", '{"billingAccount":{}}', 400, "23", "billingAccount.id"),
    "a text": ("customerBillOnDemand", '{"billingAccount":"a"}', 400, "24", "billingAccount: "),
    "a rate without account": ("appliedCustomerBillingRate", "{}", 400, "23", "billingAccount: "),
    "a specification without name": ("billCycleSpecification", "{}", 400, "23", "name: "),
    "a listener without callback": ("hub", "{}", 400, "23", "callback: "),
    "a listener by FTP": ("hub", '{"callback":"ftp://h/x"}', 400, "24", "callback: "),
    "an event": ("listener/customerBillCreateEvent", "{}", 404, "60", "customerBillCreateEvent"),
    "a resource that is none": ("customerBills", "{}", 404, "60", "customerBills"),
    "a collection in capitals": ("CustomerBill", "{}", 404, "60", "CustomerBill"),
    "a trailing slash": ("customerBill/", "{}", 404, "60", "customerBill/"),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_request_for_what_is_not_there_or_not_whole_is_refused(
    kept: httpx.Client, case: str
) -> None:
    path, body, status, code, named = REQUESTS[case]
    answer = kept.post(path, content=body, headers=JSON)
    the_error(answer, status, code, named)
    assert "Location" not in answer.headers


HEADERS: dict[str, tuple[dict[str, str], int, str, str]] = {
    "no Content-Type": ({}, 415, "415", "Content-Type"),
    "an empty Content-Type": ({"Content-Type": ""}, 415, "415", "Content-Type"),
    "text/plain": ({"Content-Type": "text/plain"}, 415, "415", "text/plain"),
    "application/xml": ({"Content-Type": "application/xml"}, 415, "415", "application/xml"),
    "a form": ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "415", "form"),
    "half a media type": ({"Content-Type": "json"}, 415, "415", "json"),
    "a media range": ({"Content-Type": "application/*"}, 415, "415", "application/*"),
    "a/b/c": ({"Content-Type": "a/b/c"}, 415, "415", "a/b/c"),
    "UTF-16": ({"Content-Type": "application/json;charset=utf-16"}, 415, "415", "utf-16"),
    "an unknown charset": ({"Content-Type": "application/json; charset=foo"}, 415, "415", "foo"),
    "charset hex": ({"Content-Type": "application/json;charset=hex"}, 415, "415", "hex"),
    "rot13": ({"Content-Type": "application/json;charset=rot13"}, 415, "415", "rot13"),
    "punycode": ({"Content-Type": "application/json;charset=punycode"}, 415, "415", "punycode"),
    "gzip": (JSON | {"Content-Encoding": "gzip"}, 415, "415", "Content-Encoding"),
    "brotli": (JSON | {"Content-Encoding": "br"}, 415, "415", "Content-Encoding"),
    "Accept XML": (JSON | {"Accept": "application/xml"}, 406, "406", "Accept"),
    "Accept no JSON": (JSON | {"Accept": "*/*, application/json;q=0"}, 406, "406", "Accept"),
    "a junk Host": (JSON | {"Host": "a b<c>"}, 400, "26", "Host"),
    "a Host with a path": (JSON | {"Host": "a/../b"}, 400, "26", "Host"),
    "an empty Host": (JSON | {"Host": ""}, 400, "26", "Host"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_that_is_wrong_is_refused_and_nothing_stored(
    kept: httpx.Client, case: str
) -> None:
    headers, status, code, named = HEADERS[case]
    request = kept.build_request("POST", "customerBill", content=b"{}")
    request.headers.update(headers)
    the_error(kept.send(request), status, code, named)


READABLE = [
    {"Content-Type": "Application/JSON"},
    {"Content-Type": 'application/json ; charset="UTF-8"'},
    {"Content-Type": "application/json;charset=utf-8;v=1"},
    JSON | {"Content-Encoding": "identity"},
    JSON | {"Accept": "application/json;charset=utf-8"},
    JSON | {"Accept": ";;;q=zz"},
    JSON | {"X-HTTP-Method-Override": "DELETE"},
]


@pytest.mark.parametrize("headers", READABLE, ids=str)
def test_a_header_that_is_odd_and_right_is_read_as_any(
    own_api: httpx.Client, headers: dict[str, str]
) -> None:
    made = own_api.post("customerBill", content=b'{"billNo":"7"}', headers=headers)
    assert made.status_code == 201
    assert made.json()["billNo"] == "7"
    wrong = own_api.post("customerBill", content=b'{"billNo":7}', headers=headers)
    the_error(wrong, 400, "24", "billNo: ")


SERVED: dict[str, Any] = {
    "NUL in a value": {"billNo": "a\0b", "x": ["\0"]},
    "NUL in a name": {"a\0b": 1, "x": {"\0": {"\0a": 1}}},
    "operators of MongoDB": {"$where": "1", "x": {"$set": {"$inc": 1}}, "$": [{"$ne": None}]},
    "dots": {"a.b": 1, ".": 2, "..": 3, "x": {"a.b": {".c": 1}}},
    "empty names": {"": 1, "x": {"": {"": ""}}},
    "names that are the server's": {"_id": 4, "_rev": 5, "__v": 6, "x": {"_id": 7}},
    "names that are the escape's": {"~": 1, "~24": 2, "~2E~": 3, "x": {"~": {"~00": 1}}},
    "names of JavaScript": {"__proto__": {"a": 1}, "constructor": 2, "toString": 3},
    "64-bit integers": {"x": [2**63 - 1, -(2**63), 2**53 + 1, 0]},
    "floats": {"x": [9e18, 5e-324, 0.1, -1.5, 123456789.123456789]},
    "an amount to the cent": {"amountDue": {"unit": "EUR", "value": 19.99}},
    "64 levels": json.loads(nested(64)),
    "emoji and surrogate pairs": {"billNo": "😀", "x": {"👍🏽": "\U0010ffff"}},
    "what is not assigned": {"x": "\ufeff\uffff\u202e\u2028"},
    "the longest text": {"x": "a" * MAX_TEXT},
    "the most names": {"x": {f"{each:x}": each for each in range(MAX_MEMBERS)}},
    "the most elements": {"x": [[]] * MAX_MEMBERS},
    "many empty arrays": {"x": [[[]] * 30] * MAX_MEMBERS},
    "a schema location that is a file": {"@schemaLocation": "file:///etc/passwd"},
    "a date in an extension": {"x": "0000-01-01T00:00:00Z"},
    "the first and last instants": {"billDate": "0001-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "as it is"])
@pytest.mark.parametrize("case", SERVED)
def test_what_is_odd_and_right_comes_back_equal(
    own_api: httpx.Client, case: str, escaped: bool
) -> None:
    sent = SERVED[case]
    body = json.dumps(sent, ensure_ascii=escaped, separators=(",", ":")).encode()
    made = own_api.post("customerBill", content=body, headers=JSON)
    assert made.status_code == 201, made.text[:500]
    read = own_api.get(made.headers["Location"]).json()
    assert {name: read[name] for name in sent} == sent
    assert own_api.delete(made.headers["Location"]).status_code == 204


PATCHES: dict[str, tuple[Any, str, str]] = {
    "id": ({"id": "other"}, FIELD, "id: "),
    "href": ({"href": "http://elsewhere"}, FIELD, "href: "),
    "what makes a bill a bill": ({"billDate": "2024-01-01T00:00:00Z"}, FIELD, "billDate: "),
    "an operator": ({"$set": {"state": "sent"}}, FIELD, "$set: "),
    "a dotted path": ({"amountDue.value": 1}, FIELD, "amountDue.value: "),
    "an empty name": ({"": 1}, FIELD, "can't be patched"),
    "a prototype": ({"__proto__": {"state": "sent"}}, FIELD, "__proto__: "),
    "an array": ([], INVALID, "object"),
    "a text": ("x", INVALID, "object"),
    "an unknown state": ({"state": "done"}, FIELD, "state: "),
    "a state taken away": ({"state": None}, FIELD, "state: "),
    "an amount that is a text": ({"amountDue": {"value": "1"}}, FIELD, "amountDue"),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_that_is_wrong_changes_nothing(own_api: httpx.Client, case: str) -> None:
    body, code, named = PATCHES[case]
    made = own_api.post("customerBill", json={"state": "new", "billNo": "1"})
    path = made.headers["Location"]
    the_error(own_api.patch(path, json=body), 400, code, named)
    assert own_api.get(path).json() == made.json()
    assert own_api.get(path).headers["ETag"] == made.headers["ETag"]


@pytest.mark.parametrize("tag", ['"0"', '"99"', "zzz", '"', "1", 'W/"2"', '"1', '"a", "b"'])
def test_a_version_that_is_not_there_is_not_changed(own_api: httpx.Client, tag: str) -> None:
    path = own_api.post("customerBill", json={}).headers["Location"]
    headers = {"If-Match": tag}
    for method in ("PATCH", "DELETE"):
        body = {"json": {"billNo": "2"}} if method == "PATCH" else {}
        refused = own_api.request(method, path, headers=headers, **body)  # type: ignore[arg-type]
        the_error(refused, 412, "412", "version")
    assert own_api.delete(path, headers={"If-Match": '"7", "1"'}).status_code == 204


def test_a_blank_version_is_told_and_nothing_is_changed(own_api: httpx.Client) -> None:
    made = own_api.post("customerBill", json={})
    path = made.headers["Location"]
    for method, body in (("PATCH", {"billNo": "2"}), ("DELETE", None)):
        refused = own_api.request(method, path, headers={"If-Match": ""}, json=body)
        the_error(refused, 400, "26", "If-Match")
    assert own_api.get(path).json() == made.json()


@pytest.mark.parametrize("id_", [" ", " x", "x ", "\tx", "x\n", "\u00a0x", "x\u2003"])
def test_an_id_with_a_blank_at_an_end_is_refused(own_api: httpx.Client, id_: str) -> None:
    for path in ("customerBill", "billCycle", "customerBillOnDemand"):
        body = {"id": id_, "billingAccount": {"id": "A-1"}} if "Demand" in path else {"id": id_}
        the_error(own_api.post(path, json=body), 400, "24", "id: ")
    inner = f"in the {ord(id_[0])} {ord(id_[-1])} middle"
    assert own_api.post("customerBill", json={"id": inner}).status_code == 201


@pytest.mark.parametrize("size", [MIB, MIB + 1])
def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(
    own_api: httpx.Client, size: int
) -> None:
    half = b"a" * (MIB // 2)
    body = b'{"x":["' + half + b'","' + half[: size - MIB - 13] + b'"]}'
    assert len(body) == size
    answer = own_api.post("customerBill", content=body, headers=JSON)
    if size > MIB:
        the_error(answer, 413, "413", "1048576 bytes")
    else:
        assert own_api.get(answer.headers["Location"]).json()["x"][0] == half.decode()


def test_a_version_of_5000_digits_is_not_there(own_api: httpx.Client) -> None:
    path = own_api.post("customerBill", json={}).headers["Location"]
    refused = own_api.delete(path, headers={"If-Match": '"' + "9" * 5000 + '"'})
    the_error(refused, 412, "412", "version")


def test_a_resource_grows_up_to_what_the_store_holds_and_no_further(
    own_api: httpx.Client,
) -> None:
    path = own_api.post("billCycle", json={}).headers["Location"]
    for number in range(18):
        answer = own_api.patch(path, json={f"x{number}": ["a" * 500_000] * 2})
        assert answer.status_code in (200, 400, 409, 413)
