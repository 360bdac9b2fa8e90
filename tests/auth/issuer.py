"""An issuer of tokens for tests: keys, tokens made of any claims, and its JWKS over real HTTP."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://issuer.example/realms/bills"
AUDIENCE = "tmf678"
KEYS: dict[str, Any] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "ec": ec.generate_private_key(ec.SECP256R1()),
    "ec384": ec.generate_private_key(ec.SECP384R1()),
    "ed": ed25519.Ed25519PrivateKey.generate(),
    "next": rsa.generate_private_key(65537, 2048),
    "stranger": rsa.generate_private_key(65537, 2048),
}


def public(kid: str, **more: Any) -> dict[str, Any]:
    """A key as it stands in a JWKS."""
    key = KEYS[kid].public_key()
    kinds = {"ec": ECAlgorithm, "ed": OKPAlgorithm, "ec384": ECAlgorithm}
    made: dict[str, Any] = kinds.get(kid, RSAAlgorithm).to_jwk(key, as_dict=True)  # type: ignore[attr-defined]
    return {"kid": kid, "use": "sig", **made, **more}


def jwks(*kids: str) -> bytes:
    return json.dumps({"keys": [public(kid) for kid in kids]}).encode()


def token(
    key: str = "rsa",
    algorithm: str = "RS256",
    headers: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A token that is valid but for what the claims and headers say otherwise; None leaves out."""
    now = int(time.time())
    every = {"iss": ISSUER, "aud": AUDIENCE, "sub": "someone", "exp": now + 3600, "iat": now}
    given = {name: value for name, value in {**every, **claims}.items() if value is not None}
    return jwt.encode(given, KEYS[key], algorithm, headers={"kid": key, **(headers or {})})


class Issuer:
    """Serves a JWKS, counts how often it is asked, and may be away or slow."""

    def __init__(self, *kids: str) -> None:
        self.content = jwks(*kids)
        self.status = 200
        self.asked = 0
        self.go_on = threading.Event()
        self.go_on.set()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                issuer.go_on.wait(20)
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(issuer.content)))
                self.end_headers()
                self.wfile.write(issuer.content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "Issuer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
