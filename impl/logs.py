"""Structured logs: one JSON object a line on standard output."""

import logging
import sys

import orjson
import structlog


def configure(level: str) -> None:
    """Send every log entry of this level and above to standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    # Connexion warns of every refused request; the access log says that already.
    logging.getLogger("connexion").setLevel(logging.ERROR)
