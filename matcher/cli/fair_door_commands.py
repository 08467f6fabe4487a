"""`matcher fair register`: somebody without a file at the door, with and without network (现场建档)."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.fair_screen import show_checked_in, show_registered
from matcher.cli.instant_opening import opened_with_pack

ACTOR = "命令行"


def register(fair: typer.Typer) -> None:
    """Add the command to `matcher fair`."""
    fair.command("register")(at_the_door)


def at_the_door(
    event: Annotated[int, typer.Argument(help="招聘会编号，见 matcher fair list")],
    words: Annotated[str, typer.Argument(help="本人的话，如 会贴砖，想在附近干，日结")],
    matching: Annotated[bool, typer.Option("--matching", help="本人同意用于岗位匹配；不同意就什么都不记")] = False,
    contact: Annotated[bool, typer.Option("--contact", help="本人同意电话短信联系")] = False,
    paper: Annotated[bool, typer.Option("--paper", help="纸上签的字；不写为口头同意")] = False,
    name: Annotated[str, typer.Option(help="姓名，可以不填")] = "",
    phone: Annotated[str, typer.Option(help="手机号，可以不填")] = "",
    region: Annotated[str, typer.Option(help="住哪里，地名或区划代码；不写为本地")] = "",
    by: Annotated[str, typer.Option(help="操作人，记入历史")] = ACTOR,
) -> None:
    """没有档案的人：现场建档，签到，当场配空着的展位；没网的笔记本上也能用。"""
    from matcher.domain.record_terms import ConsentChannel
    from matcher.domain.service_terms import ConsentPurpose
    from matcher.ranking.score import load_scorer
    from matcher.services.accounts.sight import Sight
    from matcher.services.fairs.registering import Newcomer, register_newcomer
    from matcher.services.fairs.walk_ins import walk_in
    from matcher.services.learning.installed_ranker import SHIPPED_RANKER

    ticks = ((matching, ConsentPurpose.MATCHING), (contact, ConsentPurpose.CONTACT))
    channel = ConsentChannel.PAPER if paper else ConsentChannel.DESK
    agreed = frozenset(purpose for tick, purpose in ticks if tick)
    said = Newcomer(words, agreed, name, phone, region, channel)
    with opened_with_pack() as (database, _):
        made = register_newcomer(database, event, said, Sight(everyone=True), actor=by)
        show_registered(made, event)
        if made.worker_id:
            show_checked_in(walk_in(database, event, made.worker_id, load_scorer(SHIPPED_RANKER), actor=by))
