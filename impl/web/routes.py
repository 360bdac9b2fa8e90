"""The operations by path and method, as the edge finds them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from impl.api import Operation

CONTRACTS = ("openapi.json", "openapi.yaml")
"""The names of each API's contract, below its base path."""

_PARAMETER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Route:
    """A path template below a base path, and its operations by method."""

    base_path: str
    template: str
    """The whole path, with the base path."""

    operations: dict[str, Operation]

    @cached_property
    def _parts(self) -> list[str]:
        """Literals at even indexes, names of arguments between them."""
        return _PARAMETER.split(self.template)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("([^/]+)".join(map(re.escape, self._parts[::2])))

    def arguments(self, path: str) -> dict[str, str] | None:
        """The arguments of a decoded path by name; None if the template does not match."""
        match = self._pattern.fullmatch(path)
        return dict(zip(self._parts[1::2], match.groups(), strict=True)) if match else None

    @property
    def allowed(self) -> str:
        """The `Allow` header's value: HEAD goes with GET, and OPTIONS everywhere."""
        head = {"HEAD"} if "GET" in self.operations else set()
        return ", ".join(sorted({*self.operations, *head, "OPTIONS"}))

    @property
    def options(self) -> list[tuple[bytes, bytes]]:
        """The headers of an answer to OPTIONS: `Allow`, and `Accept-Patch` (RFC 5789)."""
        patch = self.operations.get("PATCH")
        patches = [(b"accept-patch", ", ".join(patch.request).encode())] if patch else []
        return [(b"allow", self.allowed.encode()), *patches]


class Routes:
    """The paths of all APIs, on the server at the URL `home`."""

    def __init__(self, operations: Mapping[str, Iterable[Operation]], home: str = "") -> None:
        """Take the operations of each API by its base path."""
        self.base_paths = tuple(operations)
        self.home = home
        self._routes = [
            route for base_path, each in operations.items() for route in _routes(base_path, each)
        ]

    def is_nothing(self, path: str) -> bool:
        """Whether a path that no operation has is below a base path, and no contract's either."""
        base_path, _, name = path.rpartition("/")
        is_contract = base_path in self.base_paths and name in CONTRACTS
        return path.startswith(self.base_paths) and not is_contract

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a decoded path, and the path's arguments; None if there is none."""
        for route in self._routes:
            arguments = route.arguments(path)
            if arguments is not None:
                return route, arguments
        return None


def _routes(base_path: str, operations: Iterable[Operation]) -> list[Route]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [Route(base_path, base_path + path, methods) for path, methods in by_path.items()]
