"""The gate, where the contract says too little, or nobody is asked."""

import asyncio
from dataclasses import replace

import pytest
from starlette.types import Scope

from generated.operations import OPERATIONS
from impl.auth.keys import Keys
from impl.auth.tokens import Expected, Verifier
from impl.errors import Forbidden
from impl.web.gate import IDENTITY, Gate
from tests.auth.issuer import AUDIENCE, ISSUER, jwks, token

SCOPE: Scope = {"headers": [(b"authorization", f"Bearer {token(scope='x')}".encode())]}
VERIFIER = Verifier(Keys(lambda: jwks("rsa")), Expected(ISSUER, (AUDIENCE,)))


def test_an_operation_without_a_scope_is_for_nobody() -> None:
    operation = replace(OPERATIONS[0], scopes=())
    with pytest.raises(Forbidden, match=operation.id):
        asyncio.run(Gate(VERIFIER).admit(dict(SCOPE), operation))


def test_without_a_gate_nobody_is_asked() -> None:
    scope: Scope = {"headers": []}
    asyncio.run(Gate(None).admit(scope, OPERATIONS[0]))
    assert IDENTITY not in scope
