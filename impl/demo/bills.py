"""The bills and rates of the demo data. Their sums are right to the cent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from impl.billing import bill_headers, register
from impl.billing.assemble import BillHeader, assemble, own_document
from impl.billing.billing_account import addressee
from impl.billing.coverage import covered
from impl.billing.money import exact, money
from impl.billing.parties import account_of, parties_by_record
from impl.billing.rate_state import billed_by
from impl.demo import cycles
from impl.demo.accounts import ACCOUNTS, ON_DEMAND, RECURRING, SELLER, USAGE, Account, Line
from impl.demo.cycles import month_before
from impl.store.sequences import Number

Json = dict[str, Any]
Span = tuple[datetime, datetime]
CENT = Decimal("0.01")
FIRST_BILL_NO = 4711
EXTRA_AFTER = 16
"""Days from the start of the month to the bill on demand."""

CHANGED_AFTER = {
    "new": 0,
    "validated": 0,
    "sent": 2,
    "onHold": 10,
    "partiallyPaid": 19,
    "settled": 19,
}
"""Days from a bill's date to its last change of state."""


def bills_and_rates(today: datetime) -> tuple[list[Json], list[Json]]:
    """The bills as of a day, numbered in the order of their dates, and all rates."""
    pairs = [
        _on_cycle(account, month_before(today, back), back, state)
        for account in ACCOUNTS
        for back, state in enumerate(account.states)
    ]
    pairs.append(_off_cycle(ACCOUNTS[1], month_before(today, 1)))
    bills = sorted((bill for bill, _ in pairs), key=lambda bill: (bill["billDate"], bill["id"]))
    for number, bill in enumerate(bills, FIRST_BILL_NO):
        bill["billNo"] = f"{number:08}"
        bill["billDocument"] = [own_document(bill)]
    billed = [rate for _, rates in pairs for rate in rates]
    return bills, billed + [rate for each in ACCOUNTS for rate in _unbilled(each, today)]


def numbers(bills: list[Json]) -> Iterator[Json]:
    """The register's rows of the bills' numbers."""
    for position, bill in enumerate(bills, 1):
        number = Number("demo", position)
        row = register.used_for(bill, number, SELLER["name"], bill["billDate"])
        yield {**row, "id": f"number-{bill['billNo']}"}


def _on_cycle(account: Account, month: datetime, back: int, state: str) -> tuple[Json, list[Json]]:
    """A month's bill, made on its first day: fees in advance, usage of the month before."""
    lines = [
        *(_with_usage(line, back) for line in account.lines),
        *([account.once[back]] if back in account.once else []),
    ]
    ahead = (month, month_before(month, -1))
    arrears = (month_before(month, 1), month)
    id_ = f"{month:%Y-%m}-{account.number}"
    rates = [
        _rate(account, line, f"{id_}-{number}", *_dated(line, ahead, arrears))
        for number, line in enumerate(lines, 1)
    ]
    header = bill_headers.in_cycle(
        cycles.cycle(month, back), cycles.specification(), cycles.POLICY, month
    )(account.record, rates)
    return _bill(account, id_, header, state, rates), rates


def _dated(line: Line, ahead: Span, arrears: Span) -> tuple[Span, datetime]:
    """The period and date of a line: fees are dated at their start, all else before the bill."""
    if line.kind == RECURRING:
        return ahead, ahead[0]
    return arrears, arrears[1] - timedelta(days=1)


def _off_cycle(account: Account, month: datetime) -> tuple[Json, list[Json]]:
    """A bill on demand in the middle of a month."""
    day = month + timedelta(days=EXTRA_AFTER)
    id_ = f"{account.number}-extra"
    rates = [
        _rate(account, line, f"{id_}-{number}", (day, day), day)
        for number, line in enumerate(ON_DEMAND, 1)
    ]
    coverage = covered(rates, cycles.POLICY.zone)
    header = BillHeader(
        id="",
        account=account_of(rates, account.record),
        run_type="offCycle",
        date=day,
        due=cycles.POLICY.due(day),
        made=day,
        period=coverage.period if coverage else None,
        derived_period=True,
        more={
            **addressee(account.record, day),
            "relatedParty": parties_by_record(account.record, rates),
        },
    )
    return _bill(account, id_, header, "sent", rates), rates


def _bill(account: Account, id_: str, header: BillHeader, state: str, rates: list[Json]) -> Json:
    """A bill over its rates, which it marks as billed, as it came to its state since."""
    changed = header.date + timedelta(days=CHANGED_AFTER[state])
    bill = assemble(rates, replace(header, id=f"bill-{id_}", made=changed))
    ledger = {"id": f"ledger-{account.number}", "@referredType": "FinancialAccount"}
    bill |= {"state": state, "financialAccount": ledger}
    for rate in rates:
        rate.update(billed_by(bill))
    gross = exact(bill["amountDue"]["value"])
    payments = _payments(gross, state)
    bill["remainingAmount"] = money(gross - sum(payments), account.currency)
    bill["appliedPayment"] = [
        {
            "appliedAmount": money(amount, account.currency),
            "payment": {"id": f"payment-{id_}-{number}", "@referredType": "Payment"},
        }
        for number, amount in enumerate(payments, 1)
    ]
    return bill


def _payments(gross: Decimal, state: str) -> list[Decimal]:
    """The payments of a bill; a large one is paid in two parts."""
    part = (gross * 2 / 5).quantize(CENT)
    if state == "partiallyPaid":
        return [part]
    if state == "settled":
        return [part, gross - part] if gross > 1000 else [gross]
    return []


def _parties(account: Account) -> list[Json]:
    """The parties of a charge: the payer, a company's receiver of bills, and the seller."""
    return [*account.parties, SELLER | {"role": "seller"}]


def _unbilled(account: Account, today: datetime) -> list[Json]:
    """The usage and charges of this month so far, which the next bill will contain."""
    usage = [_with_usage(line, -1) for line in account.lines if line.kind == USAGE]
    span = (month_before(today, 0), today)
    return [
        _rate(account, line, f"unbilled-{account.number}-{number}", span, today)
        for number, line in enumerate([*usage, *account.unbilled], 1)
    ]


def _with_usage(line: Line, back: int) -> Line:
    """The line of the month so many months ago; usage varies, the same way each time."""
    return replace(line, quantity=line.quantity + 3 * (back * 5 % 7)) if line.unit else line


def _rate(
    account: Account, line: Line, id_: str, span: tuple[datetime, datetime], day: datetime
) -> Json:
    """An unbilled rate; its period is one day if it is neither a fee nor usage."""
    net = (Decimal(line.amount) * line.quantity).quantize(CENT)
    tax = (net * Decimal(line.tax) / 100).quantize(CENT, ROUND_HALF_UP)
    rate = {
        "id": f"rate-{id_}",
        "@type": "AppliedCustomerBillingRate",
        "name": line.name,
        "type": line.kind,
        "date": day,
        "isBilled": False,
        "billingAccount": account.reference,
        "relatedParty": _parties(account),
        "periodCoverage": period(*span) if line.kind in (RECURRING, USAGE) else period(day, day),
        "taxExcludedAmount": money(net, account.currency),
        "appliedTax": [_tax(line.tax, tax, account.currency)],
        "taxIncludedAmount": money(net + tax, account.currency),
    }
    return rate | (_volume(line.quantity, line.unit) if line.unit else {})


def _volume(quantity: int, unit: str) -> Json:
    return {
        "characteristic": [
            {"name": "quantity", "valueType": "number", "value": quantity},
            {"name": "unit", "valueType": "string", "value": unit},
        ]
    }


def _tax(rate: str, amount: Decimal, currency: str) -> Json:
    return {"taxCategory": "VAT", "taxRate": float(rate), "taxAmount": money(amount, currency)}


def period(start: datetime, end: datetime) -> Json:
    """A TimePeriod from one moment to another."""
    return {"startDateTime": start, "endDateTime": end}
