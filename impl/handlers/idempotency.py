"""`Idempotency-Key`: a request that is sent again has one effect, and the same answer.

After the IETF draft "The Idempotency-Key HTTP Header Field". The effect and the answer to repeat
are kept in one transaction, so no crash leaves the one without the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from impl.auth.identity import Identity, current_identity
from impl.errors import Conflict, KeyReused
from impl.store.mongo import Store


@dataclass(frozen=True)
class Answer:
    """What a client was told."""

    status: int
    headers: dict[str, str]
    body: bytes


class Idempotency:
    """Answers that are kept for 24 hours under the keys that clients gave their requests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def once(
        self, request: str, key: str, content: bytes, produce: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """The first answer to this request with this key, and whether it is given again.

        A key is that of an issuer's subject and its client. Raises Conflict where it came from them
        with other limits, KeyReused where it came with other content, and what `produce` raises;
        then nothing is kept.
        """
        who = current_identity()
        id_ = sha256(f"{request}\0{key}{_whose(who)}".encode()).hexdigest()
        same = {"fingerprint": sha256(content).hexdigest(), "limits": _limits(who)}

        def answered() -> tuple[Answer, bool]:
            kept = self._store.recall(id_)
            if kept is not None:
                if kept.get("limits", "") != same["limits"]:
                    why = "was used before, with other accounts or parties"
                    raise Conflict(why, attribute="Idempotency-Key")
                if kept["fingerprint"] != same["fingerprint"]:
                    raise KeyReused(
                        "was used before, with another body", attribute="Idempotency-Key"
                    )
                return Answer(kept["status"], kept["headers"], kept["body"]), True
            answer = produce()
            self._store.remember(id_, {**same, **vars(answer)})
            return answer, False

        return self._store.in_transaction(answered)


def _whose(who: Identity | None) -> str:
    """Who asks, with nothing that one part of it could take from another."""
    return f"\0{(who.issuer, who.subject, who.client)!r}" if who else ""


def _limits(who: Identity | None) -> str:
    """What the one who asks is limited to, by a hash; blank where they see all."""
    if who is None or not who.limited:
        return ""
    limits = [None if each is None else sorted(each) for each in (who.accounts, who.parties)]
    return sha256(repr(limits).encode()).hexdigest()
