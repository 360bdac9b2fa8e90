"""Documents as MongoDB sends them, many at once, read a few at a time."""

import struct
from collections.abc import Iterator
from typing import Any

import bson
from bson.codec_options import CodecOptions

PART_BYTES = 256 * 1024
"""How much is read in one go of the interpreter, in which no other thread runs."""

_SIZE = struct.Struct("<i")
"""What a BSON document begins with (bsonspec.org)."""


def documents(batch: bytes, options: CodecOptions[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The documents of a batch."""
    for part in [batch] if len(batch) <= PART_BYTES else _parts(batch):
        yield from bson.decode_all(part, options)


def count(batch: bytes) -> int:
    """How many documents a batch has."""
    found = at = 0
    while at < len(batch):
        at += _SIZE.unpack_from(batch, at)[0]
        found += 1
    return found


def _parts(batch: bytes) -> Iterator[bytes]:
    """A batch as parts of one large document, or of some that are small together."""
    begin = end = 0
    while end < len(batch):
        size: int = _SIZE.unpack_from(batch, end)[0]
        if end > begin and end + size - begin > PART_BYTES:
            yield batch[begin:end]
            begin = end
        end += size
    yield batch[begin:]
