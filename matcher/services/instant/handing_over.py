"""Handing the queued texts of urgent requests to whoever sends or reads them out (快招外发).

INVARIANTS
- Whether a text still holds is asked when it is handed over: an offer that was answered, has run out, or whose
  posting may not be shown any more is taken back and goes to nobody.
- Phones in clear leave only into a private file, for a stated reason, person by person in the audit log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.delivery.sheets import write_csv, write_workbook
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel, ConsentPurpose
from matcher.errors import InvalidInput
from matcher.services.instant.messages import INSTANT_TOPIC
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import OutboxRow

CHANNELS = (Channel.SMS, Channel.PHONE)
HEADERS = ("消息编号", "方式", "电话", "内容")
WIDTHS = (28, 8, 16, 90)
AT_ONCE = 2_000
_OFFER = "offer"
_WORKBOOK, _TABLE = ".xlsx", ".csv"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Texts written to the file, and texts taken back because they no longer hold."""

    written: int
    taken_back: int


def hand_over(database: Database, out: Path, *, reason: str, actor: str) -> HandedOver:
    """Write every text that is due to `out` (.xlsx or .csv) and note it as sent.

    Without a due text no file is made. Raises InvalidInput for another kind of file or without a reason.
    """
    if out.suffix.lower() not in (_WORKBOOK, _TABLE):
        raise InvalidInput(f"外发文件只能是 .xlsx 或 .csv，不能是“{out.suffix}”")
    if not reason.strip():
        raise InvalidInput("文件里有完整电话，必须写明用途 --reason")
    with database.writing(actor) as session:
        outbox = OutboxRepository(session)
        rows, gone = [], 0
        for row in outbox.due(CHANNELS, limit=AT_ONCE, topic=INSTANT_TOPIC):
            phone = _phone(session, row, reason=reason, actor=actor) if _holds(session, row) else ""
            if phone:
                rows.append((row.idempotency_key, row.channel.label if row.channel else "", phone, json.loads(row.payload)["text"]))
                outbox.close(row, OutboxState.SENT)
            else:
                gone += 1
                outbox.close(row, OutboxState.CANCELLED, failure="邀约已失效或无法联系", tried=False)
        if rows:  # before the commit: a file that cannot be written leaves every text waiting
            _write(out, rows)
        return HandedOver(len(rows), gone)


def _holds(session: StoreSession, row: OutboxRow) -> bool:
    """Whether the text may still go out."""
    content = json.loads(row.payload)
    worker_id = content["worker_id"]
    if worker_id not in WorkerRepository(session).active_ids([worker_id], ConsentPurpose.CONTACT):
        return False
    if not row.idempotency_key.endswith(f":{_OFFER}"):
        return True
    repository = UrgentRepository(session)
    request, offer = repository.get(content["request_id"]), repository.offer(content["request_id"], worker_id)
    waits = offer.answer is OfferAnswer.WAITING and offer.answer_by > session.now()
    return waits and bool(cleared(session, [request.posting_id]))


def _phone(session: StoreSession, row: OutboxRow, *, reason: str, actor: str) -> str:
    identity = WorkerRepository(session).reveal(json.loads(row.payload)["worker_id"], actor=actor, reason=reason)
    return identity.phones[0].number if identity.phones else ""


def _write(out: Path, rows: Sequence[Sequence[str]]) -> None:
    if out.suffix.lower() == _TABLE:
        write_csv(out, HEADERS, rows)
    else:
        write_workbook(out, "快招", HEADERS, WIDTHS, rows)
