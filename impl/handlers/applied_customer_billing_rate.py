"""The rules of /appliedCustomerBillingRate."""

from typing import Any

from generated import api, types
from impl.auth.identity import as_server
from impl.billing import rate_state
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Document, Page, Query
from impl.resources import BILLS, RATES


class AppliedCustomerBillingRates(api.AppliedCustomerBillingRateApi[Query, Page, Patch]):
    """Charges and credits, billed and unbilled."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        rules = Rules(
            on_create=rate_state.complete_new,
            on_change=self._refuse_change,
            on_remove=_refuse_removal,
        )
        self.collection = Collection[types.AppliedCustomerBillingRate](RATES, services, rules)

    def patch_applied_customer_billing_rate(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.AppliedCustomerBillingRate:
        rate_state.refuse_billed_by_none(patch.merged)
        return self.collection.patch(id_, patch, if_match=if_match)

    def _refuse_change(
        self, before: Document, after: dict[str, Any], _named: frozenset[str]
    ) -> None:
        rate_state.refuse_reserved(before)
        rate_state.refuse_change(before, after, self._has_bill)

    def _has_bill(self, id_: str) -> bool:
        """Whether there is such a bill, even one that the caller may not read."""
        with as_server():
            return self._store.has(BILLS, id_)


def _refuse_removal(rate: Document) -> None:
    rate_state.refuse_reserved(rate)
    rate_state.refuse_removal(rate)
