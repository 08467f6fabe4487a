"""`matcher init`, `serve`, `status` and `key` (安装与运行)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.account_commands import first_administrator
from matcher.cli.arguments import number_between
from matcher.cli.screen import console, step_bars
from matcher.config import Config
from matcher.domain.service_terms import Role, Scope
from matcher.errors import InvalidInput

if TYPE_CHECKING:
    from matcher.services.demo.demo_accounts import DemoLogin

ACTOR = "cli"
MOST_SAMPLES = 1_000_000

keys = typer.Typer(help="接口密钥：生成、停用。", no_args_is_help=True)


LAST_WORDS_S = 5
"""How long open connections may go on when the service is asked to end; consoles stay connected for hours."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("init")(init)
    app.command("serve")(serve)
    app.command("status")(status)
    app.command("demo")(demo)
    app.add_typer(keys, name="key")


def init(
    admin: Annotated[str, typer.Option(help="第一个管理员的登录名；不在终端里运行时，打印一次性口令")] = "",
) -> None:
    """初始化：建立数据目录、加密密钥、数据库和第一个管理员；可重复运行。"""
    from matcher.services.installation import create_home

    config = Config.from_environment()
    database = create_home(config)
    console.print(f"已初始化。数据目录：{config.home}")
    console.print(f"加密密钥：{config.keyring_path}（请另行备份；丢失后姓名、证件号、电话无法恢复）")
    first_administrator(database, admin)
    database.close()


def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 8000,
) -> None:
    """启动服务：页面和接口。在本机以外的地址上，要先有管理员，密钥和数据目录不能被别人读取。"""
    number_between(port, 1, 65535, option="--port")
    import uvicorn

    from matcher.services.accounts.start_check import LOOPBACK, require_safe_start
    from matcher.services.installation import create_home

    config = Config.from_environment()
    database = create_home(config)
    require_safe_start(config, database, host, debug=sys.flags.dev_mode)
    database.close()
    if host not in LOOPBACK:
        console.print("[yellow]页面有登录口令，请在前面加 HTTPS 代理，不要把这个端口直接开到网上[/]")
    console.print(f"页面：http://{host}:{port}/")
    console.print(
        f"接口：http://{host}:{port}/api/v1  健康检查：/api/v1/health/ready  说明：/api/v1/openapi.json"
    )
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=LAST_WORDS_S,
    )


def status() -> None:
    """查看数据量、索引和快照状态。"""
    from rich.table import Table

    from matcher.services.installation import open_database
    from matcher.store.repositories.index_changes import IndexChangeRepository
    from matcher.store.repositories.postings import PostingRepository
    from matcher.store.repositories.workers import WorkerRepository

    config = Config.from_environment()
    database = open_database(config, check=True)
    with database.reading() as session:
        postings = PostingRepository(session).counts()
        workers = WorkerRepository(session).count()
        mark = IndexChangeRepository(session).high_water_mark()
    table = Table(show_header=False)
    table.add_row("数据目录", str(config.home))
    table.add_row("数据库", database.engine.dialect.name)
    table.add_row("岗位", f"{postings.stored}（可展示 {postings.live}）")
    table.add_row("劳动者", str(workers))
    table.add_row("变更序号", str(mark))
    table.add_row("索引快照", _snapshot_state(config, mark))
    console.print(table)
    database.close()


def demo(
    home: Annotated[Path, typer.Option(help="放样例的目录，会先清空")] = Path(".demo"),
    workers: Annotated[int, typer.Option(help="样例劳动者人数")] = 2000,
    postings: Annotated[int, typer.Option(help="样例岗位数")] = 1500,
    seed: Annotated[int, typer.Option(help="同一个数得到同一个县")] = 1,
) -> None:
    """用虚构的样例县走一遍：导入、建索引、匹配，写出带图的报告。"""
    number_between(workers, 10, MOST_SAMPLES, option="--workers")
    number_between(postings, 10, MOST_SAMPLES, option="--postings")
    from matcher.services.demo.run_demo import open_hints, run_demo

    with step_bars() as report:
        run = run_demo(home.absolute(), workers=workers, postings=postings, seed=seed, progress=report)
    console.print(f"样例县 {run.workers} 人，其中 {run.served} 人当场有 2 个以上可推荐岗位")
    for stage in run.stages:
        console.print(f"  {stage.name}：{stage.items} 条，{stage.seconds:.1f} 秒")
    if run.push is not None:
        console.print(
            f"推送批次：{run.push.people} 人，{run.push.satisfied} 人得到 2 个以上岗位，缺口 {run.push.short} 人"
            f"（{'已自检证明' if run.push.proven else '自检未通过'}）；首批发出 {run.push.sent} 份"
        )
        console.print(f"  信函、短信文件、电话清单：{run.push.folder}")
        if run.push.letters_missing:
            console.print(f"  信函未打印：{run.push.letters_missing}")
        console.print(f"推送覆盖：{run.push.page}（用浏览器打开）")
    for event in run.events:
        console.print(f"{event.name}：{event.told}")
        console.print(f"  {event.page}（用浏览器打开）")
    console.print(f"报告：{run.report}（用浏览器打开）")
    _show_logins(run.logins)
    for hint in open_hints(home):
        console.print(f"{hint.title}：{hint.command}", highlight=False)


def _show_logins(logins: list[DemoLogin]) -> None:
    """Where each role begins and how it signs in, this once."""
    from rich.table import Table

    table = Table("角色", "登录名", "口令（只显示这一次）", title="样例账号", title_justify="left")
    for one in logins:
        given = f"配对码 {one.password}，10 分钟内有效" if one.role is Role.KIOSK_DEVICE else one.password
        table.add_row(one.role.label, one.login, given)
        if one.totp_secret:
            table.add_row("", "", f"动态口令密钥 {one.totp_secret}")
    console.print("页面：先启动服务，再打开 http://127.0.0.1:8000/ 登录；自助机打开 /sign-in/device", highlight=False)
    console.print(table)


@keys.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="用途，例如：零工大屏")],
    scope: Annotated[list[str], typer.Option(help="权限，可多次：" + "、".join(s.value for s in Scope))],
) -> None:
    """生成一个接口密钥；只显示这一次。"""
    scopes = [Scope.read(one, field="scope") for one in scope]
    from matcher.services.access import create_key
    from matcher.services.installation import open_database

    database = open_database(Config.from_environment())
    made = create_key(database, name, scopes, actor=ACTOR)
    console.print(made.text, highlight=False)
    database.close()


@keys.command("revoke")
def key_revoke(prefix: Annotated[str, typer.Argument(help="密钥中间的 8 位前缀")]) -> None:
    """停用一个接口密钥。"""
    if not prefix.strip():
        raise InvalidInput("请给出密钥前缀")
    from matcher.services.access import revoke_key
    from matcher.services.installation import open_database

    database = open_database(Config.from_environment())
    revoke_key(database, prefix, actor=ACTOR)
    console.print(f"已停用 {prefix}")
    database.close()


def _snapshot_state(config: Config, mark: int) -> str:
    from matcher.retrieval.snapshot_stamp import POSTINGS, SnapshotMismatch, read_stamp

    try:
        stamp = read_stamp(config.snapshot_folder / POSTINGS)
    except SnapshotMismatch:
        return "没有；下次启动会重建"
    behind = mark - stamp.high_water_mark
    return "最新" if behind == 0 else f"差 {behind} 条变更，启动时补上"
