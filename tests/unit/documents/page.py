"""A page of HTML, read."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tags with their attributes, and the text between them, without style."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self._in_style = False
        self.feed(html.decode())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def cells(self) -> list[list[str]]:
        """The rows of the tables, each with the text of its cells."""
        return [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            return
        self.texts.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
