"""`matcher instant …`: work wanted within hours (即时快招)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import matcher.cli.instant_board_commands as instant_board_commands
from matcher.cli.instant_opening import opened_with_pack, pack_of, short_moment
from matcher.cli.push_opening import ACTOR, AsJson, By, print_json
from matcher.cli.screen import console
from matcher.clock import SHANGHAI
from matcher.config import Config
from matcher.errors import InvalidInput

if TYPE_CHECKING:
    from matcher.services.instant.reading import UrgentDraft

Request = Annotated[int, typer.Argument(help="快招编号，见 matcher instant list")]
Person = Annotated[str, typer.Argument(help="劳动者编号")]
FromEmployer = Annotated[bool, typer.Option("--employer", help="这是用人单位说的；不写为劳动者说的")]
SURE_HELP = "招满的把握，0.5 到 1"

instant = typer.Typer(help="即时快招：发需求、叫人、答复、到岗、零工榜。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    instant_board_commands.register(instant)
    app.add_typer(instant, name="instant")


@instant.command("ask")
def ask_(
    words: Annotated[str, typer.Argument(help="原话，如 明早6点要5个小工 安新高铁站 260一天")],
    employer: Annotated[str, typer.Option(help="用人单位名称")] = "",
    people: Annotated[int | None, typer.Option(help="要几个人，原话没写清时")] = None,
    at: Annotated[str, typer.Option(help="几点前到，如 '2026-03-02 06:00'，原话没写清时")] = "",
    until: Annotated[str, typer.Option(help="几点收工，同上写法")] = "",
    place: Annotated[str, typer.Option(help="集合地点，原话没写清时")] = "",
    title: Annotated[str, typer.Option(help="干什么活，原话没写清时")] = "",
    station: Annotated[str, typer.Option(help="零工驿站的岗位来源")] = "instant",
    sure: Annotated[float, typer.Option(help=SURE_HELP)] = 0.9,
    again: Annotated[bool, typer.Option("--again", help="同样的需求再招一批")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="只看读出了什么，不发起")] = False,
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """读一句用工需求；信息齐全就发起，不全就说缺什么。"""
    from matcher.services.instant.opening import open_request
    from matcher.services.instant.reading import read_place, read_request

    with opened_with_pack() as (database, pack):
        near = pack.county or None
        read = read_request(words, now=database.clock.now(), near=near)
        read = replace(
            read,
            employer_name=employer or read.employer_name,
            needed=read.needed if people is None else people,
            need_by=_moment(at, "--at") or read.need_by,
            ends_at=_moment(until, "--until"),
            place=read_place(place, near) if place else read.place,
            title=title or read.title,
        ).checked(database.clock.now())
        missing = read.missing()
        opened = None
        if not draft and not missing:
            opened = open_request(database, read, sure=sure, source=station, again=again, actor=by)
    if as_json:
        print_json(
            _plain(read)
            | {
                "missing": list(missing),
                "request_id": opened and opened.request_id,
                "posting_id": opened and opened.posting_id,
                "warnings": list(opened.warnings) if opened else [],
            }
        )
    else:
        _show_draft(read)
        if opened:
            console.print(f"已发起快招 {opened.request_id}；叫人：matcher instant wave {opened.request_id}")
            for warning in opened.warnings:
                console.print(f"[yellow]{warning}[/]")
    if missing and not draft:
        raise InvalidInput(f"还缺：{'、'.join(missing)}；补在原话里，或用 --employer、--place 等写明")


@instant.command("wave")
def wave_(request: Request, by: By = ACTOR, as_json: AsJson = False) -> None:
    """叫下一批人；已经叫够时不会重复叫。"""
    from matcher.services.instant.ranking import ranker_of
    from matcher.services.instant.waves import next_wave
    from matcher.services.runtime import Runtime

    config = Config.from_environment()
    runtime = Runtime.open(config)
    try:
        office = pack_of(config).office
        wave = next_wave(runtime.database, ranker_of(runtime), request, office=office, actor=by)
    finally:
        runtime.close(save=False)
    if as_json:
        print_json(
            {
                "request_id": request, "asked": list(wave.asked), "reserves": list(wave.reserves),
                "answer_by": wave.answer_by and wave.answer_by.isoformat(), "reached": round(wave.reached, 4),
                "usable": wave.usable, "expected": wave.told, "state": wave.state.value, "note": wave.note,
                "busy": wave.busy,
            }
        )  # fmt: skip
        return
    if wave.asked and wave.answer_by:
        clock = wave.answer_by.astimezone(SHANGHAI).strftime("%H:%M")
        console.print(f"叫了 {len(wave.asked)} 人，{clock} 前答复；招满把握 {wave.reached:.0%}")
    else:
        console.print(wave.note)
    console.print(f"已定 {wave.told} 人，候补 {len(wave.reserves)} 人，可叫 {wave.usable} 人")


@instant.command("calls")
def calls_(request: Request, as_json: AsJson = False) -> None:
    """还没答复的人，打电话用；姓名电话脱敏。"""
    from matcher.services.instant.calls import calls_to_make

    with opened_with_pack() as (database, pack), database.reading() as session:
        found = calls_to_make(session, request, pack.office)
    if as_json:
        print_json(
            [{"worker_id": c.worker_id, "name": c.name, "phone": c.phone, "text": c.text} for c in found]
        )
        return
    for call in found:
        console.print(f"{call.worker_id}  {call.name}  {call.phone}  {call.channel.label}", highlight=False)
    console.print(found[0].text if found else "没有等答复的人，或岗位现在不能对外")


@instant.command("texts")
def texts_(
    out: Annotated[Path, typer.Option(help="写到这个 .xlsx 或 .csv，含完整电话，用后删除")],
    reason: Annotated[str, typer.Option(help="用途，记入审计")],
    by: By = ACTOR,
) -> None:
    """取出待发的快招消息，交短信平台或打电话；失效的邀约自动收回，不会写出。"""
    from matcher.services.instant.handing_over import hand_over

    with opened_with_pack() as (database, _):
        done = hand_over(database, out, reason=reason, actor=by)
    console.print(f"写出 {done.written} 条，收回 {done.taken_back} 条" + (f" → {out}" if done.written else ""))


@instant.command("answer")
def answer_(
    request: Request,
    worker: Person,
    said: Annotated[str, typer.Argument(help="yes 能来，no 来不了")],
    by: By = ACTOR,
) -> None:
    """登记一个人的答复；招满后的“能来”记为候补。"""
    if said not in ("yes", "no", "能来", "来不了"):
        raise InvalidInput("答复写 yes(能来) 或 no(来不了)")
    from matcher.services.instant.answering import answer

    with opened_with_pack() as (database, pack):
        done = answer(database, request, worker, yes=said in ("yes", "能来"), office=pack.office, actor=by)
    console.print(done.text + ("（早已登记）" if done.repeated else ""), highlight=False)


@instant.command("arrive")
def arrive_(
    request: Request,
    worker: Person,
    employer: FromEmployer = False,
    late: Annotated[bool, typer.Option("--late", help="迟到")] = False,
    by: By = ACTOR,
) -> None:
    """登记到岗。"""
    from matcher.services.instant.arriving import Side, arrive

    side = Side.EMPLOYER if employer else Side.WORKER
    with opened_with_pack() as (database, pack):
        done = arrive(database, request, worker, side=side, late=late, office=pack.office, actor=by)
    console.print("早已登记" if done.repeated else "已登记到岗")


@instant.command("no-show")
def no_show_(request: Request, worker: Person, employer: FromEmployer = False, by: By = ACTOR) -> None:
    """登记爽约：--employer 单位说人没来(或本人说来不了)，自动叫候补；不写为人到了单位不要。"""
    from matcher.services.instant.arriving import Side, no_show

    side = Side.EMPLOYER if employer else Side.WORKER
    with opened_with_pack() as (database, pack):
        done = no_show(database, request, worker, side=side, office=pack.office, actor=by)
    if done.promoted:
        console.print(f"已登记；候补 {done.promoted} 顶上，请通知")
    else:
        console.print(f"已登记；快招现在是“{done.state.label}”，这家单位累计让人白跑 {done.sent_away} 次")


@instant.command("close")
def close_(
    request: Request,
    cancelled: Annotated[bool, typer.Option("--cancelled", help="不要人了，通知所有人别来")] = False,
    by: By = ACTOR,
) -> None:
    """关闭一个快招。"""
    from matcher.services.instant.closing import close_request

    with opened_with_pack() as (database, pack):
        done = close_request(database, request, cancelled=cancelled, office=pack.office, actor=by)
    console.print(f"已关闭：定了 {done.expected} 人，缺 {done.missing} 人")


def _moment(text: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput(f"{option} 应写成 '2026-03-02 06:00'，收到“{text[:20]}”") from None


def _plain(read: UrgentDraft) -> dict[str, object]:
    from matcher.domain.labels import pay_label

    return {
        "title": read.title,
        "needed": read.needed,
        "need_by": read.need_by and read.need_by.isoformat(),
        "place": read.place.name if read.place else None,
        "pay": pay_label(read.pay),
        "employer": read.employer_name,
    }


def _show_draft(read: UrgentDraft) -> None:
    labels = ("干什么", "几人", "几点前到", "地点", "工资", "单位")
    values = list(_plain(read).values())
    values[2] = short_moment(read.need_by) if read.need_by else None
    for label, value in zip(labels, values, strict=True):
        console.print(f"{label}：{'？' if value in (None, '') else value}", highlight=False)
