"""npm packages that tests use, as a folder's package-lock.json pins them."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path


class ToolsMissing(Exception):
    """Tools can't be had; the message says which and why."""


def install(folder: Path, what: str, path: str | None = None) -> Path:
    """Put a folder's packages into its node_modules, and return the folder of their commands.

    Node.js and npm are looked for on the path, which is the environment's unless given. Raises
    ToolsMissing.
    """
    path = os.environ["PATH"] if path is None else path
    npm = {name: shutil.which(name, path=path) for name in ("node", "npm")}
    for name, found in npm.items():
        if found is None:
            raise ToolsMissing(f"there is no {name} on the PATH; {what} needs Node.js and npm")
    stamp = folder / "node_modules" / ".installed"
    with (folder / "package-lock.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            print(f"installing {what} ...", flush=True)
            _install_locked(str(npm["npm"]), folder, path)
            stamp.write_text(wanted, encoding="utf-8")
    return folder / "node_modules" / ".bin"


def _install_locked(npm: str, folder: Path, path: str) -> None:
    done = subprocess.run(
        [npm, "ci"],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise ToolsMissing(f"npm ci fails: {said[0] if said else f'status {done.returncode}'}")
