"""What an import keeps, and what it refuses: what a POST of each line would."""

import gzip
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest

from impl.handlers import standard
from impl.handlers.collection import Collection, Services
from impl.resources import EXPORTABLE, IMPORTABLE
from impl.served import VERSIONS, api_of, builders
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bulk.commands import BILLS, RATES, Database, rate, read, run, stored, without_time, write
from tests.errors import the_shape

PARTY = {"id": "p1", "name": "Ada", "@referredType": "Individual"}


def _importable(store: Store) -> dict[str, Collection[Any]]:
    """The collections that lines are imported into, of all APIs."""
    handlers = (
        build(Services(store, api))
        for api, build in builders().items()
        if api not in VERSIONS.values()
    )
    return dict(chain.from_iterable(standard.importable(h.collections).items() for h in handlers))


def test_lines_are_kept_as_a_post_keeps_them(
    database: Database, store: Store, tmp_path: Path
) -> None:
    bill = {"id": "b1", "@type": "CustomerBill", "state": "settled", "href": "http://x/"}
    given = [
        rate(1),
        rate(2, isBilled=True, bill={"id": "b1"}),
        bill | {"lastUpdate": "2020-01-01T00:00:00Z", "billDate": "2026-10-01T00:00:00+05:30"},
        {"id": "s1", "@type": "BillCycleSpecification", "name": "Monthly", "billingDateShift": 1.0},
        {"id": "c1", "@type": "BillCycle", "billingDate": "2036-10-01T00:00:00Z"},
        {"id": "a1", "@type": "BillingAccount", "name": "Ada", "relatedParty": [PARTY]},
        {"id": "f1", "@type": "BillFormat", "name": "Detailed"},
        {"id": "m1", "@type": "BillPresentationMedia", "name": "Paper"},
    ]
    said = database.run("import", write(tmp_path / "some.ndjson", given))
    assert (said.status, said.out) == (0, "8 imported, 0 refused\n")
    assert not (tmp_path / "some.ndjson.refused").exists()
    for resource, collection in _importable(store).items():
        schema = api_of(resource).schemas[f"{resource[0].upper()}{resource[1:]}_Create"]()
        for each in given:
            if each["@type"].lower() == resource.lower():
                collection.create(schema.load(each))
    for resource in (*IMPORTABLE, "task"):
        ours = without_time(database.all(resource))
        assert ours == without_time(stored(store, resource))
        assert ours


def test_a_byte_order_mark_before_the_first_line_is_passed_over(
    database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path / "some.ndjson", [b"\xef\xbb\xbf" + orjson.dumps(rate(1)), rate(2)])
    said = database.run("import", path)
    assert (said.status, said.out) == (0, "2 imported, 0 refused\n")


def test_what_can_be_brought_in_is_what_has_a_collection(store: Store) -> None:
    known = _importable(store)
    assert known.keys() == set(IMPORTABLE) < set(EXPORTABLE)


REFUSED = {
    b'{"@type":"AppliedCustomerBillingRate"': ("22", "the body is not JSON"),
    b"[]": ("22", "a line holds one object"),
    b'{"id":"x"}': ("23", "@type: is needed"),
    b'{"id":"x","@type":"CustomerBillOnDemand"}': ("24", "@type: is none of"),
    orjson.dumps(rate(1, id="a/b")): ("24", "id: "),
    b'{"id":"x","@type":"CustomerBill","billNo":"%s"}' % (b"9" * 65): ("24", "billNo: "),
    orjson.dumps(rate(1, isBilled=True)): ("23", "bill: is required"),
    orjson.dumps(rate(1, date="2026-10-01")): ("24", "date: "),
    orjson.dumps(rate(1, taxExcludedAmount={"value": 10**15})): ("24", "taxExcludedAmount.value: "),
    orjson.dumps(rate(1))[:-1] + b',"id":"again"}': ("24", "id: comes twice"),
    orjson.dumps(rate(1))[:-1] + b',"x":9223372036854775808}': ("24", "x: "),
    orjson.dumps(rate(1))[:-1] + rb',"x":"\ud800"}': ("24", "x: holds half"),
    orjson.dumps(rate(1))[:-1] + b',"x":"\xff"}': ("22", "the body is not UTF-8"),
    orjson.dumps(rate(1, x="y" * 5000)): ("413", "the line is over 4000 bytes"),
    orjson.dumps(rate(1, x=[0] * 1000)): (
        "413",
        "the appliedCustomerBillingRate would take",
    ),
    orjson.dumps({"id": "c", "@type": "BillCycle", "billCycleSpecification": {"id": "none"}}): (
        "409",
        "billCycleSpecification: ",
    ),
}


def test_refused_lines_are_in_a_file_with_the_reason_and_the_others_are_in(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "some.ndjson", [rate(100), b"", *REFUSED, rate(200), b"  "])
    said = database.run("import", file, MAX_BODY_BYTES=4000, MAX_DOCUMENT_BYTES=8000)
    assert (said.status, said.out) == (
        1,
        f"2 imported, {len(REFUSED)} refused: {file}.refused\n",
    )
    assert database.all().keys() == {"r000100", "r000200"}
    refused = read(tmp_path / "some.ndjson.refused")
    assert [each["line"] for each in refused] == list(range(3, len(REFUSED) + 3))
    for each, (text, (code, message)) in zip(refused, REFUSED.items(), strict=True):
        the_shape(each["error"])
        assert each["error"]["code"] == code, each
        assert each["error"]["message"].startswith(message), each
        assert each["text"][:2000] == text.decode("utf-8", "backslashreplace")[:2000]


def test_an_id_that_is_there_counts_as_that_or_is_refused_where_the_content_differs(
    database: Database, tmp_path: Path
) -> None:
    bill = {"id": "b", "@type": "CustomerBill", "amountDue": {"unit": "EUR", "value": 1}}
    first = [rate(1), rate(2), bill]
    assert database.run("import", write(tmp_path / "first", first)).status == 0
    before = database.all() | database.all(BILLS)
    again = [rate(1, note=True), rate(2), bill, rate(3), rate(3), rate(3, note=1)]
    said = database.run("import", write(tmp_path / "second", again))
    assert (said.status, said.out.partition(":")[0]) == (
        1,
        "1 imported, 3 were there already, 2 refused",
    )
    refused = read(tmp_path / "second.refused")
    assert [(each["line"], each["error"]["status"]) for each in refused] == [(1, "409"), (6, "409")]
    after = database.all() | database.all(BILLS)
    assert after == before | {"r000003": after["r000003"]}


def test_a_line_without_an_id_is_the_same_one_whenever_it_is_read(
    database: Database, tmp_path: Path
) -> None:
    lines = [{k: v for k, v in rate(7).items() if k != "id"}] * 3
    file = write(tmp_path / "october.ndjson", lines)
    assert database.run("import", file).out == "3 imported, 0 refused\n"
    assert database.run("import", file).out == "0 imported, 3 were there already, 0 refused\n"
    write(file, [*lines, *lines])
    assert database.run("import", file).out == "3 imported, 3 were there already, 0 refused\n"
    assert len(database.all()) == 6
    other = write(tmp_path / "november.ndjson", lines)
    assert database.run("import", other).out == "3 imported, 0 refused\n"


def test_standard_input_needs_ids_or_a_name(database: Database, tmp_path: Path) -> None:
    lines = [rate(1), {k: v for k, v in rate(7).items() if k != "id"}]
    given = b"\n".join(map(orjson.dumps, lines))
    refused = tmp_path / "refused"
    said = database.run("import", "-", "--refused", refused, given=given)
    assert (said.status, said.out) == (1, f"1 imported, 1 refused: {refused}\n")
    assert read(refused)[0]["error"]["message"].startswith("id: is needed")
    said = database.run("import", "-", "--name", "x", "--refused", refused, given=given)
    assert said.out == "1 imported, 1 were there already, 0 refused\n"
    assert not refused.exists()


def test_resource_says_what_lines_are_whatever_their_type(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "some", [{"id": "1"}, {"id": "2", "@type": "ProFormaBill"}])
    assert database.run("import", file, "--resource", BILLS).status == 0
    assert {each["@type"] for each in database.all(BILLS).values()} == {
        "CustomerBill",
        "ProFormaBill",
    }


def test_a_packed_file_is_unpacked_by_its_name(database: Database, tmp_path: Path) -> None:
    plain = write(tmp_path / "plain", [rate(n) for n in range(5000)])
    packed = tmp_path / "rates.ndjson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert database.run("import", packed).out == "5,000 imported, 0 refused\n"


def test_events_are_made_only_where_asked_for(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path / "some", [rate(n) for n in range(10)])
    database.run("import", file)
    assert database.store.relay.is_idle()
    other = write(tmp_path / "other", [rate(n) for n in range(20)])
    database.run("import", other, "--events")
    told = {each.event["event"][RATES]["id"] for each in database.store.relay.waiting(100)}
    assert told == {f"r{n:06}" for n in range(10, 20)}


@pytest.mark.parametrize("name", ["missing", "folder", "broken.gz", "text.gz"])
def test_a_file_that_can_not_be_read_is_told_in_a_line(
    database: Database, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    plain = b"\n".join(orjson.dumps(rate(n)) for n in range(5000))
    (tmp_path / "broken.gz").write_bytes(gzip.compress(plain)[:-500])
    (tmp_path / "text.gz").write_bytes(plain)
    said = database.run("import", tmp_path / name)
    assert (said.status, said.out, said.error.count("\n")) == (2, "", 1)
    assert said.error.startswith(f"{tmp_path / name}: ")
    if name == "broken.gz":  # once it is whole, it goes on
        (tmp_path / name).write_bytes(gzip.compress(plain))
        assert database.run("import", tmp_path / name).out == "5,000 imported, 0 refused\n"


def test_a_database_that_is_away_is_told_in_a_line(mongod: Mongod, tmp_path: Path) -> None:
    file = write(tmp_path / "some", [rate(1)])
    away = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200"
    said = run(mongod, "x", "import", file, MONGODB_URI=away)
    assert (said.status, said.error) == (2, "the database is away\n")
