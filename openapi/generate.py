"""Command: write generated/ from the contract, or prove that it is current.

`python -m openapi.generate [--check | --stubs] [--root FOLDER]` exits 0 when all is well, and 1
when the contract is broken or (with --check) a generated file is stale, edited by hand or one too
many, or (without) a file that lacks the generator's header would be overwritten.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2

from openapi import document, stubs
from openapi.model import Contract, read

HEADER = "# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml\n"
TEMPLATES = Path(__file__).with_name("templates")


def render(root: Path) -> tuple[Contract, dict[str, str]]:
    """The contract's model, and the text of each generated file by its name."""
    effective = document.effective(root / "tmf678.yaml", root / "openapi" / "overlay.yaml")
    contract = read(effective)
    environment = jinja2.Environment(  # noqa: S701 - it writes Python, not HTML
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined
    )
    environment.filters["literal"] = repr
    files = {"openapi.yaml": HEADER + document.dump(effective), "__init__.py": HEADER}
    for template in sorted(TEMPLATES.glob("*.jinja")):
        text = environment.get_template(template.name).render(contract=contract)
        files[template.stem] = HEADER + _formatted(text)
    return contract, files


def write(folder: Path, files: dict[str, str]) -> None:
    """Make the folder hold these files and no others; a foreign file stops it before any write."""
    for path in _present(folder):
        if not path.read_text("utf-8").startswith(HEADER):
            raise document.ContractError(f"{path} is not the generator's; move it elsewhere")
    for path in _present(folder):
        if path.name not in files:
            path.unlink()
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def differences(folder: Path, files: dict[str, str]) -> Iterator[str]:
    """Where the folder is not what the generator would write, a line each."""
    present = {path.name: path for path in _present(folder)}
    for name in sorted(present.keys() | files.keys()):
        if name not in files:
            yield f"{folder / name}: nothing in the contract asks for it"
        elif name not in present:
            yield f"{folder / name}: missing"
        elif present[name].read_text("utf-8") != files[name]:
            yield f"{folder / name}: stale, or edited by hand"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    parser.add_argument("--stubs", action="store_true", help="write the handlers that are missing")
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder")
    options = parser.parse_args(arguments)
    try:
        contract, files = render(options.root)
        if options.check:
            return _said([*differences(options.root / "generated", files)], "run `make generate`")
        write(options.root / "generated", files)
    except document.ContractError as error:
        return _said([str(error)], "nothing was written")
    if options.stubs:
        for stub in stubs.write(contract, options.root):
            print(f"stub: {stub}")
    lacking = stubs.missing(contract, options.root)
    _said([f"missing: {each}" for each in lacking], "write them, or run `make stubs`")
    return 0


def _said(lines: list[str], advice: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(advice, file=sys.stderr)
    return 1 if lines else 0


def _present(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*")) if path.name != "__pycache__"]


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length=100", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
