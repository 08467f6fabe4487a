"""People an employer may see for one of its postings: those who agreed to be shown, masked (可见的求职者).

INVARIANTS
- Nobody is shown without a live consent to be shown to employers; withdrawing it works at once.
- Sex, age, category, schooling history and what a person finds hard have no place here: reasons pass an allow-list.
- Name and phone are told only of somebody who wants to come, one person at a time, and each time is in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from matcher.clock import local_date
from matcher.domain.masking import mask_name
from matcher.domain.match import Line
from matcher.domain.service_terms import ConsentPurpose, FollowUpKind, PushState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.answers import workers_for_job
from matcher.services.employers.own_postings import require_own
from matcher.services.output_gate import require_cleared
from matcher.services.runtime import Runtime
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.follow_ups import REPLY, FollowUpRepository
from matcher.store.repositories.outcomes import OutcomeRepository, was_hired
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import FollowUpRow, OutcomeRow
from matcher.store.tables.people import WorkerIdentityRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushEventRow, PushRow

MOST = 8
LOOKED_AT = 60
TOKEN_CHARS = 24
SHOWN_REASONS = frozenset(
    {
        "occupation_match", "occupation_near", "certificate_held", "certificate_preferred", "skill_shared",
        "near_foot", "near_ride", "near_region", "shift", "experience", "education",
    }
)  # fmt: skip
"""Codes of the reasons an employer may read: what the person can do and how far they live."""

_AWAY = "这个人没有同意向单位展示，或已经撤回；请联系就业服务中心"


@dataclass(frozen=True, slots=True)
class Wanting:
    """Somebody who said that they want to come. since: on which day. said: what the employer told of them, "" = nothing."""

    push_id: int
    name: str
    reasons: tuple[str, ...]
    since: date
    said: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Suitable:
    """Somebody who would fit and was not asked yet. token: stands for them in a form. wanted: the office was asked to invite them."""

    token: str
    name: str
    reasons: tuple[str, ...]
    wanted: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is shown for one posting. unseen: people who want to come but did not agree to be shown."""

    wanting: tuple[Wanting, ...]
    unseen: int
    suitable: tuple[Suitable, ...]


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Name and phone of somebody who wants to come, told once."""

    name: str
    phone: str


def candidates(runtime: Runtime, employer_id: str, posting_id: str) -> Candidates:
    """Everybody the employer may see for a posting. Raises NotFound for a posting of somebody else."""
    with runtime.database.reading() as session:
        row = require_own(session, employer_id, posting_id)
        wanting, unseen = _wanting(session, posting_id)
        live = not _refused(session, row.posting_id)
    suitable = _suitable(runtime, posting_id) if live else ()
    return Candidates(wanting, unseen, suitable)


def contact_of(database: Database, employer_id: str, push_id: int, *, actor: str) -> ContactDetails:
    """Name and phone, with a row in the audit log. Raises NotFound for whoever may not be seen."""
    with database.writing(actor) as session:
        push = own_push(session, employer_id, push_id)
        if push.state is not PushState.INTERESTED:
            raise NotFound(_AWAY)
        known = WorkerRepository(session).reveal(
            push.worker_id, actor=actor, reason=f"本人有意向，单位联系面谈（推送 {push.id}）"
        )
    phone = known.phones[0].number if known.phones else ""
    return ContactDetails(known.name or "", phone or "")


def ask_to_invite(runtime: Runtime, employer_id: str, posting_id: str, token: str, *, actor: str) -> None:
    """Ask the office to invite somebody who would fit. Raises NotFound when the token stands for nobody any more."""
    with runtime.database.reading() as session:
        require_own(session, employer_id, posting_id)
    found = {_token(runtime.database, posting_id, one): one for one in _fitting(runtime, posting_id)}
    if token not in found:
        raise NotFound(_AWAY)
    with runtime.database.writing(actor) as session:
        row = require_own(session, employer_id, posting_id)
        require_cleared(session, [posting_id])
        FollowUpRepository(session).schedule_once(
            found[token],
            FollowUpKind.PUSH,
            session.now() + timedelta(days=1),
            note=f"用人单位想请面谈：{row.employer_name} {row.title}",
            key=_wish_key(token),
        )


def own_push(session: StoreSession, employer_id: str, push_id: int) -> PushRow:
    """A push of one of the employer's postings to somebody who agreed to be shown.

    Raises NotFound, the same whether there is no such push, it is another's, or the person did not agree.
    """
    push = session.get(PushRow, push_id)
    posting = None if push is None else session.get(PostingRow, push.posting_id)
    if push is None or posting is None or not employer_id or posting.employer_id != employer_id:
        raise NotFound(_AWAY)
    if not ConsentRepository(session).is_live(push.worker_id, ConsentPurpose.SHOW_TO_EMPLOYER):
        raise NotFound(_AWAY)
    return push


def _wanting(session: StoreSession, posting_id: str) -> tuple[tuple[Wanting, ...], int]:
    row = PushRow
    query = select(row).where(row.posting_id == posting_id, row.state == PushState.INTERESTED).order_by(row.id)
    pushes = list(session.scalars(query))
    agreed = ConsentRepository(session).live_ids([one.worker_id for one in pushes], ConsentPurpose.SHOW_TO_EMPLOYER)
    shown = [one for one in pushes if one.worker_id in agreed]
    names = _names(session, [one.worker_id for one in shown])
    since = _since(session, [one.id for one in shown])
    outcomes = OutcomeRepository(session).of_pushes([one.id for one in shown])
    people = [
        Wanting(
            push_id=one.id,
            name=names[one.worker_id],
            reasons=_stored_reasons(one.reasons),
            since=since[one.id],
            said=_said(outcomes.get(one.id)),
            answered=one.employer_answered_at is not None,
        )
        for one in shown
    ]
    return tuple(sorted(people, key=lambda one: (one.answered, one.since, one.push_id))), len(pushes) - len(shown)


def _said(outcome: OutcomeRow | None) -> str:
    """What is known of a placement, for the employer who told it."""
    if outcome is None:
        return ""
    if was_hired(outcome):
        return "已录用"
    return "见过面" if outcome.interviewed_at is not None else "已答复"


def _since(session: StoreSession, push_ids: Sequence[int]) -> dict[int, date]:
    row = PushEventRow
    query = select(row.push_id, row.at).where(row.push_id.in_(push_ids), row.state == PushState.INTERESTED)
    return {push_id: local_date(at) for push_id, at in session.execute(query.order_by(row.id.desc()))}


def _refused(session: StoreSession, posting_id: str) -> bool:
    try:
        require_cleared(session, [posting_id])
    except Conflict:
        return True
    return False


def _suitable(runtime: Runtime, posting_id: str) -> tuple[Suitable, ...]:
    fitting = _fitting(runtime, posting_id)
    with runtime.database.reading() as session:
        names = _names(session, list(fitting))
        tokens = {one: _token(runtime.database, posting_id, one) for one in fitting}
        row = FollowUpRow
        keys = [_wish_key(token) for token in tokens.values()]
        asked = set(session.scalars(select(row.external_id).where(row.source == REPLY, row.external_id.in_(keys))))
    return tuple(
        Suitable(tokens[one], names[one], reasons, _wish_key(tokens[one]) in asked)
        for one, reasons in fitting.items()
    )


def _fitting(runtime: Runtime, posting_id: str) -> dict[str, tuple[str, ...]]:
    """Person → reasons, of those who agreed to be shown and were not asked yet, best first."""
    try:
        answer = workers_for_job(runtime, posting_id, top=LOOKED_AT)
    except InvalidInput:
        return {}
    ids = [match.worker_id for match in answer.matches]
    with runtime.database.reading() as session:
        agreed = ConsentRepository(session).live_ids(ids, ConsentPurpose.SHOW_TO_EMPLOYER)
        asked = set(session.scalars(select(PushRow.worker_id).where(PushRow.posting_id == posting_id)))
    found = {m.worker_id: shown_reasons(m.reasons) for m in answer.matches if m.worker_id in agreed - asked}
    return dict(list(found.items())[:MOST])


def shown_reasons(lines: Iterable[Line]) -> tuple[str, ...]:
    """Texts of the reasons an employer may read."""
    return tuple(line.text for line in lines if line.code in SHOWN_REASONS)


def _stored_reasons(stored: Sequence[Mapping[str, Any]] | None) -> tuple[str, ...]:
    return shown_reasons(Line(str(one.get("code", "")), str(one.get("text", ""))) for one in stored or ())


def _names(session: StoreSession, worker_ids: Sequence[str]) -> dict[str, str]:
    row = WorkerIdentityRow
    query = select(row.worker_id, row.name).where(row.worker_id.in_(worker_ids))
    known = {worker_id: mask_name(name) for worker_id, name in session.execute(query)}
    return {one: known.get(one) or "（未登记姓名）" for one in worker_ids}


def _token(database: Database, posting_id: str, worker_id: str) -> str:
    """Stands for a person on one posting's page; says nothing of them to anybody without the keys."""
    return database.keyring.lookup_hash("candidate", f"{posting_id}\n{worker_id}")[:TOKEN_CHARS]


def _wish_key(token: str) -> str:
    return f"employer-wish:{token}"
