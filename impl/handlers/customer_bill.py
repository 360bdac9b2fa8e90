"""What serves /customerBill."""

from generated import api, schemas, types
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class CustomerBills(api.CustomerBillApi[Query, Page, Patch]):
    """Bills, made here or brought in."""

    def __init__(self, services: Services) -> None:
        self._bills: Collection[types.CustomerBill] = Collection(
            "customerBill", schemas.CustomerBill, services
        )

    def list_customer_bill(self, query: Query) -> Page:
        return self._bills.list(query)

    def create_customer_bill(self, body: types.CustomerBillCreate) -> types.CustomerBill:
        return self._bills.create(body)

    def retrieve_customer_bill(self, id_: str, query: Query) -> types.CustomerBill:
        return self._bills.retrieve(id_, query)

    def patch_customer_bill(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.CustomerBill:
        return self._bills.patch(id_, patch, if_match=if_match)

    def delete_customer_bill(self, id_: str, *, if_match: str | None = None) -> None:
        self._bills.delete(id_, if_match=if_match)
