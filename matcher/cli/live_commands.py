"""`matcher live …`: livestreams (直播带岗)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import matcher.cli.live_lead_commands as live_lead_commands
from matcher.cli.instant_opening import opened_with_pack, pack_of, short_moment
from matcher.cli.push_opening import ACTOR, AsJson, By, print_json
from matcher.cli.screen import console
from matcher.clock import SHANGHAI
from matcher.config import Config
from matcher.errors import InvalidInput

if TYPE_CHECKING:
    from matcher.services.live.answering import ViewerAnswer
    from matcher.services.live.run_sheet import RunSheet
    from matcher.store.database import Database

Event = Annotated[int, typer.Argument(help="直播编号，见 matcher live list")]
Number = Annotated[int, typer.Argument(help="岗位号")]
Seen = Annotated[int | None, typer.Option("--version", help="看到的流程单版本；不写为现在的版本")]

live = typer.Typer(help="直播带岗：排品、流程单、上播、答问、线索、漏斗。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    live_lead_commands.register(live)
    app.add_typer(live, name="live")


@live.command("new")
def new_(
    name: Annotated[str, typer.Argument(help="直播名称")],
    at: Annotated[str, typer.Option(help="开始时间，如 '2026-03-02 19:30'")],
    minutes: Annotated[int, typer.Option(help="时长，分钟")] = 60,
    platform: Annotated[str, typer.Option(help="平台")] = "",
    caller: Annotated[list[str] | None, typer.Option(help="回电人员，可写多个，轮流接线索")] = None,
    by: By = ACTOR,
) -> None:
    """登记一场直播。"""
    from matcher.services.live.sessions import create_live

    with opened_with_pack() as (database, pack):
        made = create_live(
            database, name, _moment(at), minutes=minutes, platform=platform, callers=caller or (),
            region=pack.county_code, actor=by,
        )  # fmt: skip
    console.print(f"已登记直播 {made.event_id}；排品：matcher live plan {made.event_id} --wishes 文件")


@live.command("list")
def list_() -> None:
    """全部直播。"""
    from matcher.services.live.sessions import all_live

    with opened_with_pack() as (database, _), database.reading() as session:
        for one in all_live(session):
            console.print(
                f"{one.event_id}  {short_moment(one.starts_at)}  {one.state.label}  {one.name}", highlight=False
            )


@live.command("plan")
def plan_(
    event: Event,
    wishes: Annotated[Path, typer.Option(help="观众需求，一行一条，如 电焊工 包住 容城附近", exists=True, dir_okay=False)],
    size: Annotated[int, typer.Option(help="几个岗位")] = 20,
    minutes: Annotated[float, typer.Option(help="总时长，分钟")] = 60,
    older: Annotated[float, typer.Option(help="大龄友好岗位至少占多少，0 到 1")] = 0.25,
    local: Annotated[float, typer.Option(help="本地岗位至少占多少，0 到 1")] = 0.4,
    version: Seen = None,
    by: By = ACTOR,
) -> None:
    """按观众需求自动排品：选岗、排序、编号、分配时间。"""
    from matcher.services.live.planning import LineupRequest, plan_lineup
    from matcher.services.live.wishes import typed_wishes
    from matcher.services.runtime import Runtime

    config = Config.from_environment()
    county = pack_of(config).county
    runtime = Runtime.open(config)
    try:
        lines = wishes.read_text(encoding="utf-8-sig").splitlines()
        wanted = typed_wishes(lines, now=runtime.database.clock.now(), near=county or None)
        seen = version or _version_now(runtime.database, event)
        asked = LineupRequest(size, minutes, older, local, county)
        plan = plan_lineup(runtime, event, wanted, asked, version=seen, actor=by)
    finally:
        runtime.close(save=False)
    console.print(f"排了 {plan.items} 个岗位，满足观众需求 {plan.covered:.0%}，离最好的排法最多差 {plan.gap:.1%}")
    for floor, missing in plan.short.items():
        console.print(f"[yellow]{floor}岗位不够，少 {missing} 个[/]")


@live.command("sheet")
def sheet_(event: Event, as_json: AsJson = False) -> None:
    """流程单：口播稿、不得说、现在能不能上播。"""
    from matcher.services.live.run_sheet import run_sheet
    from matcher.services.renderings import sign_of

    with opened_with_pack() as (database, pack), database.reading() as session:
        found = run_sheet(session, sign_of(pack), event)
    if as_json:
        print_json(found.to_json())
        return
    _show(found)


@live.command("add")
def add_(
    event: Event,
    posting: Annotated[str, typer.Argument(help="岗位编号")],
    version: Seen = None,
    by: By = ACTOR,
) -> None:
    """在流程单末尾加一个岗位。"""
    from matcher.services.live.airing import add_item

    with opened_with_pack() as (database, _):
        seen = version or _version_now(database, event)
        done = add_item(database, event, posting, version=seen, actor=by)
    console.print(f"已加上，是 {done.short_no} 号")


@live.command("air")
def air_(event: Event, number: Number, version: Seen = None, by: By = ACTOR) -> None:
    """上播一个岗位；不合规的上不了，会说为什么。"""
    from matcher.services.live.airing import put_on_air

    with opened_with_pack() as (database, _):
        seen = version or _version_now(database, event)
        done = put_on_air(database, event, number, version=seen, actor=by)
    console.print(f"{number} 号已上播，流程单第 {done.version} 版")


@live.command("off")
def off_(
    event: Event,
    number: Number,
    because: Annotated[str, typer.Option(help="原因")] = "主持人撤下",
    version: Seen = None,
    by: By = ACTOR,
) -> None:
    """撤下一个岗位。"""
    from matcher.services.live.airing import take_off

    with opened_with_pack() as (database, _):
        seen = version or _version_now(database, event)
        done = take_off(database, event, number, version=seen, because=because, actor=by)
    console.print(f"{number} 号已撤下，流程单第 {done.version} 版")


@live.command("end")
def end_(event: Event, by: By = ACTOR) -> None:
    """结束直播。"""
    from matcher.domain.event_terms import EventState
    from matcher.services.live.sessions import move_live

    with opened_with_pack() as (database, _):
        done = move_live(database, event, EventState.CLOSED, actor=by)
    console.print(f"直播{done.state.label}；漏斗：matcher live funnel {event}")


@live.command("ask")
def ask_(
    words: Annotated[str, typer.Argument(help="观众的话，如 50岁能去吗 有夫妻房 长白班 容城附近")],
    event: Annotated[int | None, typer.Option(help="直播编号；流程单上的优先")] = None,
    top: Annotated[int, typer.Option(help="最多几个岗位，1 到 5")] = 5,
    as_json: AsJson = False,
) -> None:
    """回答观众一句话：最多五个岗位，逐条打勾。"""
    from matcher.services.live.answering import answer_viewer
    from matcher.services.runtime import Runtime

    config = Config.from_environment()
    near = pack_of(config).county or None
    runtime = Runtime.open(config)
    try:
        answer = answer_viewer(runtime, words, event, top, near=near)
    finally:
        runtime.close(save=False)
    if as_json:
        print_json(answer.to_json())
        return
    _show_answer(answer)


@live.command("overlay")
def overlay_(event: Event) -> None:
    """OBS 浏览器源的地址，两天内有效。"""
    from matcher.services.live.public_pages import live_links
    from matcher.services.live.sessions import one_live

    with opened_with_pack() as (database, _), database.reading() as session:
        one_live(session, event)
        token = live_links(database, Config.from_environment()).overlay_token(event, now=session.now())
    console.print(f"/live/{event}/overlay?token={token}", highlight=False, soft_wrap=True)


def _show(found: RunSheet) -> None:
    console.print(f"{found.live.name}  {found.live.state.label}  第 {found.live.version} 版  线索 {found.leads}")
    for item in found.items:
        mark = "●" if item.short_no == found.on_air else "×" if item.taken_off_at else " "
        minute = "" if item.planned_minute is None else f"{item.planned_minute}分"
        console.print(f"{mark} {item.short_no:>3}号 {minute:>5}  {item.card.get('title', '')}", highlight=False)
        if item.taken_off_because:
            console.print(f"      已撤下：{item.taken_off_because}", highlight=False)
        elif item.problems:
            console.print(f"      不能上播：{'、'.join(line.text for line in item.problems)}", highlight=False)
        else:
            console.print(f"      {item.script}（{item.script_seconds}秒）", highlight=False, soft_wrap=True)
            for words in item.not_to_say:
                console.print(f"      不得说：{words}", highlight=False)
    console.print(f"任何岗位都不说：{'；'.join(found.never)}", highlight=False)


def _show_answer(answer: ViewerAnswer) -> None:
    if answer.age:
        console.print(answer.age, highlight=False)
    for found in answer.cards:
        number = f"{found.short_no}号 " if found.short_no else ""
        card = found.card
        console.print(f"{number}{card.title}  {card.pay}  {card.place}  {card.employer}", highlight=False)
        ticks = "  ".join(f"{tick.sign}{tick.label}({tick.fact})" for tick in found.ticks)
        console.print(f"    {ticks}", highlight=False, soft_wrap=True)
    if answer.why_empty and answer.why_empty != answer.age:
        console.print(answer.why_empty)


def _version_now(database: Database, event: int) -> int:
    """The run-sheet as it stands, for whoever did not say which one they saw."""
    from matcher.services.live.sessions import one_live

    with database.reading() as session:
        return one_live(session, event).version


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput(f"--at 应写成 '2026-03-02 19:30'，收到“{text[:20]}”") from None
