"""`matcher import` and `matcher index` (数据)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.arguments import existing_file
from matcher.cli.screen import console, errors, progress_bar, step_bars
from matcher.config import Config

if TYPE_CHECKING:
    from matcher.services.imports.import_file import ImportReport

ACTOR = "cli"
SHOWN_PROBLEMS = 10


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("import")(import_)
    app.command("index")(index)


def import_(
    path: Annotated[Path, typer.Argument(help=".csv、.xlsx、.jsonl 或 .jsonl.gz")],
    kind: Annotated[str | None, typer.Option(help="postings 岗位 / workers 劳动者；不写则按表头判断")] = None,
    source: Annotated[str, typer.Option(help="来源名称；同一来源内用编号识别同一条")] = "",
    mapping: Annotated[Path | None, typer.Option(help="该来源的列对照文件")] = None,
    sheet: Annotated[str, typer.Option(help="工作表名称")] = "",
    full: Annotated[bool, typer.Option("--full", help="这是该来源的完整名单：没出现的岗位撤回")] = False,
    review: Annotated[bool, typer.Option("--review", help="新岗位先待审，不直接发布")] = False,
) -> None:
    """导入一个文件：要么全部写入，要么一条不写；有问题的行写进更正表。"""
    from matcher.imports.mapping import load_mapping
    from matcher.services.imports.import_file import import_file
    from matcher.services.installation import open_database

    existing_file(path)
    columns = load_mapping(existing_file(mapping)) if mapping else None
    config = Config.from_environment()
    database = open_database(config)
    with step_bars() as report:
        result = import_file(
            database,
            path,
            corrections_folder=config.import_folder,
            kind=kind,
            mapping=columns,
            source=source,
            sheet=sheet,
            full=full,
            publish=not review,
            actor=ACTOR,
            progress=lambda rows, share: report("导入", rows, share),
        )
    database.close()
    show_report(result)


def index() -> None:
    """从数据库重建索引并写快照。"""
    from matcher.encoding.encoder import Encoder
    from matcher.services.installation import open_database
    from matcher.services.live_index import LiveIndex

    config = Config.from_environment()
    database = open_database(config)
    live = LiveIndex(
        database,
        Encoder.load(config.encoder_path),
        config.snapshot_folder,
        encoder_path=config.encoder_path,
    )
    with progress_bar("建索引", None) as advance:
        status = live.rebuild(advance)
    live.save()
    database.close()
    errors.print(f"岗位 {status.postings} 个，劳动者 {status.workers} 人，快照已写好")


def show_report(report: ImportReport) -> None:
    """The result of an import, with the first problems and where to put them right."""
    from rich.table import Table

    table = Table("读入", "新增", "变更", "未变", "撤回", "重复", "待更正")
    counts = report.counts
    table.add_row(
        str(report.rows_read),
        *(str(counts[name]) for name in ("new", "changed", "unchanged", "withdrawn", "repeated", "failed")),
    )
    console.print(table)
    if report.blocked or report.to_rewrite:
        console.print(f"合规：拦截 {report.blocked} 个（不会出现在任何结果里），退改 {report.to_rewrite} 个")
    for notice in report.notices:
        console.print(f"[yellow]{notice}[/]")
    for problem in report.problems[:SHOWN_PROBLEMS]:
        left_out = "未导入" if problem.fatal else "该项留空"
        console.print(
            f"  {problem.rows} 行（第一处在第 {problem.first_row} 行，{left_out}）：{problem.reason}；{problem.fix}"
        )
    if report.corrections:
        console.print(f"更正表：{report.corrections}（改好后直接再导入）")
