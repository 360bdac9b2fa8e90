"""What a query string means: values by the contract's types, and troubles by parameter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote, quote_plus
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generated import schemas
from impl.errors import ParameterInvalid
from impl.query import attributes
from impl.query.language import Compare, Every, Path, Prefix, Span, Window
from impl.query.parse import Limits, parse

BILL = attributes.of(schemas.CustomerBill)
RATE = attributes.of(schemas.AppliedCustomerBillingRate)
CYCLE = attributes.of(schemas.BillCycleSpecification)
LIMITS = Limits(default=100, most=1000)
TEN = datetime(2026, 10, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "amountDue.value=9999999999999999999",
            "amountDue.value: '9999999999999999999' is too large",
        ),
        ("billingPeriod=2026-10", "billingPeriod: is an object; you can filter on billingPeriod."),
    ],
)
def test_a_text_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ParameterInvalid) as error:
        parse(text, BILL, LIMITS, UTC)
    assert str(error.value).startswith(message)


def compares(condition: Any) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    for part in getattr(condition, "parts", ()):
        yield from compares(part)


def filters(
    text: str, resource: attributes.Attribute = BILL, zone: tzinfo = UTC
) -> dict[Path, tuple[Any, ...]]:
    """What the query string compares with what."""
    return {each.path: each.values for each in compares(parse(text, resource, LIMITS, zone).where)}


def only(text: str, resource: attributes.Attribute = BILL, zone: tzinfo = UTC) -> Any:
    """The one value that the one filter is about."""
    ((value,),) = filters(text, resource, zone).values()
    return value


# ---------------------------------------------------------------- filters


def test_no_query_is_everything() -> None:
    assert filters("") == {}
    assert filters("&&") == {}


def test_filters_are_all_kept() -> None:
    assert filters("billNo=1&state=new&relatedParty.id=42") == {
        ("billNo",): ("1",),
        ("state",): ("new",),
        ("relatedParty", "id"): ("42",),
    }


@pytest.mark.parametrize("text", ["00123", "123", "12.5", "true", "null", "2026-10-01", "1e5", "-"])
def test_a_string_attribute_is_compared_with_the_text(text: str) -> None:
    value = only(f"billNo={text}")
    assert (value, type(value)) == (text, str)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5", 12.5), ("12", 12), ("-3", -3), ("0.10", 0.1), ("1e2", 100.0), ("1E-2", 0.01)],
)
def test_a_number_is_compared_as_a_number(text: str, number: float) -> None:
    value = only(f"amountDue.value={text}")
    assert (value, type(value)) == (number, type(number))


def test_an_integer_is_compared_as_a_number() -> None:
    assert only("billingDateShift=-1", CYCLE) == -1


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("false", False)])
def test_a_boolean_is_compared_as_a_boolean(text: str, truth: bool) -> None:
    assert only(f"isBilled={text}", RATE) is truth


def test_below_an_array_the_elements_attribute_gives_the_type() -> None:
    assert only("taxItem.taxRate=19") == 19
    assert only("taxItem.taxAmount.unit=EUR") == "EUR"
    assert only("appliedTax.taxAmount.value=1.5", RATE) == 1.5


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("00123", {"00123", 123}),
        ("12.5", {"12.5", 12.5}),
        ("true", {"true", True}),
        ("word", {"word"}),
        ("1_000", {"1_000"}),
        ("1e999", {"1e999"}),
    ],
)
@pytest.mark.parametrize("name", ["x-extension", "billDocument.x.y", "characteristic.value"])
def test_where_the_contract_is_silent_a_text_means_all_that_it_may(
    name: str, text: str, meanings: set[Any]
) -> None:
    values = filters(f"{name}={text}", RATE)[tuple(name.split("."))]
    assert {(type(each), each) for each in values} == {(type(each), each) for each in meanings}


# ---------------------------------------------------------------- instants


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01T10:00:00Z",
        "2026-10-01T10:00:00.000Z",
        "2026-10-01T10:00:00+00:00",
        "2026-10-01T12:00:00+02:00",
        "2026-10-01T05:30:00-04:30",
        "2026-09-30T22:00:00-12:00",
        "2026-10-01T10:00:00",
    ],
)
def test_an_instant_is_the_same_in_any_offset_encoded_or_not(text: str) -> None:
    for written in (quote(text), quote_plus(text), text, text.replace(":", "%3A")):
        value = only(f"billDate={written}")
        assert value == TEN
        assert value.utcoffset() == TEN.utcoffset()


DAYS = [
    ("UTC", "2026-10-01", "2026-10-01T00:00Z", 24),
    ("Europe/Zurich", "2026-10-01", "2026-09-30T22:00Z", 24),
    ("Europe/Zurich", "2026-10-25", "2026-10-24T22:00Z", 25),
    ("Europe/Zurich", "2026-03-29", "2026-03-28T23:00Z", 23),
    ("America/New_York", "2026-10-01", "2026-10-01T04:00Z", 24),
    ("America/New_York", "2026-11-01", "2026-11-01T04:00Z", 25),
    ("America/New_York", "2026-03-08", "2026-03-08T05:00Z", 23),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", 23),
    ("Asia/Beirut", "2021-03-28", "2021-03-27T22:00Z", 23),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", 24.5),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z", 0),
]


@pytest.mark.parametrize(("zone", "day", "start", "hours"), DAYS)
@pytest.mark.parametrize(
    "query", ["billDate={}", "billDate.ne={}", 'billDate=="{}"', "filter=$[?(@.billDate=='{}')]"]
)
def test_a_bare_date_equals_the_whole_day_in_the_zone(
    query: str, zone: str, day: str, start: str, hours: float
) -> None:
    where = parse(query.format(day), BILL, LIMITS, ZoneInfo(zone)).where
    ((span,),) = (each.values for each in compares(Every((getattr(where, "part", where),))))
    assert isinstance(span, Span)
    assert span.start == datetime.fromisoformat(start)
    assert span.end - span.start == timedelta(hours=hours)


@pytest.mark.parametrize(("zone", "day", "start", "hours"), DAYS)
@pytest.mark.parametrize("operator", ["gt", "gte", "lt", "lte"])
def test_in_an_order_a_bare_date_is_its_first_instant(
    operator: str, zone: str, day: str, start: str, hours: float
) -> None:
    del hours
    assert only(f"billDate.{operator}={day}", BILL, ZoneInfo(zone)) == datetime.fromisoformat(start)


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York"])
def test_an_instant_is_the_same_in_any_zone(zone: str) -> None:
    for text in ("2026-10-01T10:00:00Z", "2026-10-01T12:00:00%2B02:00"):
        assert only(f"billDate={text}", BILL, ZoneInfo(zone)) == TEN


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/Zurich", "2026-10-01T12:00:00", "2026-10-01T10:00Z"),
        ("America/New_York", "2026-10-01 06:00", "2026-10-01T10:00Z"),
        ("Europe/Zurich", "2026-10-25T02:30", "2026-10-25T00:30Z"),  # comes twice
        ("Europe/Zurich", "2026-03-29T02:30", "2026-03-29T01:30Z"),  # comes never
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00Z"),
    ],
)
def test_a_time_without_an_offset_is_of_the_zone(zone: str, text: str, instant: str) -> None:
    found = only(f"billDate.gte={text}", BILL, ZoneInfo(zone))
    assert (found, found.tzinfo) == (datetime.fromisoformat(instant), UTC)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Adak"])
def test_the_first_and_the_last_day_of_all_can_be_asked_for(zone: str) -> None:
    for day in (date.min, date.max):
        span = only(f"billDate={day}", BILL, ZoneInfo(zone))
        assert span.start < span.end


def test_of_an_unknown_attribute_a_bare_date_is_a_text_in_any_zone() -> None:
    meant = filters("x-signed=2026-10-01", BILL, ZoneInfo("Europe/Zurich"))["x-signed",]
    assert meant == ("2026-10-01", Prefix("2026-10-01T"))


def test_a_bare_date_may_be_a_leap_day() -> None:
    day = only("billingPeriod.startDateTime=2028-02-29")
    assert (day.start, day.end) == (
        datetime(2028, 2, 29, tzinfo=UTC),
        datetime(2028, 3, 1, tzinfo=UTC),
    )


# ---------------------------------------------------------------- encoding


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.sampled_from("&=,;%+#?/:@<>!~*|.'()[]{}$_- a0\n\t\0\u00e9\U0001f4b6"))
    .map(str.strip)
    .filter(bool)
)
def test_an_encoded_value_is_data_whatever_separators_are_in_it(text: str) -> None:
    """But for the backslash and double quotes, which quote. `quote` leaves the operator `~`."""
    assert only("billNo=" + quote(text, safe="").replace("~", "%7E")) == text
    assert text in filters("billNo=" + quote_plus(text).replace("~", "%7E"))["billNo",]


def test_a_name_may_be_encoded() -> None:
    assert filters("related%50arty%2Eid=42&%40type=CustomerBill") == {
        ("relatedParty", "id"): ("42",),
        ("@type",): ("CustomerBill",),
    }


def test_a_value_may_hold_what_separates() -> None:
    assert only("billNo=a%26b%3Dc%2Cd%3Be") == "a&b=c,d;e"
    assert only("billNo=a=b") == "a=b"


# ---------------------------------------------------------------- troubles


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("amountDue.value", text) for text in ("abc", "1,5x", "0x10", "1_000", "1e999", "nan")),
        *(("amountDue.value", text) for text in ("inf", "%D9%A3", "9" * 20, "-", ".", "1" * 5000)),
        *(("isBilled", text) for text in ("yes", "1", "True", "TRUE", "null")),
        *(("date", text) for text in ("yesterday", "2026-13-01", "2026-02-29", "2026", "10:00")),
        *(("date", text) for text in ("2026-10-01T25:00:00Z", "2026-10-01T10:00:00+99:00")),
        *(("date", text) for text in ("0000-01-01", "10000-01-01", "2026-10-01T10:00:00Z0")),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(name: str, text: str) -> None:
    resource = BILL if name.startswith("amountDue") else RATE
    with pytest.raises(ParameterInvalid, match=f"^{name}: ") as raised:
        parse(f"name=x&{name}={text}", resource, LIMITS, UTC)
    assert raised.value.attribute == name


@pytest.mark.parametrize("text", ["billNo", "billNo=", "billNo=%20", "billNo=+"])
def test_a_filter_without_a_value_is_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterInvalid, match=r"^billNo: "):
        parse(text, BILL, LIMITS, UTC)


# ---------------------------------------------------------------- offset and limit


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("", Window(0, 100, requested=False)),
        ("limit=5", Window(0, 5, requested=True)),
        ("offset=5", Window(5, 100, requested=True)),
        ("offset=0&limit=0", Window(0, 0, requested=True)),
        ("limit=1000", Window(0, 1000, requested=True)),
        ("limit=1001", Window(0, 1000, requested=True)),
        (f"limit={10**30}", Window(0, 1000, requested=True)),
        ("limit=007", Window(0, 7, requested=True)),
        ("limit=&offset=", Window(0, 100, requested=False)),
        ("billNo=1&limit=2&offset=3", Window(3, 2, requested=True)),
    ],
)
def test_window(text: str, window: Window) -> None:
    assert parse(text, BILL, LIMITS, UTC).window == window


def test_an_offset_beyond_all_is_one_that_the_database_can_hold() -> None:
    assert 2**31 < parse(f"offset={10**30}", BILL, LIMITS, UTC).window.offset < 2**63


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("text", ["-1", "1.5", "all", "1e2", "%D9%A3", "0x1", "1_0", "2%2C3"])
def test_a_window_that_is_no_count_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(ParameterInvalid, match=f"^{name}: ") as raised:
        parse(f"{name}={text}", BILL, LIMITS, UTC)
    assert raised.value.attribute == name


def test_offset_limit_and_fields_are_no_filters() -> None:
    assert filters("offset=1&limit=2&fields=id") == {}


def test_the_value_of_a_reserved_parameter_may_begin_with_a_tilde() -> None:
    assert "~" in (parse("fields=~", BILL, Limits(), UTC).fields or {})
