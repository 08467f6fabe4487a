"""Whether the service may listen where other machines can reach it (对外启动检查)."""

from __future__ import annotations

import stat

from matcher.config import Config
from matcher.errors import Unavailable
from matcher.services.accounts.managing import has_administrator
from matcher.store.database import Database

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def require_safe_start(config: Config, database: Database, host: str, *, debug: bool) -> None:
    """Raise Unavailable, naming each thing to put right, when an open address meets a weak installation.

    host: where to listen; on loopback nothing is asked. debug: Python runs in its development mode.
    """
    if host in LOOPBACK:
        return
    weak = list(_weaknesses(config, database, debug=debug))
    if weak:
        raise Unavailable(f"不能在 {host} 上启动：" + "；".join(weak))


def _weaknesses(config: Config, database: Database, *, debug: bool) -> list[str]:
    found = []
    if config.keyring_path.stat().st_mode & _OTHERS:
        found.append(f"密钥文件能被别的用户读取，请执行 chmod 600 {config.keyring_path.name}")
    if config.home.stat().st_mode & _OTHERS:
        found.append(f"数据目录能被别的用户打开，请执行 chmod 700 {config.home.name}")
    if not has_administrator(database):
        found.append("还没有管理员，请执行 matcher init --admin 登录名")
    if debug:
        found.append("Python 开着调试模式，请去掉 -X dev 和 PYTHONDEVMODE")
    return found
