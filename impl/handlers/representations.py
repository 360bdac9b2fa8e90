"""One thing in several media types, of which the client gets the one that it likes best."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Representations:
    """The media types, the default first, each with what makes the bytes when it is asked for."""

    name: str
    """What a file of it is called, without its ending."""

    version: str
    """Another one whenever any of the bytes would be."""

    made: Mapping[str, Callable[[], bytes]]
