"""The server: what the contract promises, kept."""
