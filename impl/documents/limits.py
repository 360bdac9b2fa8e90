"""The limits of documents: of what they show, and of rendering them."""

from dataclasses import dataclass

MAX_TEXT = 1000
"""The characters of one text that are shown."""

MAX_UNIT = 20
"""The characters of a currency that are shown."""


@dataclass(frozen=True)
class RenderLimits:
    """Renderer processes, time and memory of one document, callers that wait, and the cache."""

    processes: int
    seconds: int
    memory_bytes: int
    waiting: int
    cache_bytes: int
