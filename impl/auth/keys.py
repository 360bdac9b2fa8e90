"""The issuer's public keys (JWKS, RFC 7517): fetched when needed, cached while the issuer is down.

PyJWT's own client blocks the event loop, may fetch twice at once, and has no keys while the issuer
is down; so only its reading of keys is used here.
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

RETRY_SECONDS = 30
"""The shortest time between two fetches because of unknown key ids."""

FIRST_SECONDS = 2
"""The same while there are no keys at all."""

FRESH_SECONDS = 600
"""The age at which keys are fetched anew; requests do not wait for that."""

FETCH_SECONDS = 10
MOST_BYTES = 1024 * 1024
MOST_KEYS = 100
"""The most keys of one issuer."""

MOST_LOGGED = 10
"""The most unreadable keys that the log names one by one."""

_TEXTS = ("kid", "kty", "crv", "use", "alg")
"""Members of a key that are texts, if present (RFC 7517 section 4, RFC 7518 section 6)."""

_KINDS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA",),
}
"""The algorithms of each kind of key: RSA, or a curve."""

ALGORITHMS = tuple(name for names in _KINDS.values() for name in names)
"""The algorithms of tokens: asymmetric ones only (RFC 8725 section 3.1)."""

RSA_BITS = 2048
Json: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[[], bytes]
Ring: TypeAlias = dict[str, list[tuple[Any, jwt.PyJWK]]]
"""The keys for each algorithm, each with its id."""

log = structlog.get_logger("auth")


class UnusableKey(Exception):
    """A key can't be used; the message says why."""


_KEY_ERRORS = (
    *(UnusableKey, jwt.PyJWTError, UnsupportedAlgorithm),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
)
"""The errors of libraries for a key whose members have unexpected types or values."""


class Keys:
    """The keys of one issuer. Belongs to one event loop."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._ring: Ring = {}
        self._fetched_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key of this id for one of ALGORITHMS; None if the issuer has none.

        Without an id it is the issuer's only key. Raises Unavailable if no keys could be fetched
        yet.
        """
        if self._age() > FRESH_SECONDS:
            self._start_fetch()
        key = self._cached(kid, algorithm)
        if key is None and self._age() > (RETRY_SECONDS if self._ring else FIRST_SECONDS):
            self._start_fetch()
        if key is None and self._fetching is not None:
            await asyncio.shield(self._fetching)
            key = self._cached(kid, algorithm)
        if not self._ring:
            raise Unavailable("the keys to verify tokens are not available now")
        return key

    def _cached(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        keys = [key for id_, key in self._ring.get(algorithm, ()) if kid in (None, id_)]
        unique = all(key.key == keys[0].key for key in keys)  # a JWKS may name a key twice
        return keys[0] if keys and unique else None

    def _age(self) -> float:
        """The seconds since the last fetch."""
        return inf if self._fetched_at is None else self._clock() - self._fetched_at

    def _start_fetch(self) -> None:
        if self._fetching is None:
            self._fetched_at = self._clock()
            self._fetching = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._ring = await asyncio.to_thread(lambda: read(self._fetch()))
        except (OSError, ValueError, RecursionError, HTTPError) as error:
            # Only the type: the messages of libraries may quote the URL, and with it a password.
            log.warning("keys", reason=type(error).__name__, kept=bool(self._ring))
        finally:
            self._fetching = None


def is_url(text: str) -> bool:
    """Whether AUTH_JWKS is a URL, and no file."""
    return text.startswith(("http://", "https://"))


def source(text: str) -> Fetch:
    """A function that fetches a JWKS from a URL, or reads it from a file."""
    if is_url(text):
        return lambda: _download(text)
    return lambda: Path(text).read_bytes()


def read(content: bytes) -> Ring:
    """The keys of a JWKS that can verify signatures; ValueError if there is none.

    Keys that can't be read, and those past MOST_KEYS, are left out and logged.
    """
    document = json.loads(content) if len(content) <= MOST_BYTES else None
    entries = document.get("keys") if isinstance(document, dict) else None
    ring: Ring = {}
    for entry, keys in _usable(entries if isinstance(entries, list) else []):
        for algorithm, key in keys:
            ring.setdefault(algorithm, []).append((entry.get("kid"), key))
    if not ring:
        raise ValueError("no JWKS with a public key for signatures")
    return ring


def _usable(entries: list[Any]) -> Iterator[tuple[Json, list[tuple[str, jwt.PyJWK]]]]:
    """Up to MOST_KEYS entries that are for signatures, each with a key for each algorithm."""
    used = skipped = 0
    for number, entry in enumerate(entries):
        try:
            keys = [(algorithm, _key(entry, algorithm)) for algorithm in _algorithms(entry)]
        except _KEY_ERRORS as error:
            skipped += 1
            if skipped <= MOST_LOGGED:
                reason = str(error) if isinstance(error, UnusableKey) else type(error).__name__
                log.warning("key skipped", number=number, reason=reason)
            continue
        if keys and used == MOST_KEYS:
            log.warning("keys left out", first=number, kept=used)
            break
        if keys:
            used += 1
            yield entry, keys
    if skipped > MOST_LOGGED:
        log.warning("keys skipped", count=skipped)


def _download(url: str) -> bytes:
    timeout = urllib3.Timeout(total=FETCH_SECONDS)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        answer = pool.request("GET", url, redirect=False, preload_content=False)
        if answer.status != 200:
            raise ValueError(f"the issuer answers {answer.status}")
        return answer.read(MOST_BYTES + 1)


def _algorithms(key: Any) -> list[str]:
    """The algorithms that an entry of a JWKS is for; UnusableKey if it is no key."""
    if not isinstance(key, dict):
        raise UnusableKey("is no object")
    operations = key.get("key_ops", ["verify"])
    if not isinstance(operations, list):
        raise UnusableKey("key_ops is no list")
    for name in _TEXTS:
        if not isinstance(key.get(name, ""), str):
            raise UnusableKey(f"{name} is no text")
    if key.get("use", "sig") != "sig" or "verify" not in operations:
        return []
    if "kty" not in key:
        raise UnusableKey("has no kty")
    kind = _KINDS.get(str(key.get("crv", key["kty"])), ())
    return [name for name in kind if key.get("alg", name) == name]


def _key(entry: Json, algorithm: str) -> jwt.PyJWK:
    """The key of an entry; UnusableKey if it is too weak, and whatever PyJWT raises."""
    key = jwt.PyJWK(entry, algorithm)
    if entry["kty"] == "RSA" and key.key.key_size < RSA_BITS:
        raise UnusableKey(f"has under {RSA_BITS} bits")
    return key
