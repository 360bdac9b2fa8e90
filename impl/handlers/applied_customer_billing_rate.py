"""What serves /appliedCustomerBillingRate."""

from typing import Any

from generated import api, schemas, types
from impl.errors import Conflict
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query


class AppliedCustomerBillingRates(api.AppliedCustomerBillingRateApi[Query, Page, Patch]):
    """Charges and credits, billed and unbilled."""

    def __init__(self, services: Services) -> None:
        self._rates: Collection[types.AppliedCustomerBillingRate] = Collection(
            "appliedCustomerBillingRate",
            schemas.AppliedCustomerBillingRate,
            services,
            Rules(on_create=_start, on_change=_judge),
        )

    def list_applied_customer_billing_rate(self, query: Query) -> Page:
        return self._rates.list(query)

    def create_applied_customer_billing_rate(
        self, body: types.AppliedCustomerBillingRateCreate
    ) -> types.AppliedCustomerBillingRate:
        return self._rates.create(body)

    def retrieve_applied_customer_billing_rate(
        self, id_: str, query: Query
    ) -> types.AppliedCustomerBillingRate:
        return self._rates.retrieve(id_, query)

    def patch_applied_customer_billing_rate(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.AppliedCustomerBillingRate:
        return self._rates.patch(id_, patch, if_match=if_match)

    def delete_applied_customer_billing_rate(
        self, id_: str, *, if_match: str | None = None
    ) -> None:
        self._rates.delete(id_, if_match=if_match)


def _start(rate: dict[str, Any]) -> None:
    rate.setdefault("isBilled", False)


def _judge(_before: Document, after: dict[str, Any]) -> None:
    needed = "bill" if after["isBilled"] else "billingAccount"
    if needed not in after:
        state = "billed" if after["isBilled"] else "unbilled"
        raise Conflict(f"{needed}: a rate that is {state} needs it, and none is stored")
