"""Where the document that clients get asks for other than what requests are held to, and why."""

from typing import Any

from impl.conformance.samples import QUERY_PATCH, is_beyond_64_bits

ANY = "#/components/schemas/Any"
PATCHED = (
    *("customerBill", "customerBillOnDemand", "appliedCustomerBillingRate"),
    *("billCycle", "billCycleSpecification"),
)
MAKES_A_LOOP = """A schema of numbers within 64 bits, at any depth, is one that holds itself. With
it Prism checks nothing, and code generators lose what refers to it."""
ONE_NAME = """`type` and `@type` are one name in Python: openapi-python-client leaves out an
operation whose body has both. An extension of the class is sent as an extension attribute."""
TWO_SHAPES = """One operation may come without its list, as clients of the older TMF630 send it. A
body of two shapes has no one type in the languages that clients are written in."""
LOOSER = {
    ANY: MAKES_A_LOOP,
    "#/components/schemas/AppliedCustomerBillingRate_Create/properties/@type": ONE_NAME,
    "#/components/schemas/AppliedCustomerBillingRate_Update/properties/@type": ONE_NAME,
} | {
    f"#/paths/~1{name}~1{{id}}/patch/requestBody/content/"
    f"{QUERY_PATCH.replace('/', '~1')}/schema": TWO_SHAPES
    for name in PATCHED
}
"""A reason for each place, by its JSON pointer."""


def excused(body: Any, media_type: str | None, *, is_right: bool) -> bool:
    """Whether a body is one on which the two documents differ; `is_right` by the served one.

    Typed numbers have bounds of their own, so one beyond 64 bits is an extension's.
    """
    if is_right:
        named = body.get("@type", "") if isinstance(body, dict) else ""
        return not isinstance(named, str) or is_beyond_64_bits(body)
    return media_type == QUERY_PATCH and isinstance(body, dict)
