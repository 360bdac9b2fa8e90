"""The escapes of JSON Pointer (RFC 6901): `~0` for `~`, and `~1` for `/`. Pure."""


def parts(pointer: str) -> tuple[str, ...]:
    """The names and indexes of a pointer, unescaped, without what is before the first `/`."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def escaped(name: str) -> str:
    """A name as one part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")
