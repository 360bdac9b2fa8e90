"""The two readings of a contract: what requests are held to, and what clients are made from.

They differ where the overlay says `x-strict`: it stands in a schema, and holds the one that counts
in its place where requests are checked. Clients get the schema without it, and nothing of one that
says nothing else.
"""

from typing import Any

WORD = "x-strict"


def strict(node: Any) -> Any:
    """A part of a document as requests are held to it."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    return strict(node[WORD]) if WORD in node else {k: strict(v) for k, v in node.items()}


def served(node: Any) -> Any:
    """A part of a document as clients read it."""
    if isinstance(node, list):
        return [served(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {k: served(v) for k, v in node.items() if k != WORD and not _is_strict_alone(v)}


def _is_strict_alone(node: Any) -> bool:
    return isinstance(node, dict) and node.keys() == {WORD}
