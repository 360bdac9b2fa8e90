"""What is told of an error in logs: its kind and its place, and no document. Pure.

Many errors quote one, such as MongoDB's of what it could not write. So what an error says is told
only of errors of ours, and of those that speak of the program and not of values.
"""

import traceback
from collections.abc import Iterator

MOST_MESSAGE = 500
MOST_CAUSES = 5
_TELLING = ("impl", "jinja2")  # which tells of a template
_SPEAK_OF_THE_PROGRAM = (ArithmeticError, AttributeError, ImportError, NameError, TypeError)


def summary(error: BaseException | None) -> str:
    """Where an error happened and of what kind it is; before that, the same of its causes."""
    parts = []
    for each in _chain(error):
        frames = "".join(traceback.format_list(traceback.extract_tb(each.__traceback__)))
        parts.append(f"{frames}{_named(each)}")
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
    if kind.__module__.partition(".")[0] in _TELLING or isinstance(error, _SPEAK_OF_THE_PROGRAM):
        return f"{name}: {str(error)[:MOST_MESSAGE]}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    code = getattr(error, "code", None)
    return f"{name}: code {code}" if isinstance(code, int) else name
