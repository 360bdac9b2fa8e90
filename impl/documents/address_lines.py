"""Addresses on a bill, as lines of text."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from impl.documents.bill_values import Json, text


def address_lines(address: Any, names: Collection[str]) -> Iterator[str]:
    """The lines of a postal address; the name of its contact is one if it is not among `names`."""
    if isinstance(address, Mapping):
        contact = contact_name(address)
        lines = (
            "" if contact in names else contact,
            *(text(address.get(name)) for name in ("street1", "street2")),
            _place(address),
            text(address.get("country")),
        )
        yield from filter(None, lines)


def contact_name(address: Any) -> str:
    """The name of the contact of a postal address; blank if it has none."""
    return text(address.get("contactName")) if isinstance(address, Mapping) else ""


def electronic_address(given: Any) -> str:
    """An electronic address, and the code of its kind in brackets."""
    if not isinstance(given, Mapping):
        return ""
    value, scheme = text(given.get("value")), text(given.get("scheme"))
    return f"{value} ({scheme})" if value and scheme else value


def _place(address: Json) -> str:
    """The line of the city: `8004 Zürich`, `London SW1A 1AA`, `New York, NY 10001`.

    A postal code that begins with a digit comes first, unless there is a state or province.
    """
    city, state, code = (
        text(address.get(name)) for name in ("city", "stateOrProvince", "postCode")
    )
    if code[:1].isdigit() and not state:
        return f"{code} {city}".strip()
    town = ", ".join(filter(None, (city, state)))
    return f"{town} {code}".strip()
