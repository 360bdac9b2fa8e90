"""What making documents may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderLimits:
    """How many processes there are, what a document may take, how many wait, what is kept."""

    processes: int = 1
    seconds: int = 30
    memory_bytes: int = 1024 * 1024 * 1024
    waiting: int = 8
    cache_bytes: int = 64 * 1024 * 1024
