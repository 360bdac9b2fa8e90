"""Which path answers which methods: the contract's operations as the edge looks them up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generated.operations import Operation


@dataclass(frozen=True)
class Route:
    """A path template and the operation behind each method."""

    template: str
    operations: dict[str, Operation]

    @property
    def allowed(self) -> str:
        """The `Allow` header's value: HEAD goes with GET, and OPTIONS everywhere."""
        head = {"HEAD"} if "GET" in self.operations else set()
        return ", ".join(sorted({*self.operations, *head, "OPTIONS"}))

    @property
    def options(self) -> list[tuple[bytes, bytes]]:
        """What OPTIONS tells of the path: its methods, and the patches that it reads."""
        patch = self.operations.get("PATCH")
        patches = [(b"accept-patch", ", ".join(patch.request).encode())] if patch else []
        return [(b"allow", self.allowed.encode()), *patches]


class Routes:
    """The contract's paths below its base path."""

    def __init__(self, base_path: str, operations: Iterable[Operation]) -> None:
        self.base_path = base_path
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        self._routes = [
            (_pattern(base_path + path), Route(base_path + path, methods))
            for path, methods in by_path.items()
        ]

    def find(self, path: str) -> Route | None:
        """The route that a decoded path leads to."""
        return next((route for pattern, route in self._routes if pattern.fullmatch(path)), None)


def _pattern(template: str) -> re.Pattern[str]:
    literals = re.split(r"\{[^}]*\}", template)
    return re.compile("[^/]+".join(map(re.escape, literals)))
