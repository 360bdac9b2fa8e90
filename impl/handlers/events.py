"""What serves /events: the feed, a page of it or as it goes on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from generated import api
from impl.auth.identity import expired
from impl.errors import HeaderInvalid, ParameterInvalid
from impl.events.subscriptions import whole
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import QUIET, Compare, Document, Every, Page, Query, Window
from impl.store.feed import Feed

EVENTS = "event"
PACE_SECONDS = 1.0
"""How long a stream is silent at the most before it looks whether it is to end."""


class Events(api.EventsApi[Query, Page, Patch]):
    """What happened to the resources, in the order of the feed."""

    def __init__(self, services: Services) -> None:
        self._events: Collection[dict[str, object]] = Collection(
            EVENTS, services.api.schemas["Event"], services
        )
        self._store = services.store
        self._feed = Feed(services.store)
        self._stopping: Callable[[], bool] = services.stopping

    def list_event(
        self, query: Query, *, after: str | None = None, last_event_id: str | None = None
    ) -> Page:
        query = whole(query)
        if query.window.live:
            self._events.refuse_unknown(query.unknown)
            return Page((), None, tail=self._live(query, self._begin(after, last_event_id)))
        if after:
            query = _behind(query, self._place(after))
        return self._events.list(query)

    def _begin(self, after: str | None, last_event_id: str | None) -> str:
        """Where a stream begins: behind the event that the client has seen last, or now."""
        if last_event_id:
            try:
                return self._feed.place_of(last_event_id)
            except ParameterInvalid as error:
                raise HeaderInvalid("Last-Event-ID", str(error)) from None
        return self._place(after) if after else self._feed.end()

    def _place(self, after: str) -> str:
        try:
            return self._feed.place_of(after)
        except ParameterInvalid as error:
            raise ParameterInvalid("after", str(error)) from None

    def _live(self, query: Query, place: str) -> Iterator[Document]:
        """The events that match, as they come, and QUIET now and then in between.

        They end when the rights of the one who asks do.
        """
        yield QUIET  # so that the answer begins
        while not self._stopping() and not expired():
            end = self._feed.end()
            if end > place:
                yield from self._store.stream(EVENTS, _between(query, place, end))
                place = end
            else:
                self._feed.wait(PACE_SECONDS)
            yield QUIET


def _behind(query: Query, place: str) -> Query:
    return replace(query, where=Every((query.where, Compare(("id",), (place,), "gt"))))


def _between(query: Query, place: str, end: str) -> Query:
    where = Every((_behind(query, place).where, Compare(("id",), (end,), "lte")))
    return replace(query, where=where, order=(), window=Window())
