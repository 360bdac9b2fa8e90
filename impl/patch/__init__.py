"""Patches: a changed document from a document and what a client sent. Pure."""
