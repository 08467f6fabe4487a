"""`matcher instant list|board|station|free` (零工榜, 零工驿站, 有空登记)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from matcher.cli.arguments import number_between
from matcher.cli.instant_opening import opened_with_pack, short_moment
from matcher.cli.push_opening import ACTOR, AsJson, By, print_json
from matcher.cli.screen import console

Person = Annotated[str, typer.Argument(help="劳动者编号")]


def register(instant: typer.Typer) -> None:
    """Add the commands of this module."""
    instant.command("list")(list_)
    instant.command("board")(board_)
    instant.command("station")(station_)
    instant.command("free")(free_)


def list_(as_json: AsJson = False) -> None:
    """没关闭的快招，最急的在前；到时间的先自动关闭。"""
    from matcher.services.instant.calls import in_progress
    from matcher.services.instant.closing import close_over

    with opened_with_pack() as (database, _):
        close_over(database, actor=ACTOR)
        with database.reading() as session:
            found = in_progress(session)
    if as_json:
        print_json([one.to_json() for one in found])
        return
    for one in found:
        console.print(
            f"{one.request_id}  {short_moment(one.need_by)}  要{one.needed} 定{one.expected} 到{one.there} "
            f"等{one.waiting} 候补{one.reserves}  {one.state.label}"
        )
    if not found:
        console.print("没有进行中的快招")


def board_(
    region: Annotated[str, typer.Option(help="只看这个行政区划代码开头的地方")] = "", as_json: AsJson = False
) -> None:
    """今天的零工榜(05:00 换日)和各零工驿站；今天没更新的驿站标出来。"""
    from matcher.services.instant.board import gig_board

    with opened_with_pack() as (database, _), database.reading() as session:
        board = gig_board(session, region=region)
    if as_json:
        print_json(board.to_json())
        return
    console.print(f"{board.day} 零工 {len(board.gigs)} 个")
    for gig in board.gigs:
        when = short_moment(gig.need_by) + "前到" if gig.need_by else "时间面谈"
        left = f"还要{gig.places_left}人" if gig.places_left else ""
        console.print(f"{gig.title}  {gig.pay}  {gig.place}  {when}  {left}", highlight=False)
    for one in board.stations:
        console.print(f"{one.name}：{one.gigs} 个" + ("  [yellow]今天没有更新[/]" if one.silent else ""))


def station_(
    name: Annotated[str, typer.Argument(help="驿站名称")],
    source: Annotated[str, typer.Argument(help="它的岗位来源，同导入时的 --source")],
    address: Annotated[str, typer.Option(help="地址")] = "",
    by: By = ACTOR,
) -> None:
    """登记一个零工驿站。"""
    from matcher.store.repositories.stations import StationRepository

    with opened_with_pack() as (database, _), database.writing(by) as session:
        number = StationRepository(session).add(name, source, address=address)
    console.print(f"已登记驿站 {number}")


def free_(
    worker: Person,
    hours: Annotated[int, typer.Option(help="从现在起有空几小时，0 = 不再有空")] = 24,
    by: By = ACTOR,
) -> None:
    """登记一个人现在有空、可以随时叫。"""
    number_between(hours, 0, 168, option="--hours")
    from matcher.services.instant.freeing import say_free

    with opened_with_pack() as (database, _):
        until = database.clock.now() + timedelta(hours=hours) if hours else None
        say_free(database, worker, until, actor=by)
    console.print("已登记")
