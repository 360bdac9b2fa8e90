"""Random JSON for patches: small, and with names that meet."""

import copy
from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

names = st.sampled_from(["a", "b", "0", "-", "", "a/b", "m~n"])
scalars = st.none() | st.booleans() | st.integers(0, 2) | st.just(1.5) | st.text("ab", max_size=2)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, inner, max_size=3)


values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=8
)
documents = objects(values)


def exactly(value: Any) -> bytes:
    """Unlike `==`, this tells true from 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def kept(value: Any) -> Any:
    """A copy, to see later whether the value was left as it is."""
    return copy.deepcopy(value)
