"""Which `traceparent` headers are believed."""

import pytest

from impl.web.scope_keys import TRACE
from impl.web.tracing import trace_id, traceparent

TRACE_ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE_ID}-{SPAN}-01"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([GOOD], GOOD),
        ([f"cc-{TRACE_ID}-{SPAN}-01-more"], f"cc-{TRACE_ID}-{SPAN}-01"),
        ([], ""),
        ([GOOD, GOOD], ""),
        ([GOOD.upper()], ""),
        ([f"{GOOD}-more"], ""),
        ([f"{GOOD}x"], ""),
        ([f" {GOOD}"], ""),
        ([f"ff-{TRACE_ID}-{SPAN}-01"], ""),
        ([f"00-{'0' * 32}-{SPAN}-01"], ""),
        ([f"00-{TRACE_ID}-{'0' * 16}-01"], ""),
        ([f"00-{TRACE_ID}-{SPAN}-1"], ""),
        (["x"], ""),
    ],
)
def test_a_traceparent_is_kept_where_it_is_valid(given: list[str], read: str) -> None:
    headers = [(b"traceparent", each.encode()) for each in given]
    assert traceparent({"headers": headers}) == read
    assert trace_id(read) == (TRACE_ID if read else "")


def test_what_a_tracer_made_of_the_request_counts_more() -> None:
    assert traceparent({"headers": [(b"traceparent", b"x")], TRACE: GOOD}) == GOOD
