"""How long the store waits for MongoDB, in seconds. Pure."""

READ_SECONDS, WRITE_SECONDS = 4, 19
"""Within the promised 5 and 20 s: the driver may notice a timeout half a second late."""

SEARCH_SECONDS = 2
"""For a search by pattern."""

CONNECT_SECONDS = 2

HEARTBEAT_SECONDS = 2
"""How often the driver checks MongoDB's servers; this detects a frozen one."""
