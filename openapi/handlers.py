"""Handler modules as source text: what is in them, and how stubs are added to them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openapi import formatting
from openapi.members import ContractError
from openapi.model import Operation, Resource

ORIGINS = {"Any": "typing", "NotYetImplemented": "impl.errors", "types": "generated"}
"""Where the names in a stub are imported from."""

TYPE_VARIABLES = ("QueryT", "PageT", "PatchT")
"""What generated/api.py leaves to the handlers, in the order that its classes take them."""


@dataclass(frozen=True)
class Module:
    """A module below a project's root; what changes it makes a new one."""

    root: Path
    path: Path
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        """The module that is there; the path is relative to the root."""
        return cls(root, path, (root / path).read_text("utf-8"))

    @classmethod
    def new(cls, root: Path, path: Path, resource: Resource, name: str) -> "Module":
        """A module for a resource that has none: its class, and no method yet."""
        typed = any("types." in operation.signature for operation in resource.own)
        lines = [
            f'"""What serves /{resource.name}."""',
            "",
            f"from generated import api{', types' if typed else ''}",
            "from impl.errors import NotYetImplemented",
            "from impl.patch.apply import Patch",
            "from impl.query.language import Page, Query",
            "",
            "",
            f"class {name}(api.{resource.class_name}[Query, Page, Patch]):",
            f'    """Serves /{resource.name}."""',
            "",
        ]
        return cls(root, path, formatting.formatted("\n".join(lines), str(path)))

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """The module's classes by name."""
        return {node.name: node for node in self._tree.body if isinstance(node, ast.ClassDef)}

    @property
    def rows(self) -> set[str]:
        """The first argument of each call of `Resource`, a text or the name of one."""
        constants = {
            ast.unparse(node.targets[0]): ast.unparse(node.value)
            for node in self._tree.body
            if isinstance(node, ast.Assign)
        }
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        first = [ast.unparse(n.args[0]) for n in calls if _last(n.func) == "Resource" and n.args]
        return {constants.get(each, each).strip("'") for each in first}

    @property
    def imported(self) -> set[str]:
        """The names that the module's imports bind."""
        return {alias.asname or alias.name for node in self._imports for alias in node.names}

    def with_methods(self, seam: str, operations: list[Operation]) -> "Module":
        """With a method for each operation in the class that has this seam as a base; it answers
        501. No line that is there changes; ContractError where that can't be.
        """
        node = next(each for each in self.classes.values() if seam in bases(each))
        words = {name: self._spelled(name) for name in ORIGINS}
        words |= zip(TYPE_VARIABLES, _type_arguments(node, seam) or 3 * [words["Any"]], strict=True)
        stubs = formatting.formatted(_stubs(operations, words), str(self.path))
        used = {ast.unparse(each) for each in ast.walk(ast.parse(stubs))}
        imports = [self._import_of(name) for name in ORIGINS if words[name] in used]
        return self._with(imports, node.end_lineno or 0, ["", *stubs.splitlines()[1:]])

    def with_handler(self, attribute: str, module: str, name: str) -> "Module":
        """With a class named where the handlers are put together; conditions as above."""
        nodes = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        calls = [node for node in nodes if _last(node.func) == "Handlers" and node.keywords]
        if len(calls) != 1:
            raise ContractError(f"{self.path}: no one call of api.Handlers to name {name} in")
        line = f"{' ' * calls[0].keywords[-1].col_offset}{attribute}={name}(),"
        imported = f"from {module} import {name}"
        return self._with([imported], (calls[0].end_lineno or 0) - 1, [line])

    @cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise ContractError(f"{self.path}: line {error.lineno}: {error.msg}") from None

    @property
    def _imports(self) -> list[ast.Import | ast.ImportFrom]:
        return [n for n in self._tree.body if isinstance(n, ast.Import | ast.ImportFrom)]

    def _spelled(self, name: str) -> str:
        """A name of ORIGINS as this module writes it, or can once it is imported."""
        if name in self.imported or not self._imports_from(ORIGINS[name]):
            return name
        return f"{ORIGINS[name]}.{name}"

    def _import_of(self, name: str) -> str | None:
        """The line that brings the name in: to lengthen one that is there would change it."""
        if name in self.imported:
            return None
        if not self._imports_from(ORIGINS[name]):
            return f"from {ORIGINS[name]} import {name}"
        module = "generated.types" if name == "types" else ORIGINS[name]
        return None if module in self.imported else f"import {module}"

    def _imports_from(self, module: str) -> bool:
        return any(isinstance(n, ast.ImportFrom) and n.module == module for n in self._imports)

    def _with(self, imports: Iterable[str | None], after: int, added: list[str]) -> "Module":
        """With lines added after the one of this number, and imports where they belong."""
        lines = self.text.split("\n")
        lines[after:after] = added
        first = self._imports[0].lineno - 1 if self._imports else 0
        lines[first:first] = [line for line in imports if line]
        try:
            text = formatting.sorted_imports("\n".join(lines), str(self.path), self.root)
            ast.parse(text)
        except (ContractError, SyntaxError):
            text = ""
        if not _holds_in_order(text, self.text):
            raise ContractError(f"{self.path}: can't be added to without a change to what is there")
        return Module(self.root, self.path, text)


def bases(node: ast.ClassDef) -> list[str]:
    """`CustomerBillApi` of `(api.CustomerBillApi[Query, Page, Patch])`, and so on."""
    return [_last(base) for base in node.bases]


def methods(node: ast.ClassDef) -> Iterator[str]:
    """The names that a class gives a value of its own."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            yield item.name
        elif isinstance(item, ast.Assign):
            yield from (target.id for target in item.targets if isinstance(target, ast.Name))


def _last(node: ast.expr) -> str:
    """The last name of `a.b[c]`: b."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _type_arguments(node: ast.ClassDef, seam: str) -> list[str]:
    """What the class calls the seam's type variables; nothing where it does not say."""
    base = next(base for base in node.bases if _last(base) == seam)
    if isinstance(base, ast.Subscript) and isinstance(base.slice, ast.Tuple):
        return [ast.unparse(each) for each in base.slice.elts]
    return []


def _stubs(operations: list[Operation], words: dict[str, str]) -> str:
    """A class with a stub for each operation, in a module's own words."""
    lines = ["class _:"]
    for operation in operations:
        signature = _WORD.sub(lambda found: words[found[0]], operation.signature)
        lines.append(f"    def {operation.python_name}{signature}:")
        if operation.parameters:  # else ruff finds them unused
            lines.append(f"        del {', '.join(operation.parameters)}")
        lines += [f"        raise {words['NotYetImplemented']}({operation.id!r})", ""]
    return "\n".join(lines)


_WORD = re.compile(rf"(?<![.\w])({'|'.join((*TYPE_VARIABLES, 'Any', 'types'))})\b")


def _holds_in_order(text: str, lines: str) -> bool:
    """Whether a text still holds all lines of another, in their order."""
    there = iter(text.splitlines())
    return all(line in there for line in lines.splitlines())
