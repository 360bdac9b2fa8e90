"""Who asks in these tests."""

from typing import Any

from impl.auth.tokens import ALL_ACCOUNTS
from impl.served import APIS
from tests.auth.issuer import token

SCOPES = sorted(
    {scope for api in APIS.values() for operation in api.operations for scope in operation.scopes}
)


def bearer(*scopes: str, **claims: Any) -> dict[str, str]:
    """The header of one who may do what these scopes allow; all of it where none are named."""
    return {"Authorization": f"Bearer {token(scope=' '.join(scopes or SCOPES), **claims)}"}


def unlimited(*scopes: str) -> dict[str, str]:
    return bearer(*(scopes or SCOPES), ALL_ACCOUNTS, sub="operator")
