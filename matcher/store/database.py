"""The one door to the database: a session for reading, a session for writing (数据库入口)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from matcher.clock import Clock, SystemClock
from matcher.errors import Conflict, InvalidInput
from matcher.store import history as _history  # noqa: F401 - registers what stamps and keeps rows
from matcher.store.engine import open_engine, reading
from matcher.store.keyring import Keyring
from matcher.store.session import StoreSession

__all__ = ["SYSTEM_ACTOR", "Database", "StoreSession"]
SYSTEM_ACTOR = "system"


class Database:
    """An open database with its keys and its clock. Services make one transaction per use case."""

    def __init__(self, engine: Engine, keyring: Keyring, clock: Clock | None = None) -> None:
        self.engine = engine
        self.keyring = keyring
        self.clock = clock or SystemClock()
        self._reader = reading(engine)

    @classmethod
    def open(cls, url: str, keyring: Keyring, *, clock: Clock | None = None, check: bool = True) -> Database:
        """Open the database at `url`; see `matcher.store.engine.open_engine` for the errors."""
        return cls(open_engine(url, keyring=keyring, check=check), keyring, clock)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[StoreSession]:
        """A session that sees one snapshot and cannot write."""
        with StoreSession(
            self._reader, actor=SYSTEM_ACTOR, clock=self.clock, keyring=self.keyring, autoflush=False
        ) as session:
            yield session

    @contextmanager
    def writing(self, actor: str = SYSTEM_ACTOR) -> Iterator[StoreSession]:
        """A session whose transaction commits at the end of the block, or not at all.

        actor: login of the account or name of the interface key; kept in created_by and in the history.
        Raises Conflict when a row was changed meanwhile, exists already or points nowhere;
        Unavailable when the database stays busy.
        """
        if not actor.strip():
            raise InvalidInput("写入数据库必须说明操作人")
        with StoreSession(self.engine, actor=actor, clock=self.clock, keyring=self.keyring) as session:
            try:
                with session.begin():
                    yield session
            except StaleDataError:
                raise Conflict("这条记录刚被别人改过；请刷新后重试") from None
            except IntegrityError as error:
                raise _conflict(error) from None


def _conflict(error: IntegrityError) -> Conflict:
    """Conflict that names the constraint and never the values."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        constraint = str(cause)
        dangling = "FOREIGN KEY" in constraint
    else:
        diagnosis = getattr(cause, "diag", None)
        constraint = str(getattr(diagnosis, "constraint_name", ""))
        dangling = type(cause).__name__ == "ForeignKeyViolation"
    if dangling:
        return Conflict("引用的记录不存在，或仍被其他记录引用", detail=constraint)
    return Conflict("记录已存在或缺少必填内容", detail=constraint)
