"""What the pages refer to is there: other pages and their sections, make's targets, commands."""

import re
from importlib.util import find_spec
from pathlib import PurePosixPath

import pytest

from impl.cli.main import main
from tests.docs.pages import PAGES
from tests.docs.test_commands import TARGETS
from tests.servers import ROOT

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`\n]+(?:\n[^`\n]+)?`")
TARGET = re.compile(r"\]\(([^)\s]+)\)")
PROSE = {page: FENCED.sub("", text) for page, text in PAGES.items()}
SPANS = {
    page: [" ".join(span[1:-1].split()) for span in SPAN.findall(PROSE[page])] for page in PAGES
}


def _anchors(page: str) -> set[str]:
    """The anchors of a page's sections, as GitHub makes them."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", PROSE[page], re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{name}-{found.count(name)}" if name in found else name)
    return set(found)


def _resolved(page: str, path: str) -> str:
    """A relative path of a page as one of the project."""
    parts: list[str] = list(PurePosixPath(page).parent.parts)
    for part in PurePosixPath(path).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages_and_sections_that_are_there(page: str) -> None:
    text = SPAN.sub("", PROSE[page])
    for target in TARGET.findall(text):
        path, _, anchor = target.partition("#")
        if re.match(r"https?:", target):
            continue
        there = _resolved(page, path) if path else page
        assert (ROOT / there).exists(), f"{page}: {target}"
        assert not anchor or anchor in _anchors(there), f"{page}: {target}"


def test_every_page_is_in_the_index() -> None:
    linked = {_resolved("docs/README.md", each) for each in TARGET.findall(PROSE["docs/README.md"])}
    assert {page for page in PAGES if page.startswith("docs/")} <= linked | {"docs/README.md"}


@pytest.mark.parametrize("page", PAGES)
def test_targets_and_modules_that_the_text_names_are_there(page: str) -> None:
    for span in SPANS[page]:
        if words := re.match(r"make ([a-z][a-z-]*)(?:\s|$)", span):
            assert words[1] in TARGETS, f"{page}: {span}"
        if words := re.match(r"python -m ([\w.]+)", span):
            assert find_spec(words[1]), f"{page}: {span}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_that_the_text_names_are_there(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for span in SPANS[page]:
        words = re.match(r"tmf678 ([a-z][a-z-]*)", span)
        if not words:
            continue
        with pytest.raises(SystemExit) as ended:
            main([words[1], "--help"])
        assert ended.value.code == 0, f"{page}: {span}"
        known = capsys.readouterr().out
        for option in re.findall(r"(?<= )-{1,2}[a-z][a-z-]*", span):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", known), f"{page}: {span}"
