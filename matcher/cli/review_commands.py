"""`matcher review all` and `matcher review list` (复核)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.screen import console, errors, progress_bar
from matcher.config import Config
from matcher.domain.record_terms import Severity

if TYPE_CHECKING:
    from matcher.services.review.open_findings import OpenFinding

ACTOR = "cli"

reviews = typer.Typer(help="合规复核：全部重查、查看待处理的发现。", no_args_is_help=True)


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


def _line(one: OpenFinding) -> str:
    rests_on = f"“{one.words}”" if one.words else one.basis
    return f"[{one.severity.label}] {one.posting_id} {one.title}｜{one.ground}：{rests_on} → {one.rewrite}（{one.rule_id}）"
