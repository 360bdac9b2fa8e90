"""The code of docs/events.md does what the page says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.events.conftest import World
from tests.events.receiver import Receiver
from tests.servers import ROOT, free_port
from tests.waiting import until

PAGE = (ROOT / "docs" / "events.md").read_text("utf-8")
RECEIVER, VERIFIER = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_receiver_receives(world: World, tmp_path: Path) -> None:
    port = free_port()
    script = tmp_path / "receiver.py"
    script.write_text(RECEIVER.replace("9000", str(port)))
    assert len(list(filter(None, RECEIVER.splitlines()))) <= 10
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        until(lambda: _listens(port))
        world.subscribe(f"http://127.0.0.1:{port}/")
        world.store.insert("customerBill", {"id": "1"})
        world.work()
        assert process.stdout is not None
        assert process.stdout.readline().startswith("CustomerBillCreateEvent ")
    finally:
        process.kill()
        process.communicate()


def test_the_verifier_verifies(world: World) -> None:
    names: dict[str, Any] = {}
    exec(VERIFIER, names)  # noqa: S102
    is_genuine = names["is_genuine"]
    with Receiver() as receiver:
        subscription = world.subscribe(receiver.url)
        secret = world.health(subscription).kept["secret"]
        world.store.insert("customerBill", {"id": "1", "description": "ä\n"})
        world.work()
        until(lambda: receiver.accepted)
        post = receiver.accepted[0]
    headers = httpx.Headers(post.headers)
    assert is_genuine(secret, headers, post.body)
    assert not is_genuine(secret, headers, post.body + b" ")
    assert not is_genuine("whsec_" + "A" * 44, headers, post.body)
    headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 301)
    assert not is_genuine(secret, headers, post.body)


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
    except httpx.TransportError:
        return False
    return True
