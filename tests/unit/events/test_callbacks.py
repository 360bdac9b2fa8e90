"""Where events may be posted to: no way into a network that is not public."""

import threading
import time

import pytest

from impl.events import callbacks
from impl.events.callbacks import Allowance, Refused, addresses, check, read

NOTHING = Allowance()
PUBLIC = ["93.184.216.34"]

REFUSED_URLS = [
    *("", "callback", "/relative", "//host/x", "crm.example/x", "http:/x", "http:///x", "http://"),
    *("ftp://crm.example/", "file:///etc/passwd", "javascript:alert(1)", "gopher://crm.example/"),
    *("http://user@crm.example/", "http://user:pass@crm.example/", "http://crm.example@127.0.0.1/"),
    *("http://crm.example/#top", "http://127.0.0.1\\@crm.example/", "http://crm.example\\x/"),
    *("http://crm.example/a b", "http://crm.example/\r\nX: y", "http://crm.example/\tx"),
    *("http://crm.example\n/", " http://crm.example/", "http://crm.example/ ", "HTTP:crm.example"),
    *("http://crm.example:0/", "http://crm.example:22/", "http://crm.example:25/"),
    *("http://crm.example:1023/", "http://crm.example:65536/", "http://crm.example:99999/"),
    *("http://crm.example:x/", "http://crm.example:/", "http://crm.example:80:80/"),
    *("http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "http://127\u30020\u30020\u30021/"),
    *("http://b\u00fccher.example/", "http://[::1/", "http://::1/", "http://[crm.example]/"),
    *("http://crm.example/" + "x" * 2000, "http://crm.example/\u00e9", "http://./", "http://../"),
]
INSIDE = [
    *(
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
    ),
    *("http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://017700000001/"),
    *("http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://x.localhost/"),
    *("http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
    *("http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/"),
    *(
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
    ),
    *("http://168.63.129.16/", "http://metadata.google.internal/", "http://192.0.0.192/"),
    *("http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/"),
    *("http://100.64.0.1/", "http://198.18.0.1/", "http://192.0.2.1/", "http://240.0.0.1/"),
    *("http://255.255.255.255/", "http://224.0.0.1/", "http://[ff02::1]/", "http://[fe80::1]/"),
    *("http://[fc00::1]/", "http://[fec0::1]/", "http://[2001:db8::1]/", "http://printer.local/"),
    *("https://10.0.0.1/", "http://[64:ff9b:1::a00:1]/", "http://[::127.0.0.1]/"),
]
OUTSIDE = [
    *("http://93.184.216.34/", "https://93.184.216.34:8443/x?y=z", "http://[2606:2800:220:1::1]/"),
    *("http://8.8.8.8:8080", "http://172.32.0.1/", "http://[::ffff:8.8.8.8]/"),
]


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_what_is_no_url_to_post_to(url: str) -> None:
    with pytest.raises(Refused):
        check(url, NOTHING, lambda *_: PUBLIC)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://crm.example/", "is no absolute http or https URL"),
        ("crm.example/x", "is no absolute http or https URL"),
        ("http:///x", "has no host"),
        ("http://crm.example/" + "x" * 2000, "is over 2000 characters"),
        ("http://user@crm.example/", "has a user name"),
        ("HTTP://user:pass@crm.example/", "has a user name"),
        ("http://crm.example/#top", "has a fragment"),
        ("http://crm.example/?a#", "has a fragment"),
        ("http://[1::2::3]/", "an invalid IPv6 address"),
        ("http://[1.2.3.4]/", "an invalid IPv6 address"),
        ("http://256.1.1.1/", "an invalid IPv4 address"),
        ("http://1.2.3/", "an invalid IPv4 address"),
        ("http://0x7f000001/", "an invalid IPv4 address"),
        ("http://crm.example.1/", "an invalid IPv4 address"),
        ("http://a..b/", "has an invalid host name"),
        ("http://.a/", "has an invalid host name"),
        ("http://" + "a" * 64 + ".example/", "has an invalid host name"),
        ("http://" + "a.b." * 64 + "example/", "has an invalid host name"),
        ("http://a b/", "has an invalid host or port"),
        ("http://crm.example:x/", "has an invalid host or port"),
        ("http://crm.example:25/", "has a port that is not allowed"),
        ("http://crm.example/a b", "must be encoded"),
        ("http://crm.example/{id}", "must be encoded"),
        ("http://10.1.2.3/", "CALLBACK_ALLOW"),
        ("http://crm.internal/", "CALLBACK_ALLOW"),
    ],
)
def test_who_is_refused_is_told_the_true_reason(url: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check(url, Allowance.read("10.9.9.9"), lambda *_: ["10.1.2.3"])


@pytest.mark.parametrize("url", INSIDE)
def test_what_leads_inside(url: str) -> None:
    with pytest.raises(Refused) as raised:
        check(url, NOTHING)
    assert not any(each in str(raised.value) for each in ("127", "10.", "::")), "tells what it is"
    with pytest.raises(Refused):
        addresses(read(url), NOTHING)


@pytest.mark.parametrize("url", OUTSIDE)
def test_what_leads_outside(url: str) -> None:
    check(url, NOTHING)
    assert addresses(read(url), NOTHING)


@pytest.mark.parametrize(
    ("allowed", "host", "resolved", "may"),
    [
        ("127.0.0.0/8", "localhost", ["127.0.0.1"], True),
        ("127.0.0.0/8", "crm.example", ["127.0.0.1"], True),
        ("127.0.0.0/8", "crm.example", ["::ffff:127.0.0.1"], True),
        ("127.0.0.0/8", "localhost", ["127.0.0.1", "::1"], False),
        ("127.0.0.0/8, ::1", "localhost", ["127.0.0.1", "::1"], True),
        ("10.1.2.3", "crm.example", ["10.1.2.3"], True),
        ("10.1.2.3", "crm.example", ["10.1.2.4"], False),
        ("10.1.2.3", "crm.example", ["10.1.2.3", "93.184.216.34"], True),
        ("", "crm.example", ["93.184.216.34", "10.1.2.3"], False),
        ("crm.corp.example", "crm.corp.example", ["10.0.0.1"], True),
        ("CRM.corp.example", "crm.CORP.example", ["10.0.0.1"], True),
        ("crm.corp.example", "x.crm.corp.example", ["10.0.0.1"], False),
        ("*.corp.example", "crm.corp.example", ["10.0.0.1"], True),
        ("*.corp.example", "a.b.corp.example", ["10.0.0.1"], True),
        ("*.corp.example", "corp.example", ["10.0.0.1"], False),
        ("*.corp.example", "evilcorp.example", ["10.0.0.1"], False),
        ("fd00::/8", "[fd00::5]", ["fd00::5"], True),
        ("crm", "crm", ["172.18.0.4"], True),
        ("", "crm.internal", ["93.184.216.34"], False),
    ],
)
def test_allowance(allowed: str, host: str, resolved: list[str], may: bool) -> None:
    callback = read(f"http://{host}/")
    try:
        found = addresses(callback, Allowance.read(allowed), lambda *_: resolved)
    except Refused:
        found = []
    assert found == (resolved if may else [])


def test_what_is_not_known_yet_may_be_registered_and_not_posted_to() -> None:
    check("http://nowhere.example/", NOTHING, lambda *_: [])
    with pytest.raises(Refused):
        addresses(read("http://nowhere.example/"), NOTHING, lambda *_: [])


def test_a_registration_does_not_wait_for_a_slow_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "LOOKUP_SECONDS", 0.05)

    answered = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        answered.wait(20)
        return PUBLIC

    began = time.monotonic()
    check("http://slow.example/", NOTHING, slow)
    answered.set()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("http://crm.example", "crm.example", "/"),
        ("HTTP://CRM.example", "crm.example", "/"),
        ("HttpS://crm.example./a", "crm.example", "/a"),
        ("http://crm.example:80/a?b=c", "crm.example", "/a?b=c"),
        ("https://crm.example:8443?b", "crm.example:8443", "/?b"),
        ("http://[2606:2800::1]:8080/", "[2606:2800::1]:8080", "/"),
    ],
)
def test_parts(url: str, authority: str, target: str) -> None:
    callback = read(url)
    assert (callback.authority, callback.target) == (authority, target)
