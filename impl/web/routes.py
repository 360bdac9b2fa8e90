"""Which path answers which methods: the contract's operations as the edge looks them up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generated.operations import Operation

_PARAMETER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Route:
    """A path template and the operation behind each method."""

    template: str
    operations: dict[str, Operation]
    pattern: re.Pattern[str]

    def arguments(self, path: str) -> dict[str, str]:
        """The path's arguments by their names; the path has led here."""
        found = self.pattern.fullmatch(path)
        return (
            dict(zip(_PARAMETER.findall(self.template), found.groups(), strict=True))
            if found
            else {}
        )

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
            Route(base_path + path, methods, _pattern(base_path + path))
            for path, methods in by_path.items()
        ]

    def find(self, path: str) -> Route | None:
        """The route that a decoded path leads to."""
        return next((each for each in self._routes if each.pattern.fullmatch(path)), None)


def _pattern(template: str) -> re.Pattern[str]:
    literals = _PARAMETER.split(template)[::2]
    return re.compile("([^/]+)".join(map(re.escape, literals)))
