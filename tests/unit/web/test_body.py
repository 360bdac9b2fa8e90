"""Reading and decoding request bodies: what comes back, what is refused, and how fast."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import Message, Scope

from impl.document_limits import MAX_DEPTH
from impl.errors import (
    MAX_FAULTS,
    ApiError,
    BodyInvalid,
    BodyMissing,
    ContentTooLarge,
    FieldInvalid,
)
from impl.web import body

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-(2.0**63), 2.0**62)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each), max_leaves=30
)
MIB = 1 << 20


@given(VALUES, st.booleans())
def test_a_json_value_comes_back_equal(value: Any, escaped: bool) -> None:
    assert body.decode(json.dumps(value, ensure_ascii=escaped).encode()) == value


@pytest.mark.parametrize("text", ["," * 300_000, '[{,\\"' * 100_000, "\\" * 300_000])
def test_what_stands_in_a_text_is_one_value(text: str) -> None:
    assert body.decode(json.dumps({"x": text}).encode()) == {"x": text}


@pytest.mark.parametrize("raw", [b'"' + rb"\"," * 200_000, b'"' + rb"\"," * 200_000 + b"\\"])
def test_a_text_without_end_is_found_in_one_go(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BodyInvalid, match="not JSON"):
        body.decode(raw)
    assert time.process_time() - began < 5


PIECES = (
    rb'{ } [ ] , : "a" "b": "\ud800" "\u0000" " \ 1 -0 1e999 .5 NaN null tru'.split()
    + b"\xff \xef\xbb\xbf \xc0\x80".split()
)
JSON_BYTES = st.lists(st.sampled_from([*PIECES, b" ", b"9" * 20, b"9" * 5000])).map(b"".join)


@given(st.binary() | JSON_BYTES)
@example(b"9" * 5000)
@example(b"[" * 100_000)
@example(b'{"a":' * 5000)
def test_any_bytes_are_a_value_or_an_error_of_ours(given_: bytes) -> None:
    with suppress(ApiError):
        assert body.decode(given_) == json.loads(given_)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (r'{"a":[{"b":9223372036854775808}]}', "a[0].b"),
        (r'{"a":{"b":[0,-9223372036854775809]}}', "a.b[1]"),
        (r'{"a":1,"b":1e400}', "b"),
        (r'{"a":-1e999}', "a"),
        (f'{{"a":[{"7" * 5000}]}}', "a[0]"),
        (r'{"a":{"b":"\ud800"}}', "a.b"),
        (r'[["\udfff x"]]', "[0][0]"),
        (r'{"a":{"b\ud800c":1}}', "a.b\ud800c"),
        (r'{"\udc00":1}', "\udc00"),
        (r'{"a":1,"b":2,"a":1}', "a"),
        (r'[{"a":{"b":2,"\u0062":1}}]', "[0].a.b"),
        (r'{"a.b":{"c d":1e400}}', "['a.b']['c d']"),
        ("1e400", ""),
        (r'"\ud83d"', ""),
    ],
)
def test_what_can_not_be_kept_is_refused_by_its_name(text: str, name: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        body.decode(text.encode())
    assert caught.value.attribute == name


def test_all_that_can_not_be_kept_is_told_at_once() -> None:
    text = r'{"a":[1e400,{"b":"\ud800"}],"c":{"d":1,"d":2},"e":0,"e":[' + ",".join(["1e400"] * 99)
    with pytest.raises(FieldInvalid) as caught:
        body.decode(f"{text}]}}".encode())
    told = [each.attribute for each in caught.value.every]
    assert told[:5] == ["e", "a[0]", "a[1].b", "c.d", "e[0]"]
    assert len(told) == MAX_FAULTS


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '{"a":[NaN]}'])
def test_what_only_javascript_calls_a_number_is_not_json(text: str) -> None:
    with pytest.raises(BodyInvalid, match=r"NaN|Infinity"):
        body.decode(text.encode())


@pytest.mark.parametrize("text", [b"", b" \t\r\n"])
def test_no_value_at_all_is_a_missing_body(text: bytes) -> None:
    with pytest.raises(BodyMissing):
        body.decode(text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("inner", ["1", "[]", '"\\ud83d\\ude00"'])
def test_nesting_is_read_up_to_the_limit_and_refused_beyond(
    opening: str, closing: str, inner: str
) -> None:
    levels = MAX_DEPTH - (inner == "[]")
    text = opening * levels + inner + closing * levels
    assert body.decode(text.encode()) == json.loads(text)
    for too_deep in (f"[{text}]", "[" * 2000 + text + "]" * 2000):
        with pytest.raises(BodyInvalid, match="deeper than 64"):
            body.decode(too_deep.encode())


def _times(unit: str, opening: str = "[", closing: str = "]") -> bytes:
    return (opening + ",".join([unit] * (MIB // (len(unit) + 1))) + closing).encode()


KEYS = ",".join(f'"{number:x}":0' for number in range(100_000))
HOSTILE = {
    "many empty arrays": _times("[]"),
    "many empty objects": _times("{}"),
    "many integers": _times("0"),
    "many escaped texts": _times(r'"\ud83d\ude00"'),
    "many levels": _times("[" * 60 + "]" * 60),
    "many names": f"{{{KEYS}}}".encode(),
    "many names, the last one twice": f'{{{KEYS},"1869f":0}}'.encode(),
    "a long name over many values": _times("0", '{"' + "k" * MIB + '":[', "]}"),
    "long names over many values": _times(
        "0", ('{"' + "k" * 16000 + '":') * 60 + "[", "]" + "}" * 60
    ),
    "a long name over a wrong value": _times("0", '{"' + "k" * MIB + '":[', ",1e999]}"),
    "an integer of a million digits": b"[" + b"9" * MIB + b"]",
    "integers of 4300 digits": _times("9" * 4300),
    "an endless opening": b"[" * MIB,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mebibyte_is_judged_in_linear_time(hostile: bytes) -> None:
    started = time.thread_time()
    with suppress(ApiError):
        body.decode(hostile)
    assert time.thread_time() - started < 5


def scope(**headers: str) -> Scope:
    return {
        "type": "http",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


class Client:
    """What a server passes on: the chunks, then silence or, with `gone`, the disconnect."""

    def __init__(self, *chunks: bytes, gone: bool = False, endless: bool = False) -> None:
        self.left = list(chunks)
        self.gone = gone
        self.endless = endless
        self.asked = 0

    async def receive(self) -> Message:
        self.asked += 1
        if self.left:
            chunk = self.left.pop(0)
            more = bool(self.left) or self.gone or self.endless
            return {"type": "http.request", "body": chunk, "more_body": more}
        if self.gone:
            return {"type": "http.disconnect"}
        await asyncio.sleep(60)
        raise AssertionError


CHUNKED = scope(transfer_encoding="chunked")


def read(client: Client, limit: int = 10, head: Scope = CHUNKED) -> bytes:
    return asyncio.run(body.Incoming(head, client.receive).read(limit))


@pytest.mark.parametrize("head", [CHUNKED, scope(content_length="10")])
def test_a_body_is_read_whole_however_it_is_framed(head: Scope) -> None:
    assert read(Client(b"01", b"", b"234", b"56789"), head=head) == b"0123456789"


@pytest.mark.parametrize("head", [scope(), scope(content_length="0"), scope(content_length="000")])
def test_where_no_body_is_announced_none_is_waited_for(head: Scope) -> None:
    client = Client()
    assert read(client, head=head) == b""
    asyncio.run(body.Incoming(head, client.receive).discard())
    assert client.asked == 0


def test_a_body_announced_over_the_limit_is_refused_unread() -> None:
    client = Client(b"x")
    for length in ("11", "9" * 4000):
        with pytest.raises(ContentTooLarge, match="10 bytes"):
            read(client, head=scope(content_length=length))
    assert client.asked == 0


def test_a_body_that_grows_over_the_limit_is_refused_where_it_does() -> None:
    client = Client(b"x" * 6, b"x" * 5, b"x")
    with pytest.raises(ContentTooLarge):
        read(client)
    assert client.left == [b"x"]


def test_a_body_that_is_cut_off_is_refused() -> None:
    with pytest.raises(BodyInvalid, match="ended before"):
        read(Client(b"x", gone=True))


def test_a_body_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "DEADLINE_SECONDS", 0.05)
    with pytest.raises(BodyInvalid, match="did not come within"):
        read(Client(b"x", endless=True))


def test_what_is_not_read_is_taken_off_the_connection() -> None:
    client = Client(b"x" * 6, b"x" * 5, b"x")
    asyncio.run(body.Incoming(CHUNKED, client.receive).discard())
    assert client.left == []


@pytest.mark.parametrize(("linger", "silence"), [(0.05, 60), (60, 0.05)])
def test_an_unread_body_is_not_waited_for_for_long(
    monkeypatch: pytest.MonkeyPatch, linger: float, silence: float
) -> None:
    monkeypatch.setattr(body, "LINGER_SECONDS", linger)
    monkeypatch.setattr(body, "SILENCE_SECONDS", silence)
    started = time.perf_counter()
    asyncio.run(body.Incoming(CHUNKED, Client(b"x", endless=True).receive).discard())
    asyncio.run(body.Incoming(CHUNKED, Client(b"x", gone=True).receive).discard())
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("head", "read", "last"),
    [
        (scope(), False, False),
        (scope(expect="100-continue"), False, False),
        (scope(content_length="3"), False, False),
        (scope(content_length="3", expect="100-continue"), False, True),
        (scope(content_length="3", expect="100-continue"), True, False),
        (scope(content_length="11"), True, True),
        (CHUNKED, True, False),
    ],
)
def test_the_connection_ends_where_the_rest_of_a_body_may_not_come(
    head: Scope, read: bool, last: bool
) -> None:
    incoming = body.Incoming(head, Client(b"abc").receive)
    if read:
        with suppress(ContentTooLarge):
            asyncio.run(incoming.read(10))
    assert incoming.last is last


def test_a_name_is_quoted_up_to_100_characters_wherever_it_stands() -> None:
    names = {"x" * 100 + str(number) + "\ud800": 1 for number in range(1000)}
    raw = json.dumps({"n" * 500_000: [names, names]}).encode()
    with pytest.raises(FieldInvalid) as refused:
        body.decode(raw)
    for fault in refused.value.every:
        assert len(fault.attribute) < 300
