"""The monthly report under the headings of the region pack, each figure with its rows (月调度报表).

What only a person can write is marked 待填写 and never invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher.clock import local_date
from matcher.regions.pack import RegionPack
from matcher.services.reports.monthly_figures import EFFECT, PROBLEM, PROGRESS, Figure, Month, month_figures
from matcher.services.reports.report_workbook import Cell, Line, Sheet, sheet_name, write_report
from matcher.store.database import Database
from matcher.store.session import StoreSession

TO_FILL = "（待填写）"
COVER = "月报"
_GROUPS = (PROGRESS, EFFECT, PROBLEM)
_WIDTHS = (44, 12, 8, 34)
_DETAIL_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the plan with the figures under it; every section has a text that a person writes."""

    heading: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """The report of one month. warnings: figures of the region pack whose plan has ended."""

    month: Month
    region: str
    pack_version: str
    report_day: int
    made_on: date
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]

    @property
    def figures(self) -> list[Figure]:
        """All figures, in the order of the report."""
        return [figure for section in self.sections for figure in section.figures]


def monthly_report(session: StoreSession, pack: RegionPack, year_month: str) -> MonthlyReport:
    """The report of a month such as 2026-03. Raises InvalidInput for another text or a month to come."""
    today = local_date(session.now())
    month = Month.read(year_month, today)
    return MonthlyReport(
        month=month,
        region=pack.name,
        pack_version=pack.version,
        report_day=pack.report_day,
        made_on=today,
        sections=_sections(pack.report_headings, month_figures(session, pack, month)),
        warnings=tuple(pack.expired_on(today)),
    )


def write_monthly_report(
    database: Database, pack: RegionPack, year_month: str, path: Path
) -> tuple[MonthlyReport, list[Path]]:
    """Write the report as .xlsx; returns it and the files written. Raises what `monthly_report` raises."""
    with database.reading() as session:
        report = monthly_report(session, pack, year_month)
    details = [
        Sheet(
            sheet_name(number, figure.label),
            figure.headers,
            tuple(_DETAIL_WIDTH for _ in figure.headers),
            figure.rows,
        )
        for number, figure in enumerate(report.figures, start=1)
    ]
    files = write_report(path, [Sheet(COVER, (), _WIDTHS, _cover(report)), *details])
    return report, files


def _sections(headings: Sequence[str], figures: Sequence[Figure]) -> tuple[Section, ...]:
    """The figures under the headings of their group; a group without a heading goes under the first."""
    home = {group: next((h for h in headings if group in h), headings[0]) for group in _GROUPS}
    return tuple(
        Section(heading, tuple(figure for figure in figures if home[figure.group] == heading))
        for heading in headings
    )


def _cover(report: MonthlyReport) -> list[tuple[Cell, ...] | Line]:
    lines: list[tuple[Cell, ...] | Line] = [
        Line((f"{report.region}{report.month.label}就业服务工作月报",), title=True),
        (f"每月{report.report_day}日前报送；{report.made_on} 制表；区域包 {report.pack_version}",),
    ]
    lines += [(warning,) for warning in report.warnings]
    number = 0
    for place, section in enumerate(report.sections, start=1):
        lines += [("",), Line((f"{_numeral(place)}、{section.heading}",), title=True)]
        if section.figures:
            lines.append(Line(("指标", "数量", "单位", "明细"), title=True))
        for figure in section.figures:
            number += 1
            lines.append(
                (figure.label, figure.total, figure.unit, f"见“{sheet_name(number, figure.label)}”表")
            )
        lines.append(Line((f"{section.heading}：{TO_FILL}",), to_fill=True))
    return lines


def _numeral(number: int) -> str:
    return "一二三四五六七八九十"[number - 1] if number <= 10 else str(number)
