"""A small data set to try things on."""

from impl.store.mongo import Store


def load(store: Store) -> None:
    """Fill an empty database."""
