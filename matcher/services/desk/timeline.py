"""Everything that happened with one person, newest first (服务时间线): pushes, contacts, services, outcomes, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import PushState
from matcher.services.desk.hand_batch import BY_HAND
from matcher.store.repositories.overrides import OverrideRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import FollowUpRow, OutcomeClaimRow, OutcomeRow, ServiceRecordRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.pushes import PushEventRow, PushRow

MOST_EVENTS = 60


class EventKind(Labelled):
    """What an event is (事件)."""

    PUSH = "push", "推送"
    CONTACT = "contact", "联系"
    SERVICE = "service", "服务"
    OUTCOME = "outcome", "结果"
    OVERRIDE = "override", "干预"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. by_hand: a caseworker chose it, 人工."""

    at: datetime
    kind: EventKind
    title: str
    text: str
    by: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SentPush:
    """A push as it stands, for answering on the phone. contestable: a refusal that the person may object to."""

    push_id: int
    batch_id: int | None
    posting_id: str
    title: str
    employer: str
    state: PushState
    sent_at: datetime | None
    reason: str
    refusal: str
    contested: bool
    by_hand: bool
    channel: str


def timeline(session: StoreSession, worker_id: str) -> list[Event]:
    """The latest events of a person, newest first."""
    events = [
        *_pushes(session, worker_id),
        *_contacts(session, worker_id),
        *_services(session, worker_id),
        *_outcomes(session, worker_id),
        *_overrides(session, worker_id),
    ]
    return sorted(events, key=lambda one: one.at, reverse=True)[:MOST_EVENTS]


def pushes_of_person(session: StoreSession, worker_id: str, *, limit: int = 20) -> list[SentPush]:
    """A person's pushes, newest first, those of drafts and those taken back left out."""
    row, posting, batch = PushRow, PostingRow, PushBatchRow
    query = (
        select(row, posting.title, posting.employer_name, batch.source, batch.approved_at)
        .join(posting, posting.posting_id == row.posting_id)
        .outerjoin(batch, batch.id == row.batch_id)
        .where(row.worker_id == worker_id, row.state != PushState.VOID)
        .order_by(row.id.desc())
        .limit(limit)
    )
    return [
        SentPush(
            push_id=push.id,
            batch_id=push.batch_id,
            posting_id=push.posting_id,
            title=title,
            employer=employer or "",
            state=push.state,
            sent_at=push.sent_at,
            reason=push.response_reason.label if push.response_reason else "",
            refusal=push.refusal_note or "",
            contested=push.contested_at is not None,
            by_hand=source == BY_HAND,
            channel=push.channel.label,
        )
        for push, title, employer, source, approved in session.execute(query)
        if push.batch_id is None or approved is not None
    ]


def _pushes(session: StoreSession, worker_id: str) -> Iterator[Event]:
    event, push, posting, batch = PushEventRow, PushRow, PostingRow, PushBatchRow
    query = (
        select(event, posting.title, batch.source)
        .join(push, push.id == event.push_id)
        .join(posting, posting.posting_id == push.posting_id)
        .outerjoin(batch, batch.id == push.batch_id)
        .where(push.worker_id == worker_id, event.state != PushState.PENDING)
        .order_by(event.id.desc())
        .limit(MOST_EVENTS)
    )
    for one, title, source in session.execute(query):
        via = f"，{one.via.label}" if one.via else ""
        words = "；".join(text for text in (one.reason, one.note) if text)
        yield Event(
            one.at, EventKind.PUSH, f"{one.state.label}{via}：{title}", words, one.actor, source == BY_HAND
        )


def _contacts(session: StoreSession, worker_id: str) -> Iterator[Event]:
    row = FollowUpRow
    query = select(row).where(row.worker_id == worker_id, row.done_at.is_not(None))
    for one in session.scalars(query.order_by(row.done_at.desc()).limit(MOST_EVENTS)):
        if one.done_at is not None:
            mode = one.mode.label if one.mode else "联系"
            yield Event(one.done_at, EventKind.CONTACT, f"{mode}：{one.kind.label}", one.result or "", one.done_by or "")


def _services(session: StoreSession, worker_id: str) -> Iterator[Event]:
    row = ServiceRecordRow
    query = select(row).where(row.worker_id == worker_id)
    for one in session.scalars(query.order_by(row.given_at.desc()).limit(MOST_EVENTS)):
        yield Event(one.given_at, EventKind.SERVICE, one.kind.label, one.note or "", one.given_by)


def _outcomes(session: StoreSession, worker_id: str) -> Iterator[Event]:
    claim, outcome, posting = OutcomeClaimRow, OutcomeRow, PostingRow
    query = (
        select(claim, posting.title)
        .join(outcome, outcome.id == claim.outcome_id)
        .outerjoin(posting, posting.posting_id == outcome.posting_id)
        .where(outcome.worker_id == worker_id)
        .order_by(claim.id.desc())
        .limit(MOST_EVENTS)
    )
    for one, title in session.execute(query):
        said = one.fact.label if one.said else f"没有{one.fact.label}"
        work = f"：{title}" if title else ""
        text = f"{one.evidence.label}{f'，{one.on_day}' if one.on_day else ''}"
        yield Event(one.recorded_at, EventKind.OUTCOME, f"{said}{work}", text, one.recorded_by)


def _overrides(session: StoreSession, worker_id: str) -> Iterator[Event]:
    acts = OverrideRepository(session).history(worker_id)
    ids = [one.posting_id for one in acts]
    query = select(PostingRow.posting_id, PostingRow.title).where(PostingRow.posting_id.in_(ids))
    titles = dict(session.execute(query).all())
    for one in acts:
        title = titles.get(one.posting_id, one.posting_id)
        yield Event(one.at, EventKind.OVERRIDE, f"{one.kind.label}：{title}", one.reason, one.by, by_hand=True)
