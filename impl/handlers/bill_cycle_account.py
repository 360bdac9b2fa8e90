"""What serves /billCycleAccount."""

from generated import api, types
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class BillCycleAccounts(api.BillCycleAccountApi[Query, Page, Patch]):
    """What became of accounts in runs of billing cycles; the runs write it."""

    def __init__(self, services: Services) -> None:
        self._accounts: Collection[types.BillCycleAccount] = Collection(
            "billCycleAccount", services.api.schemas["BillCycleAccount"], services
        )

    def list_bill_cycle_account(self, query: Query) -> Page:
        return self._accounts.list(query)

    def retrieve_bill_cycle_account(self, id_: str, query: Query) -> types.BillCycleAccount:
        return self._accounts.retrieve(id_, query)
