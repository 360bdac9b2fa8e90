"""The document of a bill: what its customer sees."""
