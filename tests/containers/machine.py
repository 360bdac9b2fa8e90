"""What this machine has for containers, and namespaces that end with all that runs in them."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROGRAMS = {
    "dockerd": "docker.io",
    "docker-init": "docker.io",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "dpkg-deb": "dpkg",
    "openssl": "openssl",
}
"""The commands that the engine needs, each with the Debian package that has it."""

PATH = f"/usr/sbin:/usr/bin:/sbin:/bin:{os.environ.get('PATH', '')}"
"""Debian's programs come first, so that engine and client are of one version."""

CGROUPS = Path("/sys/fs/cgroup")
MIRROR = re.compile(r"^(?:URIs:|deb\b.*?)\s*(https?://\S+)", re.MULTILINE)
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list")

WRITTEN = ("/etc", "/run", "/usr/libexec", "/var/lib", "/var/log")
"""Folders of the machine to which dockerd and kubelet write, whatever their options are."""


class UnavailableError(Exception):
    """This machine can't run containers; the text says why."""


def check(programs: Mapping[str, str] = PROGRAMS) -> None:
    """UnavailableError unless this is Debian, the user is root, and the programs are there."""
    if os.geteuid() != 0:
        raise UnavailableError("only root can run an engine")
    if not Path("/etc/debian_version").exists():
        raise UnavailableError("the images are made from Debian's packages, and this is no Debian")
    missing = sorted({programs[name] for name in programs if shutil.which(name, path=PATH) is None})
    if missing:
        raise UnavailableError(f"apt-get install {' '.join(missing)}")
    if not any(os.access(path, os.W_OK) for path in (CGROUPS / "memory", CGROUPS)):
        raise UnavailableError("control groups can't be written here")
    done = run(isolated(["true"], network=True), check=False)
    if done.returncode:
        raise UnavailableError(f"no namespaces: {done.stderr.strip()}")


def debian_sources() -> tuple[str, str]:
    """The file with this machine's package sources of Debian, and the address of the mirror."""
    for file in filter(os.path.exists, SOURCES):
        if mirror := MIRROR.search(Path(file).read_text()):
            return file, mirror[1]
    raise UnavailableError("this machine has no package sources of Debian")


def download(folder: Path, suite: str, package: str, *, source: bool = False) -> None:
    """Put a package of a suite of Debian, or its source, into a new folder; install nothing.

    UnavailableError if there is none.
    """
    (folder / "lists/partial").mkdir(parents=True)
    sources = folder / "sources.list"
    _, mirror = debian_sources()
    kind = "deb-src" if source else "deb"
    sources.write_text(f"{kind} [signed-by={KEYS}] {mirror} {suite} main\n")
    options = [
        f"Dir::Etc::SourceList={sources}",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State::Lists={folder}/lists",
        f"Dir::Cache={folder}",
        "APT::Sandbox::User=root",
    ]
    apt = ["apt-get", "-qq", *(f"-o{each}" for each in options)]
    wanted = ["source", "--download-only"] if source else ["download"]
    for command in (["update"], [*wanted, package]):
        done = run([*apt, *command], check=False, folder=folder)
        if done.returncode:
            raise UnavailableError(f"no {package} from Debian: {done.stderr.strip()[-500:]}")


def isolated(command: Sequence[str], *, network: bool) -> list[str]:
    """The command in namespaces of its own; all processes in them end with it.

    `network` gives it a network of its own, too, which leads nowhere.
    """
    namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    own_network = ["--net"] if network else []
    return ["unshare", *namespaces, *own_network, "docker-init", "--", *command]


def protect(folder: Path) -> None:
    """From now on, writes to the machine's folders go to a new file system in memory.

    Call it in namespaces of their own: the writes are gone when these end. The folder is where that
    file system is mounted.
    """
    folder.mkdir(exist_ok=True)
    _mount("tmpfs", folder)
    for number, path in enumerate(filter(os.path.isdir, WRITTEN)):
        upper, work = folder / f"upper-{number}", folder / f"work-{number}"
        upper.mkdir()
        work.mkdir()
        _mount("overlay", path, f"lowerdir={path},upperdir={upper},workdir={work}")


def _mount(kind: str, at: Path | str, options: str = "rw") -> None:
    done = run(["mount", f"--types={kind}", f"--options={options}", kind, str(at)], check=False)
    if done.returncode:
        raise UnavailableError(f"no {kind} at {at}: {done.stderr.strip()}")


def run(
    command: Sequence[str], *, check: bool = True, folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program of this machine, in the folder; its output is text."""
    found = shutil.which(command[0], path=PATH) or command[0]
    return subprocess.run(
        [found, *command[1:]], capture_output=True, text=True, check=check, cwd=folder
    )


def status(pid: int) -> dict[str, list[str]]:
    """The words of each line of a process's status, by the line's name."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}


def remove_cgroups(name: str) -> bool:
    """Remove the control groups of this name; False if some still have processes."""
    tops = [*CGROUPS.glob(name), *CGROUPS.glob(f"*/{name}")]
    for top in tops:
        for folder, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
    return not any(top.exists() for top in tops)
