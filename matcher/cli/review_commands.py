"""`matcher review all`, `list`, `bar` and `let-back` (复核)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.push_opening import By
from matcher.cli.screen import console, errors, progress_bar
from matcher.config import Config
from matcher.domain.record_terms import Severity
from matcher.domain.service_terms import BlacklistReason

if TYPE_CHECKING:
    from matcher.services.review.open_findings import OpenFinding

ACTOR = "cli"

reviews = typer.Typer(help="合规复核：全部重查、查看待处理的发现、用人单位黑名单。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(reviews, name="review")


@reviews.command("all")
def review_everything() -> None:
    """按现在的规则和登记信息重查全部岗位；可中断，再运行会接着查。"""
    from matcher.compliance import rule_fault
    from matcher.services.installation import open_database
    from matcher.services.review.review_all import Bookmark, postings_left, review_all

    config = Config.from_environment()
    if rule_fault():
        errors.print(f"[yellow]规则文件有误，仍按原来的规则查：{rule_fault()}[/]")
    database = open_database(config)
    bookmark = Bookmark.in_folder(config.home)
    with progress_bar("复核", postings_left(database, bookmark)) as advance:
        report = review_all(database, bookmark, actor=ACTOR, advance=advance)
    database.close()
    if report.resumed_after:
        console.print("接着上次没查完的地方继续")
    console.print(
        f"规则 {report.rules}：查了 {report.reviewed} 个岗位，{report.with_findings} 个有发现；"
        f"新拦截 {report.blocked} 个，解除拦截 {report.cleared} 个",
        highlight=False,
        soft_wrap=True,
    )


@reviews.command("list")
def list_open(
    severity: Annotated[str | None, typer.Option(help="block 拦截 / amend 退改 / hint 提示")] = None,
    limit: Annotated[int, typer.Option(help="最多列多少条")] = 50,
) -> None:
    """列出待处理的发现：先拦截，再退改、提示；附建议改法。"""
    from matcher.services.installation import open_database
    from matcher.services.review.open_findings import open_counts, open_findings

    wanted = None if severity is None else Severity.read(severity, field="severity")
    database = open_database(Config.from_environment())
    with database.reading() as session:
        found = open_findings(session, severity=wanted, limit=limit)
        counts = open_counts(session)
    database.close()
    for one in found:
        console.print(_line(one), highlight=False, markup=False, soft_wrap=True)
    told = "，".join(f"{one.label} {count} 条" for one, count in counts.items())
    console.print(f"待处理：{told}", highlight=False)


@reviews.command("bar")
def bar(
    employer: Annotated[str, typer.Argument(help="单位编号，或与登记完全一样的名称")],
    reason: Annotated[str, typer.Option(help="原因：" + "、".join(f"{one.value} {one.label}" for one in BlacklistReason))],
    basis: Annotated[str, typer.Option(help="依据：文号或案号")],
    by: By = ACTOR,
) -> None:
    """把用人单位列入黑名单：它的岗位马上从所有出口消失。"""
    from matcher.services.installation import open_database
    from matcher.services.review.barring import bar_employer

    why = BlacklistReason.read(reason, field="--reason")
    database = open_database(Config.from_environment())
    number = bar_employer(database, employer, why, basis, actor=by)
    database.close()
    console.print(f"已列入黑名单：{number}（{why.label}，依据 {basis}）", highlight=False)


@reviews.command("let-back")
def let_back(
    employer: Annotated[str, typer.Argument(help="单位编号，或与登记完全一样的名称")],
    reason: Annotated[str, typer.Option(help="移出的理由")],
    by: By = ACTOR,
) -> None:
    """把用人单位移出黑名单；历史里仍看得到列入过。"""
    from matcher.services.installation import open_database
    from matcher.services.review.barring import let_employer_back

    database = open_database(Config.from_environment())
    number = let_employer_back(database, employer, reason, actor=by)
    database.close()
    console.print(f"已移出黑名单：{number}", highlight=False)


def _line(one: OpenFinding) -> str:
    rests_on = f"“{one.words}”" if one.words else one.basis
    return f"[{one.severity.label}] {one.posting_id} {one.title}｜{one.ground}：{rests_on} → {one.rewrite}（{one.rule_id}）"
