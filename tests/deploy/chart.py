"""Renders the Helm chart by Helm's own code, and makes the plain manifests of it.

`make chart` writes deploy/kubernetes and deploy/oda; with `--check` it names the files that are not
as the chart makes them.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.servers import ROOT

CHART = ROOT / "deploy" / "helm" / "tmf678"
MANIFESTS = ROOT / "deploy" / "kubernetes"
RELEASE = NAMESPACE = "tmf678"
HEADER = "# Made of deploy/helm/tmf678 by `make chart`: change the chart instead.\n"
OPTIONAL: dict[Path, dict[str, Any]] = {
    MANIFESTS / "examples" / "podmonitor.yaml": {"metrics": {"podMonitor": {"enabled": True}}},
    ROOT / "deploy" / "oda" / "component.yaml": {"oda": {"enabled": True}},
}
"""Files of templates that make nothing without these values."""


def rendered(values: Mapping[str, Any] | None = None, name: str = RELEASE) -> dict[str, str]:
    """The text that each template makes, by the template's name without its ending."""
    import helm_python  # noqa: PLC0415 - not every machine has a wheel of it

    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(dict(values or {}))
        texts = chart.render(dict(values or {}), name=name, namespace=NAMESPACE)
    return {Path(path).stem: text.strip() + "\n" for path, text in texts.items() if text.strip()}


def objects(values: Mapping[str, Any] | None = None, name: str = RELEASE) -> list[dict[str, Any]]:
    """The Kubernetes objects that the chart makes."""
    made = rendered(values, name)
    del made["NOTES"]
    return [each for text in made.values() for each in yaml.safe_load_all(text)]


def manifests() -> dict[Path, str]:
    """The files of deploy/kubernetes that are made of the chart."""
    plain = rendered()
    del plain["NOTES"]
    made = {MANIFESTS / f"{name}.yaml": HEADER + text for name, text in plain.items()}
    for path, values in OPTIONAL.items():
        made[path] = HEADER + rendered(values)[path.stem]
    return made


def stale(made: Mapping[Path, str]) -> list[Path]:
    """The files that are missing, or differ from what is made."""
    return [path for path, text in made.items() if not path.exists() or path.read_text() != text]


def main() -> int:
    try:
        made = manifests()
    except ImportError:
        print("nothing is rendered: helm-python-sdk is not installed, it is for Linux on x86-64")
        return 0
    differing = stale(made)
    for path in differing:
        if "--check" not in sys.argv:
            path.write_text(made[path])
        print(path.relative_to(ROOT))
    return int("--check" in sys.argv and bool(differing))


if __name__ == "__main__":
    sys.exit(main())
