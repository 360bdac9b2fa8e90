"""Limits of the parts of one resource, in a request body and after a patch."""

MAX_DEPTH = 64
"""Levels of objects and arrays."""

MAX_MEMBERS = 1000
"""Members of one object, and elements of one array."""

MAX_HOLDERS, MAX_VALUES = 2**15, 2**18
"""All objects and arrays, and all values beside the first of each: the interpreter walks them in
one go while other requests wait."""

MAX_TEXT = 512 * 1024
"""Characters of one text or name: an attachment's `content` may be a document."""

LONGEST_NUMBER = 64
"""Characters of a bill number."""
