"""Documents made by other processes: the same ones, within bounds, and some of them kept."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from impl.documents.document import HTML, PDF, DocumentError, Documents, Style
from impl.documents.renderer_pool import DocumentCache, RendererPool
from impl.errors import Busy
from impl.settings import Settings
from tests.unit.documents.bills import Json, demo, lines, money, rate

HOSTILE = """
{%- if bill.number == "slow" %}{% for i in range(10 ** 12) %}{% endfor %}{% endif -%}
{%- if bill.number == "large" %}{{ "x" * 10 ** 10 }}{% endif -%}
{%- if bill.number == "wrong" %}{{ bill.nosuch }}{% endif -%}
{{ bill.number }}"""


def press(style: Style = Style(), **bounds: int) -> RendererPool:
    return RendererPool(style, told.append, replace(Settings().render_limits, **bounds))


told: list[str] = []


@pytest.fixture
def hostile(tmp_path: Path) -> Style:
    (tmp_path / "bill.html.jinja").write_text(HOSTILE)
    return Style(templates=tmp_path)


def processes() -> list[int]:
    """The processes that make documents for this one."""
    tasks = Path("/proc/self/task").iterdir()
    pids = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return [pid for pid in pids if b".renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_they_are_those_that_are_made_here() -> None:
    made, here = press(), Documents(Style())
    bill, rates = demo("bill-2026-06-2001")
    assert made.fingerprint == here.fingerprint
    for language in ("", "de-AT"):
        assert made.render(PDF, bill, rates, language) == here.pdf(bill, rates, language)
        assert made.render(HTML, bill, rates, language) == here.html(bill, rates, language)


def test_letters_without_a_font_are_told() -> None:
    told.clear()
    made = press()
    made.render(PDF, {"id": "plain"}, [])
    made.render(PDF, {"id": "boxes", "billNo": "請求書"}, [])
    assert told == ["boxes"]


def test_a_style_that_does_not_serve_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "bill.typ").write_text("#nosuch")
    with pytest.raises(DocumentError, match=r"^templates: bill\.typ fails: "):
        press(Style(templates=tmp_path)).start()


@pytest.mark.parametrize("number", ["slow", "large"])
def test_a_document_past_its_bounds_is_given_up_and_the_next_one_is_made(
    hostile: Style, number: str
) -> None:
    made = press(hostile, seconds=3)
    made.start()
    began = time.monotonic()
    with pytest.raises(Busy):
        made.render(HTML, {"billNo": number}, [])
    assert time.monotonic() - began < 20
    assert made.render(HTML, {"billNo": "8"}, []) == b"8"


def test_a_fault_is_told_and_takes_no_process(hostile: Style) -> None:
    made = press(hostile)
    made.start()
    before = processes()
    for _ in range(2):
        with pytest.raises(DocumentError, match="nosuch"):
            made.render(HTML, {"billNo": "wrong"}, lines(1000))
        assert made.render(HTML, {"billNo": "8"}, lines(1000)) == b"8"
    assert processes() == before


def test_a_process_that_was_killed_is_replaced() -> None:
    others, made = set(processes()), press()
    made.start()
    (pid,) = set(processes()) - others
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert made.render(HTML, {"billNo": "8"}, [])


def test_rates_that_fail_on_their_way_are_told() -> None:
    def failing() -> Iterator[Json]:
        yield rate("x", 1, 1)
        raise KeyError("y")

    made = press()
    with pytest.raises(KeyError):
        made.render(HTML, {}, failing())
    assert made.render(HTML, {"billNo": "8"}, [])


def test_so_many_are_made_at_once_so_many_wait_and_others_are_refused(hostile: Style) -> None:
    made, refused = press(hostile, seconds=4, waiting=2), threading.Semaphore(0)
    made.start()

    def ask(number: str) -> bool:
        try:
            return bool(made.render(HTML, {"billNo": number}, []))
        except Busy:
            refused.release()
            return False

    with ThreadPoolExecutor(9) as pool:
        slow = pool.submit(ask, "slow")
        time.sleep(0.5)
        others = [pool.submit(ask, str(number)) for number in range(8)]
        for _ in range(6):
            assert refused.acquire(timeout=10)
        assert sum(each.result() for each in others) <= 2
        assert not slow.result()


# ---------------------------------------------------------------- what is kept


def test_what_was_made_under_a_key_is_kept_by_form_and_language() -> None:
    made, read = press(), []

    def rates() -> Iterator[Json]:
        read.append(1)
        yield rate("x", 1, 1)

    for _ in range(3):
        for media, language in ((PDF, ""), (HTML, ""), (HTML, "fr")):
            assert made.render(media, {}, rates(), language, "one")
    assert len(read) == 3
    made.render(HTML, {}, rates(), "", "other")
    made.render(HTML, {}, rates())
    made.render(HTML, {}, rates())
    assert len(read) == 6


def test_those_who_ask_for_the_same_at_once_have_it_made_once() -> None:
    made, read = press(waiting=8), []

    def rates() -> Iterator[Json]:
        read.append(1)
        yield from lines(500)

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(made.render, PDF, {}, rates(), "", "one") for _ in range(8)]
        assert len({each.result() for each in jobs}) == 1
    assert len(read) == 1


def test_what_is_kept_is_bounded_in_bytes_and_the_last_used_stays() -> None:
    kept = DocumentCache(100)
    for name in "abc":
        kept.put((name,), b"x" * 40)
        kept.get(("a",))
    assert [kept.get((name,)) is not None for name in "abc"] == [True, False, True]
    kept.put(("large",), b"x" * 101)
    assert kept.get(("large",)) is None
    assert kept.get(("a",))


# ---------------------------------------------------------------- bills of many lines


def test_a_bill_of_many_lines_is_summed_up_by_product_in_little_memory() -> None:
    others, made = set(processes()), press(Style(rates="http://h/rates"))
    bill = {"id": "a b", "taxExcludedAmount": money(30_000), "taxIncludedAmount": money(35_700)}
    made.start()
    (pid,) = set(processes()) - others
    before = resident(pid)
    page = made.render(HTML, bill, (each for each in lines(30_000))).decode()
    assert "30,000" in page
    assert "http://h/rates?bill.id=a%20b" in page
    assert page.count("Product ") == 600
    assert "Line 1." not in page
    assert resident(pid) - before < 40


def resident(pid: int) -> int:
    """The MiB that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 // 1024
