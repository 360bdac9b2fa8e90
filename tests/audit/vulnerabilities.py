"""What is known against the locked dependencies, by pip-audit; nothing is installed for it."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PIP_AUDIT = "pip-audit==2.10.1"
OFFLINE_SECONDS = 300


@dataclass(frozen=True)
class Known:
    """What the database says of a file of requirements."""

    asked: int = 0
    unknown: list[str] = field(default_factory=list)
    """Packages that it could not be asked about."""

    findings: list[str] = field(default_factory=list)
    trouble: str = ""
    """Why nobody could be asked at all."""


def known(file: Path) -> Known:
    """What is known against what the file pins."""
    pip_audit = [str(Path(sys.executable).with_name("uv")), "tool", "run", "--from", PIP_AUDIT]
    options = ["pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
    command = [*pip_audit, *options, "--format=json", f"--requirement={file}"]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=OFFLINE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Known(trouble=str(error))
    return read(ran.stdout, ran.stderr)


def read(output: str, errors: str = "") -> Known:
    """What pip-audit's JSON says; in what it can't say it, why not."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return Known(trouble=(errors.strip().splitlines() or ["pip-audit said nothing"])[-1])
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    return Known(
        asked=len(packages) - len(unknown),
        unknown=unknown,
        findings=[line for each in packages for line in _findings(each)],
    )


def _findings(package: dict[str, Any]) -> list[str]:
    return [
        f"{package['name']} {package['version']}: {each['id']}, "
        f"fixed in {', '.join(each['fix_versions']) or 'no release yet'}"
        for each in package.get("vulns", [])
    ]
