"""The demo data's bills and rates. Their sums are right to the cent."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from impl.billing.assemble import Occasion, assemble, own_document
from impl.billing.money import exact, money
from impl.demo.accounts import ACCOUNTS, ASKED_FOR, RECURRING, USAGE, Account, Line

Json = dict[str, Any]
CENT = Decimal("0.01")
MONTHS = 8
FIRST_BILL_NO = 4711
MAILED_AFTER, EXTRA_AFTER, DUE_AFTER = 2, 16, 21
CHANGED_AFTER = {
    "new": 0,
    "validated": 0,
    "sent": MAILED_AFTER,
    "onHold": 10,
    "partiallyPaid": 19,
    "settled": 19,
}
"""Days from a bill's date to the day that it came to its state."""


def made(today: datetime) -> tuple[list[Json], list[Json]]:
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


def _on_cycle(account: Account, month: datetime, back: int, state: str) -> tuple[Json, list[Json]]:
    """A month's bill, made on its first day: its fees, and what was used the month before."""
    lines = [*account.lines, *([account.once[back]] if back in account.once else [])]
    ahead = (month, month_before(month, -1))
    arrears = (month_before(month, 1), month)
    id_ = f"{month:%Y-%m}-{account.number}"
    rates = [
        _rate(account, line, f"{id_}-{number}", ahead if line.kind == RECURRING else arrears, month)
        for number, line in enumerate(lines, 1)
    ]
    facts = {
        "category": "normal",
        "runType": "onCycle",
        "nextBillDate": ahead[1],
        "billingPeriod": period(*ahead),
        "billCycle": {"id": f"monthly-{month:%Y-%m}"},
    }
    return _bill(account, id_, month, state, rates) | facts, rates


def _off_cycle(account: Account, month: datetime) -> tuple[Json, list[Json]]:
    """A bill that the customer asked for in the middle of a month."""
    day = month + timedelta(days=EXTRA_AFTER)
    id_ = f"{month:%Y-%m}-{account.number}-extra"
    rates = [
        _rate(account, line, f"{id_}-{number}", (day, day), day)
        for number, line in enumerate(ASKED_FOR, 1)
    ]
    facts = {"category": "interim", "runType": "offCycle", "billingPeriod": period(month, day)}
    return _bill(account, id_, day, "sent", rates) | facts, rates


def _bill(account: Account, id_: str, day: datetime, state: str, rates: list[Json]) -> Json:
    """A bill over its rates, which it marks as billed."""
    occasion = Occasion(
        id=f"bill-{id_}",
        account=account.reference,
        run_type="onCycle",
        date=day,
        due=day + timedelta(days=DUE_AFTER),
        made=day + timedelta(days=CHANGED_AFTER[state]),
        more=_parties(account),
    )
    bill = assemble(rates, occasion) | {"state": state}
    for rate in rates:
        rate |= {"isBilled": True, "bill": {"id": bill["id"], "@referredType": "CustomerBill"}}
    gross = exact(bill["amountDue"]["value"])
    paid = _payments(gross, state)
    bill["remainingAmount"] = money(gross - sum(paid), account.currency)
    bill["appliedPayment"] = [
        {
            "appliedAmount": money(amount, account.currency),
            "payment": {"id": f"payment-{id_}-{number}", "@referredType": "Payment"},
        }
        for number, amount in enumerate(paid, 1)
    ]
    return bill


def _payments(gross: Decimal, state: str) -> list[Decimal]:
    """None, a part, or the whole; a large bill is paid in two parts."""
    part = (gross * 2 / 5).quantize(CENT)
    if state == "partiallyPaid":
        return [part]
    if state == "settled":
        return [part, gross - part] if gross > 1000 else [gross]
    return []


def _parties(account: Account) -> Json:
    number, name = account.number, account.party["name"]
    return {
        "financialAccount": {"id": f"ledger-{number}", "@referredType": "FinancialAccount"},
        "paymentMethod": {"id": f"method-{number}", "name": account.payment},
        "relatedParty": [account.party | {"role": "payer"}]
        + ([_clerk(name)] if account.party["@referredType"] == "Organization" else []),
    }


def _clerk(company: str) -> Json:
    return {
        "id": "party-2002",
        "name": f"Ines Quillmark, {company}",
        "role": "bill receiver",
        "@referredType": "Individual",
    }


def _unbilled(account: Account, today: datetime) -> list[Json]:
    """What was used and bought this month so far; the next bill will take it."""
    used = [line for line in account.lines if line.kind == USAGE]
    span = (month_before(today, 0), today)
    return [
        _rate(account, line, f"unbilled-{account.number}-{number}", span, today)
        for number, line in enumerate([*used, *account.unbilled], 1)
    ]


def _rate(
    account: Account, line: Line, id_: str, span: tuple[datetime, datetime], day: datetime
) -> Json:
    """An unbilled rate; what does not last is covered by the one day."""
    quantity = line.quantity + 3 * (span[0].month * 5 % 7) if line.unit else 1
    net = (Decimal(line.amount) * quantity).quantize(CENT)
    tax = (net * Decimal(line.tax) / 100).quantize(CENT, ROUND_HALF_UP)
    rate = {
        "id": f"rate-{id_}",
        "@type": "AppliedCustomerBillingRate",
        "name": line.name,
        "type": line.kind,
        "date": day,
        "isBilled": False,
        "billingAccount": account.reference,
        "periodCoverage": period(*span) if line.kind in (RECURRING, USAGE) else period(day, day),
        "taxExcludedAmount": money(net, account.currency),
        "appliedTax": [_tax(line.tax, tax, account.currency)],
        "taxIncludedAmount": money(net + tax, account.currency),
    }
    return rate | (_volume(quantity, line.unit) if line.unit else {})


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


def month_before(day: datetime, back: int) -> datetime:
    """The first moment of the month so many months before the day's."""
    months = day.year * 12 + day.month - 1 - back
    return day.replace(year=months // 12, month=months % 12 + 1, day=1)
