"""The text of a PDF as typst writes it, enough to test by."""

import re
import zlib

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
TOKEN = re.compile(rb"/(f\d+) [\d.]+ Tf|((?:/\w+)?\()|(BT|ET)")
BRACKET = re.compile(rb"\\.|([()])", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, a line for each run of letters."""
    objects = {int(found[1]): found[2] for found in OBJECT.finditer(pdf)}
    kids = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b(?!s)", body)]
    return [_text(objects, page) for page in kids]


def _text(objects: dict[int, bytes], page: bytes) -> str:
    fonts = _fonts(objects, objects[_reference(page, b"Resources")])
    content = _stream(objects[_reference(page, b"Contents")])
    font: dict[int, str] = {}
    text, at = "", 0
    while token := TOKEN.search(content, at):
        at = token.end()
        if token[1]:
            font = fonts[token[1]]
        elif token[2]:
            start, at = at, _end(content, at)
            shown = font and token[2] == b"("  # else what a name stands for, such as /ActualText
            text += _read(ESCAPE.sub(_unescaped, content[start : at - 1]), font) if shown else ""
        else:
            font = {}
            text += "\n" if token[3] == b"ET" else ""
    return text


def _end(content: bytes, at: int) -> int:
    """Where the string that is open there ends; brackets in it may be balanced."""
    depth = 1
    while depth:
        found = BRACKET.search(content, at)
        assert found
        depth += {b"(": 1, b")": -1, None: 0}[found[1]]
        at = found.end()
    return at


def _read(codes: bytes, font: dict[int, str]) -> str:
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(font.get(high << 8 | low, "\ufffd") for high, low in pairs)


def _fonts(objects: dict[int, bytes], resources: bytes) -> dict[bytes, dict[int, str]]:
    listed = re.search(rb"/Font<<(.*?)>>", resources)
    named = re.findall(rb"/(f\d+) (\d+) 0 R", listed[1]) if listed else []
    return {name: _letters(objects, objects[int(at)]) for name, at in named}


def _letters(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    mapped = _stream(objects[_reference(font, b"ToUnicode")])
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", mapped)
    }


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0])


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found
    return int(found[1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    letter = found[1]
    return bytes([int(letter, 8)]) if letter.isdigit() else NAMED.get(letter, letter)
