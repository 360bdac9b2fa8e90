"""The files that documents are rendered with: templates, words, fonts and a logo, read once."""

import base64
import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import orjson
import typst

from impl.documents.vocabulary import Vocabulary, Words

TEMPLATES = Path(__file__).parent / "templates"
CATALOGUES = Path(__file__).parent / "locale"
PDF_TEMPLATE, HTML_TEMPLATE, WORDS = "bill.typ", "bill.html.jinja", "words.json"
TEMPLATE_SUFFIXES = (".typ", ".jinja", ".json", ".svg")
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
MAX_LOGO_BYTES = 1 << 20


class DocumentError(Exception):
    """A document can't be rendered; the message begins with the kind of asset at fault."""


@dataclass(frozen=True)
class Assets:
    """The built-in templates, each replaced by the operator's file of the same name.

    `files` are texts by name, `fonts` the SHA-256 of each file in the folders of fonts.
    """

    files: Mapping[str, str]
    words: Vocabulary
    font_folders: tuple[Path, ...]
    fonts: Mapping[Path, bytes]

    def of_suffix(self, *suffixes: str) -> dict[str, str]:
        """The files whose names end in one of the suffixes."""
        return {name: text for name, text in self.files.items() if name.endswith(suffixes)}

    def digest(self) -> bytes:
        """A hash of all files, words and fonts."""
        texts = [self.files, self.words.own]
        stamp = hashlib.sha256(orjson.dumps(texts, option=orjson.OPT_SORT_KEYS))
        for content in (*self.words.catalogues.values(), *self.fonts.values()):
            stamp.update(hashlib.sha256(content).digest())
        return stamp.digest()


def assets(folder: Path | None, fonts: Path | None = None) -> Assets:
    """The built-in templates and those of the folder, its fonts, and the fonts of the other folder.

    Raises DocumentError if the folder has no template, or a file can't be read.
    """
    built_in, own = _texts(TEMPLATES), _texts(folder) if folder else {}
    if folder and not {PDF_TEMPLATE, HTML_TEMPLATE, WORDS} & own.keys():
        files = f"{PDF_TEMPLATE}, {HTML_TEMPLATE} and {WORDS}"
        raise DocumentError(f"templates: {folder} holds none of {files}")
    words = Vocabulary(_catalogues(), _words(own, folder) if folder else {})
    folders = {"templates": folder / "fonts" if folder else None, "fonts": fonts}
    digests = dict(chain.from_iterable(_fonts(kind, each) for kind, each in folders.items()))
    return Assets(built_in | own, words, tuple(filter(None, folders.values())), digests)


def _catalogues() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(CATALOGUES.glob("*.po"))}


def _texts(folder: Path) -> dict[str, str]:
    """The folder's templates and the files that they may use, sorted by name."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in TEMPLATE_SUFFIXES)
        return {path.name: path.read_text("utf-8") for path in files}
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"templates: {folder} can't be read: {error}") from error


def _words(files: Mapping[str, str], folder: Path) -> dict[str, Words]:
    """The folder's words by language."""
    fault = f"templates: {folder / WORDS} is not JSON of words by language"
    try:
        words = orjson.loads(files.get(WORDS, "{}"))
    except orjson.JSONDecodeError as error:
        raise DocumentError(f"{fault}: {error}") from error
    if not isinstance(words, dict) or not all(map(_are_words, words.values())):
        raise DocumentError(fault)
    return words


def _are_words(words: object) -> bool:
    return isinstance(words, dict) and all(isinstance(word, str) for word in words.values())


def _fonts(kind: str, folder: Path | None) -> Iterator[tuple[Path, bytes]]:
    """The font files in a folder and its subfolders, each with its SHA-256.

    The fonts of a folder of templates are optional. DocumentError if a file can't be read.
    """
    if folder is None or (kind == "templates" and not folder.exists()):
        return
    try:
        next(folder.iterdir(), None)  # rglob skips folders that it can't read
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in FONT_SUFFIXES and path.is_file():
                with path.open("rb") as file:
                    yield path, hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise DocumentError(f"{kind}: {folder} can't be read: {error}") from error


@dataclass(frozen=True)
class Logo:
    """A picture; empty if there is none."""

    content: bytes = b""

    def uri(self) -> str:
        """The picture as a data URI."""
        encoded = base64.b64encode(self.content).decode()
        return f"data:{_media_type(self.content)};base64,{encoded}" if encoded else ""

    def svg(self) -> str:
        """The picture as an SVG, because typst takes only texts from memory."""
        if not self.content or _media_type(self.content) == "image/svg+xml":
            return self.content.decode()
        width, height = _size(self.content)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
            f'<image width="{width}" height="{height}" href="{self.uri()}"/></svg>'
        )


def logo(path: Path | None) -> Logo:
    """The picture in a file; DocumentError if it is not PNG, JPEG or SVG, or is broken."""
    if path is None:
        return Logo()
    try:
        content = path.read_bytes()
        if len(content) > MAX_LOGO_BYTES:
            raise DocumentError(f"logo: {path} is over {MAX_LOGO_BYTES} bytes")
        _draw(content)
    except (OSError, ValueError, struct.error, IndexError, typst.TypstError) as error:
        raise DocumentError(f"logo: {path} can't be read as PNG, JPEG or SVG: {error}") from error
    return Logo(content)


def _draw(content: bytes) -> None:
    """Raise an error if the picture can't be drawn."""
    Logo(content).svg()
    numbers = orjson.dumps(list(content)).decode()
    source = b"#image(bytes(json(bytes(sys.inputs.logo))))"
    typst.compile(source, ignore_system_fonts=True, sys_inputs={"logo": numbers})


def _media_type(content: bytes) -> str:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if b"<svg" in content:
        return "image/svg+xml"
    raise ValueError("neither of them")


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or a JPEG in pixels."""
    if _media_type(content) == "image/png":
        width, height = struct.unpack_from(">II", content, 16)
        return width, height
    return _jpeg_size(content)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """The size in the frame header: the first SOF segment, which is none of DHT, JPG and DAC."""
    at = 2
    while not (0xC0 <= content[at + 1] <= 0xCF and content[at + 1] not in (0xC4, 0xC8, 0xCC)):
        at += 2 + int(struct.unpack_from(">H", content, at + 2)[0])
    height, width = struct.unpack_from(">HH", content, at + 5)
    return width, height
