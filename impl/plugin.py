"""The plug-in of this process: which API it serves, and the modules that only this API has.

`API_PLUGIN` names a module with a `PLUGIN`; without it, the server is one of TMF678. The choice is
made once, when this module is imported, because tables of resources are made at import.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from impl.resource_row import Resource

VARIABLE = "API_PLUGIN"
"""The environment variable, which the processes that a server starts inherit."""


@dataclass(frozen=True)
class Plugin:
    """An API on the core. Modules are named, and imported by those that use them."""

    title: str
    """What the server prints as its name."""

    generated: str
    """The package that the generator wrote."""

    resources: tuple[Resource, ...] = ()
    """The rows of its resources, with those of `/hub` and `/events`."""

    handlers: str = "impl.handlers.standard"
    """Has `build(services)` and `refuse_missing(operations)`."""

    jobs: str = ""
    """Has `jobs(settings, store)`: what workers do besides the delivery of events."""

    documents: str = ""
    """Has `renderer_pool(settings, store)` and `check_style(settings)`."""

    demo: str = ""
    """Has `load(store)`, for a database without data."""

    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Commands of its own: each one's module and help, as in `impl/cli/main.py`."""

    version: str = ""
    """The name of the API among several; blank if it is alone."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """Other versions of the API, over the same documents and handlers: modules with an `API`."""

    beside: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Other APIs over the same store: a module with an `API`, and one with `build(services)`."""

    database: str = ""
    """The database by default; blank for the name of the generated package."""

    typed_events: bool = False
    """Whether events have an `@type`, as in v5 of the TM Forum APIs."""

    @property
    def apis(self) -> tuple[str, ...]:
        """The names of its APIs in settings; none if it has one."""
        return (self.version, *self.versions, *self.beside) if self.version else ()


TMF678 = Plugin(
    "TMF678",
    "generated",
    database="tmf678",
    handlers="impl.handlers.composition",
    jobs="impl.billing.jobs",
    documents="impl.bill_documents",
    demo="impl.demo",
    commands={"bill-cycle": ("bill_cycle", "run a billing cycle now")},
    version="v4",
    versions={"v5": "impl.tmf678_v5"},
    beside={"tmf666": ("impl.tmf666", "impl.handlers.accounts")},
)


def chosen(name: str) -> Plugin:
    """The plug-in of a module, or TMF678's if the name is blank. SystemExit if there is none."""
    if not name:
        return TMF678
    try:
        plugin: Plugin = import_module(name).PLUGIN
    except (ModuleNotFoundError, AttributeError) as error:
        raise SystemExit(f"{VARIABLE}: {name} is no module with a PLUGIN: {error}") from None
    return plugin


PLUGIN = chosen(os.environ.get(VARIABLE, ""))
