"""How the contract becomes code: the standard, the overlay, and the generator."""
