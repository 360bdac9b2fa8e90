"""The commands of the pages, as CONTRIBUTING.md says that they are written."""

import re
from dataclasses import dataclass

from tests.servers import ROOT

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
}
"""Every page by its name."""

_PART = re.compile(
    r"^<!-- (?P<note>not run|before):\s(?P<text>.*?)-->\n"
    r"|^```(?P<language>[\w-]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    """A command, and what the page says that it prints; None where the page does not say."""

    text: str
    output: str | None
    page: str
    line: int


@dataclass(frozen=True)
class Block:
    """The commands between two fences, and why no test runs them; empty where one does."""

    page: str
    line: int
    commands: tuple[Command, ...]
    reason: str = ""


def blocks(page: str) -> list[Block]:
    """The blocks of commands of a page, in their order."""
    text, found, reason = PAGES[page], [], ""
    for part in _PART.finditer(text):
        line = text.count("\n", 0, part.start()) + 2
        note, language = part["note"], part["language"]
        if note == "not run":
            reason = " ".join(part["text"].split())
            continue
        if note == "before":
            found.append(Block(page, line, tuple(_bare(part["text"], page, line - 1))))
        elif language == "console":
            found.append(Block(page, line, tuple(_shown(part["body"], page, line)), reason))
        elif language == "sh":
            found.append(Block(page, line, tuple(_bare(part["body"], page, line)), reason))
        reason = ""
    return found


def _bare(body: str, page: str, line: int) -> list[Command]:
    return [
        Command(text, None, page, number)
        for number, text in enumerate(body.splitlines(), line)
        if text
    ]


def _shown(body: str, page: str, line: int) -> list[Command]:
    """The commands of a console: `$ ` begins one, `> ` continues it, all else is printed."""
    found: list[Command] = []
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        typed = re.match(r"(?:[$>] .*\n|>\n)*", part)
        if typed and typed.group():
            text = "\n".join(each[2:] for each in typed.group().splitlines())
            found.append(Command(text, part[typed.end() :].strip(), page, line))
        line += part.count("\n")
    return found
