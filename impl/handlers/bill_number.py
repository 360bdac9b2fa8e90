"""What serves /billNumber."""

from generated import api, types
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class BillNumbers(api.BillNumberApi[Query, Page, Patch]):
    """The register of bill numbers; whoever makes and deletes bills writes it."""

    def __init__(self, services: Services) -> None:
        self._numbers: Collection[types.BillNumber] = Collection(
            "billNumber", services.api.schemas["BillNumber"], services
        )

    def list_bill_number(self, query: Query) -> Page:
        return self._numbers.list(query)

    def retrieve_bill_number(self, id_: str, query: Query) -> types.BillNumber:
        return self._numbers.retrieve(id_, query)
