"""How long documents live that MongoDB removes by itself: seconds after an instant in them. Pure.

MongoDB refuses an index of the same key with other seconds: to change a figure of an existing
database takes a step in `upgrade.py`.
"""

from impl.resources import FEED
from impl.store.collection_names import ANSWERS, CHECKPOINTS, DELIVERIES
from impl.store.documents import EXPIRES

DAY = 24 * 3600
RETENTION: dict[str, tuple[str, int]] = {
    ANSWERS: ("keptAt", DAY),
    FEED: (EXPIRES, 0),
    DELIVERIES: (EXPIRES, 0),
    CHECKPOINTS: ("at", 90 * DAY),
}
"""By collection: the attribute with the instant, and the seconds after it.

Events and deliveries hold the instant at which they expire (EVENT_RETENTION_DAYS).
"""
