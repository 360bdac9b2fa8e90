"""The methods and rows that the contract needs and impl/ lacks; stubs of the methods."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from openapi.handlers import Module, bases, methods
from openapi.members import ContractError
from openapi.model import Contract, Operation, Resource
from openapi.names import plural

FOLDER = Path("impl", "handlers")
COMPOSED_IN = FOLDER / "composition.py"
ROWS, STANDARD_ROWS = Path("impl", "resources.py"), Path("impl", "resource_row.py")
"""The rows of a project, and those that every API has."""


@dataclass(frozen=True)
class Missing:
    """An operation that nothing serves, and the module that needs a method or a row for it."""

    resource: Resource
    operation: Operation
    path: Path

    def __str__(self) -> str:
        wanted = f"{self.resource.class_name}.{self.operation.python_name}"
        if not self.needs_method:
            wanted = f"a row for {self.resource.name}"
        return f"{self.operation.method} {self.operation.path} needs {wanted} in {self.path}"

    @property
    def needs_method(self) -> bool:
        """Whether a collection can't serve it."""
        return self.operation.standard is None


class HandlerModules:
    """The handler modules and the rows of a project, read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        paths = sorted(path.relative_to(root) for path in (root / FOLDER).rglob("*.py"))
        modules = {path: Module.read(root, path) for path in paths}
        self._modules = {
            path: each for path, each in modules.items() if not each.is_of_another_contract
        }
        files = [path for path in (ROWS, STANDARD_ROWS) if (root / path).is_file()]
        self._rows = {row for path in files for row in Module.read(root, path).rows}

    def missing(self, contract: Contract) -> list[Missing]:
        """The operations for which no class has a method, in the contract's order."""
        return [each for resource in contract.resources for each in self._missing(resource)]

    def with_stubs(self, missing: list[Missing]) -> dict[Path, str]:
        """The text of each module that gets a stub, and of the one that composes them, by path.

        Rows get no stubs.

        No existing line changes; ContractError if that is impossible.
        """
        changed: dict[Path, Module] = {}
        methods = [each for each in missing if each.needs_method]
        for _, group in groupby(methods, key=lambda each: each.resource.name):
            lacking = list(group)
            resource, path = lacking[0].resource, lacking[0].path
            if path not in self._modules:
                self._modules[path] = self._new(path, resource)
                changed[COMPOSED_IN] = self._modules[COMPOSED_IN]
            operations = [each.operation for each in lacking]
            module = self._modules[path].with_methods(resource.class_name, operations)
            changed[path] = self._modules[path] = module
        return {self._root / path: module.text for path, module in changed.items()}

    def _missing(self, resource: Resource) -> Iterator[Missing]:
        there = set(self._methods(resource.class_name))
        path = self._path(resource)
        for operation in resource.operations:
            if operation.python_name in there:
                continue
            if operation.standard is None:
                yield Missing(resource, operation, path)
            elif resource.name not in self._rows:
                yield Missing(resource, operation, ROWS)

    def _methods(self, seam: str) -> Iterator[str]:
        """The methods of the classes whose base is `seam`, with inherited methods."""
        for module in self._modules.values():
            for node in module.classes.values():
                if seam in bases(node):
                    yield from self._methods_of(node.name, ())

    def _methods_of(self, name: str, below: tuple[str, ...]) -> Iterator[str]:
        for module in self._modules.values():
            node = module.classes.get(name)
            if node is not None and name not in below:
                yield from methods(node)
                for base in bases(node):
                    yield from self._methods_of(base, (*below, name))

    def _path(self, resource: Resource) -> Path:
        """The module with the resource's class, or an unused path for it."""
        for path, module in self._modules.items():
            if any(resource.class_name in bases(node) for node in module.classes.values()):
                return path
        path = FOLDER / f"{resource.python_name}.py"
        return path if path not in self._modules else FOLDER / f"{resource.python_name}_resource.py"

    def _new(self, path: Path, resource: Resource) -> Module:
        """A new module with the resource's class; also adds the class to the composition."""
        composed = self._modules.get(COMPOSED_IN)
        if composed is None:
            raise ContractError(f"{COMPOSED_IN}: is not there, to name a new handler in")
        name = plural(
            resource.class_name.removesuffix("Api"), {*composed.imported, *composed.classes}
        )
        self._modules[COMPOSED_IN] = composed.with_handler(
            resource.python_name, ".".join(path.with_suffix("").parts), name
        )
        return Module.new(self._root, path, resource, name)
