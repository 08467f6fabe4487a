"""How a fair looks on the command line (招聘会屏幕输出)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matcher.cli.instant_opening import short_moment
from matcher.cli.screen import console

if TYPE_CHECKING:
    from matcher.services.fairs.arriving import CheckedIn
    from matcher.services.fairs.registering import Registered
    from matcher.services.fairs.views import BoardLine, BoothSheet, FairLine, FairView


def show_fairs(lines: Sequence[FairLine]) -> None:
    """One line a fair."""
    for one in lines:
        console.print(f"{one.event_id}  {short_moment(one.starts_at)}  {one.name}  {one.place}  {one.booths} 个展位  {one.state.label}", highlight=False)
    if not lines:
        console.print("还没有招聘会；用 matcher fair new 筹备一场")


def show_fair(view: FairView) -> None:
    """Figures and booths."""
    console.print(f"{view.name}  {short_moment(view.starts_at)}  {view.place}  {view.state.label}", highlight=False)
    console.print(
        f"邀约 {view.invited} 候补 {view.waiting} 会来 {view.coming}；进场 {view.visitors} 签到 {view.checked_in}；"
        f"洽谈 {view.meetings} 已见 {view.met} 有意向 {view.interested} 约面试 {view.interviews} 录用 {view.hired}",
        highlight=False,
    )
    for booth in view.booths:
        flags = "".join(
            text for said, text in (
                (booth.old_face, "  常来未录用"), (booth.new, "  新单位"), (booth.hidden > 0, f"  {booth.hidden} 个岗位已失效"),
            ) if said
        )  # fmt: skip
        console.print(f"{booth.booth_no}  {booth.employer}  {len(booth.postings)} 个岗位  {booth.meetings} 次洽谈{flags}", highlight=False)


def show_sheets(sheets: Sequence[BoothSheet]) -> None:
    """Who comes to which booth when; names are masked."""
    for sheet in sheets:
        console.print(f"\n{sheet.booth_no} {sheet.employer}", style="bold", highlight=False)
        for line in sheet.lines:
            console.print(
                f"  {short_moment(line.at)}  {line.number or '-'}号 {line.name}  {line.title}  {line.state.label}"
                f"  {line.worker_id} {line.posting_id}",
                highlight=False,
            )


def show_board(lines: Sequence[BoardLine]) -> None:
    """The wall."""
    for one in lines:
        left = f"还招 {one.left} 人" if one.left else ""
        console.print(f"{one.spoken}  {one.title}  {one.pay}  {one.employer}  {left}", highlight=False)


def show_checked_in(done: CheckedIn) -> None:
    """Where to go, or whom to ask about."""
    if done.candidates:
        console.print("有几个人相符，请问清是哪一位，再加 --pick：")
        for one in done.candidates:
            console.print(f"  {one.number or '-'}号 {one.name} {one.hint}  --pick {one.worker_id}", highlight=False)
        return
    number = f"{done.number}号 " if done.number else ""
    console.print(f"{number}{done.name} {'早已签到' if done.repeated else '已签到'}", highlight=False)
    for stop in done.slip.stops if done.slip else ():
        console.print(f"  {stop.number}. {short_moment(stop.at)} 展位 {stop.booth_no} {stop.employer}：{stop.title}", highlight=False)
    if not done.slip:
        console.print("  没有约好的展位，可看墙上大表")


def show_registered(made: Registered, event_id: int) -> None:
    """What was read of the sentence, or who has the phone already."""
    if made.known:
        console.print("这个手机号已有档案，没有再建；是本人：")
        for one in made.known:
            console.print(f"  {one.name} {one.hint}  walk-in {event_id} {one.worker_id}", highlight=False)
        console.print("不是本人：不写手机号再建档")
        return
    read = f"听出：{'、'.join(made.understood)}" if made.understood else "没有听出想干什么"
    console.print(f"已建档 {made.worker_id}  {read}", highlight=False)
