"""The store as every process of ours opens it: each write is told of."""

from impl.events.build import build
from impl.settings import Settings
from impl.store.mongo import Store


def opened(settings: Settings, uri: str = "", *, guarded: bool = False) -> Store:
    """The store over the settings' database, or over the one at a URI.

    Where it is `guarded`, it holds who asks to what is theirs; else it is ours alone.
    """
    return Store(
        uri or settings.mongodb_uri,
        settings.mongodb_db,
        count_timeout_ms=settings.count_timeout_ms,
        record=build,
        guarded=guarded,
    )
