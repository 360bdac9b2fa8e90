"""Structured logs: one JSON object a line on standard output, of 8 kB at the most.

No line quotes a document. Many errors do, such as MongoDB's of what it could not write. So a line
tells of what kind an error is and where it happened; what the error says is told only of errors of
ours, and of those that speak of the program and not of values.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import orjson
import structlog

MOST_BYTES = 8000
"""How long a line may be."""

MOST_TEXT = (6000, 2000, 500, 100, 20)
"""How long a text in a line may be: the first of these with which the line is no longer."""

MOST_MESSAGE = 500
MOST_CAUSES = 5
EXCEPTION = "exception"
_SPEAK_OF_THE_PROGRAM = (ArithmeticError, AttributeError, ImportError, NameError, TypeError)


def configure(level: str) -> None:
    """Send every log entry of this level and above to standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_told),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    # Connexion warns of every refused request; the access log says that already.
    logging.getLogger("connexion").setLevel(logging.ERROR)


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


def _told(exc_info: Any) -> str:
    """Where an error happened and of what kind it is; before that, the same of its causes."""
    parts = []
    for error in _chain(exc_info[1]):
        frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
        parts.append(f"{frames}{_named(error)}")
    return "\n\n".join(reversed(parts))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> str:
    """The kind of an error, and what it says where that quotes nothing."""
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if kind.__module__.partition(".")[0] == "impl" or isinstance(error, _SPEAK_OF_THE_PROGRAM):
        return f"{name}: {str(error)[:MOST_MESSAGE]}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    code = getattr(error, "code", None)
    return f"{name}: code {code}" if isinstance(code, int) else name
