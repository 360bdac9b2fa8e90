"""The limits of rendering documents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderLimits:
    """Renderer processes, time and memory of one document, callers that wait, and the cache."""

    processes: int = 1
    seconds: int = 30
    memory_bytes: int = 1024 * 1024 * 1024
    waiting: int = 8
    cache_bytes: int = 64 * 1024 * 1024
