"""Events as they are posted: JSON with links, and only the fields that a subscription names."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from impl.events.subscription_query import Selector
from impl.links import EventLinks
from impl.query.language import Document

MOST_BYTES = 1024 * 1024
"""If the body is longer, only the `id` and `href` of the resource are sent."""

MOST_CACHED_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Message:
    """An event as it is posted."""

    event_id: str
    body: bytes
    traceparent: str | None


class Bodies:
    """Makes messages; caches recent ones that are whole, as many subscribers get them."""

    def __init__(self, base: str) -> None:
        self._links = EventLinks(base, "events")
        self._cache: OrderedDict[str, Message] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def cached(self, places: Iterable[str], selector: Selector) -> dict[str, Message]:
        """The messages that are cached, by the place of their event."""
        if selector.fields is not None:
            return {}
        with self._lock:
            return {place: self._cache[place] for place in places if place in self._cache}

    def message(self, event: Document, selector: Selector) -> Message:
        """The event's message for a subscription."""
        shown = selector.shown(event) if selector.fields is not None else event
        body = self._bounded(shown)
        message = Message(event["eventId"], body, event.get("traceparent"))
        if selector.fields is None:
            self._add(event["id"], message)
        return message

    def _add(self, place: str, message: Message) -> None:
        with self._lock:
            if self._cache.setdefault(place, message) is message:
                self._size += len(message.body)
            while self._size > MOST_CACHED_BYTES:
                self._size -= len(self._cache.popitem(last=False)[1].body)

    def _bounded(self, event: Document) -> bytes:
        body = self._links.one(event)
        if len(body) <= MOST_BYTES or "event" not in event:
            return body
        ids = {name: {"id": each["id"]} for name, each in event["event"].items() if "id" in each}
        return self._links.one({**event, "event": ids})
