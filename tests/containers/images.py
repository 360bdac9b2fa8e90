"""The images of compose.yaml without a registry; stand-ins for those of others, from Debian."""

import os
import shutil
import sys
import time
from pathlib import Path

import yaml

from impl.store.embedded import find_program
from tests.containers.engine import BUILD_OPTIONS, Engine, install_compose
from tests.containers.machine import UnavailableError, debian_sources, run
from tests.servers import ROOT

PACKAGES = "python3,python3-venv,python-is-python3,ca-certificates,curl,nginx-light,gosu,libcurl4"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
TRIMMED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
PROXY = """\
FROM debian
RUN groupadd --gid 101 nginx && useradd --uid 101 --gid 101 nginx
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
"""
MONGO = """\
FROM debian
RUN groupadd --gid 999 mongodb && useradd --uid 999 --gid mongodb --home-dir /data/db mongodb \\
    && install --directory --owner mongodb --group mongodb /data/db
COPY mongod docker-entrypoint.sh /usr/local/bin/
VOLUME /data/db
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["mongod"]
"""
ENTRYPOINT = """\
#!/bin/sh
chown -R mongodb:mongodb /data/db
exec gosu mongodb "$@"
"""
"""What the official image does, as far as compose.yaml uses it."""


def main() -> None:
    """Make them all in the engine's folder; exits with 2 and a line if the machine can't."""
    folder = Path(sys.argv[1])
    try:
        install_compose(folder)
        debian = make_debian(folder / "debian.tar")
        with Engine(folder, *BUILD_OPTIONS) as engine:
            make_images(engine, debian, folder)
    except UnavailableError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def make_debian(tar: Path) -> Path:
    """A small Debian from this machine's own package sources, which trusts what it trusts."""
    source, _ = debian_sources()
    suite = run(["sh", "-c", '. /etc/os-release && echo "$VERSION_CODENAME"']).stdout.strip()
    options = ["--variant=minbase", "--mode=root", f"--include={PACKAGES}"]
    options += ["--aptopt=APT::Install-Recommends=false"]
    options += [f"--dpkgopt=path-exclude={each}" for each in TRIMMED]
    options += [f'--customize-hook=cp {BUNDLE} "$1"{BUNDLE}']
    options += ['--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*']
    done = run(["mmdebstrap", *options, suite, str(tar), source], check=False)
    if done.returncode:
        raise UnavailableError(f"no Debian: {done.stderr.strip()[-500:]}")
    return tar


def make_images(engine: Engine, debian: Path, folder: Path) -> None:
    """Debian under the names that deploy/ asks for, and the shipped image."""
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    python = next(line for line in lines if line.startswith("ARG PYTHON=")).partition("=")[2]
    engine("import", f"--change=ENV PIP_CERT={BUNDLE}", str(debian), "debian")
    engine("tag", "debian", python)
    check_containers(engine)
    context = folder / "context"
    context.mkdir()
    engine("build", "--tag", services["proxy"]["image"], "-", text=PROXY)
    make_mongo(engine, services["mongo-1"]["image"], context)
    began = time.monotonic()
    server = services["server-1"]["image"]
    options = ["--network=host", "--tag", server, "--file", str(ROOT / "deploy/Dockerfile")]
    engine("build", *options, str(ROOT))
    sizes = [int(engine("inspect", "--format={{.Size}}", each)) / 1e6 for each in (server, python)]
    seconds = time.monotonic() - began
    print(f"{server}: {sizes[0]:.0f} MB, {sizes[0] - sizes[1]:.0f} MB of it ours, {seconds:.0f} s")


def check_containers(engine: Engine) -> None:
    """UnavailableError if a container can't run, or can't reach a package index."""
    index = "https://pypi.org/simple/pip/"
    script = ["curl", "-sSfo", "/dev/null", "--retry", "2", os.environ.get("PIP_INDEX_URL", index)]
    try:
        engine("run", "--rm", "--network=host", "debian", *script)
    except AssertionError as error:
        raise UnavailableError(str(error)) from None


def make_mongo(engine: Engine, tag: str, context: Path) -> None:
    """The mongod that the tests use, as the official image starts it."""
    shutil.copy(find_program(""), context / "mongod")
    (context / "docker-entrypoint.sh").write_text(ENTRYPOINT)
    for name in ("mongod", "docker-entrypoint.sh"):
        (context / name).chmod(0o755)
    (context / "Dockerfile").write_text(MONGO)
    engine("build", "--tag", tag, str(context))


if __name__ == "__main__":
    main()
