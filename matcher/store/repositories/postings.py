"""Postings: bulk upsert, withdrawal, reading back as domain values (岗位).

INVARIANTS
- (source, external_id) is what makes two rows the same posting; its posting_id never changes.
- Every insert, change and withdrawal is in the index log of the same transaction.
- Re-import never undoes an office decision: review and publish states are set on insert alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update

from matcher.domain.masking import mask_name, mask_phone
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import CloseReason, PublishState, ReviewState, VerifyMethod
from matcher.domain.record_terms import IndexedEntity
from matcher.errors import InvalidInput, NotFound
from matcher.store.freshness import (
    LiveFacts,
    indexable_condition,
    live_condition,
    live_facts,
    live_facts_query,
)
from matcher.store.history import keep_previous
from matcher.store.posting_mapping import MATCHED_COLUMNS, row_to_posting
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.posting_upsert import RowOutcome, upsert_postings
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import ImportSightingRow

_KEYS_AT_ONCE = 1_000
_ROWS_AT_ONCE = 2_000
_TABLE = PostingRow.__table__


@dataclass(frozen=True, slots=True)
class PostingCounts:
    """How many postings there are, and how many may be shown now."""

    stored: int
    live: int


class PostingRepository:
    """Reads and writes postings."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def upsert(self, rows: Sequence[Mapping[str, Any]], *, job_id: int | None = None) -> list[RowOutcome]:
        """Insert or change postings made by `posting_to_row`; one outcome per row, in order.

        A second row with the same (source, external_id) in `rows` is refused as `duplicate`.
        job_id: the import they came with; their keys are noted for `withdraw_absent`.
        Raises InvalidInput when a text cannot be stored.
        """
        return upsert_postings(self._session, rows, job_id=job_id)

    def withdraw_absent(self, source: str, job_id: int) -> list[str]:
        """After a full file: withdraw the live postings of `source` that the import did not meet.

        Returns their posting ids; forgets the import's sightings. Raises InvalidInput when the import met
        nothing at all: an empty file would withdraw everything.
        """
        seen = select(ImportSightingRow.external_id).where(ImportSightingRow.job_id == job_id)
        if self._session.execute(seen.limit(1)).first() is None:
            raise InvalidInput("这个文件没有读到任何岗位，不会据此撤回已有岗位；请检查文件")
        query = select(PostingRow.posting_id).where(
            PostingRow.source == source,
            PostingRow.publish_state.in_([PublishState.LIVE, PublishState.PAUSED]),
            PostingRow.external_id.not_in(seen),
        )
        ids = list(self._session.scalars(query))
        self._change(ids, publish_state=PublishState.WITHDRAWN, absent_since=self._session.now())
        self._session.execute(delete(ImportSightingRow).where(ImportSightingRow.job_id == job_id))
        return ids

    def set_states(
        self,
        posting_ids: Sequence[str],
        *,
        review_state: ReviewState | None = None,
        publish_state: PublishState | None = None,
        close_reason: CloseReason | None = None,
    ) -> None:
        """Change the states of postings. Raises NotFound when one does not exist."""
        self._require(posting_ids)
        states = {
            "review_state": review_state,
            "publish_state": publish_state,
            "close_reason": close_reason,
        }
        given: dict[str, object] = {name: value for name, value in states.items() if value is not None}
        if publish_state is not None:
            given["absent_since"] = None  # from now on the office decides, not the next file
        if given:
            self._change(posting_ids, **given)

    def set_headcount_left(self, posting_id: str, left: int) -> None:
        """How many places are still open; 0 takes the posting out of every answer."""
        if left < 0:
            raise InvalidInput("剩余人数不能小于0")
        self._require([posting_id])
        self._change([posting_id], headcount_left=left)

    def confirm_open(self, posting_id: str, *, left: int, valid_to: datetime, method: VerifyMethod) -> None:
        """People are still wanted, as somebody said just now: so many, until then. Raises NotFound."""
        self._require([posting_id])
        self._change(
            [posting_id],
            publish_state=PublishState.LIVE,
            close_reason=None,
            absent_since=None,
            headcount_left=left,
            valid_to=valid_to,
            verified_at=self._session.now(),
            verified_by=self._session.actor,
            verify_method=method,
        )

    def set_findings(self, posting_id: str, findings: Sequence[Mapping[str, Any]]) -> None:
        """Replace what the rules found in a posting; decisions on findings that stay are kept.

        findings: columns of `posting_findings` but id, posting_id, state, found_at.
        """
        self._require([posting_id])
        FindingRepository(self._session).replace({posting_id: findings})

    def get_many(self, posting_ids: Sequence[str]) -> dict[str, Posting]:
        """Postings by id, live or not; ids that do not exist are absent."""
        return {
            posting.posting_id: posting
            for part in _parts(posting_ids)
            for posting in self._postings(_matched().where(PostingRow.posting_id.in_(part)))
        }

    def get_live(self, posting_ids: Sequence[str], now: datetime | None = None) -> dict[str, Posting]:
        """Those that may be shown at `now` (default: the session's time), checked and read in one query."""
        condition = live_condition(now or self._session.now())
        return {
            posting.posting_id: posting
            for part in _parts(posting_ids)
            for posting in self._postings(_matched().where(PostingRow.posting_id.in_(part), condition))
        }

    def all_stored(self) -> Iterator[Posting]:
        """Every posting, shown or not, by posting id; for counts and audits, never for an answer."""
        return self._postings(_matched().order_by(PostingRow.posting_id))

    def all_live(self, now: datetime | None = None) -> Iterator[Posting]:
        """Every posting that may be shown at `now` (default: the session's time), by posting id."""
        moment = now or self._session.now()
        return self._postings(_matched().where(live_condition(moment)).order_by(PostingRow.posting_id))

    def all_indexable(self, now: datetime | None = None) -> Iterator[Posting]:
        """As `all_live`, and those whose valid_from is still to come."""
        moment = now or self._session.now()
        return self._postings(_matched().where(indexable_condition(moment)).order_by(PostingRow.posting_id))

    def live_facts(self, posting_ids: Sequence[str]) -> dict[str, LiveFacts]:
        """What decides whether these may be shown, read afresh; ids that do not exist are absent."""
        return {
            found.posting_id: live_facts(found)
            for part in _parts(posting_ids)
            for found in self._session.execute(live_facts_query().where(PostingRow.posting_id.in_(part)))
        }

    def live_ids(self, posting_ids: Sequence[str], now: datetime | None = None) -> set[str]:
        """Those of the ids that may be shown at `now` (default: the session's time)."""
        return self._ids_where(posting_ids, live_condition(now or self._session.now()))

    def indexable_ids(self, posting_ids: Sequence[str], now: datetime | None = None) -> set[str]:
        """As `live_ids`, and those whose valid_from is still to come."""
        return self._ids_where(posting_ids, indexable_condition(now or self._session.now()))

    def get_masked(self, posting_id: str) -> dict[str, Any]:
        """One posting with all columns, its contact person and phone masked and the door left out."""
        row = self._session.get(PostingRow, posting_id)
        if row is None:
            raise NotFound(f"没有这个岗位：{posting_id}")
        shown = {c.name: getattr(row, c.name) for c in _TABLE.columns}
        del shown["door_address"], shown["contact_phone_hash"], shown["content_hash"]
        shown["contact_name"] = mask_name(row.contact_name)
        shown["contact_phone"] = mask_phone(row.contact_phone)
        return shown

    def counts(self, now: datetime | None = None) -> PostingCounts:
        """Number of postings stored and live."""
        moment = now or self._session.now()
        count = select(func.count()).select_from(PostingRow)
        return PostingCounts(
            stored=self._session.scalar(count) or 0,
            live=self._session.scalar(count.where(live_condition(moment))) or 0,
        )

    def _ids_where(self, posting_ids: Sequence[str], condition: ColumnElement[bool]) -> set[str]:
        return {
            one
            for part in _parts(posting_ids)
            for one in self._session.scalars(
                select(PostingRow.posting_id).where(PostingRow.posting_id.in_(part), condition)
            )
        }

    def _change(self, posting_ids: Sequence[str], **values: Any) -> None:
        keep_previous(self._session, _TABLE, posting_ids)  # type: ignore[arg-type]
        for part in _parts(posting_ids):
            self._session.execute(
                update(PostingRow)
                .where(PostingRow.posting_id.in_(part))
                .values(**values, version=PostingRow.version + 1, updated_at=self._session.now())
                .execution_options(synchronize_session=False)
            )
        self._session.expire_all()
        self._log(posting_ids)

    def _log(self, posting_ids: Iterable[str]) -> None:
        IndexChangeRepository(self._session).append(IndexedEntity.POSTING, posting_ids)

    def _require(self, posting_ids: Sequence[str]) -> None:
        known = {
            one
            for part in _parts(posting_ids)
            for one in self._session.scalars(
                select(PostingRow.posting_id).where(PostingRow.posting_id.in_(part))
            )
        }
        missing = next((one for one in posting_ids if one not in known), None)
        if missing is not None:
            raise NotFound(f"没有这个岗位：{missing}")

    def _postings(self, query: Select[Any]) -> Iterator[Posting]:
        found = self._session.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))
        for rows in found.partitions():
            yield from map(_posting, rows)


def _matched() -> Select[Any]:
    return select(*(_TABLE.columns[name] for name in MATCHED_COLUMNS))


def _posting(found: Row[Any]) -> Posting:
    return row_to_posting(dict(zip(MATCHED_COLUMNS, found, strict=True)))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        yield ids[start : start + _KEYS_AT_ONCE]
