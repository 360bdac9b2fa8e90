"""The APIs that this process serves: that of its plug-in, its other versions, and those beside it.

Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from impl import generated_api
from impl.api import Api, Handlers
from impl.plugin import PLUGIN

API = generated_api.read(PLUGIN.generated)
VERSIONS: Mapping[str, Api] = {
    name: import_module(module).API
    for name, module in PLUGIN.versions.items()
    if find_spec(f"{PLUGIN.generated}.{name}")
}
"""The other versions by their names, which subscriptions store.

A contract of one's own may lack a version: then nothing of it was generated.
"""

BESIDE: Mapping[str, Api] = {
    name: import_module(module).API
    for name, (module, _) in PLUGIN.beside.items()
    if find_spec(f"{PLUGIN.generated}.{name}")
}
"""The other APIs by their names, which subscriptions store as well."""

APIS: Mapping[str, Api] = {API.version: API, **VERSIONS, **BESIDE}
"""All of them by the names that settings and subscriptions have; the first one comes first."""


def api_of(resource: str) -> Api:
    """The API in whose shape the store has a resource's documents."""
    return next((api for api in (API, *BESIDE.values()) if resource in api.handlers), API)


def builders() -> Mapping[Api, Callable[[Any], Handlers]]:
    """For each API, the function that makes its handlers from `Services`."""
    build: Callable[[Any], Handlers] = import_module(PLUGIN.handlers).build

    def build_for_first(services: Any) -> Handlers:
        return build(replace(services, api=API))

    versions = dict.fromkeys(VERSIONS.values(), build_for_first)
    beside = {api: import_module(PLUGIN.beside[name][1]).build for name, api in BESIDE.items()}
    return {API: build, **versions, **beside}
