"""What a bill says, in the words and numbers of its reader."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from impl.documents.assets import assets
from impl.documents.bill_values import money, number, text, total
from impl.documents.limits import MAX_TEXT
from impl.documents.locale_formats import Formats
from impl.documents.statement import Fact, Seller, Statement, StatementWriter
from impl.documents.totals import Row
from impl.query.language import Document
from tests.unit.documents.bills import DAY, Json, period, rate
from tests.unit.documents.bills import money as amount

WORDS = assets(None).words


def said(
    bill: Json, rates: list[Json] | None = None, *, locale: str = "en_GB", zone: str = "UTC"
) -> Statement:
    formats = Formats(Locale.parse(locale), ZoneInfo(zone))
    words = WORDS.get(formats.locale.language, WORDS["en"])
    return StatementWriter(formats, "en", "ltr", words, Seller()).statement(bill, rates or [])


def plain(written: str) -> str:
    """The text with plain spaces, as other widths are hard to tell apart here."""
    return " ".join(written.split())


def shown(value: float, unit: str, locale: str = "en_GB") -> str:
    return plain(said({"taxIncludedAmount": amount(value, unit)}, locale=locale).sums[-1].amount)


def rows(bill: Json, rates: list[Json] | None = None) -> list[tuple[str, str, str]]:
    statement = said(bill, rates)
    both = statement.sums + statement.settlement
    return [(row.kind, row.label, row.amount) for row in both]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1234.5, "EUR", "€1,234.50"),
        (1234, "JPY", "JP¥1,234"),
        (0.5, "JPY", "JP¥1"),
        (1.2345, "BHD", "BHD 1.235"),
        (5, "XAU", "XAU 5.00"),
        (5, "points", "5.00 points"),
        (5, "eur", "5.00 eur"),
        (5, "", "5.00"),
        (-12, "CHF", "-CHF 12.00"),
        (-0.0, "EUR", "€0.00"),
        (-0.004, "EUR", "€0.00"),
        (0.1 + 0.2, "EUR", "€0.30"),
        (2.675, "EUR", "€2.68"),
        (9_999_999_999_999, "EUR", "€9,999,999,999,999.00"),
        (5e-324, "EUR", "€0.00"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_US", "€1,234.50"),
        ("de_DE", "1.234,50 €"),
        ("de_CH", "EUR 1’234.50"),  # noqa: RUF001 (the apostrophe that the Swiss write)
        ("fr_FR", "1 234,50 €"),
        ("sv_SE", "1 234,50 €"),
    ],
)
def test_an_amount_is_written_as_the_locale_has_it(locale: str, expected: str) -> None:
    assert shown(1234.5, "EUR", locale) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (20, "VAT 20%"),
        (0.2, "VAT 20%"),
        (8.1, "VAT 8.1%"),
        (0.081, "VAT 8.1%"),
        (1, "VAT 1%"),
        (0, "VAT 0%"),
        (None, "VAT"),
        ("20", "VAT"),
        (-0.05, "VAT -5%"),
        (7.7125, "VAT 7.7125%"),
    ],
)
def test_a_tax_rate_is_said_in_percent(given: Any, expected: str) -> None:
    tax = {"taxCategory": "VAT", "taxRate": given, "taxAmount": amount(1)}
    assert [row.label for row in said({"taxItem": [tax]}).sums] == [expected]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (DAY, DAY.replace(month=8), "1\u201331 Jul 2026"),
        (DAY, DAY, "1 Jul 2026"),
        (DAY, DAY.replace(day=31), "1\u201331 Jul 2026"),
        (DAY, DAY.replace(day=31, hour=23, minute=59), "1\u201331 Jul 2026"),
        (DAY.replace(day=15), DAY.replace(month=8, day=15), "15 Jul \u2013 14 Aug 2026"),
        (DAY.replace(day=20), DAY.replace(month=8), "20\u201331 Jul 2026"),
        (DAY.replace(month=12), DAY.replace(year=2027, month=1), "1\u201331 Dec 2026"),
        (DAY, None, "1 Jul 2026"),
        (None, DAY, "1 Jul 2026"),
        (DAY.replace(month=8), DAY, "1 Aug 2026"),
        (None, None, ""),
        ("2026-07-01", 7, ""),
    ],
)
def test_a_period_is_said_in_days(start: Any, end: Any, expected: str) -> None:
    line = rate("x", 1, 1, periodCoverage=period(start, end))
    assert plain(said({}, [line]).groups[0].entries[0].days) == expected


def test_a_line_without_a_period_has_its_date() -> None:
    assert said({}, [rate("x", 1, 1, date=DAY)]).groups[0].entries[0].days == "1 Jul 2026"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", "1 July 2026"), ("America/New_York", "30 June 2026"), ("Asia/Tokyo", "1 July 2026")],
)
def test_a_day_is_the_one_in_the_time_zone(zone: str, expected: str) -> None:
    assert said({"billDate": DAY}, zone=zone).facts[0].value == expected


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_ends_of_the_calendar_are_days_too(zone: str) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    facts = said({"billDate": first, "paymentDueDate": last}, zone=zone).facts
    assert [fact.value for fact in facts] == ["1 January 1", "31 December 9999"]
    assert said({"billingPeriod": period(first, last)}, zone=zone).facts


def test_dates_and_words_are_in_the_language() -> None:
    german = said({"billDate": DAY, "amountDue": amount(1)}, locale="de_CH")
    assert german.facts == (Fact("Rechnungsdatum", "1. Juli 2026"),)
    french = said({"billDate": DAY, "category": "credit note"}, locale="fr_FR")
    assert (french.title, french.facts) == ("Avoir", (Fact("Date de facture", "1 juillet 2026"),))


@pytest.mark.parametrize("category", ["credit note", "Credit Note", "creditNote", "CREDIT_NOTE"])
def test_a_credit_note_is_called_so(category: str) -> None:
    statement = said({"category": category, "remainingAmount": amount(-10)})
    assert (statement.title, statement.facts) == ("Credit note", ())
    assert statement.headline == Row("favour", "In your favour", "€10.00")


def test_what_is_known_by_name_is_named_else_it_has_its_id() -> None:
    bill = {
        "id": "b1",
        "billingAccount": {"id": "a1", "name": "Home"},
        "paymentMethod": {"id": "p1"},
        "relatedParty": [
            *({"id": "x", "role": "Agent"}, {"id": "y", "name": "Payer's name", "role": "payer"}),
            *({"id": "z", "name": "Reader", "role": "Bill Receiver"}, {"id": ""}),
        ],
    }
    statement = said(bill)
    assert [fact.value for fact in statement.facts] == ["b1", "Home (a1)", "p1"]
    assert statement.parties == (
        *(Fact("Bill receiver", "Reader"), Fact("Payer", "Payer's name"), Fact("Agent", "x")),
    )


def test_lines_are_grouped_by_product_and_those_without_come_last() -> None:
    rates = [
        rate("a", 1, 1.2),
        rate("b", 2, 2.4, "Phone"),
        rate("c", 3, 3.6, "Fibre"),
        rate("d", -4, -4.8, "Phone"),
    ]
    groups = said({}, rates).groups
    assert [(g.name, [e.name for e in g.entries], g.net, g.gross) for g in groups] == [
        ("Phone", ["b", "d"], "-2.00", "-2.40"),
        ("Fibre", ["c"], "3.00", "3.60"),
        ("Other charges", ["a"], "1.00", "1.20"),
    ]
    assert [group.name for group in said({}, rates[:1]).groups] == ["Charges and credits"]


def test_products_of_one_name_are_told_apart_by_id() -> None:
    rates = [
        {"product": {"id": "+41 1", "name": "Phone"}},
        {"product": {"id": "+41 2", "name": "Phone"}},
        {"product": {"id": "3"}},
    ]
    groups = [(group.name, group.detail) for group in said({}, rates).groups]
    assert groups == [("Phone", "+41 1"), ("Phone", "+41 2"), ("3", "")]


def test_a_line_is_called_by_name_description_or_id() -> None:
    lines = [{"name": "n", "description": "d"}, {"description": "d"}, {"id": "i"}, {}]
    entries = said({}, [*lines, {"name": "n", "description": "n"}]).groups[0].entries
    called = [(entry.name, entry.description) for entry in entries]
    assert called == [("n", "d"), ("d", ""), ("", ""), ("n", ""), ("i", "")]


def test_a_group_has_a_subtotal_only_where_all_its_lines_can_be_summed() -> None:
    group = said({}, [rate("a", 1, 1), {"taxExcludedAmount": amount(1, "USD")}]).groups[0]
    assert (group.net, group.gross) == ("", "")
    assert sorted(entry.net for entry in group.entries) == ["1.00", "US$1.00"]


def test_sums_add_up_in_the_order_of_reading() -> None:
    bill = {
        "taxExcludedAmount": amount(100.1),
        "taxItem": [
            {"taxCategory": "VAT", "taxRate": 20, "taxAmount": amount(0.1)},
            {"taxCategory": "VAT", "taxRate": 7, "taxAmount": amount(5)},
            {"taxCategory": "VAT", "taxRate": 20, "taxAmount": amount(0.2)},
            {"taxCategory": "VAT", "taxRate": 20},
        ],
        "taxIncludedAmount": amount(105.4),
    }
    assert rows(bill) == [
        ("net", "Net total", "€100.10"),
        ("tax", "VAT 20%", "€0.30"),
        ("tax", "VAT 7%", "€5.00"),
        ("gross", "Total", "€105.40"),
    ]


def test_taxes_that_only_the_lines_name_are_summed_up() -> None:
    tax = {"taxCategory": "VAT", "taxRate": 0.2, "taxAmount": amount(1.1)}
    assert rows({}, [{"appliedTax": [tax]}, {"appliedTax": [tax, None]}]) == [
        ("tax", "VAT 20%", "€2.20")
    ]


@pytest.mark.parametrize(
    ("gross", "expected"),
    [
        (12, []),
        (12.001, []),
        (12.05, [("rounding", "Rounding", "€0.05")]),
        (11.97, [("rounding", "Rounding", "-€0.03")]),
        (19, [("rounding", "Adjustment", "€7.00")]),
    ],
)
def test_rounding_is_said_only_where_there_is_some(gross: float, expected: list[Any]) -> None:
    bill = {
        "taxExcludedAmount": amount(10),
        "taxItem": [{"taxCategory": "VAT", "taxAmount": amount(2)}],
        "taxIncludedAmount": amount(gross),
    }
    assert [row for row in rows(bill) if row[0] == "rounding"] == expected
    assert "rounding" not in {row[0] for row in rows(bill | {"taxItem": []})}
    other = {"taxIncludedAmount": amount(gross, "USD")}
    assert "rounding" not in {row[0] for row in rows(bill | other)}


def test_payments_are_taken_off_and_the_rest_is_to_pay() -> None:
    bill = {
        "taxIncludedAmount": amount(100),
        "amountDue": amount(120),
        "appliedPayment": [
            {"payment": {"id": "1", "name": "of 3 July"}, "appliedAmount": amount(30)},
            {"payment": {"id": "2"}},
            {"appliedAmount": amount(-5)},
        ],
        "remainingAmount": amount(95),
        "paymentDueDate": DAY,
    }
    assert rows(bill) == [
        ("gross", "Total", "€100.00"),
        ("billed", "Amount billed", "€120.00"),
        ("payment", "Payment of 3 July", "-€30.00"),
        ("payment", "Payment", "€5.00"),
        ("due", "Remaining amount", "€95.00"),
    ]
    headline = Row("due", "Remaining amount", "€95.00", "Due date: 1 July 2026")
    assert said(bill).headline == headline


def test_what_is_due_is_said_once_where_nothing_was_paid() -> None:
    bill = dict.fromkeys(["taxIncludedAmount", "amountDue", "remainingAmount"], amount(5))
    assert rows(bill) == [("gross", "Total", "€5.00"), ("due", "Amount due", "€5.00")]
    assert rows({"amountDue": amount(5)}) == [("due", "Amount due", "€5.00")]


def test_a_paid_bill_says_so_and_no_day() -> None:
    bill = {"taxIncludedAmount": amount(5), "remainingAmount": amount(0), "paymentDueDate": DAY}
    assert said(bill | {"state": "settled"}).headline == Row("paid", "Paid", "€5.00")
    assert said(bill).headline == Row("nothing", "Amount due", "€0.00")


def test_lines_leave_out_the_currency_that_their_heading_names() -> None:
    bill = {"taxIncludedAmount": amount(1, "JPY")}
    rates = [{"taxExcludedAmount": amount(1, "JPY"), "taxIncludedAmount": amount(2)}]
    statement = said(bill, rates)
    entry = statement.groups[0].entries[0]
    assert (statement.currency, entry.net, entry.gross) == ("JP¥", "1", "€2.00")


@pytest.mark.parametrize("given", [None, True, "1", [], {}, float("inf"), float("nan"), 10**16])
def test_what_is_no_number_is_none(given: Any) -> None:
    assert number(given) is None
    assert money({"unit": "EUR", "value": given}) is None


def test_a_sum_is_exact_and_of_one_unit() -> None:
    tenths = [money(amount(0.1))] * 3
    assert total(tenths) == money(amount(0.3))
    assert total([]) is None
    assert total([*tenths, None]) is None
    assert total([*tenths, money(amount(1, "USD"))]) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  a\tb\r\nc  ", "a b c"),
        ("a\x00b\x85c\u2028d", "a b c d"),
        ("\ud800x\uffff", "x"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("e\u0301 👩\u200d👧", "e\u0301 👩\u200d👧"),
        (None, ""),
        (7, ""),
    ],
)
def test_text_is_what_can_be_read_of_it(given: Any, expected: str) -> None:
    assert text(given) == expected


def test_text_has_an_end() -> None:
    assert text("x" * 10_000) == "x" * (MAX_TEXT - 1) + "…"
    assert text("x" * MAX_TEXT) == "x" * MAX_TEXT


def test_a_naive_moment_is_in_utc() -> None:
    naive = (DAY + timedelta(hours=23)).replace(tzinfo=None)
    assert said({"billDate": naive}, zone="Asia/Tokyo").facts[0].value == "2 July 2026"


def charged(name: str, net: float, *taxes: tuple[float, float], **more: Any) -> Json:
    applied = [
        {"taxCategory": "VAT", "taxRate": rate, "taxAmount": amount(of)} for rate, of in taxes
    ]
    return {
        "id": name,
        "name": name,
        "taxExcludedAmount": amount(net),
        "appliedTax": applied,
        **more,
    }


def columns(statement: Statement) -> list[tuple[str, str, str]]:
    return [(e.name, e.net, e.gross) for group in statement.groups for e in group.entries]


@pytest.mark.parametrize("type_", ["appliedBillingCredit", "Rebate", "productAlteration"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_credit_prints_as_it_counts(type_: str, sign: int) -> None:
    line = charged("a", sign * 10, (19, sign * 1.9), type=type_)
    assert columns(said({}, [line])) == [("a", "-10.00", "-11.90")]


def test_a_credit_that_contradicts_itself_is_negative_all_the_same() -> None:
    line = charged("a", 10, (19, -1.9), type="rebate", taxIncludedAmount=amount(8.1))
    assert columns(said({}, [line])) == [("a", "-10.00", "-8.10")]


def test_a_line_shows_both_amounts_whichever_its_rate_gives() -> None:
    net = charged("net", 10, (19, 1.9))
    gross: Json = {"id": "p", "name": "p", "taxIncludedAmount": amount(9.99)}
    gross |= {"appliedTax": [{"taxCategory": "VAT", "taxRate": 20, "taxAmount": amount(1.665)}]}
    untaxed = charged("untaxed", 5)
    assert columns(said({}, [net, gross, untaxed])) == [
        ("net", "10.00", "11.90"),
        ("p", "8.325", "9.99"),
        ("untaxed", "5.00", "5.00"),
    ]


def test_a_line_counts_by_the_bills_price_basis() -> None:
    line = charged("a", 8.33, (20, 1.67), taxIncludedAmount=amount(9.99))
    assert columns(said({}, [line])) == [("a", "8.33", "10.00")]
    assert columns(said({"priceBasis": "gross"}, [line])) == [("a", "8.32", "9.99")]
    assert columns(said({"priceBasis": "gross"}, [line | {"priceBasis": "net"}])) == [
        ("a", "8.33", "10.00")
    ]


def closed(bill: Json, rates: list[Json]) -> tuple[str, str, str] | None:
    rounding = said(bill, rates).rounding
    return (rounding.name, rounding.net, rounding.gross) if rounding else None


def totals(net: float, gross: float, unit: str = "EUR") -> Json:
    return {"taxExcludedAmount": amount(net, unit), "taxIncludedAmount": amount(gross, unit)}


def test_digits_below_the_minor_unit_are_shown_and_closed_by_a_row_of_rounding() -> None:
    forty = [charged(str(n), 0.0037) for n in range(40)]
    statement = said(totals(0.15, 0.15), forty)
    assert {net for _, net, _ in columns(statement)} == {"0.0037"}
    assert statement.groups[0].net == "0.148"
    assert closed(totals(0.15, 0.15), forty) == ("Rounding", "0.002", "0.002")
    yen = [charged(str(n), 0) | {"taxExcludedAmount": amount(100.4, "JPY")} for n in range(3)]
    assert {net for _, net, _ in columns(said(totals(301, 301, "JPY"), yen))} == {"100.4"}
    assert closed(totals(301, 301, "JPY"), yen) == ("Rounding", "-0.2", "-0.2")


def test_lines_that_add_up_are_closed_by_no_row() -> None:
    lines = [
        charged("a", 1, (19, 0.19)),
        charged("b", -0.5, (19, -0.095)),
        charged("c", 0.5, (19, 0.095)),
    ]
    assert closed(totals(1, 1.19), lines) is None
    assert closed({}, lines) is None
    assert closed(totals(1, 1.19, "CHF"), lines) is None


def test_lines_that_miss_a_brought_in_total_by_much_have_an_adjustment() -> None:
    assert closed(totals(300, 360), [charged("a", 300, (19, 57))]) == ("Adjustment", "0.00", "3.00")


def test_lines_of_a_product_are_in_the_order_of_their_dates_and_ids() -> None:
    product: Json = {"product": {"id": "p", "name": "Phone"}}
    rates = [
        charged("undated", 1, **product),
        charged("z", 1, **product, date=DAY),
        charged("a", 1, **product, date=DAY),
        charged("covered", 1, **product, periodCoverage={"startDateTime": DAY - timedelta(days=1)}),
        charged("early", 1, **product, date=DAY - timedelta(days=9)),
    ]
    names = [name for name, _, _ in columns(said({}, rates))]
    assert names == ["early", "covered", "a", "z", "undated"]


@pytest.mark.parametrize(
    ("start", "end", "ours", "theirs"),
    [
        ((10, 19), (10, 26), "19\u201325 Oct 2026", "19\u201326 Oct 2026"),
        ((10, 26), (11, 2), "26 Oct \u2013 1 Nov 2026", "26 Oct \u2013 2 Nov 2026"),
        ((10, 1), (11, 1), "1\u201331 Oct 2026", "1\u201331 Oct 2026"),
        ((10, 16), (11, 1), "16\u201331 Oct 2026", "16\u201331 Oct 2026"),
    ],
)
def test_a_period_of_ours_ends_the_day_before_and_one_of_others_as_they_may_mean_it(
    start: tuple[int, int], end: tuple[int, int], ours: str, theirs: str
) -> None:
    first, last = (DAY.replace(month=month, day=day) for month, day in (start, end))
    bill = {"billingPeriod": period(first, last)}
    assert plain(said(bill).facts[0].value) == theirs
    assert plain(said(Document(bill, derived={"billingPeriod"})).facts[0].value) == ours


@pytest.mark.parametrize(
    ("rate_", "base", "tax", "label"),
    [(0.5, 100, 0.5, "VAT 0.5%"), (0.5, 100, 50, "VAT 50%"), (0.19, 100, 19, "VAT 19%"),
     (1, 100, 1, "VAT 1%")],
)  # fmt: skip
@pytest.mark.parametrize("known", ["the item", "the bill", "its lines"])
def test_a_tax_rate_is_said_as_its_amounts_tell(
    known: str, rate_: float, base: float, tax: float, label: str
) -> None:
    item: Json = {"taxCategory": "VAT", "taxRate": rate_, "taxAmount": amount(tax)}
    bill: Json = {"taxItem": [item]}
    lines: list[Json] = []
    if known == "the item":
        item["taxableAmount"] = amount(base)
    elif known == "the bill":
        bill["taxExcludedAmount"] = amount(base)
    else:
        lines = [charged("a", base, (rate_, tax))]
    (row,) = (row for row in said(bill, lines).sums if row.kind == "tax")
    assert row.label == label


def test_taxes_of_several_rates_say_what_they_are_levied_on_and_one_rate_is_one_tax() -> None:
    def item(rate: float, tax: float, base: float) -> Json:
        levied = {"taxAmount": amount(tax), "taxableAmount": amount(base)}
        return {"taxCategory": "VAT", "taxRate": rate, **levied}

    bill = {"taxItem": [item(19, 19, 100), item(0.19, 1.9, 10), item(7, 0.7, 10)]}
    assert [(row.label, row.amount) for row in said(bill).sums] == [
        ("VAT 19% on €110.00", "€20.90"),
        ("VAT 7% on €10.00", "€0.70"),
    ]


def test_the_seller_is_not_among_whom_the_bill_is_for() -> None:
    parties = [
        {"id": "C", "name": "Ada", "role": "customer"},
        {"id": "S", "name": "Lumen", "role": "Seller"},
    ]
    statement = said({"relatedParty": parties})
    assert [fact.value for fact in statement.parties] == ["Ada"]
    assert statement.seller.name == "Lumen"


def test_a_bill_shows_the_address_below_the_party_that_it_is_for() -> None:
    parties = [
        {"id": "1", "name": "Hollin & Vane", "role": "payer"},
        {"id": "2", "name": "Ines", "role": "owner"},
    ]
    address = {"contactName": "Ines", "street1": "Velogasse 3", "street2": "2nd floor"}
    place = {"postCode": "8004", "city": "Zürich", "country": "Switzerland"}
    statement = said({"relatedParty": parties, "billingAddress": address | place})
    assert [fact.value for fact in statement.parties] == ["Ines", "Hollin & Vane"]
    assert statement.address == ("Velogasse 3", "2nd floor", "8004 Zürich", "Switzerland")
    other = said(
        {"relatedParty": parties, "billingAddress": {**address, "contactName": "Treuhand"}}
    )
    assert [fact.value for fact in other.parties] == ["Hollin & Vane", "Ines"]
    assert other.address == ("Treuhand", "Velogasse 3", "2nd floor")


def test_an_address_without_a_party_is_that_of_its_contact_or_else_of_the_account() -> None:
    bill: Json = {"billingAccount": {"id": "A", "name": "Ada's account"}}
    alone = said(bill | {"billingAddress": {"city": "Bern"}})
    assert (alone.parties, alone.address) == ((Fact("", "Ada's account"),), ("Bern",))
    named = said(bill | {"billingAddress": {"contactName": "Ada", "city": "Bern"}})
    assert (named.parties, named.address) == ((Fact("", "Ada"),), ("Bern",))
    assert (said(bill).parties, said(bill).address) == ((), ())


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"postCode": "8004", "city": "Zürich"}, ("8004 Zürich",)),
        ({"postCode": "SW1A 1AA", "city": "London"}, ("London SW1A 1AA",)),
        (
            {"postCode": "10001", "city": "New York", "stateOrProvince": "NY", "country": "USA"},
            ("New York, NY 10001", "USA"),
        ),
        ({"postCode": "8004"}, ("8004",)),
        ({"stateOrProvince": "Ticino"}, ("Ticino",)),
        ({"city": 7, "country": ["x"]}, ()),
        ("Zürich", ()),
        (None, ()),
    ],
)
def test_the_line_of_the_city_is_in_the_order_of_its_country(
    place: Any, expected: tuple[str, ...]
) -> None:
    parties = [{"id": "1", "name": "Ada"}]
    assert said({"relatedParty": parties, "billingAddress": place}).address == expected


def test_the_last_bill_of_an_account_is_called_so() -> None:
    assert said({"category": "last"}).facts == (Fact("Category", "final bill"),)
    assert said({"category": "trial"}).facts == (Fact("Category", "trial"),)


def test_what_an_invoice_states_of_its_buyer_is_in_the_head() -> None:
    bill = {
        "taxNumber": "ATU0",
        "buyerReference": "Workshop",
        "purchaseOrder": "PO-1",
        "mandateId": "M-1",
        "electronicAddress": {"scheme": "0204", "value": "991-1-06"},
        "paymentMethod": {"id": "m", "name": "Direct debit"},
    }
    assert [(fact.label, fact.value) for fact in said(bill).facts] == [
        ("Payment method", "Direct debit"),
        ("Your tax number", "ATU0"),
        ("Your reference", "Workshop"),
        ("Purchase order", "PO-1"),
        ("Mandate reference", "M-1"),
        ("Electronic address", "991-1-06 (0204)"),
    ]
    assert said({"electronicAddress": {"value": "a@b.example"}}).facts[0].value == "a@b.example"
    assert said({"electronicAddress": {"scheme": "EM"}, "taxNumber": 5}).facts == ()
