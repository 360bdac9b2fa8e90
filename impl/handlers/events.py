"""The operation of /events: a page of the feed, or the feed as a stream."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from impl.auth.identity import expired
from impl.errors import HeaderInvalid, ParameterInvalid
from impl.events.event_paths import whole
from impl.events.own_events import own_events, refuse_foreign
from impl.handlers.collection import Collection, Services
from impl.query.language import IDLE, Compare, Document, Every, Page, Query
from impl.resources import EVENTS
from impl.store.feed import Feed
from impl.store.partitions import Places, later

IDLE_CHECK_SECONDS = 1.0
"""While no event comes, a stream checks this often whether it has to end."""


class Events:
    """The events of the API's resources, in the order of the feed."""

    def __init__(self, services: Services) -> None:
        self.collection = Collection[dict[str, object]](EVENTS, services)
        self._api, self._own = services.api, own_events(services.api)
        self._reader = services.store.feed
        self._feed = Feed(services.store)
        self._stopping: Callable[[], bool] = services.stopping

    def list_event(
        self, query: Query, *, after: str | None = None, last_event_id: str | None = None
    ) -> Page:
        """A page of the feed behind the event `after`, or a stream of the events that come."""
        query = whole(query)
        refuse_foreign(self._api, query.unknown)
        query = replace(query, where=Every((self._own, query.where)))
        if query.window.live:
            self.collection.refuse_unknown(query.unknown)
            return Page((), None, tail=self._live(query, self._begin(after, last_event_id)))
        if after:
            query = _behind(query, self._reader.text(self._place(after)))
        return self.collection.list(query)

    def _begin(self, after: str | None, last_event_id: str | None) -> Places:
        """The place where a stream begins: behind the client's last event, or at the feed's end."""
        if last_event_id:
            try:
                return self._reader.place_of(last_event_id)
            except ParameterInvalid as error:
                raise HeaderInvalid("Last-Event-ID", str(error)) from None
        return self._place(after) if after else self._feed.end()

    def _place(self, after: str) -> Places:
        try:
            return self._reader.place_of(after)
        except ParameterInvalid as error:
            raise ParameterInvalid("after", str(error)) from None

    def _live(self, query: Query, place: Places) -> Iterator[Document]:
        """The events that match, as they come, and IDLE now and then in between.

        The stream ends when the caller's token expires.
        """
        yield IDLE  # so that the response begins
        while not self._stopping() and not expired():
            end = later(place, self._feed.end())
            if end != place:
                for events in self._reader.between(query, place, end):
                    yield from events or (IDLE,)
                    if self._stopping() or expired():
                        return
                place = end
            else:
                self._feed.wait(IDLE_CHECK_SECONDS)
            yield IDLE


def _behind(query: Query, place: str) -> Query:
    return replace(query, where=Every((query.where, Compare(("id",), (place,), "gt"))))
