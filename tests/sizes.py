"""How much a test does: `make test` is soon over, CI and `make faults` take their time."""

import os

FULL = bool(os.environ.get("FULL"))
"""Full length, which takes minutes: `make faults` and `make rehearse`."""

EVERY_EXAMPLE = FULL or bool(os.environ.get("CI"))


def examples(count: int) -> int:
    """So many generated examples in CI, and a third of them elsewhere."""
    return count if EVERY_EXAMPLE else count // 3
