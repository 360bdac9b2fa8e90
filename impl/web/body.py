"""Request bodies: read within limits, and decoded as JSON that can be stored without loss."""

import asyncio
import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from starlette.types import Receive, Scope

from impl import fast_json
from impl.document_limits import MAX_DEPTH, MAX_HOLDERS, MAX_MEMBERS, MAX_TEXT, MAX_VALUES
from impl.errors import BodyInvalid, BodyMissing, ContentTooLarge, FieldInvalid, Place, path, refuse
from impl.web.request_checks import header_values

DEADLINE_SECONDS = 20
"""For the whole body; gunicorn reports the client as gone after 30 s without data."""

LINGER_SECONDS = 10
SILENCE_SECONDS = 1
"""For the rest of a body that is thrown away: in all, and from one piece to the next."""

PIECES_A_TURN = 200
"""After this many pieces, which may be of a byte each, other clients get their turn."""


class Incoming:
    """The body of a request: read whole or thrown away, never left on the connection."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._length = int((header_values(scope, b"content-length") or [b"0"])[0])
        self._more = self._length > 0 or bool(header_values(scope, b"transfer-encoding"))
        self._may_lack_rest = bool(header_values(scope, b"expect"))
        self._pieces = 0

    @property
    def last(self) -> bool:
        """Whether the connection must end here: the rest of the body may never come."""
        return self._more and self._may_lack_rest

    async def read(self, limit: int) -> bytes:
        """The whole body, however it is framed.

        Raises ContentTooLarge over the limit, BodyInvalid if it does not come whole and in time.
        """
        self._may_lack_rest = True
        if self._length > limit:
            raise ContentTooLarge(f"the body is over {limit} bytes")
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._read(limit)
        except TimeoutError:
            raise BodyInvalid(f"the body did not come within {DEADLINE_SECONDS} s") from None

    async def discard(self) -> None:
        """Read the rest for a while: some clients read their answer only after sending it."""
        if not self._more:
            return
        with suppress(TimeoutError, BodyInvalid):
            async with asyncio.timeout(LINGER_SECONDS):
                while self._more:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        await self._next()

    async def _read(self, limit: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while self._more:
            chunks.append(await self._next())
            size += len(chunks[-1])
            if size > limit:
                raise ContentTooLarge(f"the body is over {limit} bytes")
        return b"".join(chunks)

    async def _next(self) -> bytes:
        self._pieces += 1
        if self._pieces % PIECES_A_TURN == 0:
            await asyncio.sleep(0)  # `receive` does not pause while data is there
        message = await self._receive()
        self._more = message.get("more_body", False)
        if message["type"] == "http.disconnect":
            raise BodyInvalid("the connection ended before the body was complete")
        chunk: bytes = message.get("body", b"")
        return chunk


def decode(body: bytes) -> Any:
    """The JSON value (RFC 8259), or BodyMissing, BodyInvalid or FieldInvalid.

    The server refuses JSON that it could not return as it was sent: duplicate names, numbers beyond
    64 bits, half surrogates. It also refuses what is deeper, wider or longer than
    `impl.document_limits` allows. It skips a byte order mark in front (RFC 8259 section 8.1).
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if not body.strip():
        raise BodyMissing("a JSON body is needed")
    if _is_crowded(body):
        raise BodyInvalid(
            f"the body holds more than {MAX_HOLDERS} objects and arrays, or {MAX_VALUES} values"
        )
    plain = fast_json.decode(body)
    if plain is not fast_json.UNSURE:
        return plain
    try:
        value, duplicates = _parsed(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BodyInvalid("the body is not UTF-8") from None
    except RecursionError:
        raise BodyInvalid(f"the body nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise BodyInvalid(f"the body is not JSON: {error}") from None
    if duplicates:
        refuse(_faults([value], duplicates))
    _check(value, texts=len(body) > MAX_TEXT or _HALF.search(body) is not None)
    return value


_MARK = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)|([\[{])|(,)', re.DOTALL)


def _is_crowded(body: bytes) -> bool:
    """Whether there are too many values, by the brackets and commas outside of strings."""
    if body.count(b"[") + body.count(b"{") <= MAX_HOLDERS and body.count(b",") <= MAX_VALUES:
        return False
    holders = values = 0
    for mark in _MARK.finditer(body):
        holders += mark.lastindex == 1
        values += mark.lastindex == 2
        if holders > MAX_HOLDERS or values > MAX_VALUES:
            return True
    return False


Duplicates: TypeAlias = dict[int, tuple[Any, str]]
"""Objects with a duplicate name, by their `id()`, each with that name."""


def _parsed(text: str) -> tuple[Any, Duplicates]:
    duplicates: Duplicates = {}

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = Counter(name for name, _ in pairs)
            duplicate = next(name for name, count in names.items() if count > 1)
            duplicates[id(members)] = members, duplicate
        return members

    def decoder(**also: Any) -> json.JSONDecoder:
        return json.JSONDecoder(object_pairs_hook=unique, parse_constant=_refuse, **also)

    try:
        return decoder().decode(text), duplicates
    except json.JSONDecodeError:
        raise
    except ValueError:  # int() refuses more than some thousand digits
        duplicates.clear()
        return decoder(parse_int=_integer).decode(text), duplicates


MAX_SHOWN = 100
"""The most characters of a name that a message quotes."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_LEAST, _MOST = -(2**63), 2**63 - 1


def _check(value: Any, *, texts: bool) -> None:
    """Walk the value, one level after the other, and refuse what can't be stored.

    This is the hottest loop of a large write, so it only detects faults; `_faults` finds them.
    Without `texts`, no string can be too long, or hold half of a surrogate pair.
    """
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for each in level:
            bad = len(each) > MAX_MEMBERS
            for part in each.values() if type(each) is dict else each:
                kind = type(part)
                if kind is dict or kind is list:
                    below.append(part)
                elif (kind is int or kind is float) and not _LEAST <= part <= _MOST:
                    bad = True
            if bad or (texts and _has_bad_text(each)):
                refuse(_faults([value], {}))
        if not below:
            return
        level = below
    raise BodyInvalid(f"the body nests deeper than {MAX_DEPTH} levels")


def _has_bad_text(holder: Any) -> bool:
    parts = [*holder, *holder.values()] if type(holder) is dict else holder
    return any(type(part) is str and _trouble(part) for part in parts)


def _faults(holder: Any, duplicates: Duplicates, at: Place = ()) -> Iterator[FieldInvalid]:
    """All faults in an array or object; `at` is its path, below an array around the body."""
    if len(at) > MAX_DEPTH:
        return
    if id(holder) in duplicates:
        yield _wrong((*at, duplicates[id(holder)][1]), "comes twice in one object")
    if len(holder) > MAX_MEMBERS:
        yield _wrong(at, f"has more than {MAX_MEMBERS} members")
    for name, part in holder.items() if type(holder) is dict else enumerate(holder):
        where = (*at, name[:MAX_SHOWN] if type(name) is str else name)
        if type(name) is str and (trouble := _trouble(name)):
            yield _wrong(where, trouble)
        if type(part) is dict or type(part) is list:
            yield from _faults(part, duplicates, where)
        elif trouble := _trouble(part):
            yield _wrong(where, trouble)


def _wrong(at: Place, trouble: str) -> FieldInvalid:
    return FieldInvalid(path(at[1:]), trouble)


def _trouble(value: Any) -> str:
    """Why a string, a name, a number or another single value can't be stored; else blank."""
    kind = type(value)
    if kind is str:
        if len(value) > MAX_TEXT:
            return f"is over {MAX_TEXT} characters"
        return "" if _is_whole(value) else "holds half of a surrogate pair"
    beyond = (kind is int or kind is float) and not _LEAST <= value <= _MOST
    return "is a number beyond 64 bits" if beyond else ""


def _is_whole(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode("utf-8"))
    except UnicodeEncodeError:
        return False


def _refuse(name: str) -> Any:
    raise BodyInvalid(f"the body is not JSON: it holds {name}")


def _integer(digits: str) -> int | float:
    # Over 20 digits are beyond 64 bits, and refused later; parsing them would only take time.
    return int(digits) if len(digits) <= 20 else float("inf")
