"""The billing cycles of the demo data, by the rules of all cycles."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from impl.billing.derived import derive
from impl.billing.policy import Policy
from impl.query.language import Document

Json = dict[str, Any]
POLICY = Policy()
MONTHS = 8
RUN_TIME = timedelta(seconds=4)


def specification() -> Json:
    """Fees in advance, and usage and credits in arrears, on the first day of each month."""
    return {
        "id": "monthly",
        "@type": "BillCycleSpecification",
        "name": "Monthly",
        "description": "Fees in advance, usage in arrears, on the first day of each month.",
        "frequency": "monthly",
        "billingPeriod": "month",
        "recurringInAdvance": True,
    }


def cycle(billed: datetime, back: int) -> Document:
    """The cycle of the month before `billed`; its bills were made at the start of `billed`.

    `back` is how many months ago that was; the newest cycle has the highest number.
    """
    period = f"{month_before(billed, 1):%Y-%m}"
    document = Document(
        {
            "id": f"monthly-{MONTHS - back}",
            "@type": "BillCycle",
            "name": f"Monthly, {period}",
            "billingPeriod": period,
            "billCycleSpecification": {"id": "monthly", "name": "Monthly"},
        }
    )
    derive(document, specification(), POLICY.zone, POLICY.terms_days)
    return document


def finished(today: datetime, bills: Sequence[Json]) -> Iterator[Document]:
    """The finished cycles of the last months, the newest first."""
    for back in range(MONTHS):
        document = cycle(month_before(today, back), back)
        count = sum(bill.get("billCycle", {}).get("id") == document["id"] for bill in bills)
        document |= {
            "runState": "finished",
            "startedAt": document["billingDate"],
            "finishedAt": document["billingDate"] + RUN_TIME,
            "accountsTotal": count,
            "accountsBilled": count,
            "accountsFailed": 0,
            "accountsSkipped": 0,
            "accountsCancelled": 0,
        }
        yield document


def outcomes(bills: Sequence[Json]) -> Iterator[Json]:
    """The outcome of each account in its cycle: its bill."""
    for bill in bills:
        if "billCycle" in bill:
            cycle_id, account = bill["billCycle"]["id"], bill["billingAccount"]["id"]
            yield {
                "id": f"{cycle_id}-{account}",
                "@type": "BillCycleAccount",
                "billCycle": {"id": cycle_id},
                "billingAccount": {"id": account},
                "state": "billed",
                "customerBill": {"id": bill["id"], "@referredType": "CustomerBill"},
            }


def month_before(day: datetime, back: int) -> datetime:
    """The first moment of the month so many months before the day's."""
    months = day.year * 12 + day.month - 1 - back
    return day.replace(year=months // 12, month=months % 12 + 1, day=1)
