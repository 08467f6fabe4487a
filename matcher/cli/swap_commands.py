"""`matcher swap …`: hands lent between firms, work out of town, buses (用工余缺调剂)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from matcher.cli.push_opening import ACTOR, AsJson, By, opened, print_json
from matcher.cli.screen import console
from matcher.clock import local_date
from matcher.domain.event_terms import SwapState
from matcher.domain.record_terms import LabourBalance
from matcher.errors import InvalidInput

swap = typer.Typer(help="余缺调剂：登记富余和短缺、试算、确认、外地岗位、接送车。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(swap, name="swap")


@swap.command("add")
def add_(
    employer: Annotated[str, typer.Argument(help="用人单位编号")],
    direction: Annotated[str, typer.Argument(help="富余 或 短缺")],
    people: Annotated[int, typer.Argument(help="人数")],
    occupation: Annotated[str, typer.Option(help="职业代码，如 6-29-01-01；不写为不限")] = "",
    first: Annotated[str, typer.Option("--from", help="从哪天，如 2026-03-05")] = "",
    last: Annotated[str, typer.Option("--to", help="到哪天")] = "",
    by: By = ACTOR,
) -> None:
    """登记一家单位富余或短缺的人手。"""
    which = LabourBalance.read(direction, field="余缺")
    from matcher.services.swaps.planning import add_balance

    with opened() as (_, database):
        number = add_balance(
            database,
            employer,
            which,
            headcount=people,
            occupation_code=occupation or None,
            starts_on=_day(first, "--from"),
            ends_on=_day(last, "--to"),
            actor=by,
        )
    console.print(f"已登记余缺 {number}")


@swap.command("plan")
def plan_(by: By = ACTOR, as_json: AsJson = False) -> None:
    """试算谁借给谁：工种相近、日期重合、离得近的在前；未确认的旧建议会被替换。"""
    from matcher.services.swaps.planning import plan_swaps

    with opened() as (_, database):
        planned = plan_swaps(database, actor=by)
    if as_json:
        print_json(
            {
                "swaps": [
                    {
                        "swap_id": one.swap_id, "lender": one.lender, "borrower": one.borrower,
                        "headcount": one.headcount, "starts_on": one.starts_on.isoformat(),
                        "ends_on": one.ends_on.isoformat(), "km": one.km, "related": one.related,
                    }
                    for one in planned.proposals
                ],
                "unmet": planned.unmet, "idle": planned.idle, "optimal": planned.certificate.holds,
            }
        )  # fmt: skip
        return
    for one in planned.proposals:
        far = f" {one.km}公里" if one.km is not None else ""
        console.print(
            f"{one.swap_id}  {one.lender} → {one.borrower}  {one.headcount}人  {one.starts_on} 至 {one.ends_on}{far}",
            highlight=False,
        )
    proved = "，已证明最优" if planned.certificate.holds else ""
    console.print(f"{len(planned.proposals)} 个建议；还缺 {planned.unmet} 人，还闲 {planned.idle} 人{proved}")
    console.print("借出人员劳动关系不变，须签三方协议；不计入新增就业")


@swap.command("list")
def list_(as_json: AsJson = False) -> None:
    """所有调剂和它们的状态。"""
    from matcher.store.repositories.labour_balances import LabourBalanceRepository

    with opened() as (_, database), database.reading() as session:
        found = [
            {
                "swap_id": row.id, "surplus_id": row.surplus_id, "shortage_id": row.shortage_id,
                "headcount": row.headcount, "state": row.state.value, "tripartite_signed": row.tripartite_signed,
            }
            for row in LabourBalanceRepository(session).swaps()
        ]  # fmt: skip
    if as_json:
        print_json(found)
        return
    for one in found:
        signed = "三方协议已签" if one["tripartite_signed"] else "三方协议未签"
        label = SwapState.read(str(one["state"]), field="状态").label
        console.print(f"{one['swap_id']}  {one['headcount']}人  {label}  {signed}")
    if not found:
        console.print("没有调剂")


@swap.command("move")
def move_(
    number: Annotated[int, typer.Argument(help="调剂编号")],
    state: Annotated[str, typer.Argument(help="双方同意、借调中、已结束、未同意")],
    signed: Annotated[bool, typer.Option("--signed", help="三方协议已签")] = False,
    by: By = ACTOR,
) -> None:
    """改一个调剂的状态；没有三方协议不能确认。"""
    wanted = SwapState.read(state, field="状态")
    from matcher.services.swaps.planning import move_swap

    with opened() as (_, database):
        move_swap(database, number, wanted, tripartite_signed=signed, actor=by)
    console.print(f"调剂 {number}：{wanted.label}")


@swap.command("out-of-town")
def out_of_town_(
    limit: Annotated[int, typer.Option(help="显示几个")] = 30, as_json: AsJson = False
) -> None:
    """外地岗位：住宿、路费、有没有同去的人；有住宿的在前。"""
    from matcher.regions.loading import load_pack
    from matcher.services.swaps.out_of_town import out_of_town

    with opened() as (config, database), database.reading() as session:
        pack = load_pack(config.region, config.home)
        found = out_of_town(session, pack.region_prefixes, limit=limit)
    if as_json:
        print_json([one.to_json() for one in found])
        return
    for one in found:
        facts = [*one.lodging, *one.travel, f"已有{one.companions}人同去" if one.companions else ""]
        told = "、".join(fact for fact in facts if fact) or "住宿路费未写明"
        console.print(f"{one.title}  {one.place}  {one.pay}  {told}", highlight=False)
    if not found:
        console.print("没有外地岗位")


@swap.command("buses")
def buses_(
    first: Annotated[str, typer.Option("--from", help="从哪天；不写为今天")] = "",
    days: Annotated[int, typer.Option(help="看几天")] = 7,
    sizes: Annotated[str, typer.Option(help="车辆座位数")] = "7,19,33,49",
    plan: Annotated[bool, typer.Option("--plan", help="先把没排车的人排上")] = False,
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """同一天去同一地方的人排车；名单脱敏。"""
    seats = _sizes(sizes)
    from matcher.services.swaps.travelling import buses, plan_buses

    with opened() as (_, database):
        start = _day(first, "--from") or local_date(database.clock.now())
        end = start + timedelta(days=max(days, 1) - 1)
        if plan:
            plan_buses(database, first=start, last=end, sizes=seats, actor=by)
        with database.reading() as session:
            found = buses(session, start, end)
    if as_json:
        print_json(
            [
                {
                    "group_id": bus.group_id, "origin": bus.origin, "destination": bus.destination,
                    "day": bus.day.isoformat(), "seats": bus.seats, "riders": [list(one) for one in bus.riders],
                }
                for bus in found
            ]
        )  # fmt: skip
        return
    for bus in found:
        console.print(f"{bus.day}  {bus.origin} → {bus.destination}  {len(bus.riders)}/{bus.seats}座")
        for name, phone in bus.riders:
            console.print(f"   {name}  {phone}", highlight=False)
    if not found:
        console.print("没有要接送的人；先用 --plan 排车")


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InvalidInput(f"{option} 应写成 2026-03-05，收到“{text[:20]}”") from None


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise InvalidInput(f"--sizes 应写成 19,33,49，收到“{text[:20]}”") from None
