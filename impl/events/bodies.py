"""Events as they are posted: JSON with links, cut to what a subscription wants to see."""

from collections import OrderedDict
from threading import Lock

from impl.events.subscriptions import Selector
from impl.links import EventLinks
from impl.query.language import Document

MOST_BYTES = 1024 * 1024
"""Of a resource that makes a longer body, only the `id` and `href` are sent."""

_KEPT = 4096
_KEPT_BYTES = 8 * 1024


class Bodies:
    """Makes bodies, and keeps those of late that are short and whole: many subscribers get them."""

    def __init__(self, base: str) -> None:
        self._links = EventLinks(base, "events")
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def body(self, event: Document, selector: Selector) -> bytes:
        """The event's body for a subscription."""
        if selector.fields is not None:
            return self._within(selector.shown(event))
        with self._lock:
            known = self._kept.get(event["id"])
        return known or self._remembered(event)

    def _remembered(self, event: Document) -> bytes:
        body = self._within(event)
        if len(body) <= _KEPT_BYTES:
            with self._lock:
                self._kept[event["id"]] = body
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return body

    def _within(self, event: Document) -> bytes:
        body = self._links.one(event)
        if len(body) <= MOST_BYTES or "event" not in event:
            return body
        told = {name: {"id": each["id"]} for name, each in event["event"].items() if "id" in each}
        return self._links.one({**event, "event": told})
