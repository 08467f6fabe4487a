"""The office's own records: audit, imports, outbox, earlier content, index changes (留痕)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import ImportState, IndexedEntity, OutboxState
from matcher.domain.service_terms import Channel
from matcher.store.column_types import Code, UtcDateTime
from matcher.store.encryption import EncryptedText
from matcher.store.tables.base import (
    ACTOR_CHARS,
    ID_CHARS,
    SHORT_CHARS,
    Base,
    Numbered,
    Privacy,
    RowNumber,
    Versioned,
    column,
)

P = Privacy


class AuditRow(Base):
    """One act, chained to the one before by a keyed hash (审计). `details` never holds personal data."""

    __tablename__ = "audit_log"

    seq: Mapped[int] = column(P.OPERATIONAL, RowNumber, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime, index=True)
    actor: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS), index=True)
    action: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    entity: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    entity_id: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS), index=True)
    reason: Mapped[str] = column(P.OPERATIONAL, Text)
    details: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    previous_hash: Mapped[str] = column(P.OPERATIONAL, String(64))
    hash: Mapped[str] = column(P.OPERATIONAL, String(64))


class ImportJobRow(Numbered, Versioned, Base):
    """One file on its way in (导入任务). counts: {"new": …, "changed": …, "withdrawn": …, "failed": …}."""

    __tablename__ = "import_jobs"

    entity: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    source: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS), index=True)
    file_name: Mapped[str] = column(P.OPERATIONAL, Text)
    file_sha256: Mapped[str] = column(P.OPERATIONAL, String(64))
    encoding: Mapped[str | None] = column(P.OPERATIONAL, String(SHORT_CHARS))
    mapping: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    full: Mapped[bool] = column(P.OPERATIONAL)
    rows_read: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    counts: Mapped[dict[str, int] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    state: Mapped[ImportState] = column(P.OPERATIONAL, Code(ImportState))
    finished_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class ImportRowErrorRow(Numbered, Base):
    """One thing wrong with one row of a file, and how to put it right (错误行). The row itself is sealed."""

    __tablename__ = "import_row_errors"

    job_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("import_jobs.id"), index=True)
    row_number: Mapped[int] = column(P.OPERATIONAL, Integer)
    column_name: Mapped[str | None] = column(P.OPERATIONAL, Text)
    value: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("import_row_errors.value"))
    reason: Mapped[str] = column(P.OPERATIONAL, Text)
    fix: Mapped[str | None] = column(P.OPERATIONAL, Text)
    raw_row: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("import_row_errors.raw_row"))


class ImportSightingRow(Base):
    """A key met while reading a full file: what is not met is withdrawn afterwards."""

    __tablename__ = "import_sightings"

    job_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("import_jobs.id"), primary_key=True)
    external_id: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS), primary_key=True)


class OutboxRow(Numbered, Base):
    """A message to the outside, written with the change that caused it (外发). idempotency_key sends it once.

    batch_id: the push batch it belongs to, so that the stop button finds it. fence: the number of the lease
    under which it was last claimed; a sender with an older number may no longer write.
    """

    __tablename__ = "outbox"

    topic: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    idempotency_key: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS), unique=True)
    payload: Mapped[str] = column(P.IDENTIFYING, EncryptedText("outbox.payload"))
    state: Mapped[OutboxState] = column(P.OPERATIONAL, Code(OutboxState))
    attempts: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    created_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    due_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    sent_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    failure: Mapped[str | None] = column(P.OPERATIONAL, Text)
    batch_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("push_batches.id"), index=True)
    channel: Mapped[Channel | None] = column(P.OPERATIONAL, Code(Channel))
    fence: Mapped[int | None] = column(P.OPERATIONAL, Integer)

    __table_args__ = (Index("ix_outbox_due", "state", "due_at"),)


class LeaseRow(Base):
    """Who may do a job that only one process may do (租约); `fence` grows with every new holder."""

    __tablename__ = "leases"

    name: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS), primary_key=True)
    holder: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    fence: Mapped[int] = column(P.OPERATIONAL, Integer)
    expires_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)


class IdempotencyRow(Base):
    """An answer already given to a request, so that its repetition gets the same one (幂等)."""

    __tablename__ = "idempotency_keys"

    client: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS), primary_key=True)
    route: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS), primary_key=True)
    key: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS), primary_key=True)
    fingerprint: Mapped[str] = column(P.OPERATIONAL, String(64))
    status: Mapped[int] = column(P.OPERATIONAL, Integer)
    answer: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)
    created_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime, index=True)


class HistoryRow(Numbered, Base):
    """What a row held before a change (历史). Columns that are encrypted in the table are sealed here too."""

    __tablename__ = "row_history"

    table_name: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    row_key: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    version: Mapped[int] = column(P.OPERATIONAL, Integer)
    operation: Mapped[str] = column(P.OPERATIONAL, String(10))
    content: Mapped[dict[str, Any]] = column(P.SENSITIVE, JSON)
    sealed: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("row_history.sealed"))
    replaced_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    replaced_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))

    __table_args__ = (Index("ix_row_history_row", "table_name", "row_key"),)


class IndexChangeRow(Base):
    """A posting or worker that the search index must look at again; seq is in commit order."""

    __tablename__ = "index_changes"

    seq: Mapped[int] = column(P.OPERATIONAL, RowNumber, primary_key=True, autoincrement=True)
    entity: Mapped[IndexedEntity] = column(P.OPERATIONAL, Code(IndexedEntity))
    entity_id: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS))

    __table_args__ = ({"sqlite_autoincrement": True},)
