"""What serves /billCycle."""

from typing import Any

from generated import api, schemas, types
from impl.billing.cycle import dates
from impl.billing.runs import COUNTS, CYCLE_TASK, OUTCOMES, specification_of
from impl.errors import Conflict, FieldInvalid, NotFound
from impl.handlers.collection import Collection, Rules, Services
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Page, Query
from impl.store.tasks import Tasks

RUN = {"runState", "accountsTotal", "startedAt", "finishedAt", *COUNTS}
"""What a run writes of itself, and no client does."""

FIXED = ("billingDate", "chargeDate", "creditDate", "billCycleSpecification", "validFor")
"""What a run is made by, so that it can't change any more once it has begun."""


class BillCycles(api.BillCycleApi[Query, Page, Patch]):
    """Dated runs of billing."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._zone = services.policy.zone
        self._tasks = Tasks(services.store)
        self._cycles: Collection[types.BillCycle] = Collection(
            "billCycle",
            schemas.BillCycle,
            services,
            Rules(on_create=self._start, on_change=self._judge, on_write=self._plan),
        )

    @property
    def collection(self) -> Collection[types.BillCycle]:
        """What keeps them, for those who bring in many."""
        return self._cycles

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

    def _start(self, cycle: dict[str, Any]) -> None:
        """A cycle begins planned, unless it was run elsewhere; its specification sets its dates."""
        was_run = cycle.get("runState") == "finished"
        for name in RUN - {"runState"}:
            cycle.pop(name, None)
        cycle["runState"] = "finished" if was_run else "planned"
        if not was_run:
            self._date(cycle)

    def _judge(self, before: Document, after: dict[str, Any], _named: frozenset[str]) -> None:
        """Keep what a run is made by once it has begun, and what it tells of itself always."""
        for name in RUN:
            if before.get(name) != after.get(name):
                raise FieldInvalid(name, "can't be patched")
        if before.get("runState", "planned") == "planned":
            self._date(after)
        else:
            for name in FIXED:
                if before.get(name) != after.get(name):
                    raise Conflict(f"{name}: the cycle is {before['runState']}")

    def _date(self, cycle: dict[str, Any]) -> None:
        """Set the dates that the cycle lacks; Conflict where its specification is not here."""
        try:
            cycle |= dates(cycle, specification_of(self._store, cycle), self._zone)
        except NotFound as error:
            raise Conflict(f"billCycleSpecification: {error}") from None

    def _plan(self, before: Document | None, after: Document | None) -> None:
        """Have the cycle run when its billing date comes; one without a date waits for it."""
        if before is not None and after is None:
            self._forget(before)
        elif after is not None and after.get("runState") == "planned":
            self._tasks.call_off(CYCLE_TASK, after["id"])
            if "billingDate" in after:
                self._tasks.put(CYCLE_TASK, after["id"], after["billingDate"])

    def _forget(self, cycle: Document) -> None:
        """Remove what a run of the cycle left; Conflict while it is under way."""
        if cycle.get("runState") == "running":
            raise Conflict(
                "runState: the cycle is running, and can be deleted when it has finished"
            )
        self._tasks.call_off(CYCLE_TASK, cycle["id"])
        self._store.delete_every(OUTCOMES, Compare(("billCycle", "id"), (cycle["id"],)))
