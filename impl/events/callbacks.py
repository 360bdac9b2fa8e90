"""Which callbacks events may be posted to: public http or https addresses, and allowed ones.

A server that posts to any URL lets its clients into its own network (SSRF). So the URL is read
once, by the strictest reading. Its host is resolved and the addresses are checked, at registration
and again for each connection, which then goes to the address that was checked.
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
"""How long a registration waits for DNS; a later answer is checked when events are posted."""

_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(#?.*)", re.ASCII | re.DOTALL | re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_NUMERIC = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")
"""A host that some resolvers read as an IPv4 address, in any notation."""

_TARGET = re.compile(r"[!-~]*")
_NOT_IN_TARGET = re.compile(r"[\\#\[\]<>\"^`{}|]")
WELL_KNOWN_PORTS = (80, 443)
"""The ports below 1024 that are allowed: a POST could be mistaken for another one's protocol."""

_INSIDE = ("localhost", "localdomain", "local", "internal", "home.arpa", "lan")
"""Domains that are never public, even if they resolve to a public address."""

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
    """The callback may not be posted to; the message says why, without the resolved addresses."""


@dataclass(frozen=True)
class Callback:
    """The parts of a callback's URL."""

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
    """Callbacks allowed beyond public addresses: networks, host names, and `*.` domains."""

    networks: tuple[Network, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Allowance":
        """The allowance in a comma-separated list; ValueError with the part that can't be read."""
        networks: list[Network] = []
        names: list[str] = []
        for part in filter(None, map(str.strip, text.split(","))):
            try:
                networks.append(ip_network(part.strip("[]"), strict=False))
            except ValueError:
                names.append(_name(part))
        return cls(tuple(networks), tuple(names))

    def has_name(self, host: str) -> bool:
        """Whether the host is allowed by its name, whatever its address."""
        return any(
            host == name or (name.startswith("*.") and host.endswith(name[1:]))
            for name in self.names
        )

    def has_address(self, address: Address) -> bool:
        """Whether the address is in an allowed network."""
        return any(address in network for network in self.networks)


def read(url: str) -> Callback:
    """The parts of a callback's URL; Refused if no URL like this can be posted to."""
    if len(url) > MAX_LENGTH:
        raise Refused(f"is over {MAX_LENGTH} characters")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise Refused("is no absolute http or https URL")
    scheme, authority, target, fragment = parts[1].lower(), parts[2], parts[3], parts[4]
    if fragment:
        raise Refused("has a fragment, which is not sent")
    if "@" in authority:
        raise Refused("has a user name, which is not sent")
    if not _TARGET.fullmatch(target) or _NOT_IN_TARGET.search(target):
        raise Refused("has a character in its path or query that must be encoded")
    host, port = _host_and_port(authority, _default_port(scheme))
    return Callback(scheme, host, port, target if target.startswith("/") else f"/{target}")


def _host_and_port(authority: str, default_port: int) -> tuple[str, int]:
    """The host and the port of a URL's authority; Refused if they are invalid or not allowed."""
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise Refused("has an invalid host or port" if authority else "has no host")
    port = int(parts[2]) if parts[2] else default_port
    if not (port in WELL_KNOWN_PORTS or 1024 <= port < 65536):
        raise Refused("has a port that is not allowed")
    return _host(parts[1].lower()), port


def _host(text: str) -> str:
    """The name or address without brackets and a last dot; Refused if it is neither."""
    host = text.strip("[]").removesuffix(".")
    if text.startswith("[") or _NUMERIC.fullmatch(host):
        kind, version = (IPv6Address, "IPv6") if text.startswith("[") else (IPv4Address, "IPv4")
        try:
            kind(host)
        except ValueError:
            raise Refused(f"has an invalid {version} address") from None
    elif not _NAME.fullmatch(host) or len(host) > MAX_HOST:
        raise Refused("has an invalid host name")
    return host


def lookup(host: str, port: int) -> list[str]:
    """The addresses that the system resolves a host to; none if it can't."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in rows))


def addresses(callback: Callback, allowance: Allowance, resolve: Resolve = lookup) -> list[str]:
    """The addresses to connect to; Refused if there is none, or one of them is not allowed."""
    resolved = resolve(callback.host, callback.port)
    _refuse_forbidden(callback.host, resolved, allowance)
    if not resolved:
        raise Refused("has an unknown host")
    return resolved


def check(url: str, allowance: Allowance, resolve: Resolve = lookup) -> None:
    """Raise Refused for a callback that can't or may not be posted to, by what DNS says in time."""
    callback = read(url)
    answer: Future[list[str]] = _LOOKUPS.submit(resolve, callback.host, callback.port)
    try:
        resolved = answer.result(LOOKUP_SECONDS)
    except TimeoutError:
        answer.cancel()
        resolved = []
    _refuse_forbidden(callback.host, resolved, allowance)


def is_public(address: Address) -> bool:
    """Whether the address is on the public Internet, and maps to no other address."""
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


def _refuse_forbidden(host: str, resolved: Iterable[str], allowance: Allowance) -> None:
    """Raise Refused if the host or one of its addresses is neither public nor allowed."""
    if allowance.has_name(host):
        return
    addresses = [ip_address(each.partition("%")[0]) for each in resolved]
    inside = any(host == name or host.endswith(f".{name}") for name in _INSIDE)
    allowed = [allowance.has_address(_plain(each)) for each in addresses]
    if addresses and all(allowed):
        return
    if inside or not all(
        ok or is_public(each) for ok, each in zip(allowed, addresses, strict=True)
    ):
        raise Refused("leads to no public address, and CALLBACK_ALLOW does not allow it")


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 address maps to, or else the address itself."""
    return getattr(address, "ipv4_mapped", None) or address


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _name(text: str) -> str:
    if re.fullmatch(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?", text) is None:
        raise ValueError(text)
    return text.lower()
