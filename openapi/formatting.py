"""Formats Python source text by ruff."""

import subprocess
import sys
from pathlib import Path

from openapi.members import ContractError

HERE = Path(__file__).parent
SETTINGS = HERE / "format.toml"


def formatted(text: str, name: str) -> str:
    """The text as `ruff format` writes it; ContractError, with the name, if it is no Python."""
    try:
        compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ContractError(f"{name} would be no Python: {error.msg}") from None
    return _ruff(["format"], text, name, HERE)


def sorted_imports(text: str, name: str, root: Path) -> str:
    """The text with its imports sorted; the name is relative to the root."""
    return _ruff(["check", "--quiet", "--select=I", "--fix-only"], text, name, root)


def _ruff(command: list[str], text: str, name: str, root: Path) -> str:
    options = [f"--config={SETTINGS}", "--no-cache", f"--stdin-filename={name}", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, *options],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )
    if done.returncode:
        raise ContractError(f"{name}: ruff says {done.stderr.strip()}")
    return done.stdout
