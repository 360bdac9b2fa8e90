"""What serves /billCycle."""

from generated import api, schemas, types
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class BillCycles(api.BillCycleApi[Query, Page, Patch]):
    """Dated runs of billing."""

    def __init__(self, services: Services) -> None:
        self._cycles: Collection[types.BillCycle] = Collection(
            "billCycle", schemas.BillCycle, services
        )

    def list_bill_cycle(self, query: Query) -> Page:
        return self._cycles.list(query)

    def create_bill_cycle(self, body: types.BillCycleCreate) -> types.BillCycle:
        return self._cycles.create(body)

    def retrieve_bill_cycle(self, id_: str, query: Query) -> types.BillCycle:
        return self._cycles.retrieve(id_, query)

    def patch_bill_cycle(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.BillCycle:
        return self._cycles.patch(id_, patch, if_match=if_match)

    def delete_bill_cycle(self, id_: str, *, if_match: str | None = None) -> None:
        self._cycles.delete(id_, if_match=if_match)
