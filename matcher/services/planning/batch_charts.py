"""Pictures of a planned batch as inline SVG (批次图表).

Text stays text, in the reader's own Chinese font: nothing is fetched, and no font need be installed where the
page is made.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, SOFT, RULE = "#2e2822", "#7a6f63", "#e3dacb"
JOBS, PEOPLE, PALE, CARD = "#b5532a", "#2f6f73", "#d9c7a6", "#fffdf9"
FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "matcher",
    "font.family": FONTS,
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": SOFT,
    "axes.facecolor": CARD,
    "figure.facecolor": CARD,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
}
WIDTH = 8.2  # inches
ROW = 0.34  # inches of one bar
MOST_BARS = 15
NAME_CHARS = 16


def town_chart(places: Sequence[Mapping[str, Any]], floor: int) -> str:
    """People of each town: enough, some, none."""
    shown = list(places[:MOST_BARS])
    if not shown:
        return ""
    with _drawing(WIDTH, 0.9 + ROW * len(shown)) as (figure, axes):
        rows = range(len(shown))
        left = [0] * len(shown)
        kinds = (("enough", f"{floor} 个及以上", PEOPLE), ("some", "不足", PALE), ("none", "一个也没有", JOBS))
        for key, label, colour in kinds:
            counts = [one[key] for one in shown]
            axes.barh(rows, counts, left=left, color=colour, label=label, height=0.66)
            left = [a + b for a, b in zip(left, counts, strict=True)]
        _names_down(axes, [one["name"] for one in shown])
        axes.margins(x=0.16)
        for row, one in enumerate(shown):
            short = one["some"] + one["none"]
            text = f"{one['people']:,} 人" + (f"，{short:,} 人有缺口" if short else "")
            _beside(axes, left[row], row, text)
        _legend(figure)
        return _svg(figure, "各地覆盖")


def employer_chart(employers: Sequence[Mapping[str, Any]]) -> str:
    """Pushes to each of the busiest employers against what it may get."""
    shown = list(employers[:MOST_BARS])
    if not shown:
        return ""
    with _drawing(WIDTH, 0.9 + ROW * len(shown)) as (figure, axes):
        rows = range(len(shown))
        axes.barh(rows, [one["capacity"] for one in shown], color=RULE, height=0.66, label="可推名额")
        axes.barh(rows, [one["pushes"] for one in shown], color=JOBS, height=0.4, label="已安排推送")
        _names_down(axes, [one["employer"] or "（未写单位）" for one in shown])
        axes.margins(x=0.16)
        for row, one in enumerate(shown):
            _beside(axes, max(one["capacity"], one["pushes"]), row, f"{one['pushes']:,} / {one['capacity']:,}")
        _legend(figure)
        return _svg(figure, "各单位推送与名额")


def lorenz_chart(shares: Sequence[float], gini: float) -> str:
    """How evenly pushes lie over the openings that could get one."""
    if not shares:
        return ""
    with _drawing(WIDTH / 2, 3.2) as (figure, axes):
        steps = [100 * place / max(len(shares) - 1, 1) for place in range(len(shares))]
        percent = [100 * share for share in shares]
        axes.plot([0, 100], [0, 100], color=RULE, linewidth=1.5)
        axes.fill_between(steps, percent, color=PEOPLE, alpha=0.14, linewidth=0)
        axes.plot(steps, percent, color=PEOPLE, linewidth=2)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_xlabel("名额（从推得最少的起，%）")
        axes.set_ylabel("推送（累计，%）")
        axes.text(6, 86, f"基尼系数 {gini:.2f}", fontsize=12)
        return _svg(figure, "推送在名额间的分布")


def score_chart(bins: Sequence[int]) -> str:
    """How well the pushes fit."""
    if not sum(bins):
        return ""
    with _drawing(WIDTH / 2, 3.2) as (figure, axes):
        width = 100 / len(bins)
        axes.bar([width * (place + 0.5) for place in range(len(bins))], bins, width=width * 0.86, color=PEOPLE)
        axes.set_xlim(0, 100)
        axes.set_xlabel("匹配分（满分 100）")
        axes.set_ylabel("推送条数")
        return _svg(figure, "匹配分分布")


def count_chart(title: str, lines: Sequence[tuple[str, int]]) -> str:
    """One bar for each (label, people)."""
    shown = [line for line in lines if line[1]]
    if not shown:
        return ""
    with _drawing(WIDTH / 2, 0.7 + 0.42 * len(shown)) as (figure, axes):
        axes.barh(range(len(shown)), [count for _, count in shown], color=JOBS, height=0.6)
        _names_down(axes, [label for label, _ in shown])
        axes.margins(x=0.2)
        for row, (_, count) in enumerate(shown):
            _beside(axes, count, row, f"{count:,} 人")
        return _svg(figure, title)


class _drawing:
    """A figure with one pair of axes in the house style; metrics of absent fonts are nobody's concern."""

    def __init__(self, width: float, height: float) -> None:
        self._size = (width, height)
        self._style = mpl.rc_context(STYLE)
        self._quiet = warnings.catch_warnings()
        self._log = logging.getLogger("matplotlib.font_manager")

    def __enter__(self) -> tuple[Figure, Axes]:
        self._style.__enter__()
        self._quiet.__enter__()
        warnings.simplefilter("ignore", UserWarning)
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL)
        figure = Figure(figsize=self._size, layout="constrained")
        FigureCanvasSVG(figure)
        return figure, figure.add_subplot()

    def __exit__(self, *error: Any) -> None:
        self._log.setLevel(self._level)
        self._quiet.__exit__(*error)
        self._style.__exit__(*error)


def _names_down(axes: Axes, names: Sequence[str]) -> None:
    """One name a bar, the first on top; the numbers stand beside the bars."""
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _beside(axes: Axes, end: float, row: int, text: str) -> None:
    """Text a little to the right of the end of a bar."""
    axes.annotate(
        text, (end, row), (4, 0), textcoords="offset points", va="center", fontsize=10, color=SOFT
    )


def _legend(figure: Figure) -> None:
    figure.legend(loc="outside upper right", frameon=False, fontsize=10, ncols=3)


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARS else name[: NAME_CHARS - 1] + "…"


def _svg(figure: Figure, title: str) -> str:
    """The figure as an element that stands in a page and is read out by its title."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = file.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
