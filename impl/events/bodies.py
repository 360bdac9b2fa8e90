"""Events as they are posted: JSON with links, and only the fields that a subscription names."""

from collections import OrderedDict
from threading import Lock

from impl.events.subscription_query import Selector
from impl.links import EventLinks
from impl.query.language import Document

MOST_BYTES = 1024 * 1024
"""If the body is longer, only the `id` and `href` of the resource are sent."""

_CACHED = 4096
_CACHED_BYTES = 8 * 1024


class Bodies:
    """Makes bodies; caches recent ones that are short and whole, as many subscribers get them."""

    def __init__(self, base: str) -> None:
        self._links = EventLinks(base, "events")
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def body(self, event: Document, selector: Selector) -> bytes:
        """The event's body for a subscription."""
        if selector.fields is not None:
            return self._bounded(selector.shown(event))
        with self._lock:
            body = self._cache.get(event["id"])
        return body or self._cached(event)

    def _cached(self, event: Document) -> bytes:
        body = self._bounded(event)
        if len(body) <= _CACHED_BYTES:
            with self._lock:
                self._cache[event["id"]] = body
                if len(self._cache) > _CACHED:
                    self._cache.popitem(last=False)
        return body

    def _bounded(self, event: Document) -> bytes:
        body = self._links.one(event)
        if len(body) <= MOST_BYTES or "event" not in event:
            return body
        ids = {name: {"id": each["id"]} for name, each in event["event"].items() if "id" in each}
        return self._links.one({**event, "event": ids})
