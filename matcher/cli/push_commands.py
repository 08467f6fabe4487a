"""`matcher push …` (推送批次)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import matcher.cli.push_sending as push_sending
from matcher.cli.arguments import number_between
from matcher.cli.push_opening import ACTOR, AsJson, Batch, By, Reason, opened, print_json
from matcher.cli.screen import console, step_bars
from matcher.config import Config
from matcher.domain.population import PopulationQuery
from matcher.domain.worker_terms import JobStatus, WorkerCategory

MOST_LISTED = 500
LARGEST_WAVE = 1_000_000

push = typer.Typer(help="推送批次：制定、批准、分批发送、叫停、进度。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    push_sending.register(push)
    app.add_typer(push, name="push")


@push.command("plan")
def plan_(
    name: Annotated[str, typer.Argument(help="批次名称，例如：三月安置群众推送")],
    category: Annotated[list[str] | None, typer.Option(help="人员类别，可多次；不写为征迁群众")] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="不限人员类别")] = False,
    status: Annotated[list[str] | None, typer.Option(help="就业状况，可多次；不写为有就业意愿的")] = None,
    region: Annotated[list[str] | None, typer.Option(help="行政区划代码开头，可多次")] = None,
    not_pushed_days: Annotated[int, typer.Option(help="最近这么多天推送过的人不算")] = 0,
    zero_employment: Annotated[bool, typer.Option("--zero-employment", help="只算零就业家庭成员")] = False,
    floor: Annotated[int | None, typer.Option(help="每人至少几条，默认按区域包")] = None,
    wave_size: Annotated[int | None, typer.Option(help="每批发多少人，默认按区域包")] = None,
    seed: Annotated[int, typer.Option(help="同样好的方案之间怎么取舍，可重复")] = 0,
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """试算一个批次：锁定服务对象、分配岗位、自检、列出缺口；写成草稿，不发送。"""
    named = [WorkerCategory.read(one, field="--category") for one in category or ()]
    query = PopulationQuery(
        categories=() if everybody else tuple(named) or PopulationQuery().categories,
        statuses=tuple(JobStatus.read(one, field="--status") for one in status or ())
        or PopulationQuery().statuses,
        regions=tuple(region or ()),
        not_pushed_days=not_pushed_days,
        zero_employment=zero_employment,
    ).checked()
    from matcher.cli.push_screen import show_plan
    from matcher.regions.loading import load_pack
    from matcher.services.planning.plan_batch import plan_batch
    from matcher.services.planning.plan_settings import PlanSettings
    from matcher.services.runtime import Runtime

    config = Config.from_environment()
    given = {"floor": floor, "wave_size": wave_size}
    changes = {key: value for key, value in given.items() if value is not None}
    settings = PlanSettings.of(load_pack(config.region, config.home), **changes)
    with step_bars() as report:
        runtime = Runtime.open(config, progress=lambda done: report("准备索引", done, 1.0))
        planned = plan_batch(
            runtime, query, name=name, settings=settings, actor=by, seed=seed, progress=report
        )
    runtime.close()
    if as_json:
        print_json(
            {
                "batch_id": planned.batch_id,
                "people": planned.people,
                "satisfied": planned.satisfied,
                "short": planned.short,
                "pushes": planned.pushes,
                "excluded": dict(planned.excluded),
                "certificate": planned.certificate.to_json(),
                "figures": planned.figures,
            }
        )
        return
    show_plan(planned)


@push.command("list")
def list_(
    limit: Annotated[int, typer.Option(help=f"显示几个，最多 {MOST_LISTED}")] = 20, as_json: AsJson = False
) -> None:
    """列出批次，新的在前。"""
    number_between(limit, 1, MOST_LISTED, option="--limit")
    from matcher.cli.push_screen import show_list
    from matcher.services.sending.batch_life import list_batches

    with opened() as (_, database):
        found = list_batches(database, limit=limit)
    if as_json:
        print_json([one.to_json() for one in found])
        return
    show_list(found)


@push.command("show")
def show_(
    batch: Batch,
    page: Annotated[Path | None, typer.Option(help="另写一页带图的 .html，用浏览器打开")] = None,
    as_json: AsJson = False,
) -> None:
    """一个批次的方案：覆盖、缺口、单位分布；--page 写出带图的覆盖页。"""
    from matcher.cli.push_screen import show_figures, show_status
    from matcher.services.sending.batch_life import batch_figures, batch_status

    with opened() as (_, database):
        status, figures = batch_status(database, batch), batch_figures(database, batch)
        if page is not None:
            from matcher.services.planning.batch_page import batch_page

            page.write_text(batch_page(database, batch), encoding="utf-8")
    if as_json:
        print_json(status.to_json() | {"figures": figures})
        return
    show_status(status)
    show_figures(figures)
    if page is not None:
        console.print(f"覆盖页：{page}（用浏览器打开）")


@push.command("status")
def status_(batch: Batch, as_json: AsJson = False) -> None:
    """一个批次发到哪一步了。"""
    from matcher.cli.push_screen import show_status
    from matcher.services.sending.batch_life import batch_status

    with opened() as (_, database):
        status = batch_status(database, batch)
    if as_json:
        print_json(status.to_json())
        return
    show_status(status)


@push.command("approve")
def approve_(
    batch: Batch,
    by: By = ACTOR,
    wave_size: Annotated[int | None, typer.Option(help="每批发多少人，默认按方案")] = None,
    as_json: AsJson = False,
) -> None:
    """批准一个草稿；之后才能发送。"""
    if wave_size is not None:
        number_between(wave_size, 1, LARGEST_WAVE, option="--wave-size")
    from matcher.services.sending.batch_life import approve_batch

    with opened() as (_, database):
        status = approve_batch(database, batch, approver=by, wave_size=wave_size)
    if as_json:
        print_json(status.to_json())
        return
    console.print(f"批次 {batch} 已批准，每批 {status.wave_size} 人；发送：matcher push send {batch}")


@push.command("cancel")
def cancel_(batch: Batch, reason: Reason, by: By = ACTOR, as_json: AsJson = False) -> None:
    """取消一个还没有批准的草稿。"""
    from matcher.services.sending.batch_life import cancel_draft

    with opened() as (_, database):
        status = cancel_draft(database, batch, actor=by, reason=reason)
    if as_json:
        print_json(status.to_json())
        return
    console.print(f"批次 {batch} 已取消")


@push.command("stop")
def stop_(batch: Batch, reason: Reason, by: By = ACTOR, as_json: AsJson = False) -> None:
    """叫停：没有发出的全部撤回，已经发出的说明有多少。"""
    from matcher.services.sending.batch_life import stop_batch

    with opened() as (_, database):
        stopped = stop_batch(database, batch, actor=by, reason=reason)
    if as_json:
        print_json(stopped.to_json())
        return
    console.print(stopped.sentence())


@push.command("close")
def close_(batch: Batch, by: By = ACTOR, as_json: AsJson = False) -> None:
    """发完并过了答复期之后结束批次，固定各项数字。"""
    from matcher.regions.loading import load_pack
    from matcher.services.sending.batch_life import close_batch

    with opened() as (config, database):
        days = load_pack(config.region, config.home).answer_days
        status = close_batch(database, batch, actor=by, answer_days=days)
    if as_json:
        print_json(status.to_json())
        return
    console.print(f"批次 {batch} 已结束：{status.served} 人收到了足数的推送")


@push.command("report")
def report_(
    batch: Batch,
    out: Annotated[Path, typer.Option(help="报告 .xlsx")],
    as_json: AsJson = False,
) -> None:
    """写出覆盖报告：按乡镇、按村、缺口名单、全部名单（姓名脱敏）。"""
    from matcher.services.reports.coverage_report import write_coverage_report

    with opened() as (_, database):
        files = write_coverage_report(database, batch, out)
    if as_json:
        print_json({"files": [str(path) for path in files.files], "people": files.people})
        return
    console.print(f"覆盖报告：{'、'.join(str(path) for path in files.files)}")


@push.command("replay")
def replay_(batch: Batch, as_json: AsJson = False) -> None:
    """重算一个批次，看是否得到同样的分配；数据、词典或模型变过就说明哪一项变了。"""
    from matcher.services.planning.replay_batch import replay_batch
    from matcher.services.runtime import Runtime

    with step_bars() as report:
        runtime = Runtime.open(Config.from_environment())
        replay = replay_batch(runtime, batch, report)
    runtime.close(save=False)
    if as_json:
        print_json({"batch_id": replay.batch_id, "same": replay.same, "differs": list(replay.differs)})
        return
    if replay.same:
        console.print(f"批次 {batch} 重算结果完全一致")
    else:
        console.print(f"批次 {batch} 不能得到同样的结果：{'、'.join(replay.differs) or '分配不同'}")
