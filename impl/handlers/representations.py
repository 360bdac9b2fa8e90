"""One thing in media types and languages, of which the client gets those that it likes best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Representations:
    """The media types, the default first, each with what makes the bytes when they are wanted."""

    name: str
    """What a file of it is called, without its ending."""

    version: str
    """Another one whenever any of the bytes would be."""

    made: Mapping[str, Callable[[str], bytes]]
    """The bytes of each media type in a language, such as `de-AT`."""

    language: Callable[[Sequence[tuple[str, float]]], str]
    """The language for a client who likes these, each with how much: 1 best, 0 not at all."""
