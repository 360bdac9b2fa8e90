"""What serves /billCycleSpecification."""

from typing import Any

from generated import api, schemas, types
from impl.billing.eligible import filtered
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Page, Query


class BillCycleSpecifications(api.BillCycleSpecificationApi[Query, Page, Patch]):
    """The patterns that billing cycles follow."""

    def __init__(self, services: Services) -> None:
        self._specifications: Collection[types.BillCycleSpecification] = Collection(
            "billCycleSpecification",
            schemas.BillCycleSpecification,
            services,
            Rules(on_create=_judge, on_change=lambda _, after, __: _judge(after)),
        )

    def list_bill_cycle_specification(self, query: Query) -> Page:
        return self._specifications.list(query)

    def create_bill_cycle_specification(
        self, body: types.BillCycleSpecificationCreate
    ) -> types.BillCycleSpecification:
        return self._specifications.create(body)

    def retrieve_bill_cycle_specification(
        self, id_: str, query: Query
    ) -> types.BillCycleSpecification:
        return self._specifications.retrieve(id_, query)

    def patch_bill_cycle_specification(
        self, id_: str, patch: Patch, *, if_match: str | None = None
    ) -> types.BillCycleSpecification:
        return self._specifications.patch(id_, patch, if_match=if_match)

    def delete_bill_cycle_specification(self, id_: str, *, if_match: str | None = None) -> None:
        self._specifications.delete(id_, if_match=if_match)


def _judge(specification: dict[str, Any]) -> None:
    """Raise FieldInvalid where the filter for rates can't be read."""
    filtered(specification)
