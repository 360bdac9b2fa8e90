"""Every command of the pages runs, and prints what its page shows."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, Block, blocks
from tests.docs.shell import MadeServer, Ports, Shell
from tests.servers import ROOT

RUN = {page: [block for block in blocks(page) if not block.reason] for page in PAGES}
SHARE = ["access", "documents", "errors", "install", "metrics"]
"""Pages that share a server, for none shows what another one writes."""

_SHARING = [f"docs/{name}.md" for name in SHARE]
TOGETHER = [*([page] for page in PAGES if RUN[page] and page not in _SHARING), _SHARING]
NOT_RUN = [block for page in PAGES for block in blocks(page) if block.reason]
MOST_NOT_RUN = 19
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
MAKE_RUN = re.compile(r"make run\b.*")
FENCE = re.compile(r"^( *)```(\w+)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:[$] )?(?:curl|docker|kubectl|make|pip|python|tmf678) ", re.MULTILINE)


@pytest.mark.long
@pytest.mark.parametrize("pages", TOGETHER, ids=" ".join)
def test_commands_print_what_the_page_shows(pages: list[str], tmp_path: Path) -> None:
    """In an empty folder, beside the server that the pages' `make run` starts."""
    ports, wrong, slept = Ports(), [], False
    commands = [each for page in pages for block in RUN[page] for each in block.commands]
    starts = [each.text for each in commands if MAKE_RUN.fullmatch(each.text)]
    with MadeServer(tmp_path, ports, starts) as server, Shell(tmp_path, ports) as shell:
        for command in (each for each in commands if each.text not in starts):
            result = shell.run(command, waits=slept)
            slept = command.text.startswith("sleep ")
            if not shell.fits(command, result):
                wrong.append(f"{command.page}:{command.line}: $ {command.text}\n{result.printed}")
    assert not wrong, "\n".join([*wrong, server.log])


@pytest.mark.parametrize("page", PAGES)
def test_commands_stand_where_they_are_found(page: str) -> None:
    for indent, language, body in FENCE.findall(PAGES[page]):
        if language in ("console", "sh"):
            assert not indent, body
        else:
            assert not COMMAND.search(body), body


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    assert len(NOT_RUN) <= MOST_NOT_RUN
    for block in NOT_RUN:
        assert len(block.reason.split()) > 2, block


@pytest.mark.parametrize("block", NOT_RUN, ids=lambda block: f"{block.page}:{block.line}")
def test_what_runs_instead_is_there(block: Block) -> None:
    for test in re.findall(r"tests/\S+\.py", block.reason):
        assert (ROOT / test).is_file(), test
    for target in re.findall(r"`make ([a-z-]+)`", block.reason):
        assert target in TARGETS, target
