"""Opening a database: SQLite in one file by default, PostgreSQL by URL (数据库连接).

INVARIANTS
- SQLite: WAL, synchronous=FULL (an acknowledged commit survives a power cut), foreign keys on,
  and a transaction that may write says so at once (BEGIN IMMEDIATE), so that two writers queue
  instead of deadlocking half-way.
- A reading transaction sees one snapshot and cannot write, on both engines.
- What a busy or broken database raises reaches the caller as `matcher.errors`, never as a driver error.
"""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError

from matcher.errors import InvalidInput, MatcherError, Unavailable
from matcher.store.encryption import hold_keyring
from matcher.store.keyring import Keyring
from matcher.store.plain_json import as_json

BUSY_TIMEOUT_MS = 5_000
_READ_OPTION = "matcher_reading"
_CACHE_KIB = 65_536
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF
# A plan made once for any list of keys compares key by key: about ten times slower than one made for this list.
_POSTGRES_OPTIONS = "-c plan_cache_mode=force_custom_plan"

PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "cache_size": -_CACHE_KIB,
}


def open_engine(
    url: str | URL,
    *,
    keyring: Keyring | None = None,
    check: bool = True,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
) -> Engine:
    """Open the database at `url`; nothing is created in it (see `matcher.store.schema.upgrade`).

    keyring: needed to read or write any personal column.
    check: run SQLite's quick integrity check first.
    Raises InvalidInput for a URL of another kind, Unavailable when the database is damaged or unreachable.
    """
    target = make_url(url)
    backend = target.get_backend_name()
    if backend == "sqlite":
        engine = _sqlite_engine(target, busy_timeout_ms)
    elif backend == "postgresql":
        engine = _create(
            target.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"options": _POSTGRES_OPTIONS},
        )
    else:
        raise InvalidInput(
            f"不支持的数据库“{backend}”；可用：sqlite:///文件路径 或 postgresql://用户@主机/库名"
        )
    hold_keyring(engine.dialect, keyring)
    event.listen(engine, "handle_error", _translated)
    try:
        _check_opens(engine, integrity=check)
    except MatcherError:
        engine.dispose()
        raise
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: one snapshot, no write possible."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READ_OPTION: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _create(url: URL, **options: Any) -> Engine:
    # hide_parameters: an error text must never carry somebody's phone number into a log
    return create_engine(
        url, hide_parameters=True, json_serializer=as_json, json_deserializer=json.loads, **options
    )


def _sqlite_engine(url: URL, busy_timeout_ms: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise InvalidInput("SQLite 数据库必须是一个文件，例如 sqlite:///var/matcher.db")
    path = Path(url.database)
    if not path.parent.is_dir():
        raise Unavailable(f"数据库目录不存在：{path.parent.name}；请先建立该目录")
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    engine = _create(url)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: we choose the kind below
        connection.execute(f"PRAGMA busy_timeout={int(busy_timeout_ms)}")
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        only_reads = bool(connection.get_execution_options().get(_READ_OPTION))
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if only_reads else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _check_opens(engine: Engine, *, integrity: bool) -> None:
    try:
        with reading(engine).connect() as connection:
            if engine.dialect.name == "sqlite" and integrity:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
                if found != "ok":
                    raise Unavailable("数据库文件已损坏；请停止服务并从备份恢复", detail=str(found))
    except sqlite3.DatabaseError as error:  # raised by the pragmas of a new connection
        raise _from_sqlite(error) or Unavailable("数据库无法打开", detail=str(error)) from error
    except SQLAlchemyError as error:
        raise Unavailable(
            "数据库无法打开；请检查地址、账号和服务是否运行", detail=type(error).__name__
        ) from error


def _translated(context: ExceptionContext) -> MatcherError | None:
    """The error of ours that stands for what a driver raised, or None to let it through."""
    error = context.original_exception
    if isinstance(error, MatcherError):
        return error
    if isinstance(error, OverflowError):
        return InvalidInput("有数值超出可存储范围；请检查金额和人数")
    if isinstance(error, sqlite3.DatabaseError):
        return _from_sqlite(error)
    wrapped = context.sqlalchemy_exception
    if context.is_disconnect or isinstance(wrapped, OperationalError):
        return Unavailable("数据库连接中断或正忙；请稍后再试", detail=type(error).__name__)
    if isinstance(wrapped, DataError):
        return InvalidInput("有数值超出可存储范围或含有无法存储的字符", detail=type(error).__name__)
    return None


def _from_sqlite(error: sqlite3.DatabaseError) -> MatcherError | None:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in _BUSY:
        return Unavailable("数据库正忙；请稍后再试", detail=str(error))
    if code == sqlite3.SQLITE_FULL:
        return Unavailable("磁盘已满，数据未写入；请清理磁盘后再试", detail=str(error))
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        return Unavailable("磁盘读写失败，数据未写入；请检查磁盘", detail=str(error))
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return Unavailable("数据库文件已损坏；请停止服务并从备份恢复", detail=str(error))
    return None
