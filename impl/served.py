"""The API that this process serves: that of its plug-in. Pure."""

from impl import generated_api
from impl.plugin import CURRENT

API = generated_api.read(CURRENT.generated)
