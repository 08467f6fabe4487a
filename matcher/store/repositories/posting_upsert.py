"""The bulk upsert of postings, fast enough for a county's whole file (批量写入岗位)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, null, select, update

from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import IndexedEntity
from matcher.store.history import keep_previous
from matcher.store.identity import PHONE, plain_phone
from matcher.store.keyring import Keyring
from matcher.store.posting_mapping import content_text
from matcher.store.repositories.employers import EmployerRepository, employer_id_for
from matcher.store.repositories.imports import note_sightings
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingRow

_ROWS_AT_ONCE = 2_000
_KEYS_AT_ONCE = 1_000
_TABLE: Any = PostingRow.__table__
_KEPT = frozenset({"posting_id", "source", "external_id", "review_state", "publish_state"})


class RowStatus(StrEnum):
    """What became of one row of an import."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row's fate; posting_id (or worker id) is the stored one, which may differ from the one offered."""

    external_id: str
    entity_id: str
    status: RowStatus


@dataclass(slots=True)
class _Stored:
    posting_id: str
    content_hash: str
    publish_state: PublishState
    absent_since: datetime | None
    verified_at: datetime | None


Key = tuple[str, str]


def upsert_postings(
    session: StoreSession, rows: Sequence[Mapping[str, Any]], *, job_id: int | None
) -> list[RowOutcome]:
    """See `PostingRepository.upsert`."""
    outcomes: list[RowOutcome] = []
    met: set[Key] = set()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        outcomes += _Chunk(session, met).write(rows[start : start + _ROWS_AT_ONCE])
    if job_id is not None:
        note_sightings(session, job_id, {outcome.external_id for outcome in outcomes})
    session.expire_all()
    return outcomes


class _Chunk:
    """One round trip per statement kind for a few thousand rows."""

    def __init__(self, session: StoreSession, met: set[Key]) -> None:
        self._session = session
        self._connection = session.connection()
        self._met = met
        self._now = session.now()

    def write(self, rows: Sequence[Mapping[str, Any]]) -> list[RowOutcome]:
        prepared = [_prepared(row, self._session.keyring) for row in rows]
        stored = self._stored(prepared)
        taken = self._taken_ids(prepared, stored)
        outcomes: list[RowOutcome] = []
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        seen_later: list[dict[str, Any]] = []
        for row in prepared:
            key = (row["source"], row["external_id"])
            before = stored.get(key)
            if key in self._met:
                status = RowStatus.DUPLICATE
                posting_id = before.posting_id if before else row["posting_id"]
            elif before is None:
                status, posting_id = RowStatus.NEW, _free_id(row, taken)
                new.append(row | {"posting_id": posting_id})
                taken.add(posting_id)
            else:
                posting_id = before.posting_id
                if before.content_hash != row["content_hash"] or before.absent_since is not None:
                    status = RowStatus.CHANGED
                    changed.append(_change(row, before))
                else:
                    status = RowStatus.UNCHANGED
                    if _later(row["verified_at"], before.verified_at):
                        seen_later.append({"key": posting_id, "moment": row["verified_at"]})
            self._met.add(key)
            outcomes.append(RowOutcome(row["external_id"], posting_id, status))
        self._write(new, changed, seen_later)
        return outcomes

    def _write(
        self, new: list[dict[str, Any]], changed: list[dict[str, Any]], seen_later: list[dict[str, Any]]
    ) -> None:
        employers = {r["employer_id"]: r["employer_name"] for r in (*new, *changed) if r["employer_id"]}
        EmployerRepository(self._session).ensure(employers)
        if new:
            stamp = {
                "created_at": self._now,
                "updated_at": self._now,
                "version": 1,
                "created_by": self._session.actor,
                "referred_count": 0,
                "success_count": 0,
            }
            ready = _without_empty([row | stamp for row in new])
            self._connection.execute(insert(_TABLE), ready)
        if changed:
            keep_previous(self._session, _TABLE, [row["key"] for row in changed])
            ready = _without_empty(changed)
            emptied = set(changed[0]) - set(ready[0])
            self._connection.execute(
                _change_statement(ready[0], emptied), [r | {"now": self._now} for r in ready]
            )
        if seen_later:
            statement = update(_TABLE).where(_TABLE.c.posting_id == bindparam("key"))
            self._connection.execute(statement.values(verified_at=bindparam("moment")), seen_later)
        touched = [row["posting_id"] for row in new] + [row["key"] for row in changed]
        IndexChangeRepository(self._session).append(IndexedEntity.POSTING, touched)

    def _stored(self, rows: Sequence[Mapping[str, Any]]) -> dict[Key, _Stored]:
        by_source: dict[str, list[str]] = {}
        for row in rows:
            by_source.setdefault(row["source"], []).append(row["external_id"])
        c = _TABLE.c
        columns = (c.posting_id, c.content_hash, c.publish_state, c.absent_since, c.verified_at)
        found: dict[Key, _Stored] = {}
        for source, wanted in by_source.items():
            for start in range(0, len(wanted), _KEYS_AT_ONCE):
                part = wanted[start : start + _KEYS_AT_ONCE]
                query = select(c.external_id, *columns).where(c.source == source, c.external_id.in_(part))
                for external_id, *rest in self._connection.execute(query):
                    found[source, external_id] = _Stored(*rest)
        return found

    def _taken_ids(self, rows: Sequence[Mapping[str, Any]], stored: Mapping[Key, _Stored]) -> set[str]:
        wanted = [r["posting_id"] for r in rows if (r["source"], r["external_id"]) not in stored]
        taken: set[str] = set()
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            part = wanted[start : start + _KEYS_AT_ONCE]
            query = select(_TABLE.c.posting_id).where(_TABLE.c.posting_id.in_(part))
            taken.update(self._connection.execute(query).scalars())
        return taken


def _free_id(row: Mapping[str, Any], taken: set[str]) -> str:
    """The row's own id unless another source's posting has it already."""
    offered: str = row["posting_id"]
    return offered if offered not in taken else f"{row['source']}:{row['external_id']}"


def _prepared(row: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    ready = dict(row)
    phone = ready["contact_phone"] = plain_phone(row["contact_phone"])
    ready["contact_phone_hash"] = keyring.lookup_hash(PHONE, phone) if phone else None
    ready["content_hash"] = keyring.lookup_hash("posting", content_text(row))
    if ready["employer_id"] is None and ready["employer_name"]:
        ready["employer_id"] = employer_id_for(ready["employer_name"])
    return ready


def _later(offered: datetime | None, held: datetime | None) -> bool:
    return offered is not None and (held is None or offered > held)


def _change(row: Mapping[str, Any], before: _Stored) -> dict[str, Any]:
    """Parameters of the change statement. A posting that was absent and is back returns to its offered state."""
    returned = before.absent_since is not None and before.publish_state is PublishState.WITHDRAWN
    changed = {name: value for name, value in row.items() if name not in _KEPT}
    changed["publish_state"] = row["publish_state"] if returned else before.publish_state
    return changed | {"key": before.posting_id}


def _without_empty(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows less the columns that are empty in all of them: binding a NULL costs as much as a value."""
    used = [name for name in rows[0] if any(row[name] not in (None, ()) for row in rows)]
    return [{name: row[name] for name in used} for row in rows]


def _change_statement(example: Mapping[str, Any], emptied: Iterable[str]) -> Any:
    c = _TABLE.c
    values: dict[str, Any] = {name: bindparam(name) for name in example if name != "key"}
    values.update(dict.fromkeys(emptied, null()))
    for name in ("verified_at", "headcount_left"):  # a file that is silent on them changes nothing
        if name in example:
            values[name] = func.coalesce(bindparam(name, type_=c[name].type), c[name])
        else:
            del values[name]
    statement = update(_TABLE).where(c.posting_id == bindparam("key"))
    return statement.values(
        values | {"absent_since": None, "updated_at": bindparam("now"), "version": c.version + 1}
    )
