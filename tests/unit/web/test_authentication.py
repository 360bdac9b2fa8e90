"""The gate, where the contract says too little, or nobody is asked."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from generated.operations import OPERATIONS
from impl.auth.keys import Keys
from impl.auth.tokens import Expected, Verifier
from impl.errors import Forbidden
from impl.web.admission import Admission, InFlightLimit, Rate
from impl.web.authentication import Authentication
from impl.web.edge import Edge
from impl.web.health import Health
from impl.web.routes import Routes
from impl.web.scope_keys import IDENTITY
from tests.auth.issuer import AUDIENCE, ISSUER, jwks, token

SCOPE: Scope = {"headers": [(b"authorization", f"Bearer {token(scope='x')}".encode())]}
VERIFIER = Verifier(Keys(lambda: jwks("rsa")), Expected(ISSUER, (AUDIENCE,)))


def test_an_operation_without_a_scope_is_for_nobody() -> None:
    operation = replace(OPERATIONS[0], scopes=())
    with pytest.raises(Forbidden, match=operation.id):
        asyncio.run(Authentication(VERIFIER).admit(dict(SCOPE), operation))


def test_without_a_gate_nobody_is_asked() -> None:
    scope: Scope = {"headers": []}
    asyncio.run(Authentication(None).admit(scope, OPERATIONS[0]))
    assert IDENTITY not in scope


@pytest.mark.parametrize("headers", [SCOPE["headers"], [], [(b"authorization", b"Bearer x")]])
def test_whom_the_gate_refuses_counts_by_their_address(headers: Any) -> None:
    """Else guessing tokens would be free, and who has one would pay for it."""
    seen: list[str] = []

    class Counted(Rate):
        def wait(self, client: str) -> float:
            seen.append(client)
            return 0

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def ask() -> None:
        operation = replace(OPERATIONS[0], scopes=("x",), request={})
        admission = Admission(1, InFlightLimit(1), Counted(1, 60))
        routes = Routes({"/base": [operation]})
        edge = Edge(served, routes, Health(lambda: None), admission, Authentication(VERIFIER))
        await edge(
            {
                "type": "http",
                "http_version": "1.1",
                "method": operation.method,
                "path": f"/base{operation.path}",
                "query_string": b"",
                "client": ("192.0.2.1", 1),
                "headers": [(b"host", b"h"), *headers],
            },
            nothing,
            ignored,
        )

    asyncio.run(ask())
    assert seen == ["subject someone" if headers is SCOPE["headers"] else "192.0.2.1"]


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ignored(message: Message) -> None:
    """Nobody reads the answer."""
