"""Access tokens (JWT, RFC 9068): the identity of a caller, from verified signature and claims."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt

from impl.auth.identity import Identity
from impl.auth.keys import ALGORITHMS, Keys
from impl.errors import CredentialsExpired, CredentialsInvalid, InsufficientScope

ALL_ACCOUNTS = "allAccounts"
"""The scope of callers that no claim restricts, if claims restrict others."""

MOST_BYTES = 16 * 1024
MOST_CHARACTERS = 256
"""The longest subject, and the longest key id."""

LEEWAY_SECONDS = 30
_CACHED = 4096
_CACHED_SECONDS = 300


@dataclass(frozen=True)
class Expected:
    """The claims that tokens must have, and those that restrict a caller."""

    issuer: str
    audiences: tuple[str, ...]
    accounts_claim: str = ""
    parties_claim: str = ""


class Verifier:
    """Verifies tokens, and caches the results for a while. Belongs to one event loop."""

    def __init__(self, keys: Keys, expected: Expected) -> None:
        self._keys = keys
        self._expected = expected
        self._verified: OrderedDict[bytes, tuple[float, Identity]] = OrderedDict()

    async def identity(self, token: bytes) -> Identity:
        """The identity of the token's bearer.

        Raises CredentialsInvalid, CredentialsExpired, InsufficientScope if the token has neither a
        claim nor the scope that says what the bearer sees, or Unavailable if there are no keys.
        """
        if len(token) > MOST_BYTES:
            raise CredentialsInvalid("the token is too long")
        digest = sha256(token).digest()
        cached = self._verified.get(digest)
        if cached is not None and cached[0] > time.time():
            return cached[1]
        identity = self._identity(await self._claims(token))
        self._cache(digest, identity)
        return identity

    async def _claims(self, token: bytes) -> dict[str, Any]:
        header = _header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise CredentialsInvalid("the token is signed with none of the algorithms in use")
        if kid is not None and (not isinstance(kid, str) or len(kid) > MOST_CHARACTERS):
            raise CredentialsInvalid("the token names no key")
        key = await self._keys.find(kid, algorithm)
        if key is None:
            raise CredentialsInvalid("the token is signed with a key that the issuer does not have")
        return self._decoded(token, key, algorithm)

    def _decoded(self, token: bytes, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        expected = self._expected
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                issuer=expected.issuer,
                audience=expected.audiences,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise CredentialsExpired("the token has expired") from None
        except jwt.InvalidAudienceError:
            raise CredentialsInvalid("aud: the token is for another audience") from None
        except jwt.InvalidIssuerError:
            raise CredentialsInvalid("iss: the token is from another issuer") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            name = type(error).__name__.removesuffix("Error")
            raise CredentialsInvalid(f"the token is not valid ({name})") from None

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        expected, subject, scopes = self._expected, _subject(claims), _scopes(claims)
        limits = (expected.accounts_claim, expected.parties_claim)
        accounts, parties = (_names(claims, claim) for claim in limits)
        if any(limits) and accounts is None and parties is None and ALL_ACCOUNTS not in scopes:
            needed = " or ".join(claim for claim in limits if claim)
            raise InsufficientScope(ALL_ACCOUNTS, f"a token without the claim {needed} needs it")
        expires = int(claims["exp"]) + LEEWAY_SECONDS
        issuer, client = expected.issuer, _client(claims)
        return Identity(subject, scopes, accounts, parties, expires, issuer, client)

    def _cache(self, digest: bytes, identity: Identity) -> None:
        """Cache until the token expires, but not for long, because its key may be withdrawn."""
        until = min(identity.expires, time.time() + _CACHED_SECONDS)
        self._verified[digest] = (until, identity)
        if len(self._verified) > _CACHED:
            self._verified.popitem(last=False)


def _header(token: bytes) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise CredentialsInvalid("the token is no JWT that can be read") from None


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """The scopes in `scope`, a text of words (RFC 9068), or in some issuers' `scp`, or a list."""
    value = claims.get("scope", claims.get("scp", ""))
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(each, str) for each in words):
        raise CredentialsInvalid("scope: must be a text of words")
    return frozenset(words)


def _names(claims: Mapping[str, Any], claim: str) -> frozenset[str] | None:
    """The ids that a claim restricts the bearer to; None without the claim, or without a name."""
    if not claim or claim not in claims:
        return None
    value = claims[claim]
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise CredentialsInvalid(f"{claim}: must be a text or a list of texts")
    return frozenset(names)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = _first(claims, "sub", "client_id", "azp")
    if not subject:
        raise CredentialsInvalid("sub: the token names no subject and no client")
    return subject


def _client(claims: Mapping[str, Any]) -> str:
    """The client that the token was issued to, by RFC 9068 or OpenID Connect."""
    return _first(claims, "client_id", "azp")


def _first(claims: Mapping[str, Any], *names: str) -> str:
    """The first of these claims that is a short text; blank if none is."""
    for name in names:
        value = claims.get(name)
        if isinstance(value, str) and 0 < len(value) <= MOST_CHARACTERS:
            return value
    return ""
