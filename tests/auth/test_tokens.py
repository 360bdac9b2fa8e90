"""Access tokens: which are taken, for whom, and which are not."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from impl.auth import tokens
from impl.auth.identity import Identity
from impl.auth.keys import ALGORITHMS, Keys
from impl.auth.tokens import Expected, Verifier
from impl.errors import CredentialsExpired, CredentialsInvalid, InsufficientScope
from tests.auth.issuer import AUDIENCE, ISSUER, KEYS, jwks, public, token

NOW = int(time.time())
PEM = (
    KEYS["rsa"]
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)


def verifier(**more: str) -> Verifier:
    content = jwks("rsa", "ec", "ec384", "ed")
    return Verifier(Keys(lambda: content), Expected(ISSUER, (AUDIENCE, "other"), **more))


def identity(text: str, **more: str) -> Identity:
    return asyncio.run(verifier(**more).identity(text.encode()))


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def hand_made(header: dict[str, Any], secret: bytes = b"") -> str:
    """A token that no library would make, signed by HMAC where there is a secret."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": NOW + 3600}
    signed = f"{part(header)}.{part(claims)}"
    mac = hmac.digest(secret, signed.encode(), hashlib.sha256) if secret else b""
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def signed(**claims: Any) -> str:
    """A token with claims that PyJWT would not write."""
    every = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": NOW + 3600}
    return jwt.api_jws.encode(
        json.dumps(every | claims).encode(), KEYS["rsa"], "RS256", headers={"kid": "rsa"}
    )


SIGNED = [
    *(("rsa", name) for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
    ("ec", "ES256"),
    ("ec384", "ES384"),
    ("ed", "EdDSA"),
]


@pytest.mark.parametrize(("key", "algorithm"), SIGNED)
def test_every_asymmetric_algorithm_is_taken(key: str, algorithm: str) -> None:
    found = identity(token(key, algorithm, scope="a b", sub="me"))
    assert found.scopes == {"a", "b"}
    assert (found.subject, found.limited) == ("me", False)


def test_no_other_algorithm_is() -> None:
    assert not [name for name in ALGORITHMS if name.startswith("HS") or name == "none"]


TAKEN: dict[str, dict[str, Any]] = {
    "for several": {"aud": ["x", AUDIENCE]},
    "for the other audience": {"aud": "other"},
    "expired just now": {"exp": lambda: time.time() - 5},
    "valid in a moment": {"nbf": lambda: time.time() + 5},
    "without a time of issue": {"iat": None},
    "of a client": {"sub": None, "client_id": "c"},
}


@pytest.mark.parametrize("claims", TAKEN.values(), ids=TAKEN.keys())
def test_valid_token_is_taken(claims: dict[str, Any]) -> None:
    made: dict[str, Any] = {
        name: int(value()) if callable(value) else value for name, value in claims.items()
    }
    assert identity(token(**made))


REFUSED = {
    "alg none": hand_made({"alg": "none"}),
    "alg None": hand_made({"alg": "NONE"}),
    "alg a list": hand_made({"alg": ["RS256"]}),
    "no alg": hand_made({"typ": "JWT"}),
    "HS256 with the public key": hand_made({"alg": "HS256", "kid": "rsa"}, PEM),
    "HS256 with another key": hand_made({"alg": "HS256"}, b"secret"),
    "RS256 with no signature": hand_made({"alg": "RS256", "kid": "rsa"}),
    "RS256 by HMAC": hand_made({"alg": "RS256", "kid": "rsa"}, PEM),
    "kid that is a path": token(headers={"kid": "../../x"}),
    "kid of another kind": token(headers={"kid": "ec"}),
    "kid that is long": token(headers={"kid": "x" * 10_000}),
    "kid with NUL": token(headers={"kid": "\0"}),
    "key in the header": token("stranger", headers={"jwk": public("stranger")}),
    "keys by URL": token("stranger", headers={"kid": "rsa", "jku": "http://127.0.0.1/"}),
    "signed by a stranger": token("stranger", headers={"kid": "rsa"}),
    "critical extension": token(headers={"crit": ["b64"], "b64": True}),
    "expired": token(exp=NOW - 3600),
    "not yet valid": token(nbf=NOW + 3600),
    "issued in the future": token(iat=NOW + 3600),
    "no exp": token(exp=None),
    "exp a text": signed(exp="soon"),
    "exp endless": signed(exp=float("inf")),
    "exp no number": signed(exp=float("nan")),
    "no aud": token(aud=None),
    "other aud": token(aud="somebody"),
    "aud a number": token(aud=1),
    "no iss": token(iss=None),
    "other iss": token(iss=ISSUER + "/"),
    "iss a list": signed(iss=[ISSUER]),
    "nobody's": token(sub=None),
    "sub empty": token(sub=""),
    "sub long": token(sub="x" * 300),
    "sub a number": signed(sub=7),
    "scope a number": token(scope=7),
    "scope a list of lists": token(scope=[["a"]]),
    "tampered": token()[:-8] + "AAAAAAAA",
    "one part": "abc",
    "two parts": "a.b",
    "four parts": "a.b.c.d",
    "five parts, encrypted": "a.b.c.d.e",
    "empty parts": "..",
    "header no object": f"{part([])}.{part({})}.",
    "header deep": f"{base64.urlsafe_b64encode(b'[' * 6000).decode()}.e30.",
    "not ASCII": "é.é.é",
    "long": "a" * 1_000_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_bad_token_is_refused(text: str) -> None:
    with pytest.raises((CredentialsInvalid, CredentialsExpired)) as raised:
        identity(text)
    assert len(str(raised.value)) < 200


def test_a_token_that_was_valid_is_told_apart() -> None:
    with pytest.raises(CredentialsExpired):
        identity(REFUSED["expired"])


LIMITS = {"accounts_claim": "accounts", "parties_claim": "party"}


@pytest.mark.parametrize(
    ("claims", "accounts", "parties"),
    [
        ({"accounts": "A"}, {"A"}, None),
        ({"accounts": ["A", "B"], "party": "P"}, {"A", "B"}, {"P"}),
        ({"party": ["P"]}, None, {"P"}),
        ({"accounts": []}, set(), None),
        ({"accounts": "A", "scope": tokens.ALL_ACCOUNTS}, {"A"}, None),
        ({"scope": tokens.ALL_ACCOUNTS}, None, None),
        ({"scp": [tokens.ALL_ACCOUNTS]}, None, None),
    ],
)
def test_claims_limit_their_bearer(claims: Any, accounts: Any, parties: Any) -> None:
    found = identity(token(**claims), **LIMITS)
    assert (found.accounts, found.parties) == (accounts, parties)


def test_who_has_neither_claim_nor_scope_may_ask_for_nothing() -> None:
    with pytest.raises(InsufficientScope) as raised:
        identity(token(scope="customerBill:read"), **LIMITS)
    assert raised.value.scope == tokens.ALL_ACCOUNTS


def test_claims_that_are_not_asked_for_limit_nobody() -> None:
    assert not identity(token(accounts=["A"])).limited


@pytest.mark.parametrize("claim", [7, True, None, {"id": "A"}, ["A", 7], [""], "", [None], [["A"]]])
def test_claim_that_can_not_be_read_is_refused(claim: Any) -> None:
    with pytest.raises(CredentialsInvalid, match="accounts"):
        identity(signed(accounts=claim), **LIMITS)


def test_a_token_is_verified_once_and_no_longer_taken_when_it_has_expired() -> None:
    async def work() -> None:
        asked, text = verifier(), token(exp=NOW + 3600)
        first = await asked.identity(text.encode())
        assert await asked.identity(text.encode()) is first
        late = token(exp=int(time.time()) - tokens.LEEWAY_SECONDS + 1)
        assert await asked.identity(late.encode())
        with pytest.raises(CredentialsExpired):
            await until_refused(asked, late.encode())

    asyncio.run(work())


async def until_refused(asked: Verifier, text: bytes) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        await asked.identity(text)
        await asyncio.sleep(0.05)


def test_it_remembers_a_bounded_number_of_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_CACHED", 2)

    async def work() -> None:
        asked = verifier()
        for number in range(5):
            await asked.identity(token(jti=str(number)).encode())
        assert len(asked._verified) == 2  # noqa: SLF001

    asyncio.run(work())
