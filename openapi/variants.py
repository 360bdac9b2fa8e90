"""The two variants of a contract: one that requests are validated against, and one for clients.

They differ by `x-strict` in the overlay: a schema in a schema, which replaces it when requests are
validated. Clients get the outer schema without it, and no schema if it has no other words.
"""

from typing import Any

WORD = "x-strict"


def strict(node: Any) -> Any:
    """The part of a document that requests are validated against."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    return strict(node[WORD]) if WORD in node else {k: strict(v) for k, v in node.items()}


def served(node: Any) -> Any:
    """The part of a document that clients get."""
    if isinstance(node, list):
        return [served(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {k: served(v) for k, v in node.items() if k != WORD and not _is_strict_alone(v)}


def _is_strict_alone(node: Any) -> bool:
    return isinstance(node, dict) and node.keys() == {WORD}
