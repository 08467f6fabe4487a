"""`matcher care …` and `matcher outcomes export` (帮扶服务)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import matcher.cli.answer_commands as answer_commands
from matcher.cli.arguments import existing_file
from matcher.cli.care_screen import print_json, show_board, show_import, show_queue
from matcher.cli.screen import console, errors
from matcher.clock import SHANGHAI, local_date
from matcher.config import Config
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import FollowUpMode, ServiceKind
from matcher.errors import InvalidInput

if TYPE_CHECKING:
    from matcher.regions.pack import RegionPack
    from matcher.store.database import Database

ACTOR = "cli"
AsJson = Annotated[bool, typer.Option("--json", help="按 JSON 输出")]
Region = Annotated[str, typer.Option(help="只看这个行政区划代码开头的地方")]

care = typer.Typer(help="帮扶服务：待办、回访登记、答复、零就业家庭、结果、月报。", no_args_is_help=True)
answer_commands.register(care)
outcomes = typer.Typer(help="推送结果：导出训练样本。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(care, name="care")
    app.add_typer(outcomes, name="outcomes")


@care.command("queue")
def queue_(
    caseworker: Annotated[str, typer.Option(help="只看这名帮扶干部(登录名)的")] = "",
    region: Region = "",
    kind: Annotated[str, typer.Option(help="只看这一类，如 有意向待联系")] = "",
    limit: Annotated[int, typer.Option(help="显示几条，最多 1000")] = 30,
    offset: Annotated[int, typer.Option(help="从第几条之后开始")] = 0,
    as_json: AsJson = False,
) -> None:
    """今天该联系谁、为什么：按轻重缓急排好，姓名电话脱敏。"""
    wanted = QueueKind.read(kind, field="--kind") if kind else None
    from matcher.services.care.follow_up_queue import Page, queue

    with _opened() as (database, pack), database.reading() as session:
        found = queue(
            session,
            pack,
            database.clock.now(),
            caseworker=caseworker or None,
            region=region or None,
            kind=wanted,
            page=Page(limit, offset),
        )
    show_queue(found, as_json=as_json)


@care.command("log")
def log_(
    worker: Annotated[str, typer.Argument(help="劳动者编号")],
    kind: Annotated[str, typer.Argument(help="待办类型，如 有意向待联系")],
    mode: Annotated[str, typer.Option(help="方式：电话、上门、窗口、微信")] = FollowUpMode.PHONE.label,
    result: Annotated[str, typer.Option(help="说了什么；加密保存")] = "",
    not_reached: Annotated[bool, typer.Option("--not-reached", help="没有联系上，明天再联系")] = False,
    service: Annotated[str, typer.Option(help="提供了什么服务，如 职业指导")] = "",
    next_on: Annotated[str, typer.Option("--next", help="下次联系日期，如 2026-03-05")] = "",
    by: Annotated[str, typer.Option(help="经办人登录名")] = ACTOR,
    as_json: AsJson = False,
) -> None:
    """登记一次回访；没联系上的会再排进待办。"""
    chosen = QueueKind.read(kind, field="待办类型")
    given = ServiceKind.read(service, field="--service") if service else None
    way = FollowUpMode.read(mode, field="--mode")
    from matcher.services.care.follow_up_queue import Contact, log_contact

    contact = Contact(worker, chosen, way, not not_reached, result, given, _moment(next_on))
    with _opened() as (database, pack):
        next_at = log_contact(database, pack, contact, actor=by)
    if as_json:
        print_json({"worker_id": worker, "kind": chosen.value, "next_at": next_at and next_at.isoformat()})
        return
    console.print("已登记" + (f"，{local_date(next_at)} 再联系" if next_at else ""))


@care.command("households")
def households_(
    detect: Annotated[bool, typer.Option("--detect", help="先按成员就业状况重新认定")] = False,
    verify: Annotated[str, typer.Option(help="这户的成员状况已核实")] = "",
    region: Region = "",
    by: Annotated[str, typer.Option(help="经办人登录名")] = ACTOR,
    as_json: AsJson = False,
) -> None:
    """零就业家庭：认定、核实、看期限。"""
    from matcher.services.care import household_care

    with _opened() as (database, pack):
        if detect:
            with database.writing(by) as session:
                findings = household_care.detect(session, region=region or None)
            for finding in findings:
                if finding.note:
                    errors.print(f"[yellow]{finding.household_id}：{finding.note}[/]")
        if verify:
            with database.writing(by) as session:
                household_care.verify(session, verify)
        with database.reading() as session:
            board = household_care.board(session, pack, database.clock.now(), region=region or None)
    show_board(board, as_json=as_json)


@care.command("outcomes")
def outcomes_(
    path: Annotated[Path, typer.Argument(help="结果文件 .xlsx、.csv 或 .jsonl")],
    corrections: Annotated[Path | None, typer.Option(help="有问题的行写到这个 .xlsx，改好可再导入")] = None,
    by: Annotated[str, typer.Option(help="经办人登录名")] = ACTOR,
    as_json: AsJson = False,
) -> None:
    """导入面试、录用、上岗、在岗、离岗结果；同一文件可重复导入。"""
    existing_file(path)
    from matcher.services.care.outcome_import import import_outcomes

    with _opened() as (database, _):
        result = import_outcomes(database, path, corrections=corrections, actor=by)
    show_import(result, as_json=as_json)


@care.command("report")
def report_(
    month: Annotated[str, typer.Option(help="月份，如 2026-03")],
    out: Annotated[Path, typer.Option(help="写到这个 .xlsx")],
    as_json: AsJson = False,
) -> None:
    """按本地计划的标题出月报，每个数字都有明细表。"""
    if out.suffix.lower() != ".xlsx":
        raise InvalidInput(f"月报只能写成 .xlsx，不能是“{out.suffix}”")
    from matcher.services.reports.monthly_report import write_monthly_report

    with _opened() as (database, pack):
        made, files = write_monthly_report(database, pack, month, out)
    if as_json:
        figures = {figure.label: figure.total for figure in made.figures}
        print_json({"month": month, "figures": figures, "files": [str(one) for one in files]})
        return
    for section in made.sections:
        told = "，".join(f"{figure.label} {figure.total}{figure.unit}" for figure in section.figures)
        console.print(f"{section.heading}：{told or '待填写'}")
    for warning in made.warnings:
        console.print(f"[yellow]{warning}[/]")
    console.print(f"月报：{'、'.join(str(one) for one in files)}（黄色的行待填写）")


@outcomes.command("export")
def export_(
    out: Annotated[Path, typer.Option(help="写到这个 .jsonl；说明见 services/training_examples.py")],
) -> None:
    """导出训练样本：分级结果和当时的得分名次，不含个人信息。"""
    from matcher.services.learning.training_examples import export_examples

    with _opened() as (database, _):
        count = export_examples(database, out)
    console.print(f"{count} 条 → {out}")


@contextmanager
def _opened() -> Iterator[tuple[Database, RegionPack]]:
    """The installation's database and region pack, without any model."""
    from matcher.regions.loading import load_pack
    from matcher.services.installation import open_database

    config = Config.from_environment()
    pack = load_pack(config.region, config.home)
    database = open_database(config)
    try:
        yield database, pack
    finally:
        database.close()


def _moment(text: str) -> datetime | None:
    """Nine in the morning of a day."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise InvalidInput(f"--next 应写成 2026-03-05，收到“{text[:20]}”") from None
    return day.replace(hour=9, tzinfo=SHANGHAI).astimezone(UTC)
