"""The handlers that the contract asks for and impl/handlers/ lacks, and stubs for them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi.model import Contract, Operation, Resource

SEAM = {"QueryT": "Query", "PageT": "Page", "PatchT": "Patch"}
IMPORTS = {
    "api": "from generated import api, types",
    "NotYetImplemented": "from impl.errors import NotYetImplemented",
    "Page": "from impl.query.language import Page, Query",
    "Patch": "from impl.patch.apply import Patch",
}


@dataclass(frozen=True)
class Missing:
    """An operation that no handler class has a method for."""

    resource: Resource
    operation: Operation

    def __str__(self) -> str:
        return (
            f"{self.operation.method} {self.operation.path} needs "
            f"{self.resource.class_name}.{self.operation.python_name} "
            f"in impl/handlers/{self.resource.python_name}.py"
        )


def missing(contract: Contract, root: Path) -> list[Missing]:
    """What the contract asks for and no class below impl/handlers/ has, in the contract's order."""
    return list(_missing(contract, _Source.all_below(root / "impl" / "handlers")))


def write(contract: Contract, root: Path) -> list[Missing]:
    """Add a method that answers 501 for each missing operation; no line that is there changes."""
    folder = root / "impl" / "handlers"
    lacking = missing(contract, root)
    for resource in dict.fromkeys(each.resource for each in lacking):
        operations = [each.operation for each in lacking if each.resource == resource]
        source = next(
            (s for s in _Source.all_below(folder) if resource.class_name in s.methods), None
        )
        if source is None:
            _new_module(folder, resource)
            _compose(folder / "__init__.py", resource)
            source = _Source(folder / f"{resource.python_name}.py")
        source.add_methods(resource, operations)
    return lacking


def _missing(contract: Contract, sources: list["_Source"]) -> Iterator[Missing]:
    methods = {name: found for source in sources for name, found in source.methods.items()}
    for resource in contract.resources:
        for operation in resource.operations:
            if operation.python_name not in methods.get(resource.class_name, ()):
                yield Missing(resource, operation)


class _Source:
    """A handler module: which classes of the seam it implements, and where they end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tree = ast.parse(path.read_text("utf-8"))
        self._classes = {
            base: node
            for node in self._tree.body
            if isinstance(node, ast.ClassDef)
            for base in map(_base_name, node.bases)
        }
        self.methods = {
            base: {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            for base, node in self._classes.items()
        }

    @classmethod
    def all_below(cls, folder: Path) -> list["_Source"]:
        return [cls(path) for path in sorted(folder.glob("*.py"))]

    def add_methods(self, resource: Resource, operations: list[Operation]) -> None:
        lines = self.path.read_text("utf-8").splitlines()
        end = self._classes[resource.class_name].end_lineno or len(lines)
        lines[end:end] = [line for operation in operations for line in _stub(operation)]
        after_imports = max(
            (
                n.end_lineno or 0
                for n in self._tree.body
                if isinstance(n, (ast.Import, ast.ImportFrom))
            ),
            default=0,
        )
        lines[after_imports:after_imports] = self._lacking_imports(lines)
        self.path.write_text("\n".join(lines) + "\n", "utf-8")

    def _lacking_imports(self, lines: list[str]) -> list[str]:
        known = {
            alias.name
            for node in self._tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        used = {n.id for n in ast.walk(ast.parse("\n".join(lines))) if isinstance(n, ast.Name)}
        return [line for name, line in IMPORTS.items() if name in used and name not in known]


def _base_name(base: ast.expr) -> str:
    """`CustomerBillApi` of `api.CustomerBillApi[Query, Page, Patch]`."""
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _stub(operation: Operation) -> list[str]:
    arguments = ["self"]
    arguments += [
        f"{argument.python_name}: {argument.annotation}"
        for argument in operation.arguments
        if argument.place == "path"
    ]
    if operation.body:
        arguments.append(f"{'patch' if operation.body in SEAM else 'body'}: {operation.body}")
    if operation.takes_query:
        arguments.append("query: QueryT")
    named = [
        f"{argument.python_name}: {argument.annotation}"
        for argument in operation.arguments
        if argument.place != "path"
    ]
    signature = ", ".join(arguments + (["*", *named] if named else []))
    line = f"    def {operation.python_name}({signature}) -> {operation.returns}:"
    for variable, name in SEAM.items():
        line = line.replace(variable, name)
    return ["", line, f'        raise NotYetImplemented("{operation.id}")']


def _new_module(folder: Path, resource: Resource) -> None:
    name = resource.class_name.removesuffix("Api")
    lines = [
        f'"""What serves /{resource.name}."""',
        "",
        "from generated import api, types",
        "from impl.errors import NotYetImplemented",
        "from impl.patch.apply import Patch",
        "from impl.query.language import Page, Query",
        "",
        "",
        f"class {name}(api.{resource.class_name}[Query, Page, Patch]):",
        f'    """Serves /{resource.name}."""',
    ]
    (folder / f"{resource.python_name}.py").write_text("\n".join(lines) + "\n", "utf-8")


def _compose(path: Path, resource: Resource) -> None:
    """Name the new class where the handlers are put together."""
    lines = path.read_text("utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    call = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _base_name(node.func) == "Handlers"
    )
    name = resource.class_name.removesuffix("Api")
    lines.insert((call.end_lineno or 0) - 1, f"        {resource.python_name}={name}(),")
    imports = [node.end_lineno or 0 for node in tree.body if isinstance(node, ast.ImportFrom)]
    lines.insert(max(imports), f"from impl.handlers.{resource.python_name} import {name}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
