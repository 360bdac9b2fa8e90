"""The contract's names as names in Python."""

import builtins
import keyword
import re
from collections.abc import Container, Iterable

from openapi.members import ContractError

RESERVED = {"Number", "SCHEMAS", *keyword.kwlist}
"""Names that no class of the contract may have: keywords, and names in generated modules."""


def class_name(name: str) -> str:
    """The name in CamelCase: `CustomerBillUpdate` for `CustomerBill_Update`."""
    joined = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]", name))
    return joined if joined.isidentifier() else f"_{joined}"


def class_names(names: Iterable[str]) -> dict[str, str]:
    """A unique class name for each name: the later of two equal ones gets underscores."""
    taken = set(RESERVED)
    chosen = {}
    for name in names:
        wanted = class_name(name)
        while wanted in taken:
            wanted += "_"
        taken.add(wanted)
        chosen[name] = wanted
    return chosen


def plural(name: str, taken: Container[str]) -> str:
    """A class name's plural by a simple rule, or a similar name that is not taken."""
    while True:
        several = name if name.endswith("s") else f"{name}s"
        if several not in taken:
            return several
        name += "Resource"


def python_name(name: str) -> str:
    """The name in snake case, never a built-in's, as Connexion's `pythonic_params` writes it."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    snake = re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).replace("-", "_").lower()
    plain = re.sub(r"^[^a-z_]+|[^0-9a-z_]", "", snake)
    if not plain:
        raise ContractError(f"{name!r} holds no letter that a Python name can be made of")
    return f"{plain}_" if plain in vars(builtins) or keyword.iskeyword(plain) else plain


def refuse_same(names: Iterable[str], what: str) -> None:
    """Raise ContractError if two names are the same in Python."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(python_name(name), name)
        if other != name:
            raise ContractError(f"{what} {other} and {name} have one name in Python")
