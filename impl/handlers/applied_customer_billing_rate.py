"""What serves /appliedCustomerBillingRate."""

from typing import Any

from generated import api, schemas, types
from impl.auth.identity import unconfined
from impl.billing import rate_state
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query


class AppliedCustomerBillingRates(api.AppliedCustomerBillingRateApi[Query, Page, Patch]):
    """Charges and credits, billed and unbilled."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._rates: Collection[types.AppliedCustomerBillingRate] = Collection(
            "appliedCustomerBillingRate",
            schemas.AppliedCustomerBillingRate,
            services,
            Rules(
                on_create=rate_state.complete_new,
                on_change=self._refuse_change,
                on_remove=rate_state.refuse_removal,
            ),
        )

    @property
    def collection(self) -> Collection[types.AppliedCustomerBillingRate]:
        """What keeps them, for those who bring in many."""
        return self._rates

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
        rate_state.refuse_billed_by_none(patch.merged)
        return self._rates.patch(id_, patch, if_match=if_match)

    def delete_applied_customer_billing_rate(
        self, id_: str, *, if_match: str | None = None
    ) -> None:
        self._rates.delete(id_, if_match=if_match)

    def _refuse_change(
        self, before: Document, after: dict[str, Any], _named: frozenset[str]
    ) -> None:
        rate_state.refuse_change(before, after, self._has_bill)

    def _has_bill(self, id_: str) -> bool:
        """Whether there is such a bill, even one that the caller may not read."""
        with unconfined():
            return self._store.has("customerBill", id_)
