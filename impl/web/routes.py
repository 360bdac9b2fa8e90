"""Which path answers which methods: the contract's operations as the edge looks them up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from generated.operations import Operation

_PARAMETER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Route:
    """A path template and the operation behind each method."""

    template: str
    operations: dict[str, Operation]

    @cached_property
    def _parts(self) -> list[str]:
        """Literals and, between them, the names of arguments."""
        return _PARAMETER.split(self.template)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("([^/]+)".join(map(re.escape, self._parts[::2])))

    def arguments(self, path: str) -> dict[str, str] | None:
        """A decoded path's arguments by their names; None where it does not lead here."""
        found = self._pattern.fullmatch(path)
        return dict(zip(self._parts[1::2], found.groups(), strict=True)) if found else None

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
    """The contract's paths below its base path, on the server that is found at the URL `home`."""

    def __init__(self, base_path: str, operations: Iterable[Operation], home: str = "") -> None:
        self.base_path = base_path
        self.home = home
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        self._routes = [Route(base_path + path, methods) for path, methods in by_path.items()]

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route that a decoded path leads to, and the path's arguments."""
        for route in self._routes:
            arguments = route.arguments(path)
            if arguments is not None:
                return route, arguments
        return None
