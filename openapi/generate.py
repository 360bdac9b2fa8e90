"""Command: write generated/ from the contract, or prove that it is current.

A project may have more contracts: tmf678-v5.yaml and openapi/overlay-v5.yaml make generated/v5/,
tmf666.yaml and openapi/overlay-tmf666.yaml make generated/tmf666/.

`tmf678 generate [--check | --stubs | --new] [--root FOLDER] [--package NAME]`, or
`python -m openapi.generate`,
exits 0, or 1 if the contract is missing or broken; with --check also if a generated file is stale,
edited by hand or one too many; without --check also if generated/ holds a file without the
generator's header. FOLDER holds tmf678.yaml and openapi/overlay.yaml; --new copies ours there. With
--package, FOLDER is one that `new-api` made: contract.yaml and overlay.yaml make NAME/.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2

from openapi import document, formatting, stubs, variants
from openapi.members import ContractError
from openapi.model import Contract, read

MARK = "# DO NOT EDIT: `make generate` writes this"
TEMPLATES = Path(__file__).with_name("templates")
STANDARD, OVERLAY = Path("tmf678.yaml"), Path("openapi", "overlay.yaml")
"""The paths of the contract in a project's folder."""


@dataclass(frozen=True)
class Sources:
    """The files that a package is generated from, and the package, in a project's folder."""

    standard: Path = STANDARD
    overlay: Path = OVERLAY
    package: str = "generated"

    @property
    def header(self) -> str:
        """The first line of each generated file."""
        return f"{MARK} from {self.standard} and {self.overlay}\n"


FIRST = Sources()
MORE = (
    Sources(Path("tmf678-v5.yaml"), Path("openapi", "overlay-v5.yaml"), "generated/v5"),
    Sources(Path("tmf666.yaml"), Path("openapi", "overlay-tmf666.yaml"), "generated/tmf666"),
)
"""Contracts that a project may have beside the first."""


def all_sources(root: Path) -> list[Sources]:
    """The first contract, and those others that the project has."""
    return [FIRST, *(each for each in MORE if (root / each.standard).exists())]


def of_package(name: str) -> Sources:
    """The files of a folder that `new-api` made."""
    return Sources(Path("contract.yaml"), Path("overlay.yaml"), name)


def render(root: Path, sources: Sources = FIRST) -> tuple[Contract, dict[str, str]]:
    """The contract's model, and the text of each generated file by its name."""
    effective = document.effective(*_contract(root, sources))
    strict = variants.strict(effective)
    contract, header = read(strict), sources.header
    environment = jinja2.Environment(  # noqa: S701 - it writes Python, not HTML
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined
    )
    environment.filters.update(literal=repr, prose=_prose)
    files = {
        "openapi.yaml": header + document.dump(variants.served(effective)),
        "strict.yaml": header + document.dump(strict),
        "__init__.py": header,
    }
    for template in _templates():
        text = environment.get_template(template.name).render(contract=contract)
        files[template.stem] = header + formatting.formatted(text, template.stem)
    return contract, files


def write(folder: Path, files: dict[str, str]) -> None:
    """Make the folder hold these files and no others.

    Raises ContractError, and writes nothing, if it holds a file that the generator did not write.
    """
    present = _present(folder)
    for path in present if folder.is_dir() or not folder.exists() else [folder]:
        if not _content(path).startswith(MARK.encode()):
            raise ContractError(f"{_name(path)} is not the generator's; move it elsewhere")
    for path in present:
        if path.name not in files:
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if _content(folder / name) != text.encode():
            (folder / name).write_bytes(text.encode())


def differences(folder: Path, files: dict[str, str]) -> Iterator[str]:
    """A line for each file in the folder that differs from what the generator would write."""
    present = {path.name for path in _present(folder)}
    for name in sorted(present | files.keys()):
        path = folder / name
        if name not in files:
            yield f"{_name(path)}: nothing in the contract asks for it"
        elif name not in present:
            yield f"{_name(path)}: missing"
        elif _content(path) != files[name].encode():
            yield f"{_name(path)}: stale, or edited by hand"


def main(arguments: list[str] | None = None, prog: str = "python -m openapi.generate") -> int:
    """Run the command, and return its exit status; its help calls it `prog`."""
    options = _parser(prog).parse_args(arguments)
    sources = [of_package(options.package)] if options.package else all_sources(options.root)
    try:
        if options.new:
            _begin(options.root)
        elif options.check:
            return _report(list(_stale(options.root, sources)), _STALE)
        elif options.package:
            write_package(options.root, options.package)
        else:
            _generate(options.root, with_stubs=options.stubs)
    except ContractError as error:
        return _report([str(error)], "nothing was written")
    except OSError as error:
        return _report([str(error)], "not all was written; run it again")
    return 0


def write_package(root: Path, package: str) -> None:
    """Write the package of a folder that `new-api` made; ContractError."""
    write(root / package, render(root, of_package(package))[1])


def _stale(root: Path, sources: list[Sources]) -> Iterator[str]:
    for each in sources:
        yield from differences(root / each.package, render(root, each)[1])


def _generate(root: Path, *, with_stubs: bool) -> None:
    contract, files = render(root)
    others = {each: render(root, each) for each in all_sources(root)[1:]}
    handlers = stubs.HandlerModules(
        root if with_stubs or _has_handlers(root) else formatting.HERE.parent
    )
    missing = handlers.missing(contract)
    modules = handlers.with_stubs(missing) if with_stubs else {}
    write(root / FIRST.package, files)
    for each, (_, texts) in others.items():
        write(root / each.package, texts)
    for path, text in modules.items():
        path.write_text(text, "utf-8")
    for each, (model, texts) in {FIRST: (contract, files), **others}.items():
        count = sum(len(resource.operations) for resource in model.resources)
        print(f"{root / each.package}: {len(texts)} files, {count} operations")
    stubbed = [each for each in missing if with_stubs and each.needs_method]
    _report([f"stub: {each}" for each in stubbed], "write what they are to do")
    lacking = [f"missing: {each}" for each in missing if each not in stubbed]
    _report(lacking, "write them" if with_stubs else "write them, or have --stubs write them")


def _templates() -> list[Path]:
    """The templates of the Python files; ContractError if there are none."""
    templates = sorted(TEMPLATES.glob("*.jinja"))
    if not templates:
        raise ContractError(f"{TEMPLATES}: holds no template; this package is not whole")
    return templates


def _contract(root: Path, sources: Sources) -> tuple[Path, Path]:
    """A project's standard and overlay; ContractError if one is missing."""
    paths = root / sources.standard, root / sources.overlay
    for path in paths:
        if not path.is_file():
            raise ContractError(f"{path}: is not there; --new writes ours, to begin with")
    return paths


def _begin(root: Path) -> None:
    """Copy our standard and overlay into the folder; ContractError if it has one of them."""
    ours = {
        root / STANDARD: formatting.HERE / STANDARD.name,
        root / OVERLAY: formatting.HERE / OVERLAY.name,
    }
    for path in ours:
        if path.exists():
            raise ContractError(f"{path}: is there already")
    for path, source in ours.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        print(path)


def _has_handlers(root: Path) -> bool:
    """Whether a project has handlers of its own; otherwise ours serve its contract."""
    return (root / stubs.FOLDER).is_dir()


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=_FIRST_LINE)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--check", action="store_true", help="only say whether it is current")
    either.add_argument("--stubs", action="store_true", help="write the handlers that are missing")
    either.add_argument("--new", action="store_true", help="begin with our contract and overlay")
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="the project's, else this one"
    )
    parser.add_argument("--package", metavar="NAME", help="of a folder that new-api made")
    return parser


_STALE = "generate it again, without --check"
_FIRST_LINE = (__doc__ or "").splitlines()[0]


def _report(lines: list[str], advice: str) -> int:
    """Print the lines, and the advice if there are any; return the exit status."""
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(advice, file=sys.stderr)
    return 1 if lines else 0


def _present(folder: Path) -> list[Path]:
    """The content of the folder of a package, but for packages of other contracts."""
    apart = {"__pycache__", *(Path(each.package).name for each in MORE)}
    return [path for path in sorted(folder.glob("*")) if path.name not in apart]


def _content(path: Path) -> bytes:
    """The content of a file; empty if it is no file."""
    return path.read_bytes() if path.is_file() else b""


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _prose(text: str) -> str:
    """The text as one line that fits a docstring."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return f"{plain[:-1]}'" if plain.endswith('"') else plain


if __name__ == "__main__":
    sys.exit(main())
