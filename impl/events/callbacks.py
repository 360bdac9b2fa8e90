"""Where events may be posted to: a public http or https address, or one that is allowed by name.

A server that posts where it is told to is a way into its own network. So the URL is read once, by
the strictest reading; its host is resolved, and the addresses are what is judged, at registration
and again for each connection, which then goes to the address that was judged.
"""

import re
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], list[str]]

MAX_LENGTH = 2000
MAX_HOST = 253
LOOKUP_SECONDS = 2
"""How long a registration waits for a name; what is not known by then is judged when it is."""

_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(#?.*)", re.ASCII | re.DOTALL | re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_NUMERIC = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")
"""A host that some resolvers take as an IPv4 address, whatever it looks like."""

_TARGET = re.compile(r"[!-~]*")
_NOT_IN_TARGET = re.compile(r"[\\#\[\]<>\"^`{}|]")
WELL_KNOWN_PORTS = (80, 443)
"""Of the ports below 1024, those for HTTP; a POST could be mistaken for what others speak."""

_INSIDE = ("localhost", "localdomain", "local", "internal", "home.arpa", "lan")
"""Domains that are never public, whether or not they resolve from here."""

_DENIED = tuple(
    map(
        ip_network,
        (
            "64:ff9b::/96",  # an IPv4 address behind NAT64
            "64:ff9b:1::/48",
            "2001::/32",  # Teredo
            "2002::/16",  # 6to4
            "fec0::/10",  # site-local
            "192.0.0.0/24",  # protocol assignments; one is Oracle's metadata
            "192.88.99.0/24",  # 6to4 relays
            "168.63.129.16/32",  # Azure's metadata, on a public address
        ),
    )
)


class Refused(Exception):
    """A callback that may not be posted to; the message says why, and not what was resolved."""


@dataclass(frozen=True)
class Callback:
    """A callback's URL, read."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The `Host` header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"


@dataclass(frozen=True)
class Allowance:
    """What is allowed beyond public addresses: networks, host names, and `*.` domains."""

    networks: tuple[Network, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Allowance":
        """The allowance that a comma list says; ValueError, naming the part that says nothing."""
        networks: list[Network] = []
        names: list[str] = []
        for part in filter(None, map(str.strip, text.split(","))):
            try:
                networks.append(ip_network(part.strip("[]"), strict=False))
            except ValueError:
                names.append(_name(part))
        return cls(tuple(networks), tuple(names))

    def has_name(self, host: str) -> bool:
        """Whether the host is allowed by its name, wherever it is."""
        return any(
            host == name or (name.startswith("*.") and host.endswith(name[1:]))
            for name in self.names
        )

    def has_address(self, address: Address) -> bool:
        """Whether the address is in a network that is allowed."""
        return any(address in network for network in self.networks)


def read(url: str) -> Callback:
    """The parts of a callback's URL; Refused where it is none that can be posted to."""
    if len(url) > MAX_LENGTH:
        raise Refused(f"is over {MAX_LENGTH} characters")
    found = _URL.fullmatch(url)
    if found is None:
        raise Refused("is no absolute http or https URL")
    scheme, authority, target, fragment = found[1].lower(), found[2], found[3], found[4]
    if fragment:
        raise Refused("has a fragment, which is not sent")
    if "@" in authority:
        raise Refused("has a user name, which is not sent")
    if not _TARGET.fullmatch(target) or _NOT_IN_TARGET.search(target):
        raise Refused("has a character in its path or query that must be encoded")
    host, port = _place(authority, _default_port(scheme))
    return Callback(scheme, host, port, target if target.startswith("/") else f"/{target}")


def _place(authority: str, default_port: int) -> tuple[str, int]:
    """The host and the port of a URL's authority; Refused."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise Refused("has an invalid host or port" if authority else "has no host")
    port = int(found[2]) if found[2] else default_port
    if not (port in WELL_KNOWN_PORTS or 1024 <= port < 65536):
        raise Refused("has a port that is not allowed")
    return _host(found[1].lower()), port


def _host(text: str) -> str:
    """A name or an address, without brackets and a last dot; Refused where it is neither."""
    host = text.strip("[]").removesuffix(".")
    if text.startswith("[") or _NUMERIC.fullmatch(host):
        kind, what = (IPv6Address, "IPv6") if text.startswith("[") else (IPv4Address, "IPv4")
        try:
            kind(host)
        except ValueError:
            raise Refused(f"has an invalid {what} address") from None
    elif not _NAME.fullmatch(host) or len(host) > MAX_HOST:
        raise Refused("has an invalid host name")
    return host


def lookup(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it; none where it can't."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def addresses(callback: Callback, allowance: Allowance, resolve: Resolve = lookup) -> list[str]:
    """The addresses to connect to; Refused where one of them is not allowed, or there is none."""
    found = resolve(callback.host, callback.port)
    _judge(callback.host, found, allowance)
    if not found:
        raise Refused("has an unknown host")
    return found


def check(url: str, allowance: Allowance, resolve: Resolve = lookup) -> None:
    """Raise Refused for a callback that can't be posted to, or may not as far as is known now."""
    callback = read(url)
    found: Future[list[str]] = _LOOKUPS.submit(resolve, callback.host, callback.port)
    try:
        known = found.result(LOOKUP_SECONDS)
    except TimeoutError:
        found.cancel()
        known = []
    _judge(callback.host, known, allowance)


def is_public(address: Address) -> bool:
    """Whether the address is one of the public Internet, in no disguise of another."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return (
        address.is_global
        and not special
        and not any(address in network for network in _DENIED if network.version == address.version)
    )


_LOOKUPS = ThreadPoolExecutor(4, "lookup")


def _judge(host: str, found: Iterable[str], allowance: Allowance) -> None:
    if allowance.has_name(host):
        return
    resolved = [ip_address(each.partition("%")[0]) for each in found]
    inside = any(host == name or host.endswith(f".{name}") for name in _INSIDE)
    allowed = [allowance.has_address(_plain(each)) for each in resolved]
    if resolved and all(allowed):
        return
    if inside or not all(ok or is_public(each) for ok, each in zip(allowed, resolved, strict=True)):
        raise Refused("leads to no public address, and CALLBACK_ALLOW does not allow it")


def _plain(address: Address) -> Address:
    """An IPv4 address that is written as one of IPv6, as itself."""
    return getattr(address, "ipv4_mapped", None) or address


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _name(text: str) -> str:
    if re.fullmatch(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?", text) is None:
        raise ValueError(text)
    return text.lower()
