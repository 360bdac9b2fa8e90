"""How large one resource may be in its parts: what a body brings, and what patches make of it."""

MAX_DEPTH = 64
"""Levels of objects and arrays."""

MAX_MEMBERS = 1000
"""Members of one object, and elements of one array."""

MAX_TEXT = 512 * 1024
"""Characters of one text or name: an attachment's `content` may be a document."""
