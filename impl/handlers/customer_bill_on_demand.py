"""What serves /customerBillOnDemand."""

from typing import Any

from generated import api, types
from impl.auth.identity import may
from impl.billing.on_demand import TASK
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query
from impl.store.tasks import Tasks

WRITES_BILLS = "customerBill:write"


class CustomerBillsOnDemand(api.CustomerBillOnDemandApi[Query, Page, Patch]):
    """Requests for a bill outside the cycle."""

    def __init__(self, services: Services) -> None:
        self._requests: Collection[types.CustomerBillOnDemand] = Collection(
            "customerBillOnDemand",
            services.api.schemas["CustomerBillOnDemand"],
            services,
            Rules(on_create=_start, on_write=self._plan),
        )
        self._tasks = Tasks(services.store)

    def list_customer_bill_on_demand(self, query: Query) -> Page:
        return self._requests.list(query)

    def create_customer_bill_on_demand(
        self, body: types.CustomerBillOnDemandCreate
    ) -> types.CustomerBillOnDemand:
        return self._requests.create(body)

    def retrieve_customer_bill_on_demand(
        self, id_: str, query: Query
    ) -> types.CustomerBillOnDemand:
        return self._requests.retrieve(id_, query)

    def patch_customer_bill_on_demand(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.CustomerBillOnDemand:
        return self._requests.patch(id_, patch, if_match=if_match)

    def delete_customer_bill_on_demand(self, id_: str, *, if_match: str | None = None) -> None:
        self._requests.delete(id_, if_match=if_match)

    def _plan(self, before: Document | None, after: Document | None) -> None:
        """Leave the bill to a worker."""
        if before is None and after is not None:
            self._tasks.put(TASK, after["id"])
        elif before is not None and after is None:
            self._tasks.call_off(TASK, before["id"])


def _start(request: dict[str, Any]) -> None:
    """Whatever the client says of its outcome, a request begins open.

    It keeps how its account pays, which may settle the bill, where the client may write bills.
    """
    request["state"] = "inProgress"
    for name in ("customerBill", "statusReason"):
        request.pop(name, None)
    account = request.get("billingAccount")
    if isinstance(account, dict) and not may(WRITES_BILLS):
        request["billingAccount"] = {k: v for k, v in account.items() if k != "ratingType"}
