"""How many documents a core renders a second, of a bill of 25 rates."""

import time
from collections.abc import Callable
from functools import partial

from impl.documents.document import HTML, PDF, Documents
from impl.documents.style import Style
from tests.bench import month, report

SECONDS = 3.0


def bench() -> None:
    """Print a table of documents a second of one core's time, and keep it."""
    documents = Documents(Style(seller_name="Telephones Ltd."))
    rates = [month.rate(number, 1) for number in range(month.RATES_EACH)]
    found = {
        name: _per_second(partial(documents.render, media, _bill(), rates))
        for name, media in (("PDF", PDF), ("HTML", HTML))
    }
    rows = ([name, f"{each:,.0f}", f"{1000 / each:.2f}"] for name, each in found.items())
    text = report.table(("document", "a CPU second", "CPU ms each"), rows) + "\n"
    print(text, flush=True)
    kept = {"machine": report.machine(), "per_cpu_second": found}
    report.keep("documents", kept, f"{report.machine()}\n\n{text}")


def _per_second(render: Callable[[], bytes]) -> float:
    """How often a second of this process's CPU; all its threads count."""
    render()
    began, count = time.process_time(), 0
    while (took := time.process_time() - began) < SECONDS:
        render()
        count += 1
    return count / took


def _bill() -> report.Json:
    euros = {"unit": "EUR", "value": 12.34}
    tax = {"taxCategory": "VAT", "taxRate": 19.0, "taxAmount": euros, "taxableAmount": euros}
    return {
        "id": "01J0000000000000000000BILL",
        "billNo": "2026-00000042",
        "state": "new",
        "category": "normal",
        "billDate": month.END,
        "lastUpdate": month.END,
        "paymentDueDate": month.END,
        "billingPeriod": {"startDateTime": month.BEGIN, "endDateTime": month.END},
        "billingAccount": {"id": month.account(0), "name": "Household"},
        "relatedParty": [{"id": "C-1", "name": "Ada Example", "role": "payer"}],
        "taxExcludedAmount": euros,
        "taxIncludedAmount": euros,
        "amountDue": euros,
        "remainingAmount": euros,
        "taxItem": [tax],
    }
