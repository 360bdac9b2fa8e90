"""Errors as logs describe them: by kind and place, without a document. Pure.

Many messages quote a document, such as MongoDB's about one that it could not write. So logs have
the message only of our own errors, and of errors about the program rather than about values.
"""

import traceback
from collections.abc import Iterator

MOST_MESSAGE = 500
MOST_CAUSES = 5
_QUOTED_PACKAGES = ("impl", "jinja2")  # Jinja's messages are about templates
_QUOTED_ERRORS = (ArithmeticError, AttributeError, ImportError, NameError, TypeError)


def summary(error: BaseException | None) -> str:
    """The traceback and kind of an error, after those of its causes."""
    parts = []
    for each in _chain(error):
        frames = "".join(traceback.format_list(traceback.extract_tb(each.__traceback__)))
        parts.append(f"{frames}{_description(each)}")
    return "\n\n".join(reversed(parts))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes, the error first."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _description(error: BaseException) -> str:
    """The kind of an error, with its message if that quotes no document."""
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if kind.__module__.partition(".")[0] in _QUOTED_PACKAGES or isinstance(error, _QUOTED_ERRORS):
        return f"{name}: {str(error)[:MOST_MESSAGE]}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    code = getattr(error, "code", None)
    return f"{name}: code {code}" if isinstance(code, int) else name
