"""The API that this process serves, and its other versions: those of its plug-in. Pure."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from impl import generated_api
from impl.api import Api
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

BY_VERSION: Mapping[str, Api] = {API.version: API, **VERSIONS}
"""All versions by their names, the stored one first."""
