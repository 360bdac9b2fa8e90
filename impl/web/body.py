"""Request bodies: read within limits, and decoded as JSON that can be kept without loss."""

import asyncio
import json
import math
from typing import Any

from starlette.types import Receive

from impl.errors import BodyInvalid, BodyMissing, ContentTooLarge, FieldInvalid

DEADLINE_SECONDS = 30
MAX_DEPTH = 64
INT64 = range(-(2**63), 2**63)


class Disconnected(Exception):
    """The client went away before its request was whole."""


async def read(receive: Receive, length: bytes | None, limit: int) -> bytes:
    """The whole body, however it is framed.

    Raises ContentTooLarge over the limit, BodyInvalid when it takes too long, Disconnected.
    """
    if length is not None and length.isdigit() and int(length[:20]) > limit:
        raise ContentTooLarge(f"the body is over {limit} bytes")
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await _read(receive, limit)
    except TimeoutError:
        raise BodyInvalid(f"the body did not come within {DEADLINE_SECONDS} s") from None


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
        if size > limit:
            raise ContentTooLarge(f"the body is over {limit} bytes")
    return b"".join(chunks)


def decode(body: bytes) -> Any:
    """The JSON value (RFC 8259), or BodyMissing, BodyInvalid or FieldInvalid.

    Refused is what could not come back as it was sent: duplicate names, numbers beyond 64 bits,
    half surrogates, and nesting that a reader may not follow.
    """
    if not body.strip():
        raise BodyMissing("a JSON body is needed")
    try:
        value = _decoder.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BodyInvalid("the body is not UTF-8") from None
    except RecursionError:
        raise BodyInvalid(f"the body nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise BodyInvalid(f"the body is not JSON: {error}") from None
    _check(value)
    return value


def _check(value: Any) -> None:
    """Walk the value, one level after the other, and refuse what can't be kept."""
    level: list[tuple[str, Any]] = [("", value)]
    for _ in range(MAX_DEPTH):
        below: list[tuple[str, Any]] = []
        for name, each in level:
            if isinstance(each, dict):
                below += [
                    (f"{name}.{key}" if name else key, member) for key, member in each.items()
                ]
                _check_texts(name, each)
            elif isinstance(each, list):
                below += [(f"{name}.{index}", member) for index, member in enumerate(each)]
            else:
                _check_scalar(name, each)
        if not below:
            return
        level = below
    raise BodyInvalid(f"the body nests deeper than {MAX_DEPTH} levels")


def _check_texts(name: str, members: dict[str, Any]) -> None:
    for key in members:
        _check_scalar(name, key)


def _check_scalar(name: str, value: Any) -> None:
    match value:
        case str() if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise FieldInvalid(_plain(name), "holds half of a surrogate pair") from None
        case float() if not math.isfinite(value):
            raise FieldInvalid(_plain(name), "is a number too large to keep")
        case bool():
            return
        case int() if value not in INT64:
            raise FieldInvalid(_plain(name), "is an integer of more than 64 bits")


def _plain(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{_plain(twice)} comes twice in one object")
    return members


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int | float:
    # Past 20 digits it is beyond 64 bits for sure; reading on would cost, and be refused anyway.
    return int(digits) if len(digits) <= 20 else math.inf


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer, strict=True
)
