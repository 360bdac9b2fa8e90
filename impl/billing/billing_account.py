"""The record of a billing account (TMF666): which cycles bill the account. Pure."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
"""An account's record; empty for an account without one."""

STRUCTURE = "billStructure"
READ = ("state", STRUCTURE)
"""The attributes of records that bills follow from."""


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
