"""One document in several media types and languages, for content negotiation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Representations:
    """A document whose bytes are made once its media type and language are chosen."""

    name: str
    """The file name, without its extension."""

    version: str
    """Changes whenever any of the bytes would: what an ETag is made of."""

    made: Mapping[str, Callable[[str], bytes]]
    """By media type, the default first: makes the bytes in a language, such as `de-AT`."""

    language: Callable[[Sequence[tuple[str, float]]], str]
    """Chooses the language by the client's languages and weights: 1 best, 0 not at all."""
