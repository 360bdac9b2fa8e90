"""One resource in several media types and languages; `impl.web.negotiation` chooses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Representations:
    """The representations of a resource by media type, the default first."""

    name: str
    """The name of a saved file, without its ending."""

    version: str
    """Changes whenever the bytes of any representation would change."""

    made: Mapping[str, Callable[[str], bytes]]
    """By media type, a function that makes the bytes in a language, such as `de-AT`."""

    language: Callable[[Sequence[tuple[str, float]]], str]
    """The language for a client that accepts these, each with a `q`: 1 is best, 0 refused."""
