"""The server: what the contract promises, kept."""

import warnings

# Connexion imports Starlette's test client, which advises on what tests should install.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
