"""Handler modules as source text, and the stubs that are added to them."""

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
"""The names in a stub, and the modules that they are imported from."""

TYPE_VARIABLES = ("QueryT", "PageT", "PatchT")
"""The type variables of the classes in generated/api.py, in their order."""


@dataclass(frozen=True)
class Module:
    """A module below a project's root. It is immutable: `with_...` returns a changed copy."""

    root: Path
    path: Path
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        """The module in this file; the path is relative to the root."""
        return cls(root, path, (root / path).read_text("utf-8"))

    @classmethod
    def new(cls, root: Path, path: Path, resource: Resource, name: str) -> "Module":
        """A new module for a resource: its class without methods."""
        typed = any("types." in operation.signature for operation in resource.own)
        lines = [
            f'"""The operations of /{resource.name}."""',
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
    def is_of_another_contract(self) -> bool:
        """Whether its classes implement a contract beside the first one."""
        froms = (node.module or "" for node in self._imports if isinstance(node, ast.ImportFrom))
        return any(module.startswith("generated.") for module in froms)

    @property
    def imported(self) -> set[str]:
        """The names that the module's imports bind."""
        return {alias.asname or alias.name for node in self._imports for alias in node.names}

    def with_methods(self, seam: str, operations: list[Operation]) -> "Module":
        """The module with a stub of each operation in the class that has the base `seam`.

        A stub answers 501. No existing line changes; ContractError if that is impossible.
        """
        node = next(each for each in self.classes.values() if seam in bases(each))
        words = {name: self._spelled(name) for name in ORIGINS}
        words |= zip(TYPE_VARIABLES, _type_arguments(node, seam) or 3 * [words["Any"]], strict=True)
        stubs = formatting.formatted(_stubs(operations, words), str(self.path))
        used = {ast.unparse(each) for each in ast.walk(ast.parse(stubs))}
        imports = [self._import_of(name) for name in ORIGINS if words[name] in used]
        return self._with(imports, node.end_lineno or 0, ["", *stubs.splitlines()[1:]])

    def with_handler(self, attribute: str, module: str, name: str) -> "Module":
        """The module with the class as an argument of its call of `Handlers`.

        No existing line changes; ContractError if that is impossible.
        """
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
        """How this module writes a name of ORIGINS, or can write it once it is imported."""
        if name in self.imported or not self._imports_from(ORIGINS[name]):
            return name
        return f"{ORIGINS[name]}.{name}"

    def _import_of(self, name: str) -> str | None:
        """A line that imports the name; no existing import is extended, as no line may change."""
        if name in self.imported:
            return None
        if not self._imports_from(ORIGINS[name]):
            return f"from {ORIGINS[name]} import {name}"
        module = "generated.types" if name == "types" else ORIGINS[name]
        return None if module in self.imported else f"import {module}"

    def _imports_from(self, module: str) -> bool:
        return any(isinstance(n, ast.ImportFrom) and n.module == module for n in self._imports)

    def _with(self, imports: Iterable[str | None], after: int, added: list[str]) -> "Module":
        """The module with lines added after line `after`, and with these imports."""
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
    """The names of the bases: `CustomerBillApi` of `api.CustomerBillApi[Query, Page, Patch]`."""
    return [_last(base) for base in node.bases]


def methods(node: ast.ClassDef) -> Iterator[str]:
    """The names of a class's methods and attributes, without inherited ones."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            yield item.name
        elif isinstance(item, ast.Assign):
            yield from (target.id for target in item.targets if isinstance(target, ast.Name))


def _last(node: ast.expr) -> str:
    """The last name in front of brackets: `b` of `a.b[c]`."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _type_arguments(node: ast.ClassDef, seam: str) -> list[str]:
    """The class's arguments for the type variables of the base `seam`; empty without any."""
    base = next(base for base in node.bases if _last(base) == seam)
    if isinstance(base, ast.Subscript) and isinstance(base.slice, ast.Tuple):
        return [ast.unparse(each) for each in base.slice.elts]
    return []


def _stubs(operations: list[Operation], words: dict[str, str]) -> str:
    """The text of a class with a stub of each operation; `words` are the module's own names."""
    lines = ["class _:"]
    for operation in operations:
        signature = _WORD.sub(lambda found: words[found[0]], operation.signature)
        lines.append(f"    def {operation.python_name}{signature}:")
        if operation.parameters:  # ruff would call them unused
            lines.append(f"        del {', '.join(operation.parameters)}")
        lines += [f"        raise {words['NotYetImplemented']}({operation.id!r})", ""]
    return "\n".join(lines)


_WORD = re.compile(rf"(?<![.\w])({'|'.join((*TYPE_VARIABLES, 'Any', 'types'))})\b")


def _holds_in_order(text: str, lines: str) -> bool:
    """Whether the text has all these lines in their order."""
    there = iter(text.splitlines())
    return all(line in there for line in lines.splitlines())
