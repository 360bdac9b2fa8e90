"""A goal is met or missed by the figure as it is printed; a figure that misses it is bold."""

import pytest

from tests.bench.goals import Goal, table


@pytest.mark.parametrize(
    ("figure", "limit", "at_most", "row"),
    [
        (0.5, 0.5, False, "| bills | 0.50 | ≥ 0.5 | met |"),
        (0.496, 0.5, False, "| bills | 0.50 | ≥ 0.5 | met |"),
        (0.494, 0.5, False, "| bills | **0.49** | ≥ 0.5 | missed |"),
        (2.0, 2.0, True, "| bills | 2.00 | ≤ 2 | met |"),
        (2.01, 2.0, True, "| bills | **2.01** | ≤ 2 | missed |"),
        (19_999, 20_000, False, "| bills | **19,999** | ≥ 20,000 | missed |"),
        (1_234.6, 300, True, "| bills | **1,235** | ≤ 300 | missed |"),
    ],
)
def test_a_figure_is_compared_as_it_is_printed(
    figure: float, limit: float, at_most: bool, row: str
) -> None:
    assert table([Goal("bills", figure, limit, at_most)]).splitlines()[-1] == row
