"""The server."""

import warnings

__version__ = "0.1.0"
"""The version of the package, which `setup.cfg` reads from here."""

# Connexion imports Starlette's test client, which advises on what tests should install.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
