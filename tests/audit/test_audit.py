"""What `make audit` tells, without the network."""

import json

from tests.audit import licences, vulnerabilities
from tests.audit.__main__ import DEV, RUNTIME
from tests.audit.licences import PROGRAMS, SERVED, Licensed


def test_every_licence_of_what_serves_goes_with_ours() -> None:
    packages = licences.of(RUNTIME)
    assert len(packages) > 40
    assert [each for each in packages if not each.fits(SERVED)] == []


def test_every_licence_of_tools_lets_them_be_used() -> None:
    assert [each for each in licences.of(DEV) if not each.fits(SERVED | PROGRAMS)] == []


def test_a_licence_fits_by_all_its_parts_and_one_of_its_alternatives() -> None:
    for licence, fits in {
        "MIT": True,
        "GPL-3.0-only OR MIT": True,
        "MPL-2.0 AND (Apache-2.0 OR MIT)": True,
        "MIT AND GPL-3.0-only": False,
        "AGPL-3.0-only": False,
        "not said": False,
    }.items():
        assert Licensed("some", "1", licence).fits(SERVED) is fits, licence


def test_a_vulnerability_is_told_with_the_release_that_mends_it() -> None:
    bad = {"name": "some", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
    skipped = {"name": "other", "skip_reason": "not found"}
    known = vulnerabilities.read(json.dumps({"dependencies": [bad, skipped]}))
    assert known.findings == ["some 1.0: CVE-1, fixed in 1.1"]
    assert (known.asked, known.unknown) == (1, ["other"])


def test_a_database_that_is_away_is_told_and_is_no_finding() -> None:
    known = vulnerabilities.read("", "warning\nName or service not known")
    assert known.trouble == "Name or service not known"
    assert known.findings == []
