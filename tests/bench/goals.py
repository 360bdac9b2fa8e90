"""Goals of a bench: a figure, what it should be, and whether it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import report


@dataclass(frozen=True)
class Goal:
    """A figure with the least that it should be, or the most."""

    name: str
    figure: float
    limit: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure, as it is printed, is within the limit."""
        figure = float(_text(self.figure).replace(",", ""))
        return figure <= self.limit if self.at_most else figure >= self.limit


def table(goals: Sequence[Goal]) -> str:
    """The goals in Markdown; a figure that misses its goal is bold."""
    return report.table(("", "figure", "goal", "met or missed"), map(_row, goals))


def kept(goals: Sequence[Goal]) -> list[report.Json]:
    """The goals as a report has them."""
    return [
        {"name": each.name, "figure": each.figure, "limit": each.limit, "met": each.met}
        for each in goals
    ]


def _row(goal: Goal) -> list[str]:
    figure = _text(goal.figure)
    sign, limit = "≤" if goal.at_most else "≥", f"{goal.limit:,g}"
    shown = figure if goal.met else f"**{figure}**"
    return [goal.name, shown, f"{sign} {limit}", "met" if goal.met else "missed"]


def _text(figure: float) -> str:
    return f"{figure:,.2f}" if abs(figure) < 100 else f"{figure:,.0f}"
