"""Batches of documents as MongoDB sends them, decoded a few at a time."""

import struct
from collections.abc import Iterator
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
"""Leaves documents undecoded."""

PART_BYTES = 256 * 1024
"""How much is decoded in one call, during which no other Python thread runs."""

_SIZE = struct.Struct("<i")
"""A BSON document begins with its size (bsonspec.org)."""


def documents(batch: bytes, options: CodecOptions[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The documents of a batch."""
    for part in [batch] if len(batch) <= PART_BYTES else _parts(batch):
        yield from bson.decode_all(part, options)


def count(batch: bytes) -> int:
    """How many documents a batch has."""
    return sum(1 for _ in split(batch))


def split(batch: bytes) -> Iterator[bytes]:
    """The documents of a batch, each in BSON."""
    at = 0
    while at < len(batch):
        end = at + _SIZE.unpack_from(batch, at)[0]
        yield batch[at:end]
        at = end


def _parts(batch: bytes) -> Iterator[bytes]:
    """A batch in parts: one large document, or several small ones."""
    begin = end = 0
    while end < len(batch):
        size: int = _SIZE.unpack_from(batch, end)[0]
        if end > begin and end + size - begin > PART_BYTES:
            yield batch[begin:end]
            begin = end
        end += size
    yield batch[begin:]
