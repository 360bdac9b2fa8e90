"""Structured logs: one JSON object a line on standard output, of 8 kB at the most.

No line quotes a document: an error is written as `impl.error_summary` says. This also holds for
what others log through the standard library, such as gunicorn, and for errors that end a thread.
"""

import logging
import sys
import threading
from typing import Any

import orjson
import structlog

from impl.error_summary import summary

MOST_BYTES = 8000
"""How long a line may be."""

MOST_TEXT = (6000, 2000, 500, 100, 20)
"""How long a text in a line may be: the first of these with which the line is no longer."""

EXCEPTION = "exception"


def configure(level: str) -> None:
    """Send every log entry of this level and above to standard output."""
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
    # Connexion warns of every refused request; the access log says that already.
    logging.getLogger("connexion").setLevel(logging.ERROR)
    others = logging.StreamHandler(sys.stdout)
    others.setFormatter(Formatter())
    logging.basicConfig(handlers=[others], force=True)
    threading.excepthook = _ended


class Formatter(logging.Formatter):
    """Lines of the standard library's loggers: of errors they quote nothing, and none is long."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - its name there
        """Describe the error by its kind and place."""
        return summary(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """The line, its end where it is too long: that tells what it came to."""
        return super().format(record).encode()[-MOST_BYTES:].decode(errors="ignore")


def _ended(ended: threading.ExceptHookArgs) -> None:
    """Tell of what ended a thread."""
    name = ended.thread.name if ended.thread else ""
    structlog.get_logger("thread").error("incident", thread=name, exc_info=ended.exc_value)


def _line(entry: dict[str, Any], default: Any) -> bytes:
    """The entry as JSON, its texts cut as far as it takes."""
    line = b""
    for most in MOST_TEXT:
        cut = {name: _cut(value, most, name) for name, value in entry.items()}
        line = orjson.dumps(cut, default=default)
        if len(line) <= MOST_BYTES:
            break
    return line


def _cut(value: Any, most: int, name: str) -> Any:
    """The beginning of a text; of an exception the end, which tells what it came to."""
    if not isinstance(value, str) or len(value) <= most:
        return value
    return f"...{value[-most:]}" if name == EXCEPTION else f"{value[:most]}..."
