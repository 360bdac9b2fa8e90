"""What a server adds to a converted document, and the rows of its resources: for the templates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from openapi.conversion import JSON, JSON_PATCHES, names_of
from openapi.members import REFERENCE, ContractError, Json, members, resolve

STATES = ("state", "status", "lifecycleStatus")
"""The attributes whose change is an event of its own; the first that a resource has."""

SERVER_SET = {"id", "href", "lastUpdate", "lastModified"}
"""Attributes that no client has to send, and that patches leave to the server."""

HUB = "/hub"
RESERVED = {
    *(
        "aside",
        "attribute",
        "checkpoint",
        "consumer",
        "delivery",
        "event",
        "events",
        "feed",
        "form",
    ),
    *("guard", "idempotency", "lease", "outbox", "sequence", "task"),
}
"""Names of the server's own collections and of its feed, which no resource can have."""

JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class Resource:
    """One resource of the document. A schema is blank if the document lacks the operation."""

    name: str
    schema: str
    create: str
    update: str
    patchable: tuple[str, ...] | None
    """The attributes that a patch changes; None if it changes all that clients set."""

    state: str
    """The attribute of its state; blank if it has none."""

    events: bool
    """Whether the document declares events of it; if it declares none at all, all have them."""

    @property
    def pointers(self) -> str:
        """The pattern of JSON Pointers to what a patch changes."""
        names = "|".join(map(re.escape, self.patchable or ()))
        return f"^/({names})(/([^~]|~[01])*)?$"


class Additions:
    """The additions to one document; `events` are the names of the events that it declares."""

    def __init__(self, document: Json, events: Iterable[str]) -> None:
        self._document = document
        self._paths: Json = document["paths"]
        self._schemas: Json = document["components"]["schemas"]
        self._events = frozenset(events)

    @cached_property
    def resources(self) -> list[Resource]:
        """Its resources, in the document's order, without `/hub`."""
        names = dict.fromkeys(path.split("/")[1] for path in self._paths)
        names.pop(HUB[1:], None)
        if taken := sorted(RESERVED & names.keys()):
            raise ContractError(f"/{taken[0]}: the server has a collection of this name itself")
        made = ((name, self._shown(name)) for name in names)
        return [self._resource(name, schema) for name, schema in made if schema]

    def context(self) -> Json:
        """All that the template of the overlay needs."""
        created = [each.create for each in self.resources if each.create]
        asked = {name: self._required(name) for name in created}
        return {
            "resources": self.resources,
            "hub": self._hub(),
            "typed": "@type" in self._schemas["Error"].get("required", []),
            "created": created,
            "with_id": [name for name in created if "id" in self._properties(name)],
            "server_set": [name for name, needed in asked.items() if SERVER_SET & {*needed}],
            "still_required": {
                name: rest
                for name, needed in asked.items()
                if SERVER_SET & {*needed} and (rest := [n for n in needed if n not in SERVER_SET])
            },
            "undated": self._undated(),
            "patched": [*{each.update: each for each in self.resources if each.update}.values()],
            "narrow": [*{r.schema: r for r in self.resources if self._is_narrow(r)}.values()],
            "json_patches": [name for name in JSON_PATCHES.values() if name in self._schemas],
            "scopes": self._scopes(),
        }

    def _resource(self, name: str, schema: str) -> Resource:
        update = self._body(f"/{name}/{{id}}", "patch")
        own = self._properties(schema)
        return Resource(
            name=name,
            schema=schema,
            create=self._body(f"/{name}", "post"),
            update=update,
            patchable=self._patchable(own, update),
            state=next((each for each in STATES if each in own), ""),
            events=not self._events or self._has_events(schema),
        )

    def _shown(self, name: str) -> str:
        """The schema in which a resource is read, listed, created or patched; blank for none."""
        at = f"/{name}"
        tries = ((at + "/{id}", "get"), (at, "get"), (at, "post"), (at + "/{id}", "patch"))
        return next((found for path, method in tries if (found := self._answer(path, method))), "")

    def _answer(self, path: str, method: str) -> str:
        """The schema of an operation's good answer, or of its items; blank if there is none."""
        node = self._paths.get(path, {}).get(method, {})
        for status, each in sorted(node.get("responses", {}).items()):
            schema = each.get("content", {}).get(JSON, {}).get("schema", {})
            name = str(schema.get("items", schema).get("$ref", "")).removeprefix(REFERENCE)
            if status[:1] == "2" and name:
                return name
        return ""

    def _body(self, path: str, method: str) -> str:
        node = self._paths.get(path, {}).get(method, {})
        return next(iter(names_of(node.get("requestBody", {}))), "")

    def _is_narrow(self, each: Resource) -> bool:
        """Whether JSON Patches of a resource may change some of its attributes only."""
        body = self._paths.get(f"/{each.name}/{{id}}", {}).get("patch", {}).get("requestBody", {})
        return each.patchable is not None and JSON_PATCH in body.get("content", {})

    def _hub(self) -> dict[str, str] | None:
        """The schemas of a subscription and of a new one; None if the document has no `/hub`."""
        shown, create = self._answer(HUB, "post"), self._body(HUB, "post")
        return {"schema": shown, "create": create} if shown and create else None

    def _patchable(self, own: Json, update: str) -> tuple[str, ...] | None:
        named = self._properties(update) if update else {}
        is_whole = own.keys() - named.keys() <= SERVER_SET
        return None if is_whole else tuple(name for name in own if name in named)

    def _has_events(self, schema: str) -> bool:
        pattern = re.compile(rf"{schema}(Create|\w*Change|Delete|\w*Required)Event")
        return any(map(pattern.fullmatch, self._events))

    def _properties(self, schema: str) -> Json:
        own = members(self._document, self._schemas[schema])
        return own.properties if own else {}

    def _required(self, schema: str) -> list[str]:
        required: list[str] = resolve(self._document, self._schemas[schema]).get("required", [])
        return required

    def _undated(self) -> list[str]:
        """The schemas of resources whose `lastUpdate` has no format."""
        names = [name for each in self.resources for name in (each.schema, each.create) if name]
        kinds = {name: self._properties(name).get("lastUpdate", {}) for name in names}
        return [
            n for n, each in kinds.items() if each.get("type") == "string" and "format" not in each
        ]

    def _scopes(self) -> list[Json]:
        """Each scope's name, and the paths that it lets a client read and write."""
        scopes = []
        for name in dict.fromkeys(path.split("/")[1] for path in self._paths):
            own = {p: item for p, item in self._paths.items() if p.split("/")[1] == name}
            reads = [path for path, item in own.items() if "get" in item]
            writes = [path for path, item in own.items() if item.keys() - {"get"}]
            if f"/{name}" == HUB and self._hub():
                reads = [HUB, f"{HUB}/{{id}}"]
                writes = [*reads, f"{HUB}/{{id}}/redeliver"]
            scopes.append({"name": name, "reads": reads, "writes": writes})
        return [*scopes, {"name": "events", "reads": ["/events"], "writes": []}]
