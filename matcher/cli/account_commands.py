"""`matcher account`, `matcher audit`, and the first administrator of `matcher init` (账号)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.screen import console
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.errors import Conflict

if TYPE_CHECKING:
    from matcher.services.accounts.managing import NewAccount
    from matcher.store.database import Database

ACTOR = "cli"

accounts = typer.Typer(help="账号：新建、查看、停用、恢复、重置口令、解锁、分配服务对象。", no_args_is_help=True)
audit = typer.Typer(help="审计日志：核对有没有被改动。", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="登录名")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(accounts, name="account")
    app.add_typer(audit, name="audit")


def first_administrator(database: Database, login: str) -> None:
    """Create it unless there is one. login: "" = ask, where somebody is there to answer; else say how."""
    from matcher.services.accounts.managing import create_account, has_administrator

    if has_administrator(database):
        if login:
            raise Conflict("已经有管理员了；再加一个请用 matcher account create 登录名 --role admin")
        return
    somebody = sys.stdin.isatty()
    if not login and not somebody:
        console.print("还没有管理员：请执行 matcher init --admin 登录名")
        return
    login = login or typer.prompt("第一个管理员的登录名")
    password = typer.prompt("口令（至少 10 个字符）", hide_input=True, confirmation_prompt="再输一次") if somebody else ""
    made = create_account(database, login, Role.ADMIN, actor=ACTOR, password=password)
    _show(made)
    console.print("首次登录时，用手机上的验证器扫码绑定动态口令。")


@accounts.command("create")
def create(
    login: Login,
    role: Annotated[str, typer.Option(help="角色：" + "、".join(f"{one.value} {one.label}" for one in Role))],
    name: Annotated[str, typer.Option(help="姓名")] = "",
    region: Annotated[str, typer.Option(help="12 位行政区划代码：管这个地方的人")] = "",
    employer: Annotated[str, typer.Option(help="用人单位编号，只用于单位账号")] = "",
) -> None:
    """新建账号；一次性口令只显示这一次。自助机显示的是配对码。"""
    from matcher.services.accounts.devices import pairing_code
    from matcher.services.accounts.managing import create_account

    chosen = Role.read(role, field="role")
    database = _open()
    made = create_account(
        database, login, chosen, actor=ACTOR, name=name, region_code=region or None, employer_id=employer or None
    )
    _show(made)
    if chosen is Role.KIOSK_DEVICE:
        console.print(f"配对码（10 分钟内有效）：{pairing_code(database, made.login, actor=ACTOR)}", highlight=False)
    database.close()


@accounts.command("list")
def list_() -> None:
    """列出账号。"""
    from rich.table import Table

    from matcher.services.accounts.managing import list_accounts

    database = _open()
    table = Table("登录名", "角色", "区划", "单位", "状态", "动态口令")
    for one in list_accounts(database):
        state = "停用" if one.disabled else "锁定" if one.locked else "可用"
        second = "已绑定" if one.second_factor else ""
        table.add_row(one.login, one.role.label, one.region_code or "", one.employer_id or "", state, second)
    console.print(table)
    database.close()


@accounts.command("disable")
def disable(login: Login) -> None:
    """停用账号：马上退出，不能再登录。"""
    from matcher.services.accounts.managing import disable_account

    database = _open()
    disable_account(database, login, actor=ACTOR)
    console.print(f"已停用 {login}")
    database.close()


@accounts.command("enable")
def enable(login: Login) -> None:
    """恢复停用的账号。"""
    from matcher.services.accounts.managing import enable_account

    database = _open()
    enable_account(database, login, actor=ACTOR)
    console.print(f"已恢复 {login}")
    database.close()


@accounts.command("reset-password")
def reset(
    login: Login,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="连动态口令一起重置（换了手机）")] = False,
) -> None:
    """重置口令：给一个一次性口令，所有登录退出。"""
    from matcher.services.accounts.managing import reset_password

    database = _open()
    _show(reset_password(database, login, actor=ACTOR, second_factor=second_factor))
    database.close()


@accounts.command("unlock")
def unlock(login: Login) -> None:
    """解除连续输错口令后的锁定。"""
    from matcher.services.accounts.managing import unlock_account

    database = _open()
    unlock_account(database, login, actor=ACTOR)
    console.print(f"已解锁 {login}")
    database.close()


@accounts.command("caseload")
def caseload(
    login: Login,
    region: Annotated[str, typer.Option(help="把这个区划里还没有人管的人都分给他")] = "",
    take_over: Annotated[str, typer.Option(help="接过这个帮扶干部的全部服务对象")] = "",
) -> None:
    """分配服务对象。"""
    from matcher.services.accounts.caseload import give_region, hand_over

    if bool(region) == bool(take_over):
        raise typer.BadParameter("请写 --region 或 --take-over 其中一个")
    database = _open()
    if region:
        moved = give_region(database, login, region, actor=ACTOR)
    else:
        moved = hand_over(database, take_over, login, actor=ACTOR)
    console.print(f"分给 {login} {moved} 人")
    database.close()


@audit.command("verify")
def verify(
    anchor: Annotated[str, typer.Option(help="上次打印的存证：能发现末尾被截掉")] = "",
) -> None:
    """从头核对审计日志；打印的存证请保存到这台机器以外。"""
    from matcher.services.accounts.audit_log import read_anchor, verify_log

    known = read_anchor(anchor)
    database = _open()
    verdict, head = verify_log(database, known)
    database.close()
    if not verdict.intact:
        raise Conflict(f"审计日志被改动：{verdict.problem}")
    console.print(f"审计日志完整，共 {verdict.rows} 条")
    console.print(f"存证：{head.seq}:{head.hash}", highlight=False, soft_wrap=True)


def _open() -> Database:
    from matcher.services.installation import open_database

    return open_database(Config.from_environment())


def _show(made: NewAccount) -> None:
    console.print(f"{made.role.label}账号：{made.login}", highlight=False)
    if made.password:
        console.print(f"一次性口令（只显示这一次，登录后要改）：{made.password}", highlight=False)
