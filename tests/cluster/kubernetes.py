"""Kubernetes' programs, built of Debian's source package, which needs nothing but Go.

Debian 12 has 1.20, the last release whose source package is whole: those of later suites hold
kubectl alone.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.containers.machine import PATH, UnavailableError, download, run
from tests.servers import ROOT

PROGRAMS = {"etcd": "etcd-server", "go": "golang-go", "tar": "tar"}
"""The commands that building and running it need, each with the Debian package that has it."""

SUITE = "bookworm"
VERSION = "v1.20.2"
FOLDER = ROOT / "build" / "kubernetes" / VERSION
"""Where the programs are kept."""

MADE = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
    "kubectl",
)
PACKAGE = "k8s.io/kubernetes"
MARK = "+k8s:openapi-gen="
OPENAPI = "pkg/generated/openapi"
NO_TYPES = ("code-generator", "sample-apiserver", "sample-controller")
"""Folders of the source that no API server has."""


def build() -> None:
    """Have the programs in FOLDER; UnavailableError if they can't be built."""
    if all((FOLDER / name).exists() for name in MADE):
        return
    began = time.monotonic()
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{VERSION}-", dir=FOLDER.parent) as folder:
        _Build(Path(folder)).run()
    print(f"Kubernetes {VERSION}: built in {time.monotonic() - began:.0f} s", flush=True)


class _Build:
    """Go's folders within this one, with the source where Go looks for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source = folder / "gopath/src" / PACKAGE
        self._environment = os.environ | {
            "PATH": PATH,
            "GOPATH": str(folder / "gopath"),
            "GOCACHE": str(folder / "cache"),
            "GO111MODULE": "off",
            "GOPROXY": "off",
            "CGO_ENABLED": "0",
        }

    def run(self) -> None:
        download(self._folder / "package", SUITE, "kubernetes", source=True)
        [archive] = (self._folder / "package").glob("*.orig.tar.gz")
        self._source.mkdir(parents=True)
        run(["tar", "-xzf", str(archive), "--strip-components=1", "-C", str(self._source)])
        self._make_openapi()
        made = self._folder / "made"
        made.mkdir()
        version = f"-X k8s.io/component-base/version.gitVersion={VERSION}"
        version += f" -X k8s.io/client-go/pkg/version.gitVersion={VERSION}"
        packages = [f"{PACKAGE}/cmd/{name}" for name in MADE]
        self._run("go", "build", "-ldflags", f"-s -w {version}", "-o", f"{made}/", *packages)
        shutil.rmtree(FOLDER, ignore_errors=True)
        made.rename(FOLDER)

    def _make_openapi(self) -> None:
        """Generate the one file of Go that the source package leaves out."""
        generator = str(self._folder / "openapi-gen")
        self._run(
            "go", "build", "-o", generator, f"{PACKAGE}/vendor/k8s.io/kube-openapi/cmd/openapi-gen"
        )
        (self._source / OPENAPI).mkdir(parents=True, exist_ok=True)
        self._run(
            generator,
            f"--input-dirs={','.join(self._packages_with_types())}",
            f"--output-package={PACKAGE}/{OPENAPI}",
            f"--output-base={self._folder}/gopath/src",
            "--output-file-base=zz_generated.openapi",
            "--go-header-file=hack/boilerplate/boilerplate.generatego.txt",
            f"--report-filename={self._folder}/violations",
        )

    def _packages_with_types(self) -> list[str]:
        """The packages whose types the API server describes, by Go's names for them."""
        staging = self._source / "staging/src"
        packages = {self._package_of(path) for path in self._marked(staging, self._source / "pkg")}
        return sorted(packages)

    def _marked(self, *folders: Path) -> list[Path]:
        files = (path for folder in folders for path in folder.rglob("*.go"))
        known = (path for path in files if not any(f"/{name}/" in str(path) for name in NO_TYPES))
        return [path for path in known if MARK in path.read_text()]

    def _package_of(self, path: Path) -> str:
        folder = str(path.parent.relative_to(self._source))
        staged = folder.removeprefix("staging/src/")
        return f"{PACKAGE}/{folder}" if staged == folder else f"{PACKAGE}/vendor/{staged}"

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            cwd=self._source,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip()[-500:]
            raise UnavailableError(f"Kubernetes can't be built: {command[0]} says {said}")
