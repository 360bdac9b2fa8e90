"""Command: make a folder that serves any TM Forum document.

`tmf678 new-api DOCUMENT FOLDER [--package NAME]`, or `python -m openapi.new_api`, reads Swagger 2.0
or OpenAPI 3.0, in the style of v4 or v5. It exits 0; 1 if the document can't be read, or if the
folder has files already.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import jinja2

from openapi import document, formatting, generate
from openapi.conversion import converted
from openapi.members import ContractError, Json
from openapi.names import python_name
from openapi.new_api_resources import Additions

TEMPLATES = Path(__file__).with_name("project")
FILES = {
    "overlay.yaml": "overlay.yaml.jinja",
    "{package}_plugin.py": "plugin.py.jinja",
    "README.md": "README.md.jinja",
    "Makefile": "Makefile.jinja",
    ".gitignore": "gitignore.jinja",
    "tests/test_api.py": "test_api.py.jinja",
}
"""The template of each file that is written once, and is its owner's from then on."""

TAKEN = {"generated", "impl", "openapi", "tests", *sys.stdlib_module_names}
"""Names that no package of an API may have."""


def main(arguments: list[str] | None = None, prog: str = "python -m openapi.new_api") -> int:
    """Run the command, and return its exit status; its help calls it `prog`."""
    parser = argparse.ArgumentParser(prog=prog, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("document", type=Path, help="Swagger 2.0 or OpenAPI 3.0, JSON or YAML")
    parser.add_argument("folder", type=Path, help="new, or empty")
    parser.add_argument("--package", help="of the generated code; else by the document's title")
    options = parser.parse_args(arguments)
    try:
        package = write(options.document, options.folder, options.package)
    except (ContractError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.folder}: make run, make test, make fuzz; {package}/ is generated")
    return 0


def write(source: Path, folder: Path, package: str | None = None) -> str:
    """Write the folder of a document's server; the name of its package. ContractError."""
    if folder.exists() and any(folder.iterdir()):
        raise ContractError(f"{folder}: has files already")
    contract, events = converted(source)
    package = package or package_name(contract["info"]["title"])
    if package in TAKEN or not package.isidentifier():
        raise ContractError(f"{package}: can't be the name of a package; give another by --package")
    files = _files(contract, Additions(contract, events).context(), source.name, package)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tests").mkdir()
    (folder / "requirements.txt").write_text(f"{_requirement(folder)}\n", "utf-8")
    (folder / "contract.yaml").write_text(document.dump(contract), "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    generate.write_package(folder, package)
    return package


def package_name(title: str) -> str:
    """The name of a package by an API's title: `product_catalog` of `Product Catalog`."""
    words = re.findall(r"[0-9A-Za-z]+", title.removeprefix("API "))
    name = python_name("".join(word[:1].upper() + word[1:] for word in words))
    return f"{name}_api" if name in TAKEN else name


def _files(contract: Json, context: Json, source: str, package: str) -> dict[str, str]:
    environment = jinja2.Environment(  # noqa: S701 - it writes Python and YAML, not HTML
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters.update(literal=repr, quoted=_quoted, tojson=json.dumps)
    context |= {
        "title": contract["info"]["title"].removeprefix("API "),
        "version": contract["info"]["version"],
        "base_path": contract["servers"][0]["url"],
        "document": source,
        "package": package,
    }
    texts = {
        name.format(package=package): environment.get_template(template).render(context)
        for name, template in FILES.items()
    }
    plugin = f"{package}_plugin.py"
    return texts | {plugin: formatting.formatted(texts[plugin], plugin)}


def _quoted(names: list[str]) -> str:
    """Names as JSONPath has them in brackets."""
    return ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names)


def _requirement(folder: Path) -> str:
    """What pip installs this server by: its checkout, or else this release."""
    extras = "[embedded,generate,conformance]"
    checkout = formatting.HERE.parent
    if (checkout / "setup.cfg").is_file():
        return f"-e {os.path.relpath(checkout, folder.resolve())}{extras}"
    from importlib.metadata import version  # noqa: PLC0415 - a checkout has none

    return f"tmf678{extras}=={version('tmf678')}"


if __name__ == "__main__":
    sys.exit(main())
