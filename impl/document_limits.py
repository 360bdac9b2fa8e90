"""How large one resource may be in its parts: what a body brings, and what patches make of it."""

MAX_DEPTH = 64
"""Levels of objects and arrays."""

MAX_MEMBERS = 1000
"""Members of one object, and elements of one array."""

MAX_HOLDERS, MAX_VALUES = 2**15, 2**18
"""Objects and arrays, and values beside the first of each, in all: the interpreter goes through
them without a pause, and others wait."""

MAX_TEXT = 512 * 1024
"""Characters of one text or name: an attachment's `content` may be a document."""
