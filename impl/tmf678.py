"""The TMF678 API: what the generator wrote, as one value.

No other module imports the data of `generated`; handlers subclass its base classes, and use its
types.
"""

import generated
from impl import generated_api

API = generated_api.read(generated.__name__)
