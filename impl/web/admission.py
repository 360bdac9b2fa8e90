"""Limits: bytes of a body, requests in progress, and requests of each client in a period."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from starlette.types import Scope

from impl.errors import Busy, TooManyRequests
from impl.web.request_checks import header_values
from impl.web.scope_keys import CLIENT

FORGET_OVER = 10_000
Network: TypeAlias = IPv4Network | IPv6Network


class Rate:
    """So many requests a period for each client, by the generic cell rate algorithm.

    A client that was silent for a period may send all of them at once.
    """

    def __init__(
        self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = seconds / count
        self._slack = seconds - self._interval
        self._clock = clock
        self._due: dict[str, float] = {}
        self._forget_over = FORGET_OVER

    def __len__(self) -> int:
        """How many clients are stored."""
        return len(self._due)

    def wait(self, client: str) -> float:
        """Count a request and return 0; or return the seconds to wait, if it is one too many."""
        now = self._clock()
        due = max(self._due.get(client, now), now)
        if due - now > self._slack + 1e-9:
            return due - now - self._slack
        self._due[client] = due + self._interval
        if len(self._due) > self._forget_over:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the clients that have their whole share again; less often if most have not."""
        self._due = {client: due for client, due in self._due.items() if due > now}
        self._forget_over = max(FORGET_OVER, 2 * len(self._due))


class InFlightLimit:
    """A context manager for each request; it raises Busy if too many are in progress."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0

    def __enter__(self) -> None:
        if self._in_flight >= self._most:
            raise Busy(f"{self._most} requests are in progress")
        self._in_flight += 1

    def __exit__(self, *_: object) -> None:
        self._in_flight -= 1


@dataclass(frozen=True)
class Admission:
    """The limits that the edge enforces."""

    max_body_bytes: int
    in_flight: InFlightLimit
    rate: Rate | None = None
    proxies: Sequence[Network] = ()

    def admit(self, scope: Scope) -> None:
        """Count a request; TooManyRequests if the client has sent its share."""
        if self.rate is not None:
            seconds = self.rate.wait(client_of(scope, self.proxies))
            if seconds:
                raise TooManyRequests(math.ceil(seconds))


def client_of(scope: Scope, proxies: Sequence[Network]) -> str:
    """The client of a request: the authenticated subject, or else the address it comes from.

    Behind our own proxies, that is the last address in `X-Forwarded-For` that is none of them. Of
    an IPv6 address only the first 64 bits count, because one client owns all the rest.
    """
    authenticated: str | None = scope.get(CLIENT)
    if authenticated is not None:
        return authenticated
    address = (scope.get("client") or ("",))[0]
    if proxies and _is_among(address, proxies):
        forwarded = b",".join(header_values(scope, b"x-forwarded-for")).decode("latin-1")
        for each in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            address = each
            if not _is_among(each, proxies):
                break
    return _network(address)


def _is_among(text: str, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _network(text: str) -> str:
    if ":" not in text:
        return text
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))
