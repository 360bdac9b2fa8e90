"""The limits of rendering documents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderLimits:
    """Renderer processes, time and memory of one document, callers that wait, and the cache."""

    processes: int
    seconds: int
    memory_bytes: int
    waiting: int
    cache_bytes: int
