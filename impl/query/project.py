"""`fields=`: which attributes of a document are shown (TMF630 Part 1, attribute selection)."""

from impl.query.language import Document, Fields

ALWAYS = {"id", "href"}


def project(document: Document, fields: Fields) -> Document:
    """The document with the chosen first-level attributes, and always `id` and `href`."""
    if fields == "all":
        return document
    shown = {name: value for name, value in document.items() if name in fields or name in ALWAYS}
    return Document(shown, document.version)
