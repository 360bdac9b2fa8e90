"""How long documents live that MongoDB removes by itself: seconds after an instant in them. Pure.

MongoDB refuses an index of the same key with other seconds: to change a figure of an existing
database takes a step in `upgrade.py`.
"""

from impl.resources import FEED
from impl.store.documents import EXPIRES

DAY = 24 * 3600
RETENTION: dict[str, tuple[str, int]] = {
    "idempotency": ("keptAt", DAY),
    FEED: (EXPIRES, 0),
    "delivery": (EXPIRES, 0),
    "checkpoint": ("at", 90 * DAY),
}
"""By collection: the attribute with the instant, and the seconds after it.

Events and deliveries hold the instant at which they expire (EVENT_RETENTION_DAYS).
"""
