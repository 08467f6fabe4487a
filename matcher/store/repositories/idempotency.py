"""Answers kept so that a repeated request gets the same one and does nothing again (幂等)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from matcher.errors import Conflict, InvalidInput
from matcher.store.session import StoreSession
from matcher.store.tables.records import IdempotencyRow

IN_PROGRESS = 102
"""Status of a request whose effect takes more than one transaction and is not finished."""

KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What makes two requests the same one. fingerprint: SHA-256 of method, path and body, 64 hex digits."""

    client: str
    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer already given, or the first notes of one that is still being worked on."""

    status: int
    answer: dict[str, Any]
    created_at: datetime

    @property
    def in_progress(self) -> bool:
        """Whether the effect may still be under way, or was cut short."""
        return self.status == IN_PROGRESS


class IdempotencyRepository:
    """Keeps and finds answers."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def find(self, request: RequestKey) -> KeptAnswer | None:
        """The answer to an earlier request with this key. Raises InvalidInput when that one had another body."""
        row = self._get(request)
        if row is None:
            return None
        if row.fingerprint != request.fingerprint:
            raise InvalidInput("这个 Idempotency-Key 已用于内容不同的请求；请换一个新的")
        return KeptAnswer(row.status, row.answer, row.created_at)

    def keep(self, request: RequestKey, status: int, answer: dict[str, Any]) -> None:
        """Write the answer in the transaction of its effect, over an in-progress note of the same request.

        Raises Conflict when a final answer is there already; two that write at once meet at the primary key.
        """
        row = self._get(request)
        if row is None:
            row = IdempotencyRow(
                client=request.client,
                route=request.route,
                key=request.key,
                fingerprint=request.fingerprint,
                created_at=self._session.now(),
            )
            self._session.add(row)
        elif row.status != IN_PROGRESS:
            raise Conflict("同一个请求已经处理完；请重新发送以取回结果")
        row.status, row.answer = status, answer
        self._session.flush()

    def forget_old(self) -> None:
        """Drop answers older than KEPT_HOURS."""
        oldest = self._session.now() - timedelta(hours=KEPT_HOURS)
        self._session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < oldest))

    def _get(self, request: RequestKey) -> IdempotencyRow | None:
        return self._session.get(IdempotencyRow, (request.client, request.route, request.key))
