"""Connections go where they were checked to go, and no try takes longer than it may."""

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from impl.events.callbacks import Allowance
from impl.events.posting import Patience, Receiver, Unreachable, Watchdog
from tests.events import receiver as receivers
from tests.events.conftest import LOOPBACK
from tests.events.receiver import Receiver as Server

HASTY = Patience(connect=0.5, total=1.0)
NAME = "crm.example"


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    stop = threading.Event()
    made = Watchdog()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    yield made
    stop.set()
    thread.join()


def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_name_is_kept_and_the_address_is_the_one_that_was_checked(watchdog: Watchdog) -> None:
    with Server() as server:
        url = f"http://{NAME}:{server.port}/a?b=c"
        receiver = Receiver(url, LOOPBACK, watchdog, resolve=here)
        assert receiver.post(b'{"eventId":1}', {}).status == 204
        assert server.posts[0].headers["Host"] == f"{NAME}:{server.port}"
        assert server.posts[0].path == "/a?b=c"
        receiver.close()


def test_a_name_that_comes_to_lead_inside_is_not_connected_to(watchdog: Watchdog) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "127.0.0.1"]]
    with Server() as server:
        for resolved in answers[1:]:
            url = f"http://{NAME}:{server.port}/"
            receiver = Receiver(url, Allowance(), watchdog, resolve=lambda *_, r=resolved: r)
            with pytest.raises(Unreachable, match="no public address"):
                receiver.post(b"{}", {})
        assert not server.posts


@pytest.mark.parametrize("interim", [100, 102, 103, 199])
def test_interim_answers_are_waited_through(watchdog: Watchdog, interim: int) -> None:
    def behave(handler: receivers.Handler) -> None:
        for _ in range(3):
            handler.wfile.write(b"HTTP/1.1 %d Wait\r\nLink: </x>\r\n\r\n" % interim)
            time.sleep(0.02)
        handler.answer(410, {"Retry-After": "7"})

    with Server(behave) as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog)
        for posted in (1, 2):
            answer = receiver.post(b"{}", {})
            assert (answer.status, answer.retry_after, len(server.posts)) == (410, "7", posted)
        receiver.close()


def test_a_switch_of_protocols_is_no_delivery(watchdog: Watchdog) -> None:
    with Server(receivers.status(101, Upgrade="x", Connection="Upgrade")) as server:
        assert Receiver(server.url, LOOPBACK, watchdog).post(b"{}", {}).status == 101


def test_interim_answers_without_end_are_given_up(watchdog: Watchdog) -> None:
    def behave(handler: receivers.Handler) -> None:
        while not handler.server.receiver.stopping.wait(0.01):
            handler.wfile.write(b"HTTP/1.1 102 Wait\r\n\r\n")

    with Server(behave) as server, pytest.raises(Unreachable, match="in time"):
        Receiver(server.url, LOOPBACK, watchdog, HASTY).post(b"{}", {})


def test_proxies_of_the_environment_are_not_used(
    watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server, Server() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        receiver = Receiver(server.url, LOOPBACK, watchdog)
        assert receiver.post(b"{}", {}).status == 204
        assert not proxy.posts
        receiver.close()


def test_a_connection_is_kept_and_opened_anew_where_the_receiver_closed_it(
    watchdog: Watchdog,
) -> None:
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    with Server() as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, resolve=resolve)
        for _ in range(3):
            assert receiver.post(b"{}", {}).status == 204
        assert len(looked_up) == 1
        server.behave = receivers.status(200, Connection="close")
        receiver.post(b"{}", {})
        server.behave = receivers.ok
        assert receiver.post(b"{}", {}).status == 204
        assert len(looked_up) == 2
        receiver.close()


@pytest.mark.parametrize("trouble", [receivers.hang, receivers.drip], ids=["hang", "drip"])
def test_a_try_takes_no_longer_than_it_may(
    watchdog: Watchdog, trouble: receivers.Behaviour
) -> None:
    with Server(trouble) as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, HASTY)
        began = time.monotonic()
        with pytest.raises(Unreachable, match="no answer in time"):
            receiver.post(b"{}", {})
        assert time.monotonic() - began < 2


def test_of_an_endless_answer_only_the_beginning_is_read(watchdog: Watchdog) -> None:
    with Server(receivers.endless) as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, HASTY)
        assert receiver.post(b"{}", {}).status == 200


def test_a_connection_is_used_again_after_a_body_in_chunks(watchdog: Watchdog) -> None:
    def behave(handler: receivers.Handler) -> None:
        head = b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"
        handler.wfile.write(head + b"3\r\nyes\r\n0\r\nTrailer: x\r\n\r\n")
        peers.add(handler.client_address)

    peers: set[object] = set()
    with Server(behave) as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, HASTY)
        assert [receiver.post(b"{}", {}).status for _ in range(3)] == [202] * 3
        assert len(peers) == 1
        receiver.close()


def test_an_answer_that_ends_before_its_length_is_no_answer(watchdog: Watchdog) -> None:
    def behave(handler: receivers.Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        handler.close_connection = True

    with Server(behave) as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, HASTY)
        with pytest.raises(Unreachable, match="IncompleteRead"):
            receiver.post(b"{}", {})


@pytest.mark.parametrize("value", ["a\r\nHost: other", "a\nb", "a\rb", "\u20ac"])
def test_a_header_that_http_does_not_allow_is_not_sent(watchdog: Watchdog, value: str) -> None:
    with Server() as server:
        receiver = Receiver(server.url, LOOPBACK, watchdog, HASTY)
        with pytest.raises(Unreachable):
            receiver.post(b"{}", {"traceparent": value})
        assert not server.posts


def test_the_second_address_is_tried_where_the_first_takes_no_connection(
    watchdog: Watchdog,
) -> None:
    with Server() as server:
        receiver = Receiver(
            server.url, LOOPBACK, watchdog, HASTY, lambda *_: ["127.0.0.2", "127.0.0.1"]
        )
        assert receiver.post(b"{}", {}).status == 204
        receiver.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of crm.example's own, and its key, in one file."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run(
        [*command, *subject, "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    both = tmp_path / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@pytest.mark.parametrize(
    ("name", "trusted", "said"),
    [
        (NAME, True, ""),
        (NAME, False, "its certificate is not valid"),
        ("other.example", True, "its certificate is not valid"),
    ],
)
def test_certificates_are_checked_against_the_name(
    watchdog: Watchdog,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    trusted: bool,
    said: str,
) -> None:
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, server_name, _context: asked.append(server_name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server() as server:
        server.wrap(context)
        url = f"https://{name}:{server.port}/"
        receiver = Receiver(url, LOOPBACK, watchdog, HASTY, here)
        if said:
            with pytest.raises(Unreachable, match=said):
                receiver.post(b"{}", {})
        else:
            assert receiver.post(b"{}", {}).status == 204
        assert asked == [name]
        receiver.close()
