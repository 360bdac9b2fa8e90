"""Requests for bills on demand, one account after another, while faults happen to the workers."""

import threading
from collections import deque
from collections.abc import Iterable

import httpx

from tests.waiting import until

PAUSE = 0.2
"""Seconds between two requests."""


class Requests:
    """A thread that requests a bill for each account, under the account's id; a context manager.

    Afterwards `accepted` holds the accounts whose request was answered 201, and `refused` the
    other answers.
    """

    def __init__(self, api: str, accounts: Iterable[str]) -> None:
        self.accepted: set[str] = set()
        self.refused: list[str] = []
        self._api = api
        self._accounts = deque(accounts)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._request)

    def __enter__(self) -> "Requests":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for_more(self, seconds: float = 60) -> None:
        """Return when another request is accepted; AssertionError if none is in time."""
        known = len(self.accepted)
        until(lambda: len(self.accepted) > known, seconds)

    def _request(self) -> None:
        with httpx.Client(base_url=self._api, timeout=60) as client:
            while self._accounts and not self._stop.wait(PAUSE):
                account = self._accounts.popleft()
                body = {"id": account, "billingAccount": {"id": account}}
                answer = client.post("/customerBillOnDemand", json=body)
                if answer.status_code == 201:
                    self.accepted.add(account)
                else:
                    self.refused.append(f"{answer.status_code} {answer.text[:200]}")
