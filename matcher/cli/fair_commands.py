"""`matcher fair …`: a fair from its booths to what came of it (招聘会)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import fair_door_commands, fair_offline_commands
from matcher.cli.fair_screen import show_board, show_checked_in, show_fair, show_fairs, show_sheets
from matcher.cli.instant_opening import opened_with_pack
from matcher.cli.screen import console
from matcher.clock import SHANGHAI
from matcher.config import Config
from matcher.domain.event_terms import OverrideKind
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import EventType, ResponseReason
from matcher.errors import InvalidInput

ACTOR = "命令行"
fair = typer.Typer(help="招聘会：筹备、双向排定、邀约、签到、展位标记、打印、脱网。", no_args_is_help=True)
Event = Annotated[int, typer.Argument(help="招聘会编号，见 matcher fair list")]
Person = Annotated[str, typer.Argument(help="劳动者编号")]
Posting = Annotated[str, typer.Argument(help="岗位编号")]
By = Annotated[str, typer.Option(help="操作人，记入历史")]


def register(app: typer.Typer) -> None:
    """Add `matcher fair`."""
    fair_door_commands.register(fair)
    fair_offline_commands.register(fair)
    app.add_typer(fair, name="fair")


@fair.command("new")
def new_(
    name: Annotated[str, typer.Argument(help="名称")],
    at: Annotated[str, typer.Option(help="开始时间，如 '2026-03-12 09:00'")],
    slots: Annotated[int, typer.Option(help="时段数")] = 18,
    minutes: Annotated[int, typer.Option(help="每个时段几分钟")] = 10,
    place: Annotated[str, typer.Option(help="地点")] = "",
    capacity: Annotated[int | None, typer.Option(help="最多邀请多少人")] = None,
    kind: Annotated[str, typer.Option(help="fair 招聘会、special_fair 专场、meeting 洽谈会、outreach 送岗下乡")] = "special_fair",
    by: By = ACTOR,
) -> None:
    """筹备一场招聘会。"""
    from matcher.services.fairs.opening import FairDraft, create_fair

    try:
        starts = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput(f"--at 应写成 '2026-03-12 09:00'，收到“{at[:20]}”") from None
    draft = FairDraft(
        name, starts, slots, minutes, EventType.read(kind, field="--kind"), place_name=place, capacity=capacity
    )
    with opened_with_pack() as (database, _):
        event_id = create_fair(database, draft, actor=by)
    console.print(f"招聘会 {event_id} 已建；排展位：matcher fair booth {event_id} 展位号 单位编号")


@fair.command("booth")
def booth_(
    event: Event,
    booth_no: Annotated[str, typer.Argument(help="展位号")],
    employer: Annotated[str, typer.Argument(help="单位编号")],
    posting: Annotated[list[str] | None, typer.Option(help="展示的岗位，可多次；不写为全部有效岗位")] = None,
    tables: Annotated[int, typer.Option(help="洽谈桌数")] = 1,
    by: By = ACTOR,
) -> None:
    """排一个展位。"""
    from matcher.services.fairs.opening import add_booth

    with opened_with_pack() as (database, _):
        add_booth(
            database, event, booth_no=booth_no, employer_id=employer, posting_ids=posting or (), tables=tables, actor=by
        )
    console.print(f"{booth_no} 号展位已排")


@fair.command("plan")
def plan_(event: Event, by: By = ACTOR) -> None:
    """双向排定：谁、什么时候、到哪个展位；改了展位或人工调整后再排一次。"""
    from matcher.ranking.score import load_scorer
    from matcher.services.fairs.planning import plan_fair
    from matcher.services.learning.installed_ranker import SHIPPED_RANKER

    with opened_with_pack() as (database, pack):
        done = plan_fair(database, event, load_scorer(SHIPPED_RANKER), pack, actor=by)
    console.print(f"{done.people} 人中 {done.met} 人排上 {done.meetings} 次洽谈；优先人群 {done.priority_met}/{done.priority}")
    proof = "两种算法核对一致" if done.certified else "上界未核对"
    console.print(f"离可能的最好结果至多差 {done.gap:.2%}（{proof}）；比上次变动 {done.changed} 处")
    for problem in done.problems:
        console.print(f"[yellow]{problem}[/]")


@fair.command("decide")
def decide_(
    event: Event,
    kind: Annotated[str, typer.Argument(help="pin 指定，ban 排除")],
    worker: Person,
    posting: Posting,
    reason: Annotated[str, typer.Option(help="理由")],
    slot: Annotated[int | None, typer.Option(help="第几个时段，从 1 起")] = None,
    by: By = ACTOR,
) -> None:
    """人工指定或排除一对；之后请再排一次。"""
    from matcher.services.fairs.overriding import decide_pair

    chosen = OverrideKind.read(kind, field="指定或排除")
    at = None if slot is None else slot - 1
    with opened_with_pack() as (database, _):
        decide_pair(database, event, worker, posting, chosen, slot=at, reason=reason, actor=by)
    console.print(f"已{chosen.label}；重排：matcher fair plan {event}")


@fair.command("invite")
def invite_(event: Event, by: By = ACTOR) -> None:
    """邀约排上的人，错开到场；名额不够的排候补。"""
    from matcher.services.fairs.inviting import invite

    with opened_with_pack() as (database, _):
        done = invite(database, event, actor=by)
    console.print(f"邀约 {done.asked} 人，分 {len(done.waves)} 批到场；候补 {done.waiting} 人，联系不上 {done.unreachable} 人")


@fair.command("texts")
def texts_(
    out: Annotated[Path, typer.Option(help="写到这个 .xlsx 或 .csv，含完整电话，用后删除")],
    reason: Annotated[str, typer.Option(help="用途，记入审计")],
    by: By = ACTOR,
) -> None:
    """取出待发的邀约；岗位已失效的换一个或收回。"""
    from matcher.services.fairs.inviting import hand_over_invitations

    with opened_with_pack() as (database, pack):
        done = hand_over_invitations(database, out, office=pack.office, reason=reason, actor=by)
    console.print(f"写出 {done.written} 条，收回 {done.taken_back} 条" + (f" → {out}" if done.written else ""))


@fair.command("reply")
def reply_(
    event: Event, worker: Person, said: Annotated[str, typer.Argument(help="yes 来，no 不来")], by: By = ACTOR
) -> None:
    """登记邀约的答复；不来的让位给候补。"""
    from matcher.services.fairs.inviting import reply_to_invitation

    if said not in ("yes", "no"):
        raise InvalidInput("答复写 yes(来) 或 no(不来)")
    with opened_with_pack() as (database, _):
        moved_up = reply_to_invitation(database, event, worker, coming=said == "yes", actor=by)
    console.print("已登记" + (f"；候补 {moved_up} 顶上" if moved_up else ""))


@fair.command("checkin")
def checkin_(
    event: Event,
    said: Annotated[str, typer.Argument(help="小票二维码、'12号'、手机尾号或姓名；- 为只计人数")],
    pick: Annotated[str, typer.Option(help="多人相符时，选定的劳动者编号")] = "",
    by: By = ACTOR,
) -> None:
    """签到；多人相符时列出来问，不猜。"""
    from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor

    with opened_with_pack() as (database, _):
        if said == "-":
            console.print(f"进场 {count_visitor(database, event, actor=by)} 人次")
            return
        done = check_in_person(database, event, pick, actor=by) if pick else check_in(database, event, said, actor=by)
    show_checked_in(done)


@fair.command("walk-in")
def walk_in_(event: Event, worker: Person, by: By = ACTOR) -> None:
    """现场来人：签到并当场配空着的展位。"""
    from matcher.ranking.score import load_scorer
    from matcher.services.fairs.walk_ins import walk_in
    from matcher.services.learning.installed_ranker import SHIPPED_RANKER

    with opened_with_pack() as (database, _):
        done = walk_in(database, event, worker, load_scorer(SHIPPED_RANKER), actor=by)
    show_checked_in(done)


@fair.command("mark")
def mark_(
    event: Event,
    worker: Person,
    posting: Posting,
    result: Annotated[str, typer.Argument(help="met 见面、intent 有意向、interview 约面试、hired 录用、no_fit 不合适、absent 未到")],
    reason: Annotated[str, typer.Option(help="不合适的原因，如 too_far、low_pay")] = "",
    by: By = ACTOR,
) -> None:
    """登记洽谈结果。"""
    from matcher.services.fairs.marking import mark_meeting

    state = ShortlistState.read(result, field="结果")
    why = ResponseReason.read(reason, field="--reason") if reason else None
    with opened_with_pack() as (database, _):
        done = mark_meeting(database, event, worker, posting, state, reason=why, actor=by)
    console.print("早已登记" if done.repeated else f"已登记：{done.state.label}")
    for notice in done.notices:
        console.print(f"[yellow]{notice}[/]")


@fair.command("release")
def release_(event: Event, by: By = ACTOR) -> None:
    """第一场已过还没签到的人，让出后面的时段。"""
    from matcher.services.fairs.marking import give_away_no_shows

    with opened_with_pack() as (database, _):
        console.print(f"让出 {give_away_no_shows(database, event, actor=by)} 个时段")


@fair.command("close")
def close_(
    event: Event, cancelled: Annotated[bool, typer.Option("--cancelled", help="不办了")] = False, by: By = ACTOR
) -> None:
    """结束，或取消。"""
    from matcher.services.fairs.marking import close_fair
    from matcher.services.fairs.opening import cancel_fair

    with opened_with_pack() as (database, _):
        if cancelled:
            cancel_fair(database, event, actor=by)
            console.print("已取消，未发出的邀约不会再发")
            return
        console.print(f"已结束；{close_fair(database, event, actor=by)} 次洽谈没有发生")


@fair.command("list")
def list_() -> None:
    """全部招聘会。"""
    from matcher.services.fairs.views import fairs

    with opened_with_pack() as (database, _), database.reading() as session:
        show_fairs(fairs(session))


@fair.command("show")
def show_(
    event: Event,
    sheets: Annotated[bool, typer.Option("--sheets", help="各展位的安排")] = False,
    board: Annotated[bool, typer.Option("--board", help="墙上大表")] = False,
) -> None:
    """一场招聘会的情况。"""
    from matcher.services.fairs.views import booth_sheets, fair_view, wall_board

    with opened_with_pack() as (database, _), database.reading() as session:
        if board:
            show_board(wall_board(session, event))
        elif sheets:
            show_sheets(booth_sheets(session, event))
        else:
            show_fair(fair_view(session, event))


@fair.command("print")
def print_(
    event: Event,
    kind: Annotated[str, typer.Argument(help="booths 展位单、slips 个人小票、board 墙上大表")],
    out: Annotated[Path, typer.Option(help="写到这个 PDF")],
) -> None:
    """打印材料，A4；此刻不能展示的岗位不会印上。"""
    from matcher.services.fairs.printing import PrintKind, print_pack
    from matcher.services.whole_files import whole_bytes

    if kind not in [one.value for one in PrintKind]:
        raise InvalidInput(f"可以打印：{'、'.join(one.value for one in PrintKind)}")
    with opened_with_pack() as (database, pack):
        pdf = print_pack(
            database, event, PrintKind(kind), office=pack.office, font_folder=Config.from_environment().font_folder
        )
    whole_bytes(out, pdf)
    console.print(f"→ {out}")
