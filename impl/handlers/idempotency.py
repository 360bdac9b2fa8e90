"""`Idempotency-Key`: a request that is sent again has one effect, and the same answer.

After the IETF draft "The Idempotency-Key HTTP Header Field". The effect and the answer to repeat
are kept in one transaction, so no crash leaves the one without the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from impl.auth.identity import asking
from impl.errors import KeyReused
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
        """The first answer to this subject's request with this key, and whether it is given again.

        Raises KeyReused where the key came with other content, and what `produce` raises; then
        nothing is kept.
        """
        who = asking()
        whose = f"\0{who.subject}" if who else ""
        id_ = sha256(f"{request}\0{key}{whose}".encode()).hexdigest()
        fingerprint = sha256(content).hexdigest()

        def answered() -> tuple[Answer, bool]:
            kept = self._store.recall(id_)
            if kept is not None:
                if kept["fingerprint"] != fingerprint:
                    raise KeyReused("Idempotency-Key: came before, with another body")
                return Answer(kept["status"], kept["headers"], kept["body"]), True
            answer = produce()
            self._store.remember(id_, {"fingerprint": fingerprint, **vars(answer)})
            return answer, False

        return self._store.in_transaction(answered)
