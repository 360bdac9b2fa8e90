"""The wheel, installed into an environment that has no other code of ours, and used elsewhere."""

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from impl import __version__
from impl.store.upgrade import CURRENT
from tests.containers.rates import lines
from tests.openapi.contracts import contents
from tests.servers import ROOT, ServerProcess, environment
from tests.waiting import until

PACKAGES = ("generated", "impl", "openapi")
SOURCES = ("LICENSE", "README.md", "pyproject.toml", "setup.cfg", "tmf678.yaml", ".ruff.toml")
COMMANDS: list[tuple[str, ...]] = [
    ("import", "rates.ndjson"),
    ("export", "customerBill"),
    ("bill-cycle", "C"),
    ("set-aside",),
    ("upgrade",),
]
"""The commands that work on the database itself."""


@dataclass(frozen=True)
class Installed:
    """The wheel, the command that it gave its environment, and a folder to use that in."""

    wheel: Path
    python: Path
    folder: Path

    @property
    def command(self) -> Path:
        return self.python.with_name("tmf678")

    def run(
        self, *arguments: object, folder: Path | None = None, **settings: object
    ) -> subprocess.CompletedProcess[str]:
        return self._run(self.command, *arguments, folder=folder, **settings)

    def python_says(self, folder: Path, text: str) -> str:
        """What a line of Python prints where it is run in a folder."""
        return self._run(self.python, "-c", text, folder=folder).stdout.strip()

    def _run(
        self, *command: object, folder: Path | None, **settings: object
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            list(map(str, command)),
            cwd=folder or self.folder,
            env=outside(settings),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done


class InstalledServer(ServerProcess):
    """The installed command, serving from a folder of its user's."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed
        super().__init__(installed.folder / "log", "serve", "--worker")

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self._installed.command), *self._options],
                cwd=self._installed.folder,
                env=outside(self._environment),
                stdout=log,
                stderr=log,
            )


def outside(settings: dict[str, Any]) -> dict[str, str]:
    """The environment without what leads Python to this project."""
    return {k: v for k, v in environment(settings).items() if k != "PYTHONPATH"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """What it needs of others' packages is this environment's, which costs no network."""
    folder = tmp_path_factory.mktemp("package")
    wheel = build(folder / "source", folder / "dist")
    venv.create(folder / "environment")
    python = folder / "environment" / "bin" / "python"
    pip(f"--python={python}", "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = (folder / "environment" / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    used = folder / "used"
    (used / "impl").mkdir(parents=True)
    (used / "impl" / "__init__.py").write_text("raise SystemExit('of another project')\n")
    return Installed(wheel, python, used)


def build(source: Path, into: Path) -> Path:
    """The wheel of a copy of the project, which the build leaves its traces in."""
    for name in PACKAGES:
        left = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=left)
    for name in SOURCES:
        shutil.copy(ROOT / name, source / name)
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", f"-w{into}", str(source))
    (wheel,) = into.iterdir()
    return wheel


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def server(installed: Installed) -> Iterator[ServerProcess]:
    with InstalledServer(installed) as running:
        yield running


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_each_file_of_its_packages_and_no_other(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}
    about = {name for name in held if name.startswith(f"tmf678-{__version__}.dist-info/")}
    ours = {f"{p}/{name}": text for p in PACKAGES for name, text in contents(ROOT / p).items()}
    assert held.keys() - about == ours.keys()
    assert all(held[name] == text for name, text in ours.items())
    metadata = held[f"tmf678-{__version__}.dist-info/METADATA"].decode()
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata


def test_the_command_tells_its_version_and_what_there_is(installed: Installed) -> None:
    assert said(installed.run("--version")) == f"tmf678 {__version__}\n"
    shown = said(installed.run("--help"))
    commands = ["serve", "worker", "generate", "new-api", *(name for name, *_ in COMMANDS)]
    assert all(f"\n    {name} " in shown for name in commands)


def test_from_an_import_to_a_bill_over_the_embedded_database(
    installed: Installed, server: ServerProcess
) -> None:
    file = installed.folder / "rates.ndjson"
    file.write_text(lines(["A-7"]))
    assert said(installed.run("import", file.name)) == "2 imported, 0 refused\n"
    with httpx.Client(base_url=server.api, timeout=30) as client:
        wanted = {"id": "one", "billingAccount": {"id": "A-7"}}
        assert client.post("/customerBillOnDemand", json=wanted).status_code == 201
        until(lambda: client.get("/customerBillOnDemand/one").json()["state"] == "done")
        made = client.get("/customerBillOnDemand/one").json()
        document = client.get(f"/customerBill/{made['customerBill']['id']}/document")
    assert (document.status_code, document.content[:5]) == (200, b"%PDF-")
    (bill,) = said(installed.run("export", "customerBill")).splitlines()
    assert orjson.loads(bill)["amountDue"] == {"unit": "EUR", "value": 82.36}
    assert f"has form {CURRENT}" in said(installed.run("upgrade"))
    assert said(installed.run("set-aside")) == ""
    assert "no billCycle" in installed.run("bill-cycle", "C", "--dry-run").stderr


def test_what_says_where_the_database_is_is_for_its_owner_alone(
    installed: Installed, server: ServerProcess
) -> None:
    assert server.process.poll() is None
    path = installed.folder / ".data" / "mongodb-uri"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    by_file = installed.run("export", "billCycle", MONGODB_URI_FILE=path, DATA_DIR="elsewhere")
    assert said(by_file) == ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_where_no_server_runs_names_both_settings(
    installed: Installed, tmp_path: Path, command: tuple[str, ...]
) -> None:
    refused = installed.run(*command, folder=tmp_path)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert refused.stderr.startswith(f"DATA_DIR: no server runs over {tmp_path}/.data. ")
    assert "MONGODB_URI" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_worker_of_its_own_wants_a_database_that_outlives_the_server(
    installed: Installed,
) -> None:
    refused = installed.run("worker")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("MONGODB_URI: is needed")


def test_the_database_is_lost_sight_of_when_the_server_ends(
    installed: Installed, server: ServerProcess
) -> None:
    """How it is where the server is killed, tests/store/test_embedded.py says."""
    assert server.stop() == 0
    assert not (installed.folder / ".data" / "mongodb-uri").exists()
    refused = installed.run("export", "customerBill")
    assert refused.stderr.startswith("DATA_DIR: no server runs over ")


# ---------------------------------------------------------------- generate


@pytest.fixture(scope="module")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a contract of its own, begun from ours, and its code."""
    folder = tmp_path_factory.mktemp("project")
    begun = said(installed.run("generate", "--new", folder=folder))
    assert begun == "tmf678.yaml\nopenapi/overlay.yaml\n"
    overlay = folder / "openapi" / "overlay.yaml"
    title = "  - {target: $.info, description: Our name., update: {title: Bills of ours}}\n"
    overlay.write_text(overlay.read_text() + title)
    done = installed.run("generate", folder=folder)
    count = len(list((ROOT / "generated").glob("*.*")))
    assert said(done).startswith(f"generated: {count} files, ")
    assert done.stderr == ""
    return folder


def test_generate_writes_all_files_of_a_contract_of_ones_own(project: Path) -> None:
    made = contents(project / "generated")
    assert made.keys() == {path.name for path in (ROOT / "generated").glob("*.*")}
    ours = (ROOT / "generated" / "types.py").read_bytes()
    assert made["types.py"] == ours.replace(b"Customer Bill Management", b"Bills of ours", 1)
    assert b"title: Bills of ours\n" in made["openapi.yaml"]


def test_the_server_serves_the_contract_of_the_folder_that_it_is_started_in(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    title = "from impl.served import API; print(API.contract.document['info']['title'])"
    assert installed.python_says(project, title) == "Bills of ours"
    assert installed.python_says(tmp_path, title) == "Customer Bill Management"


def test_generate_works_on_any_folder_by_root(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    (project / "generated" / "types.py").unlink()
    stale = installed.run("generate", "--check", "--root", project, folder=tmp_path)
    assert stale.returncode == 1
    assert stale.stderr == "generated/types.py: missing\ngenerate it again, without --check\n"


def test_generate_names_a_handler_that_the_server_lacks(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    shutil.copytree(project, tmp_path, dirs_exist_ok=True)
    overlay = tmp_path / "openapi" / "overlay.yaml"
    added = "{get: {operationId: listShelf, responses: {'200': {description: All.}}}}"
    overlay.write_text(
        overlay.read_text()
        + f"  - {{target: $.paths, description: Shelves., update: {{/shelf: {added}}}}}\n"
    )
    done = installed.run("generate", folder=tmp_path)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if line.startswith("missing: ")] == [
        "missing: GET /shelf needs ShelfApi.list_shelf in impl/handlers/shelf.py"
    ]


def test_generate_says_what_it_misses_and_writes_nothing(
    installed: Installed, tmp_path: Path
) -> None:
    done = installed.run("generate", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    said_so = "tmf678.yaml: is not there; --new writes ours, to begin with\nnothing was written\n"
    assert done.stderr == said_so
    assert list(tmp_path.iterdir()) == []


def test_generate_without_its_extra_names_it(installed: Installed) -> None:
    without = "import sys; sys.modules['oas_patch'] = None; sys.argv[1:] = ['generate']"
    done = subprocess.run(
        [installed.python, "-c", f"{without}; from impl.__main__ import main; sys.exit(main())"],
        cwd=os.sep,
        env=outside({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith("install the extra `generate`, tmf678[generate]\n")
    assert done.stderr.count("\n") == 1
