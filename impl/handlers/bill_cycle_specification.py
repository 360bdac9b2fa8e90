"""The rules of /billCycleSpecification."""

from generated import api, types
from impl.billing.cycle import refuse_specification
from impl.billing.eligible import RATE, rate_filter
from impl.errors import Conflict, FieldInvalid, ParameterInvalid, refuse
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Every, Page, Query
from impl.resources import ACCOUNTS, CYCLES, RATES, SPECIFICATIONS
from impl.store import unknown_attributes

SCHEDULE = (
    *("frequency", "billingPeriod", "recurring", "recurringInAdvance", "billingDateShift"),
    *("chargeDateOffset", "mailingDateOffset", "paymentDueDateOffset"),
)
"""Attributes that say when a cycle's bills are made, mailed and due."""


class BillCycleSpecifications(api.BillCycleSpecificationApi[Query, Page, Patch]):
    """The patterns that billing cycles follow."""

    def __init__(self, services: Services) -> None:
        rules = Rules(
            on_create=self._refuse_new,
            on_change=self._refuse_change,
            on_remove=self._refuse_used,
        )
        self.collection = Collection[types.BillCycleSpecification](SPECIFICATIONS, services, rules)
        self._store = services.store
        self._zone = services.policy.zone
        self._reject_unknown = services.reject_unknown_filters

    def _refuse_new(self, specification: Document) -> None:
        """Raise FieldInvalid if no cycle can follow the specification."""
        refuse_specification(specification)
        self._refuse_filter(specification)

    def _refuse_change(self, before: Document, after: Document, _named: frozenset[str]) -> None:
        """Check what a patch changes, and nothing else.

        Raises FieldInvalid if the change is wrong in itself, and Conflict if it does not fit what
        is stored.
        """
        changed = {name for name in SCHEDULE if before.get(name) != after.get(name)}
        if changed:
            try:
                refuse_specification(after)
            except FieldInvalid as error:
                refuse_specification({name: after[name] for name in changed & after.keys()})
                refuse(Conflict(each.trouble, attribute=each.attribute) for each in error.every)
        if before.get("rateFilter") != after.get("rateFilter"):
            self._refuse_filter(after)

    def _refuse_filter(self, specification: Document) -> None:
        """Raise FieldInvalid if the filter can't be read, or names an attribute that no rate has.

        The latter is refused only if the settings reject unknown filters.
        """
        paths = rate_filter(specification, self._zone).unknown
        try:
            unknown_attributes.refuse(
                self._store, RATES, paths if self._reject_unknown else (), RATE
            )
        except ParameterInvalid as error:
            raise FieldInvalid("rateFilter", str(error)) from None

    def _refuse_used(self, specification: Document) -> None:
        """Raise Conflict for the delete of a specification that is in use.

        A planned or running cycle uses it, or an account, which no other cycle would bill.
        """
        self._store.hold(SPECIFICATIONS, specification["id"])
        of_this = Compare(("billCycleSpecification", "id"), (specification["id"],))
        waiting = Compare(("runState",), ("planned", "running"))
        for cycle in self._store.every(CYCLES, Every((of_this, waiting))):
            raise Conflict(f"the {cycle['runState']} cycle {cycle['id']!r} uses it")
        named = Compare(("billStructure", "cycleSpecification", "id"), (specification["id"],))
        for account in self._store.rows(ACCOUNTS, named, {"_id": 1}, most=1):
            raise Conflict(f"the account {account['_id']!r} is billed by it")
