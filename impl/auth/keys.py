"""The issuer's public keys (JWKS, RFC 7517): fetched when needed, kept while the issuer is down.

PyJWT's own client blocks the event loop, may fetch twice at once, and has no keys while the issuer
is down; what it reads keys with is used here.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any, TypeAlias

import jwt
import structlog
import urllib3
from cryptography.exceptions import UnsupportedAlgorithm
from urllib3.exceptions import HTTPError

from impl.errors import Unavailable

AGAIN_SECONDS = 30
"""How often an unknown key id may make us ask the issuer, at the most."""

FIRST_SECONDS = 2
"""The same for as long as there are no keys at all."""

FRESH_SECONDS = 600
"""How long keys are used before the issuer is asked for new ones, without waiting for them."""

PATIENCE_SECONDS = 10
MOST_BYTES = 1024 * 1024
MOST_KEYS = 100
"""How many keys are kept."""

MOST_TOLD = 10
"""How many keys that can't be read the log names one by one."""

_TEXTS = ("kid", "kty", "crv", "use", "alg")
"""Members of a key whose value is a text, if present (RFC 7517 section 4, RFC 7518 section 6)."""

_KINDS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA",),
}
"""What each kind of key signs by: RSA, or a curve."""

ALGORITHMS = tuple(name for names in _KINDS.values() for name in names)
"""The algorithms that tokens may be signed with: asymmetric ones alone (RFC 8725 section 3.1)."""

RSA_BITS = 2048
Json: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[[], bytes]
Ring: TypeAlias = dict[str, list[tuple[Any, jwt.PyJWK]]]
"""For each algorithm the keys that it may be verified with, each with its id."""

log = structlog.get_logger("auth")


class Odd(Exception):
    """A key that can't be used; the message says why."""


_ODDITIES = (
    *(Odd, jwt.PyJWTError, UnsupportedAlgorithm),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
)
"""What libraries raise of a key whose members are of other types or values than they expect."""


class Keys:
    """The keys of one issuer. Belongs to one event loop."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._ring: Ring = {}
        self._asked: float | None = None
        self._asking: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key of this id for an algorithm of ours; None where the issuer has none.

        Where no id is given it is the only key there is. Raises Unavailable where the issuer has
        not told its keys yet.
        """
        if self._age() > FRESH_SECONDS:
            self._ask()
        found = self._known(kid, algorithm)
        if found is None and self._age() > (AGAIN_SECONDS if self._ring else FIRST_SECONDS):
            self._ask()
        if found is None and self._asking is not None:
            await asyncio.shield(self._asking)
            found = self._known(kid, algorithm)
        if not self._ring:
            raise Unavailable("the keys to verify tokens are not available now")
        return found

    def _known(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        fitting = [key for id_, key in self._ring.get(algorithm, ()) if kid in (None, id_)]
        alike = all(key.key == fitting[0].key for key in fitting)  # a set may name a key twice
        return fitting[0] if fitting and alike else None

    def _age(self) -> float:
        """How long ago the issuer was asked."""
        return inf if self._asked is None else self._clock() - self._asked

    def _ask(self) -> None:
        if self._asking is None:
            self._asked = self._clock()
            self._asking = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._ring = await asyncio.to_thread(lambda: read(self._fetch()))
        except (OSError, ValueError, RecursionError, HTTPError) as error:
            # No more than this: what libraries say may quote the URL, and with it a password.
            log.warning("keys", reason=type(error).__name__, kept=bool(self._ring))
        finally:
            self._asking = None


def is_url(text: str) -> bool:
    """Whether the keys are fetched, and not read from a file."""
    return text.startswith(("http://", "https://"))


def source(text: str) -> Fetch:
    """What fetches a JWKS from a URL, or reads it from a file."""
    if is_url(text):
        return lambda: _download(text)
    return lambda: Path(text).read_bytes()


def read(content: bytes) -> Ring:
    """The keys of a JWKS that signatures can be verified with; ValueError where there is none.

    A key that can't be read is left out, and so is what comes after MOST_KEYS; the log says so.
    """
    document = json.loads(content) if len(content) <= MOST_BYTES else None
    given = document.get("keys") if isinstance(document, dict) else None
    ring: Ring = {}
    for key, found in _usable(given if isinstance(given, list) else []):
        for algorithm, made in found:
            ring.setdefault(algorithm, []).append((key.get("kid"), made))
    if not ring:
        raise ValueError("no JWKS with a public key for signatures")
    return ring


def _usable(given: list[Any]) -> Iterator[tuple[Json, list[tuple[str, jwt.PyJWK]]]]:
    """Up to MOST_KEYS keys that are for signatures, each made for its algorithms."""
    kept = skipped = 0
    for number, key in enumerate(given):
        try:
            found = [(algorithm, _made(key, algorithm)) for algorithm in _algorithms(key)]
        except _ODDITIES as error:
            skipped += 1
            if skipped <= MOST_TOLD:
                reason = str(error) if isinstance(error, Odd) else type(error).__name__
                log.warning("key skipped", number=number, reason=reason)
            continue
        if found and kept == MOST_KEYS:
            log.warning("keys left out", first=number, kept=kept)
            break
        if found:
            kept += 1
            yield key, found
    if skipped > MOST_TOLD:
        log.warning("keys skipped", count=skipped)


def _download(url: str) -> bytes:
    timeout = urllib3.Timeout(total=PATIENCE_SECONDS)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        answer = pool.request("GET", url, redirect=False, preload_content=False)
        if answer.status != 200:
            raise ValueError(f"the issuer answers {answer.status}")
        return answer.read(MOST_BYTES + 1)


def _algorithms(key: Any) -> list[str]:
    """Those of ours that a key is for, by what it says of itself; Odd where it is no key."""
    if not isinstance(key, dict):
        raise Odd("is no object")
    operations = key.get("key_ops", ["verify"])
    if not isinstance(operations, list):
        raise Odd("key_ops is no list")
    for name in _TEXTS:
        if not isinstance(key.get(name, ""), str):
            raise Odd(f"{name} is no text")
    if key.get("use", "sig") != "sig" or "verify" not in operations:
        return []
    if "kty" not in key:
        raise Odd("has no kty")
    kind = _KINDS.get(str(key.get("crv", key["kty"])), ())
    return [name for name in kind if key.get("alg", name) == name]


def _made(key: Json, algorithm: str) -> jwt.PyJWK:
    """The key as PyJWT takes it; Odd where it is too weak, and whatever PyJWT raises."""
    made = jwt.PyJWK(key, algorithm)
    if key["kty"] == "RSA" and made.key.key_size < RSA_BITS:
        raise Odd(f"has under {RSA_BITS} bits")
    return made
