"""The record of a billing account (TMF666): which cycles bill the account, and what its bills take
from the record. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
"""An account's record; empty for an account without one."""

STRUCTURE = "billStructure"
TAKEN = (
    *("language", "taxNumber", "electronicAddress"),
    *("buyerReference", "purchaseOrder", "mandateId"),
)
"""The attributes of records that bills have, too, under the same names."""

READ = ("name", "state", "relatedParty", "contact", "defaultPaymentMethod", STRUCTURE, *TAKEN)
"""The attributes of a record that billing reads."""

POSTAL = ("street1", "street2", "postCode", "city", "stateOrProvince", "country")
IS_POSTAL = {"street1", "street2", "postCode", "city"}
"""A medium with one of these is a postal address, whatever its `mediumType` is called."""


def is_billed_by(record: Record, specification: str) -> bool:
    """Whether cycles of the specification bill the account; blank is a cycle without one.

    A record that names no specification leaves its account to any cycle.
    """
    return specification_named(record) in ("", specification)


def specification_named(record: Record) -> str:
    """The id of the specification that a record names; blank if it names none."""
    structure = record.get(STRUCTURE) or {}
    return (structure.get("cycleSpecification") or {}).get("id") or ""


def is_closed(record: Record) -> bool:
    """Whether the account is closed, in any case of letters."""
    return str(record.get("state")).strip().lower() == "closed"


def addressee(record: Record, sent: datetime) -> dict[str, Any]:
    """The attributes that a bill takes from the record, but for name and parties.

    It is `sent` at the time of its making, or on its date if that is later.
    """
    found = {name: record.get(name) for name in TAKEN} | {
        "billingAddress": billing_address(record, sent),
        "paymentMethod": record.get("defaultPaymentMethod"),
    }
    return {name: value for name, value in found.items() if value}


def billing_address(record: Record, sent: datetime) -> dict[str, str]:
    """The postal address to which a bill that is sent then goes; empty if the record has none.

    It is the preferred one of those that are valid then, or else the first of them.
    """
    media = [(contact, medium) for contact, medium in _media(record, sent) if _is_postal(medium)]
    preferred = (each for each in media if each[1].get("preferred"))
    contact, medium = next(preferred, media[0] if media else ({}, {}))
    address = {"contactName": contact.get("contactName"), **medium.get("characteristic", {})}
    return {name: address[name] for name in ("contactName", *POSTAL) if address.get(name)}


def _media(record: Record, date: datetime) -> Iterator[tuple[Record, Record]]:
    """Each valid medium of each valid contact, with its contact."""
    for contact in record.get("contact") or ():
        if _is_valid(contact, date):
            for medium in contact.get("contactMedium") or ():
                if _is_valid(medium, date):
                    yield contact, medium


def _is_valid(part: Record, date: datetime) -> bool:
    """Whether the date is in the part's `validFor`, which includes its start, not its end."""
    period = part.get("validFor") or {}
    start, end = period.get("startDateTime"), period.get("endDateTime")
    return (start is None or start <= date) and (end is None or date < end)


def _is_postal(medium: Record) -> bool:
    characteristic = medium.get("characteristic") or {}
    return any(characteristic.get(name) for name in IS_POSTAL)
