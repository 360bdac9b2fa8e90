"""The command line: a command imports what it needs, and what it lists is what is declared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from impl import settings
from impl.cli import settings_table
from impl.cli.main import COMMANDS, main
from tests.servers import ROOT

WEB = {"impl.app", "impl.handlers", "impl.server", "impl.web", "connexion", "flask", "starlette"}


def imported(*arguments: str) -> set[str]:
    """The modules that are loaded when this command shows its help."""
    script = (
        "import sys\nfrom impl.cli.main import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("\n\n")[2].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"tmf678 {name}" in capsys.readouterr().out


def test_a_worker_imports_no_web_server() -> None:
    modules = imported("worker", "--help")
    assert "impl.worker" in modules
    assert not modules & WEB


def test_the_list_of_commands_imports_no_database() -> None:
    modules = imported("--help")
    assert "impl.settings" in modules
    assert not modules & {*WEB, "pymongo", "impl.store"}


def test_settings_lists_every_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impl.logs.configure", lambda _: None)  # it would hold captured output
    assert main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  PORT (8080): the port to listen on" in lines
    names = {line.split()[0] for line in lines if line.startswith("  ")}
    declared = {name.upper() for name in vars(settings.read({}))}
    assert names == declared | {f"{name}_FILE" for name in settings.secrets()}


def test_a_reader_that_wants_no_more_ends_a_command_without_a_trace() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "impl", "settings"]
    with os.fdopen(writing, "wb") as output:
        done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_tables_of_settings_are_current_or_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    current = settings_table.PAGE.read_text("utf-8")
    page = tmp_path / "settings.md"
    page.write_text(current.replace("| `8080` |", "| `80` |"), "utf-8")
    assert settings_table.main(["--check"]) == 0
    monkeypatch.setattr(settings_table, "PAGE", page)
    assert settings_table.main(["--check"]) == 1
    assert "make generate" in capsys.readouterr().err
    assert settings_table.main([]) == 0
    assert page.read_text("utf-8") == current
