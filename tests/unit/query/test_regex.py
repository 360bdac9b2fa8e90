"""No text of a client keeps a regular expression of ours busy, for that stops the whole process."""

import ast
import inspect
import random
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import impl
from generated import schemas
from impl.errors import ParameterInvalid
from impl.query import attributes, jsonpath
from impl.query.regex import inner, kinds, parser

compiler: Any = import_module("re._compiler")
REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}
AGAIN, TRIES = 1000, 40
HANGS = 120
"""Seconds that all of them may take together; they take some three."""


def test_each_takes_no_time_over_what_it_repeats_again_and_again() -> None:
    command = [sys.executable, "-m", __name__]
    tried = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        said, _ = tried.communicate(timeout=HANGS)
    except subprocess.TimeoutExpired:
        tried.kill()
        said, _ = tried.communicate()
        raise AssertionError(f"it does not come to an end: {said.splitlines()[-1]}") from None
    assert tried.returncode == 0
    assert len(said.splitlines()) > 50


def main() -> None:
    """Try each expression, having said which, and a filter that once took for ever."""
    print("filter", flush=True)
    with suppress(ParameterInvalid):
        jsonpath.condition("taxItem[" + ":  ," * 40 + "x", attributes.of(schemas.CustomerBill), UTC)
    choice = random.Random(0)
    for pattern, name in {pattern: name for name, pattern in _ours()}.items():
        print(f"{name}: {pattern.pattern!r}", flush=True)
        for text in set(_long(pattern, choice)):
            pattern.fullmatch(text)
            for _ in pattern.finditer(text):
                pass


def _ours() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The expressions of our modules, those that are made where they are used among them."""
    for each in walk_packages(impl.__path__, "impl."):
        if each.name == "impl.__main__":
            continue
        module = import_module(each.name)
        for name, value in vars(module).items():
            for number, pattern in enumerate(_patterns(value)):
                yield f"{each.name}.{name} {number}", pattern
        for line, source in _inline(module):
            yield f"{each.name}:{line}", re.compile(source)


def _patterns(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _patterns(each)


def _inline(module: ModuleType) -> Iterator[tuple[int, str]]:
    """What functions of `re` are called with, as far as the module's own names tell."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), called), [first, *_]):
                names = {part.id for part in ast.walk(first) if isinstance(part, ast.Name)}
                if called not in {"compile", "escape"} and names <= vars(module).keys():
                    code = compile(ast.Expression(first), "", "eval")
                    yield node.lineno, eval(code, vars(module))  # noqa: S307 - our own


def _long(pattern: re.Pattern[Any], choice: random.Random) -> Iterator[Any]:
    """Long texts: what leads to a repetition, what that repeats, and what can't follow."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    for _ in range(TRIES):
        for before, repeated in _repeated(tree, "", choice):
            text = before + repeated * AGAIN + "\0"
            yield text if isinstance(pattern.pattern, str) else text.encode("latin-1")


def _repeated(tree: Any, before: str, choice: random.Random) -> Iterator[tuple[str, str]]:
    """Of each repetition in the tree: a text that leads there, and one that it repeats."""
    for kind, argument in tree:
        for part in inner(argument):
            yield from _repeated(part, before, choice)
            if kind in REPEATS:
                yield before, _sample(part, choice)
        before += _sample([(kind, argument)], choice)


def _sample(tree: Any, choice: random.Random) -> str:
    return "".join(_of_node(kind, argument, choice) for kind, argument in tree)


def _of_node(kind: Any, argument: Any, choice: random.Random) -> str:
    """A text that a node of a parsed expression matches, its conditions on what is beside apart."""
    parts = inner(argument)
    if kind in {kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT}:
        return ""
    if kind in REPEATS:
        least, most = argument[0], min(int(argument[1]), argument[0] + 2)
        return "".join(_sample(parts[0], choice) for _ in range(choice.randint(least, most)))
    if parts:
        return _sample(choice.choice(parts), choice)
    key = (kind, str(argument))
    if key not in _LETTERS:
        single = parser.SubPattern(parser.State(), [(kind, argument)])
        single.state.str = ""
        letter = compiler.compile(single, re.DOTALL)
        _LETTERS[key] = [each for each in string.printable if letter.fullmatch(each)] or ["\0"]
    return choice.choice(_LETTERS[key])


_LETTERS: dict[tuple[Any, str], list[str]] = {}
"""What each node of a single letter matches."""


if __name__ == "__main__":
    main()
