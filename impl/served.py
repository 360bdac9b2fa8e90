"""The API that this process serves, and its other versions: those of its plug-in. Pure."""

from collections.abc import Mapping
from importlib import import_module

from impl import generated_api
from impl.api import Api
from impl.plugin import CURRENT

API = generated_api.read(CURRENT.generated)
VERSIONS: Mapping[str, Api] = {
    name: import_module(module).API for name, module in CURRENT.versions.items()
}
"""The other versions by their names, as subscriptions remember them."""
