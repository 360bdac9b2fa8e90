"""The operations of /hub and /events, typed by the contract of TMF678."""

from generated import api
from impl.handlers.events import Events
from impl.handlers.hub import Hub
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class Subscriptions(Hub, api.HubApi[Query, Page, Patch]):
    """Subscriptions to events."""


class EventFeed(Events, api.EventsApi[Query, Page, Patch]):
    """The feed of events."""
