"""Events as they are posted: JSON with links, and only the fields that a subscription names."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

from impl.events.subscription_query import Selector
from impl.links import EventLinks, Links
from impl.query.language import Document
from impl.served import API

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
        self._home = base.removesuffix(API.base_path)
        self._cache: OrderedDict[tuple[str, str], Message] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def cached(self, places: Iterable[str], selector: Selector) -> dict[str, Message]:
        """The messages that are cached, by the place of their event."""
        if selector.fields is not None:
            return {}
        with self._lock:
            keys = {place: (place, selector.base_path) for place in places}
            return {place: self._cache[key] for place, key in keys.items() if key in self._cache}

    def message(self, event: Document, selector: Selector) -> Message:
        """The event's message for a subscription."""
        shown = selector.shown(event) if selector.fields is not None else event
        body = self._bounded(shown, self._links_of(selector))
        message = Message(event["eventId"], body, event.get("traceparent"))
        if selector.fields is None:
            self._add((event["id"], selector.base_path), message)
        return message

    def _links_of(self, selector: Selector) -> Links:
        """The links below the base of the API in whose form the event is posted."""
        if selector.links is None:
            return self._links
        return replace(selector.links, base=self._home + selector.base_path)

    def _add(self, key: tuple[str, str], message: Message) -> None:
        with self._lock:
            if self._cache.setdefault(key, message) is message:
                self._size += len(message.body)
            while self._size > MOST_CACHED_BYTES:
                self._size -= len(self._cache.popitem(last=False)[1].body)

    def _bounded(self, event: Document, links: Links) -> bytes:
        body = links.one(event)
        if len(body) <= MOST_BYTES or "event" not in event:
            return body
        ids = {name: {"id": each["id"]} for name, each in event["event"].items() if "id" in each}
        return links.one({**event, "event": ids})
