"""Who may come in: the bearer of a valid access token, with the scope that the operation needs.

RFC 6750, bearer tokens; with AUTH=off there is no gate.
"""

from starlette.types import Scope

from impl.api import Operation
from impl.auth.tokens import Verifier
from impl.errors import CredentialsInvalid, CredentialsMissing, Forbidden, InsufficientScope
from impl.web import request_checks
from impl.web.admission import CLIENT

IDENTITY = "tmf678.identity"
"""Where the request's scope says who asks."""


class Authentication:
    """Lets requests through to the operations of the contract."""

    def __init__(self, verifier: Verifier | None) -> None:
        self._verifier = verifier

    async def admit(self, scope: Scope, operation: Operation) -> None:
        """Note in the scope who asks, where the operation is theirs to ask for.

        Raises CredentialsMissing, CredentialsInvalid, CredentialsExpired, InsufficientScope, or
        Unavailable where the keys can't be had; Forbidden for an operation without a scope.
        """
        if self._verifier is None:
            return
        if not operation.scopes:
            raise Forbidden(f"{operation.id} has no scope in the contract, so nobody may use it")
        who = await self._verifier.identity(_token(scope))
        for needed in operation.scopes:
            if needed not in who.scopes:
                raise InsufficientScope(needed, f"{operation.id} needs it")
        scope[IDENTITY] = who
        scope[CLIENT] = f"subject {who.subject}"  # which is no address


def _token(scope: Scope) -> bytes:
    given = request_checks.values(scope, b"authorization")
    if not given:
        raise CredentialsMissing("a bearer token is needed", attribute="Authorization")
    if len(given) > 1:
        raise CredentialsInvalid("comes more than once", attribute="Authorization")
    scheme, _, token = given[0].strip().partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise CredentialsInvalid("is no bearer token", attribute="Authorization")
    return token.strip()
