"""The report opens without a network, escapes what people wrote, and says it is a sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matcher.demo.charts import balance_chart, pay_chart, stage_chart, town_map
from matcher.demo.county import County
from matcher.demo.report import (
    ComplianceLine,
    DemoReportData,
    ImportedFile,
    ImportProblem,
    MatchCard,
    OpenHint,
    PostingExample,
    Stage,
    WorkerExample,
    compliance_lines,
    grouped_problems,
    monthly_pays_yuan,
    town_counts,
    trade_balance,
    write_report,
)
from matcher.domain.posting import Posting

NASTY = "<script>alert(1)</script>&\"'"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    county = County.generate(4, n_workers=120, n_postings=120)
    card = MatchCard(NASTY, NASTY, "260 元/天", "麦渚街道", 0.83, ("离家近",), ("证下月到期",))
    pays, unknown = monthly_pays_yuan(county.postings)
    data = DemoReportData(
        "2026年3月2日",
        live_postings=1388,
        workers=120,
        files=[ImportedFile("postings.xlsx", "岗位", "—", 10, 9, 1)],
        problems=[ImportProblem("postings.xlsx", 3, "有效期至", NASTY, "不是日期", "改")],
        compliance=[ComplianceLine("押金", "拦截", 2, NASTY, "删去")],
        towns=town_counts(county.postings, county.workers),
        trades=trade_balance(county.postings, county.workers),
        pays_yuan=pays,
        pay_unknown=unknown,
        worker_examples=[
            WorkerExample("样例王一", NASTY, ["会贴砖"], [card], ["路程放宽到30分钟"]),
            WorkerExample("样例李二", "", [], [], note="已登记，有了通知您"),
        ],
        posting_examples=[PostingExample("贴砖师傅", "样例单位", "贴砖", ["日结"], [card])],
        stages=[Stage("导入", 1.5, 240), Stage("排序", 0.02)],
        open_hints=[OpenHint("启动服务", "make serve")],
        versions={"规则": "1"},
    )
    out = write_report(data, tmp_path_factory.mktemp("report") / "deep" / "report.html")
    return out.read_text(encoding="utf-8")


def test_what_people_wrote_is_never_markup(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_needs_no_network(page: str) -> None:
    addresses = re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?([^\"')>\s]+)", page)
    assert all(address.startswith(("#", "data:")) for address in addresses), addresses


def test_the_page_says_that_everything_is_a_sample(page: str) -> None:
    assert page.count("样例") >= 4
    assert "全部虚构" in page


def test_reasons_gaps_widening_and_an_empty_result_are_shown(page: str) -> None:
    for words in (
        "离家近",
        "证下月到期",
        "已放宽：路程放宽到30分钟",
        "暂无合适岗位",
        "已登记，有了通知您",
        "1,388",
    ):
        assert words in page


def test_every_town_of_the_county_is_on_the_map(page: str) -> None:
    for name in ("麦渚街道", "苇湾镇", "芦汀乡"):
        assert name in page


def test_pictures_escape_names_and_survive_having_nothing_to_draw() -> None:
    assert "<script" not in town_map([(NASTY, 38.5, 119.6, 1, 2)])
    assert "<script" not in balance_chart([(NASTY, 1, 0)])
    assert town_map([]) == balance_chart([]) == pay_chart([]) == stage_chart([]) == ""
    assert "nan" not in stage_chart([("空", 0.0, 0)])


def test_written_report_without_any_data_still_opens(tmp_path: Path) -> None:
    page = write_report(DemoReportData("2026年3月2日"), tmp_path / "r.html").read_text(encoding="utf-8")
    assert "</html>" in page


def test_compliance_lines_count_postings_and_put_the_gravest_first() -> None:
    postings = [
        Posting("a", "保洁", duties="限女性，限女性"),
        Posting("b", "收银", duties="女士优先"),
        Posting("c", "普工", duties="入职交押金300元"),
        Posting("d", "瓦工", duties="男女不限"),
    ]
    lines = compliance_lines(postings)
    assert [(line.ground, line.severity, line.postings) for line in lines] == [
        ("押金保证金", "拦截", 1),
        ("性别", "退改", 2),
    ]
    assert "押金300" in lines[0].example


def test_many_rows_with_one_problem_do_not_hide_the_rare_ones() -> None:
    common = [ImportProblem("a.csv", n, "市", "样例市", "行政区划里找不到", "改") for n in range(2, 900)]
    rare = ImportProblem("a.csv", 950, "有效期至", "13月", "日期不存在", "改")
    assert grouped_problems([*common, rare]) == [(rare, 1), (common[0], 898)]
