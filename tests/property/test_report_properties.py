"""Any text in a report comes back as that text, never as a formula; a total is the count of its rows."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from matcher.services.reports.monthly_figures import EFFECT, PROBLEM, PROGRESS, Figure, Month
from matcher.services.reports.monthly_report import MonthlyReport, _cover, _sections
from matcher.services.reports.report_workbook import Line, Sheet, write_report

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=12).map(str.strip)
nasty = st.sampled_from(
    ["=1+1", "+1", "-1", "@A1", "＝1", "\t=1", "00012", "1E5", "2026-03-01", "TRUE", "'=1"]
)
cells = texts | nasty | st.integers(-5, 10**12)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=5)


@given(rows)
@settings(max_examples=40, deadline=None)
def test_every_cell_comes_back_as_it_was_and_none_is_a_formula(
    given_rows: list[tuple[str | int, str | int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_report(path, [Sheet("名单", ("甲", "乙"), (10, 10), given_rows)])
        read = [list(row) for row in load_workbook(path)["名单"].iter_rows(min_row=2)]
        assert all(cell.data_type != "f" for row in read for cell in row)
        shown = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("名单").to_python()[1:]
    for expected, got in zip(given_rows, shown, strict=False):  # it leaves out blank cells at the end
        for cell, value in zip(expected, got, strict=False):
            assert value == cell


figures = st.lists(
    st.builds(
        Figure,
        st.sampled_from([PROGRESS, EFFECT, PROBLEM]),
        st.sampled_from(["甲", "乙", "丙"]),
        st.just("人"),
        st.just(("姓名",)),
        st.lists(st.tuples(texts), max_size=9),
    ),
    max_size=8,
)
headings = st.lists(
    st.sampled_from([PROGRESS, EFFECT, PROBLEM, "下步举措", "意见建议", "目标任务落实进度"]),
    min_size=1,
    unique=True,
)


@given(figures, headings)
@settings(max_examples=100, deadline=None)
def test_each_figure_stands_once_under_some_heading_with_the_number_of_its_rows(
    made: list[Figure], under: list[str]
) -> None:
    sections = _sections(under, made)
    report = MonthlyReport(Month(2026, 3), "样例县", "x", 5, date(2026, 3, 2), sections, ())
    assert [section.heading for section in sections] == under
    assert sorted(map(id, report.figures)) == sorted(map(id, made))
    lines = [line for line in _cover(report) if not isinstance(line, Line) and len(line) == 4]
    assert [line[1] for line in lines] == [len(figure.rows) for figure in report.figures]
