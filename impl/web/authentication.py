"""Authenticates requests by bearer token (RFC 6750), and checks the scope an operation needs.

With AUTH=off, every request passes.
"""

from starlette.types import Scope

from impl.api import Operation
from impl.auth.tokens import Verifier
from impl.errors import CredentialsInvalid, CredentialsMissing, Forbidden, InsufficientScope
from impl.web import request_checks
from impl.web.scope_keys import CLIENT, IDENTITY


class Authentication:
    """Admits requests to the operations of the contract."""

    def __init__(self, verifier: Verifier | None) -> None:
        self._verifier = verifier

    async def admit(self, scope: Scope, operation: Operation) -> None:
        """Put the caller's identity into the ASGI scope.

        Raises CredentialsMissing, CredentialsInvalid, CredentialsExpired, InsufficientScope,
        Unavailable if the issuer's keys can't be read, or Forbidden for an operation without a
        scope.
        """
        if self._verifier is None:
            return
        if not operation.scopes:
            raise Forbidden(f"{operation.id} has no scope in the contract, so nobody may use it")
        identity = await self._verifier.identity(_token(scope))
        for needed in operation.scopes:
            if needed not in identity.scopes:
                raise InsufficientScope(needed, f"{operation.id} needs it")
        scope[IDENTITY] = identity
        scope[CLIENT] = f"subject {identity.subject}"  # never equal to an address


def _token(scope: Scope) -> bytes:
    given = request_checks.header_values(scope, b"authorization")
    if not given:
        raise CredentialsMissing("a bearer token is needed", attribute="Authorization")
    if len(given) > 1:
        raise CredentialsInvalid("comes more than once", attribute="Authorization")
    scheme, _, token = given[0].strip().partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise CredentialsInvalid("is no bearer token", attribute="Authorization")
    return token.strip()
