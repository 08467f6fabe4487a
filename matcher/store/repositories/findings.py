"""What rules and people found wrong with postings, and what the office decided about it (合规/风险发现).

INVARIANTS
- A finding that stays (same rule, field, span and words) keeps its decision, unless it became graver.
- Whatever may let a posting out or keep it in is in the index log of the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from matcher.domain.record_terms import FindingKind, FindingState, IndexedEntity, Severity
from matcher.errors import NotFound
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingFindingRow

RULES = "rules"
"""Key in `details` of the rule version; a finding without it was reported by someone else."""
WORDS = "words"
"""Key in `details` of the words found: a decision about words does not hold for others in their place."""

_KEYS_AT_ONCE = 1_000
_TABLE: Any = PostingFindingRow.__table__
_NOT_KEY = ("kind", "severity", "rewrite", "details")

Identity = tuple[str, str, str, int, int, str | None]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as the office sees it; span in characters of `field`."""

    finding_id: int
    posting_id: str
    kind: FindingKind
    rule_id: str
    field: str
    span_start: int
    span_end: int
    severity: Severity
    rewrite: str | None
    state: FindingState
    details: Mapping[str, Any]
    found_at: datetime
    decided_by: str | None


class FindingRepository:
    """Reads and writes findings."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session
        self._connection = session.connection()

    def replace(
        self, found: Mapping[str, Sequence[Mapping[str, Any]]], *, rules_only: bool = False
    ) -> dict[str, Severity]:
        """Put what was found in each posting in place of what is stored for it; an empty list clears it.

        found: posting id → columns of `posting_findings` but id, posting_id, state, found_at, decided_by.
        rules_only: leave alone the findings that did not come from the rules (no rule version in details).
        Returns the gravest finding still open of each posting that has one. Postings must exist.
        """
        self._session.flush()
        stored = {_identity(row): row for row in self._stored(list(found), rules_only=rules_only)}
        now = self._session.now()
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        touched: set[str] = set()
        gravest: dict[str, Severity] = {}
        for posting_id, findings in found.items():
            met: set[Identity] = set()
            for finding in findings:
                row = {"details": None, "rewrite": None} | dict(finding) | {"posting_id": posting_id}
                identity = _identity(row)
                if identity in met:
                    continue
                met.add(identity)
                before = stored.pop(identity, None)
                state = FindingState.OPEN if before is None else _kept_state(before, row["severity"])
                if before is None:
                    new.append(row | {"state": state, "found_at": now})
                    touched.add(posting_id)
                elif any(before[name] != row[name] for name in _NOT_KEY):
                    changed.append(_update(before, row, state))
                    if (before["severity"], before["state"]) != (row["severity"], state):
                        touched.add(posting_id)
                if state is FindingState.OPEN:
                    held = gravest.get(posting_id, row["severity"])
                    gravest[posting_id] = min(held, row["severity"], key=_gravity)
        gone = list(stored.values())
        self._write(new, changed, [row["id"] for row in gone])
        touched.update(row["posting_id"] for row in gone)
        self._log(sorted(touched))
        return gravest

    def of_posting(self, posting_id: str) -> list[FindingView]:
        """What was found in one posting, gravest first."""
        rows = [_view(row) for row in self._stored([posting_id], rules_only=False)]
        return sorted(rows, key=lambda one: (_gravity(one.severity), one.field, one.span_start))

    def decide(self, finding_id: int, state: FindingState) -> None:
        """Settle a finding or open it again; who did it is kept. Raises NotFound."""
        row = self._session.get(PostingFindingRow, finding_id)
        if row is None:
            raise NotFound(f"没有这条发现：{finding_id}")
        row.state = state
        row.decided_by = None if state is FindingState.OPEN else self._session.actor
        self._session.flush()
        self._log([row.posting_id])

    def _stored(self, posting_ids: Sequence[str], *, rules_only: bool) -> Iterator[dict[str, Any]]:
        for start in range(0, len(posting_ids), _KEYS_AT_ONCE):
            part = posting_ids[start : start + _KEYS_AT_ONCE]
            query = select(_TABLE).where(_TABLE.c.posting_id.in_(part))
            for row in self._connection.execute(query).mappings():
                if not rules_only or (row["details"] or {}).get(RULES):
                    yield dict(row)

    def _write(self, new: list[dict[str, Any]], changed: list[dict[str, Any]], gone: list[int]) -> None:
        for start in range(0, len(gone), _KEYS_AT_ONCE):
            part = gone[start : start + _KEYS_AT_ONCE]
            self._connection.execute(delete(_TABLE).where(_TABLE.c.id.in_(part)))
        if changed:
            values: dict[str, Any] = {name: bindparam(name) for name in (*_NOT_KEY, "state", "decided_by")}
            self._connection.execute(
                update(_TABLE).where(_TABLE.c.id == bindparam("key")).values(values), changed
            )
        if new:
            self._connection.execute(insert(_TABLE), new)
        if changed or gone:
            self._session.expire_all()

    def _log(self, posting_ids: Sequence[str]) -> None:
        IndexChangeRepository(self._session).append(IndexedEntity.POSTING, posting_ids)


def _identity(row: Mapping[str, Any]) -> Identity:
    words = (row["details"] or {}).get(WORDS)
    return row["posting_id"], row["rule_id"], row["field"], row["span_start"], row["span_end"], words


def _kept_state(before: Mapping[str, Any], severity: Severity) -> FindingState:
    """The decision on a finding, void when it was made on something lighter."""
    state: FindingState = before["state"]
    return FindingState.OPEN if _gravity(severity) < _gravity(before["severity"]) else state


def _update(before: Mapping[str, Any], row: Mapping[str, Any], state: FindingState) -> dict[str, Any]:
    decided_by = before["decided_by"] if state is before["state"] else None
    return {name: row[name] for name in _NOT_KEY} | {
        "key": before["id"],
        "state": state,
        "decided_by": decided_by,
    }


def _gravity(severity: Severity) -> int:
    return severity.ordinal  # in the order of the class: what bars comes first


def _view(row: Mapping[str, Any]) -> FindingView:
    named = {name: row[name] for name in FindingView.__dataclass_fields__ if name in row}
    return FindingView(finding_id=row["id"], **(named | {"details": row["details"] or {}}))
