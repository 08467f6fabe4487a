"""`matcher live leads …` and what follows: leads, calls, funnel (直播线索)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.instant_opening import opened_with_pack, short_moment
from matcher.cli.push_opening import ACTOR, AsJson, By, print_json
from matcher.cli.screen import console
from matcher.domain.event_terms import LeadState

if TYPE_CHECKING:
    from matcher.services.live.funnel import Window

Event = Annotated[int, typer.Argument(help="直播编号，见 matcher live list")]
Lead = Annotated[int, typer.Argument(help="线索编号，见 matcher live calls")]
OWNERS = {True: "本人", False: "不是本人，先问机主", None: "机主未知"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("leads")(leads)
    app.command("calls")(calls)
    app.command("called")(called)
    app.command("phone")(phone)
    app.command("funnel")(funnel)


def leads(
    event: Event,
    text: Annotated[str, typer.Argument(help="粘贴的留言，如 '3号 13800001234'；用文件时写 -f")] = "",
    file: Annotated[Path | None, typer.Option("-f", "--file", help="留言文件，一行一条", exists=True, dir_okay=False)] = None,
    by: By = ACTOR,
) -> None:
    """登记线索：同一电话同一岗位只记一次，缺什么就问什么。"""
    from matcher.services.live.leads import take_leads

    paste = file.read_text(encoding="utf-8-sig") if file else text
    with opened_with_pack() as (database, _):
        taken = take_leads(database, event, paste, actor=by)
    console.print(f"新线索 {len(taken.new)} 条，重复 {len(taken.repeated)} 条")
    for one in taken.new:
        console.print(f"  {one.short_no}号 {one.phone} → {one.handed_to or '未分配'}", highlight=False)
    for back in taken.ask_back:
        console.print(f"[yellow]第 {back.line} 行要再问：{back.why}[/]  {back.shown}", highlight=False)


def calls(event: Event, as_json: AsJson = False) -> None:
    """还没打的电话，先到期的在前；号码脱敏。"""
    from matcher.services.live.leads import leads_of

    with opened_with_pack() as (database, _), database.reading() as session:
        waiting = leads_of(session, event, only_due=True)
    if as_json:
        print_json([one.to_json() for one in waiting])
        return
    for one in waiting:
        due = short_moment(one.call_due_at) if one.call_due_at else ""
        late = " [bold red]已超时[/]" if one.overdue else ""
        console.print(
            f"{one.lead_id}  {one.short_no}号  {one.phone}  {one.handed_to}  {due} 前{late}  {OWNERS[one.owner_known]}",
            highlight=False,
        )
    if not waiting:
        console.print("没有要打的电话")


def called(
    event: Event,
    lead: Lead,
    state: Annotated[str, typer.Argument(help="结果：" + "、".join(one.label for one in LeadState))],
    by: By = ACTOR,
) -> None:
    """登记回电结果。"""
    from matcher.services.live.leads import move_lead

    with opened_with_pack() as (database, _):
        done = move_lead(database, event, lead, LeadState.read(state, field="结果"), actor=by)
    console.print(f"线索 {lead}：{done.state.label}")


def phone(
    event: Event,
    lead: Lead,
    reason: Annotated[str, typer.Option(help="用途，记入审计")],
    by: By = ACTOR,
) -> None:
    """查看一条线索的完整电话。"""
    from matcher.services.live.leads import reveal_lead

    with opened_with_pack() as (database, _):
        console.print(reveal_lead(database, event, lead, reason=reason, actor=by), highlight=False)


def funnel(event: Event, as_json: AsJson = False) -> None:
    """线索漏斗：当场、24 小时、7 天；没人说过的记为未知。"""
    from matcher.services.live.funnel import funnel as funnel_of

    with opened_with_pack() as (database, _), database.reading() as session:
        found = funnel_of(session, event)
    if as_json:
        print_json(found.to_json())
        return
    _show("全场", found.total)
    for number, window in found.by_number.items():
        _show(f"{number}号", window)


def _show(name: str, window: Window) -> None:
    console.print(
        f"{name}：线索 {window.leads}（{window.people} 人），30 分钟内回电 {window.called_in_time}，"
        f"晚回 {window.called_late}，没回 {window.not_called}",
        highlight=False,
    )
    for steps, over in ((window.day, window.day_over), (window.week, window.week_over)):
        so_far = "" if over else "（还没到时间）"
        told = "，".join(f"{one.name} {one.yes}/否 {one.no}/未知 {one.unknown}" for one in steps)
        console.print(f"    {told}{so_far}", highlight=False)
