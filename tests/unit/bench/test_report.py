"""Ratios say how many times faster and cheaper the server is; goals that are missed stand out."""

import re
from typing import Any

from tests.bench import report
from tests.bench.load import Rate
from tests.bench.servers import CHECKED, CONNEXION, FLASK, OURS, STARLETTE

RATES = {
    "GET by id": {
        OURS: [Rate(1200, 0.5, 10), Rate(9000, 9.0, 10), Rate(1100, 0.4, 10)],
        CHECKED: [Rate(1000, 0.6, 10)],
        FLASK: [Rate(1000, 0.6, 10)],
        CONNEXION: [Rate(600, 0.8, 10)],
        STARLETTE: [Rate(2400, 0.25, 10)],
    },
    "100 bills of v4": {OURS: [Rate(1000, 0.6, 10)]},
    "100 bills of v5": {OURS: [Rate(500, 1.0, 10)]},
    "the same 100 bills of v5": {OURS: [Rate(900, 0.75, 10)]},
}
MEMORY = {OURS: [{"requests": count, "rss": 120.4, "pss": 80.6} for count in (0, 1000, 20000)]}


def found() -> dict[str, Any]:
    return report.summary(RATES, MEMORY, {"bills": 100_000, "rounds": 3, "seconds": 1})


def rows() -> list[list[str]]:
    lines = report.markdown(found()).splitlines()
    return [re.split(r" *\| *", line.strip("| ")) for line in lines if line.startswith("| ")]


def test_a_figure_is_the_median_of_its_rounds() -> None:
    assert found()["work"]["GET by id"][OURS] == {"per_second": 1200, "cpu_seconds": 0.5}


def test_a_ratio_above_one_is_in_our_favour() -> None:
    assert report.ratio(found()["work"]["GET by id"], FLASK) == (1.2, 1.2)
    assert report.ratio(found()["work"]["GET by id"], CONNEXION) == (2.0, 1.6)


def test_a_goal_that_is_missed_is_bold() -> None:
    ratios = ["GET by id", "≥ 1.2", "1.20", "1.20", "≥ 1.8", "2.00", "**1.60**", "0.50", "0.50"]
    assert ratios in rows()


def test_checking_answers_has_its_cost_and_memory_its_growth() -> None:
    assert ["GET by id", "0.500", "0.600", "+20%"] in rows()
    assert [OURS, "0: 120 / 81", "1,000: 120 / 81", "20,000: 120 / 81"] in rows()


def test_lists_of_version_5_are_compared_with_those_of_version_4() -> None:
    assert ["100 bills of v5", "500", "1.000", "≥ 0.6", "**0.50**", "0.60"] in rows()
    assert ["the same 100 bills of v5", "900", "0.750", "≥ 0.6", "0.90", "0.80"] in rows()
