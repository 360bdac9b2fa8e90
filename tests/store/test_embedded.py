"""The mongod of our own: its data outlives it, it outlives nobody, and it says why it can't run."""

import os
import signal
import stat
import subprocess
import sys
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from impl.errors import Unavailable
from impl.query.language import Query
from impl.store import embedded
from impl.store.embedded import EmbeddedError, Mongod, running
from impl.store.mongo import Store
from tests.servers import ROOT
from tests.waiting import until

pytestmark = pytest.mark.long

CHILD = """
import sys, time
from pathlib import Path
from impl.store.embedded import Mongod
print(Mongod(Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""
HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(3)
"""


def runs(pid: int) -> bool:
    """Whether the process is there, and more than an entry that nobody asked about yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def script(folder: Path, text: str) -> str:
    path = folder / "mongod"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_data_is_there_after_a_restart_on_another_port(tmp_path: Path) -> None:
    ports = set()
    for count in range(3):
        with Mongod(tmp_path) as mongod:
            store = Store(mongod.uri, "x")
            assert len(store.find("things", Query()).items) == count
            store.insert("things", {"id": str(count)})
            store.close()
            ports.add(mongod.port)
    assert len(ports) > 1  # one that is free again may be taken again


def test_a_second_start_on_the_folder_names_folder_and_process(tmp_path: Path) -> None:
    with (
        Mongod(tmp_path) as mongod,
        pytest.raises(EmbeddedError, match=f"DATA_DIR: {tmp_path} .* {os.getpid()}$"),
    ):
        Mongod(tmp_path)
    assert not runs(mongod.pid)


def test_stop_twice_is_stop_once_and_lets_the_folder_go(tmp_path: Path) -> None:
    mongod = Mongod(tmp_path)
    mongod.stop()
    mongod.stop()
    assert not runs(mongod.pid)
    Mongod(tmp_path).stop()


def test_stop_after_mongod_died_by_itself(tmp_path: Path) -> None:
    mongod = Mongod(tmp_path)
    os.kill(mongod.pid, signal.SIGKILL)
    mongod.stop()
    Mongod(tmp_path).stop()


def test_a_killed_server_takes_its_mongod_along(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert runs(pid)
        server.kill()
    until(lambda: not runs(pid))
    assert (tmp_path / "mongodb-uri").exists()
    with pytest.raises(EmbeddedError, match="no server runs over"):
        running(tmp_path)
    Mongod(tmp_path).stop()


def test_a_folder_left_by_a_killed_server_is_waited_for(tmp_path: Path) -> None:
    """Its workers hold the lock a little longer than it lives."""
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        lock.write_text(str(_dead_process()))
        Mongod(tmp_path).stop()
        assert worker.poll() == 0


def test_others_find_it_by_its_folder_while_it_runs(tmp_path: Path) -> None:
    folder, same = tmp_path / "data", tmp_path / "same"
    same.symlink_to(folder)
    with Mongod(folder) as mongod:
        assert running(folder) == running(same) == mongod.uri
        assert stat.S_IMODE((folder / "mongodb-uri").stat().st_mode) == 0o600
    assert {path.name for path in folder.iterdir()} == {"lock", "mongo", "mongod.log"}
    with pytest.raises(EmbeddedError, match="MONGODB_URI"):
        running(folder)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "mongodb://127.0.0.1:x/", "mongodb://127.0.0.1:1/"]
)
def test_a_file_that_leads_nowhere_is_not_followed(tmp_path: Path, text: str) -> None:
    (tmp_path / "mongodb-uri").write_text(text)
    with pytest.raises(EmbeddedError, match=f"^DATA_DIR: no server runs over {tmp_path}\\. "):
        running(tmp_path)


def test_a_file_that_leads_to_another_folders_data_is_not_followed(
    mongod: Mongod, tmp_path: Path
) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongodb-uri").write_text(mongod.uri)
    with pytest.raises(EmbeddedError, match="no server runs over"):
        running(tmp_path)


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "mongodb-uri").mkdir()
    with pytest.raises(EmbeddedError, match=f"^DATA_DIR: {tmp_path}/mongodb-uri can't be read: "):
        running(tmp_path)


def _dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


# ---------------------------------------------------------------- what can't run


def test_no_mongod_anywhere_names_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedError) as raised:
        Mongod(tmp_path / "data")
    assert all(word in str(raised.value) for word in ("MONGOD ", "MONGODB_URI", "`embedded`"))


def test_mongod_on_the_path_comes_before_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = script(tmp_path, "#!/bin/sh\nexit 3\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match=f"{program} does not start, exit status 3"):
        Mongod(tmp_path / "data")


@pytest.mark.parametrize("nonsense", ["/nowhere/mongod", "/etc", "/etc/passwd", "no-such-program"])
def test_mongod_that_is_no_program_is_named(tmp_path: Path, nonsense: str) -> None:
    with pytest.raises(EmbeddedError, match=f"^MONGOD: {nonsense} is not a program$"):
        Mongod(tmp_path, nonsense)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("#!/nowhere/sh\n", "MONGOD: .*/mongod can't be run: No such file"),
        ("neither a script nor a binary", "MONGOD: .*/mongod can't be run: Exec format"),
        ("#!/bin/sh\nexit 0\n", "/mongod does not start, exit status 0; is it a mongod?"),
    ],
)
def test_mongod_that_is_another_program_is_named(tmp_path: Path, text: str, trouble: str) -> None:
    with pytest.raises(EmbeddedError, match=trouble):
        Mongod(tmp_path / "data", script(tmp_path, text))
    Mongod(tmp_path / "data").stop()


def test_mongod_that_does_not_start_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "storage.bson").write_text("nonsense")
    with pytest.raises(EmbeddedError, match=f"{tmp_path}/mongod.log says why"):
        Mongod(tmp_path)


def test_options_that_mongod_refuses_stop_it(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="does not start"):
        Mongod(tmp_path, transaction_seconds=0)
    Mongod(tmp_path).stop()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=f"^DATA_DIR: {tmp_path}/{place} can't be used: "):
        Mongod(tmp_path / place)


def test_another_mongods_port_is_not_taken_for_ones_own(
    mongod: Mongod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the search for a free port and its use, another program may take it."""
    free = embedded._free_port()  # noqa: SLF001
    ports = iter([mongod.port, free])
    monkeypatch.setattr(embedded, "_free_port", lambda: next(ports))
    with Mongod(tmp_path) as own:
        assert own.port == free
        store = Store(own.uri, "x")
        assert store.insert("things", {"id": "1"}) == {"id": "1"}
        store.close()
    other = Store(mongod.uri, "x")
    other.ping()
    other.close()


# ---------------------------------------------------------------- what dies


def killed(mongod: Mongod) -> int:
    """Kill mongod as the kernel does where memory is short; its process id."""
    pid = mongod.pid
    os.kill(pid, signal.SIGKILL)
    return pid


def _began_again(mongod: Mongod, store: Store, before: int) -> bool:
    return mongod.pid != before and is_there(store, "1")


def test_a_killed_mongod_is_started_again_with_its_data_at_its_address(tmp_path: Path) -> None:
    with Mongod(tmp_path) as mongod:
        store, uri = Store(mongod.uri, "x"), mongod.uri
        store.insert("things", {"id": "1"})
        for _ in range(2):
            until(partial(_began_again, mongod, store, killed(mongod)))
        assert mongod.uri == uri
        store.insert("things", {"id": "2"})
        store.close()
        last = mongod.pid
    assert not runs(last)
    Mongod(tmp_path).stop()


def is_there(store: Store, id_: str) -> bool:
    try:
        return store.has("things", id_)
    except Unavailable:
        return False


@pytest.mark.parametrize("after", [0, 0.3, 0.6, 1.2])
def test_stop_is_heeded_at_any_moment_of_a_restart(tmp_path: Path, after: float) -> None:
    mongod = Mongod(tmp_path)
    killed(mongod)
    time.sleep(after)
    began = time.monotonic()
    mongod.stop()
    assert time.monotonic() - began < 20
    assert not runs(mongod.pid)
    Mongod(tmp_path).stop()


def test_the_pause_before_a_mongod_that_can_not_run_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[float] = []
    spawned = embedded._spawned  # noqa: SLF001

    def spawn(command: list[str]) -> "subprocess.Popen[bytes]":
        started.append(time.monotonic())
        return spawned(["/bin/false"] if len(started) > 1 else command)

    monkeypatch.setattr(embedded, "_spawned", spawn)
    monkeypatch.setattr(embedded, "PAUSE_SECONDS", 0.1)
    with Mongod(tmp_path) as mongod:
        killed(mongod)
        until(lambda: len(started) >= 5)
    pauses = [after - before for before, after in pairwise(started[1:5])]
    assert all(pause >= least for pause, least in zip(pauses, (0.2, 0.4, 0.8), strict=True))
