"""Structured logs: one JSON object a line on standard output, of 8 kB at most.

No line quotes a document: `impl.error_summary` describes errors. Lines that libraries such as
gunicorn log through the standard library follow the same rules, and so do errors that end a thread.
"""

import logging
import sys
import threading
from typing import Any

import orjson
import structlog

from impl.error_summary import summary

MOST_BYTES = 8000
"""The longest line."""

MOST_TEXT = (6000, 2000, 500, 100, 20)
"""The longest text in a line: the first of these with which the line is short enough."""

EXCEPTION = "exception"


def configure(level: str) -> None:
    """Write log entries of this level and above to standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(lambda exc_info: summary(exc_info[1])),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    # Connexion warns of every refused request; the access log has them already.
    logging.getLogger("connexion").setLevel(logging.ERROR)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Formatter())
    logging.basicConfig(handlers=[handler], force=True)
    threading.excepthook = _log_thread_error


class Formatter(logging.Formatter):
    """Formats lines of the standard library's loggers: short, and with no text of an error."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - its name there
        """The kind and place of the error."""
        return summary(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """The line; of a long one the end, because a traceback ends with its error."""
        return super().format(record).encode()[-MOST_BYTES:].decode(errors="ignore")


def _log_thread_error(hook: threading.ExceptHookArgs) -> None:
    """Log the error that ended a thread."""
    name = hook.thread.name if hook.thread else ""
    structlog.get_logger("thread").error("incident", thread=name, exc_info=hook.exc_value)


def _line(entry: dict[str, Any], default: Any) -> bytes:
    """The entry as JSON, with texts cut until the line is short enough."""
    line = b""
    for most in MOST_TEXT:
        cut = {name: _cut(value, most, name) for name, value in entry.items()}
        line = orjson.dumps(cut, default=default)
        if len(line) <= MOST_BYTES:
            break
    return line


def _cut(value: Any, most: int, name: str) -> Any:
    """The beginning of a text; of an exception the end, which names the error."""
    if not isinstance(value, str) or len(value) <= most:
        return value
    return f"...{value[-most:]}" if name == EXCEPTION else f"{value[:most]}..."
