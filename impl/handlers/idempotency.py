"""`Idempotency-Key`: a request that is sent twice has one effect, and gets the same response twice.

After the IETF draft "The Idempotency-Key HTTP Header Field". The effect and the response are stored
in one transaction, so no crash leaves one without the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from impl.auth.identity import Identity, current_identity
from impl.errors import Conflict, KeyReused
from impl.store.mongo import Store


@dataclass(frozen=True)
class StoredResponse:
    """A response, as it is stored."""

    status: int
    headers: dict[str, str]
    body: bytes


class Idempotency:
    """Responses, stored for 24 hours under the keys of their requests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def once(
        self, request: str, key: str, content: bytes, produce: Callable[[], StoredResponse]
    ) -> tuple[StoredResponse, bool]:
        """The response to the first request with this key, and whether this is a repeated one.

        Each subject and client of an issuer has keys of its own. Raises Conflict if the key came
        with other restrictions, KeyReused if it came with another body, and what `produce` raises;
        then nothing is stored.
        """
        caller = current_identity()
        id_ = sha256(f"{request}\0{key}{_owner(caller)}".encode()).hexdigest()
        same = {"fingerprint": sha256(content).hexdigest(), "limits": _limits(caller)}

        def answered() -> tuple[StoredResponse, bool]:
            first = self._store.recall(id_)
            if first is not None:
                if first.get("limits", "") != same["limits"]:
                    why = "was used before, with other accounts or parties"
                    raise Conflict(why, attribute="Idempotency-Key")
                if first["fingerprint"] != same["fingerprint"]:
                    raise KeyReused(
                        "was used before, with another body", attribute="Idempotency-Key"
                    )
                return StoredResponse(first["status"], first["headers"], first["body"]), True
            answer = produce()
            self._store.remember(id_, {**same, **vars(answer)})
            return answer, False

        return self._store.in_transaction(answered)


def _owner(caller: Identity | None) -> str:
    """The caller's issuer, subject and client, quoted so that no two callers give one text."""
    return f"\0{(caller.issuer, caller.subject, caller.client)!r}" if caller else ""


def _limits(caller: Identity | None) -> str:
    """A hash of the caller's accounts and parties; blank if the caller is not restricted."""
    if caller is None or not caller.limited:
        return ""
    limits = [None if each is None else sorted(each) for each in (caller.accounts, caller.parties)]
    return sha256(repr(limits).encode()).hexdigest()
