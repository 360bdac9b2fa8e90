"""What serves /billCycleSpecification."""

from generated import api, types
from impl.billing.cycle import refuse_specification
from impl.billing.eligible import RATE, rate_filter
from impl.billing.maker import RATES
from impl.billing.plans import CYCLES, SPECIFICATIONS
from impl.errors import Conflict, FieldInvalid, ParameterInvalid, refuse
from impl.handlers import unknown
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Every, Page, Query

SCHEDULE = (
    *("frequency", "billingPeriod", "recurring", "recurringInAdvance", "billingDateShift"),
    *("chargeDateOffset", "mailingDateOffset", "paymentDueDateOffset"),
)
"""What tells when a cycle's bills are made, mailed and due."""


class BillCycleSpecifications(api.BillCycleSpecificationApi[Query, Page, Patch]):
    """The patterns that billing cycles follow."""

    def __init__(self, services: Services) -> None:
        self._specifications: Collection[types.BillCycleSpecification] = Collection(
            "billCycleSpecification",
            services.api.schemas["BillCycleSpecification"],
            services,
            Rules(
                on_create=self._judge_new,
                on_change=self._judge_change,
                on_remove=self._keep,
            ),
        )
        self._store = services.store
        self._zone = services.policy.zone
        self._reject_unknown = services.reject_unknown_filters

    @property
    def collection(self) -> Collection[types.BillCycleSpecification]:
        """What keeps them, for those who bring in many."""
        return self._specifications

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

    def _judge_new(self, specification: Document) -> None:
        """Raise FieldInvalid where no cycle can follow the specification."""
        refuse_specification(specification)
        self._judge_filter(specification)

    def _judge_change(self, before: Document, after: Document, _named: frozenset[str]) -> None:
        """Judge what a patch changes, and no more.

        Raises FieldInvalid where it is wrong in itself, and Conflict where it does not go with what
        is stored.
        """
        changed = {name for name in SCHEDULE if before.get(name) != after.get(name)}
        refuse_specification({name: after[name] for name in changed & after.keys()})
        if changed:
            try:
                refuse_specification(after)
            except FieldInvalid as error:
                refuse(Conflict(each.trouble, attribute=each.attribute) for each in error.every)
        if before.get("rateFilter") != after.get("rateFilter"):
            self._judge_filter(after)

    def _judge_filter(self, specification: Document) -> None:
        """Raise FieldInvalid where the filter can't be read, or asks for what no rate has.

        The latter only where such filters are rejected.
        """
        paths = rate_filter(specification, self._zone).unknown
        try:
            unknown.refuse(self._store, RATES, paths if self._reject_unknown else (), RATE)
        except ParameterInvalid as error:
            raise FieldInvalid("rateFilter", str(error)) from None

    def _keep(self, specification: Document) -> None:
        """Refuse to remove what a planned or running cycle uses."""
        self._store.hold(SPECIFICATIONS, specification["id"])
        of_this = Compare(("billCycleSpecification", "id"), (specification["id"],))
        waiting = Compare(("runState",), ("planned", "running"))
        for cycle in self._store.every(CYCLES, Every((of_this, waiting))):
            raise Conflict(f"the {cycle['runState']} cycle {cycle['id']!r} uses it")
