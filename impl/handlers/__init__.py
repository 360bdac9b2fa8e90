"""Handlers: what each operation of the contract does, one module a resource that has rules."""
