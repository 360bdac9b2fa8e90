"""The rules of /customerBillOnDemand."""

from typing import Any

from generated import api, types
from impl.auth.identity import has_scope
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query
from impl.resources import REQUESTS
from impl.store.tasks import ON_DEMAND_TASK, Tasks

WRITES_BILLS = "customerBill:write"


class CustomerBillsOnDemand(api.CustomerBillOnDemandApi[Query, Page, Patch]):
    """Requests for a bill outside the billing cycle."""

    def __init__(self, services: Services) -> None:
        self._tasks = Tasks(services.store)
        rules = Rules(on_create=_start, on_write=self._plan)
        self.collection = Collection[types.CustomerBillOnDemand](REQUESTS, services, rules)

    def _plan(self, before: Document | None, after: Document | None) -> None:
        """Have a worker make the bill; a delete cancels that."""
        if before is None and after is not None:
            self._tasks.put(ON_DEMAND_TASK, after["id"])
        elif before is not None and after is None:
            self._tasks.cancel(ON_DEMAND_TASK, before["id"])


def _start(request: dict[str, Any]) -> None:
    """Open the request, whatever the client says of its outcome.

    Drop how its account pays, which may settle the bill, unless the client may write bills.
    """
    request["state"] = "inProgress"
    for name in ("customerBill", "statusReason"):
        request.pop(name, None)
    account = request.get("billingAccount")
    if isinstance(account, dict) and not has_scope(WRITES_BILLS):
        request["billingAccount"] = {k: v for k, v in account.items() if k != "ratingType"}
