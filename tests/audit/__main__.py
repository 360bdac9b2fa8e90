"""`make audit`: fails on a known vulnerability or a licence that does not fit."""

import sys
from pathlib import Path

from tests.audit import licences, vulnerabilities
from tests.servers import ROOT

RUNTIME, DEV = ROOT / "requirements/runtime.txt", ROOT / "requirements/dev.txt"


def main() -> int:
    """Report on all that is locked; 1 where something was found."""
    found = [_licences(), *(_vulnerabilities(file) for file in (RUNTIME, DEV))]
    return int(any(found))


def _licences() -> bool:
    served = licences.of(RUNTIME)
    tools = [each for each in licences.of(DEV) if each not in served]
    unfit = [each for each in served if not each.fits(licences.SERVED)]
    unfit += [each for each in tools if not each.fits(licences.SERVED | licences.PROGRAMS)]
    for title, packages in (("what serves", served), ("tools and tests", tools)):
        print(f"Licences, {title}:")
        for each in packages:
            mark = "  DOES NOT FIT" if each in unfit else ""
            print(f"  {each.package:30} {each.version:18} {each.licence}{mark}")
    return bool(unfit)


def _vulnerabilities(file: Path) -> bool:
    known = vulnerabilities.known(file)
    print(f"Known vulnerabilities, {file.name}: ", end="")
    if not known.asked:
        trouble = known.trouble or "it knows none of the packages"
        print(f"NOT LOOKED UP, the database can't be reached: {trouble}")
        return False
    print(f"{len(known.findings)} in {known.asked} packages")
    if known.unknown:
        print(f"  not looked up: {', '.join(known.unknown)}")
    for line in known.findings:
        print(f"  {line}")
    return bool(known.findings)


if __name__ == "__main__":
    sys.exit(main())
