"""Statements about what came of a push, and what follows from them (结果登记).

INVARIANTS
- The same statement twice changes nothing.
- A hiring takes one place of the posting, once; with the last place the posting leaves every answer.
- What two sides contradict stays unknown; see `matcher.outcome.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from matcher.clock import SHANGHAI, local_date
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.posting_terms import CloseReason, PublishState
from matcher.domain.service_terms import EndReason, Evidence, FollowUpKind
from matcher.domain.worker_terms import JobStatus
from matcher.errors import InvalidInput, MatcherError, NotFound
from matcher.outcome.evidence import STAYS, Claim, Fused, furthest_confidence, fuse_outcome
from matcher.outcome.households import WORKING
from matcher.services.care.household_care import after_outcome
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.outcomes import OutcomeRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeClaimRow, OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

F = OutcomeFact
DATED = frozenset({F.INTERVIEW, F.HIRED, F.STARTED, F.ENDED})
"""Facts that need the day they happened."""

_AT_WORK = frozenset({F.HIRED, F.STARTED})
LEFT = "离岗后问一问：还想不想找工作"
NEVER_CAME = "录用后没有上岗，问一问原因和意愿"
POSTING_GONE = "岗位已不在发布中，结果照记"
CONTRADICTED = "各方说法不一，暂记为不清楚"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one side says of one person's work; a push or a posting names the work where it is known."""

    worker_id: str
    fact: OutcomeFact
    said: bool
    evidence: Evidence
    posting_id: str | None = None
    push_id: int | None = None
    on: date | None = None
    reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a statement did. notices: Chinese, for the person who entered it."""

    outcome_id: int
    changed: bool
    notices: tuple[str, ...] = ()


def record_outcomes(
    database: Database, statements: Iterable[Statement], *, actor: str = SYSTEM_ACTOR
) -> list[Recorded]:
    """Record statements, all of them or none. Raises what `record_outcome` raises."""
    with database.writing(actor) as session:
        return [record_outcome(session, statement) for statement in statements]


def record_each(
    database: Database, statements: Iterable[Statement], *, actor: str = SYSTEM_ACTOR
) -> list[Recorded | MatcherError]:
    """Record statements one by one; one that cannot be recorded gives its error and keeps no other out."""
    done: list[Recorded | MatcherError] = []
    with database.writing(actor) as session:
        for statement in statements:
            try:
                with session.begin_nested():
                    done.append(record_outcome(session, statement))
            except MatcherError as error:
                done.append(error)
    return done


def record_outcome(session: StoreSession, statement: Statement) -> Recorded:
    """Record one statement and what follows from it.

    Raises InvalidInput for a missing or impossible day or a push of somebody else, NotFound for an unknown
    person, posting or push.
    """
    statement = _placed(session, statement)
    _require_possible(statement, local_date(session.now()))
    repository = OutcomeRepository(session)
    row = _placement(repository, statement)
    claims = [_claim(one) for one in repository.claims(row.id)]
    claim = Claim(statement.fact, statement.said, statement.evidence, statement.on, statement.reason)
    if claim == _latest_of_side(claims, claim):
        return Recorded(row.id, changed=False)
    before, after = fuse_outcome(claims), fuse_outcome([*claims, claim])
    _require_reached(statement, after[F.STARTED].on)
    repository.add_claim(row.id, claim.fact, claim.said, claim.evidence, on_day=claim.on, reason=claim.reason)
    repository.update(row, _columns(after))
    notices = [CONTRADICTED] if after[claim.fact].conflicting else []
    if after[F.HIRED].value and not _ever_hired(claims):
        notices += _take_place(session, row.posting_id)
    if statement.evidence is Evidence.EMPLOYER:
        _note_employer_answer(session, row.push_id)
    _follow(session, row, before, after)
    return Recorded(row.id, changed=True, notices=tuple(notices))


def _placed(session: StoreSession, statement: Statement) -> Statement:
    """The statement with person and posting filled in from its push, all of which exist."""
    if statement.push_id is not None:
        push = session.get(PushRow, statement.push_id)
        if push is None:
            raise NotFound(f"没有编号为 {statement.push_id} 的推送")
        if statement.worker_id not in ("", push.worker_id):
            raise InvalidInput(f"推送 {push.id} 不是推给这个人的；请核对推送编号")
        if statement.posting_id not in (None, push.posting_id):
            raise InvalidInput(f"推送 {push.id} 推的不是这个岗位；请核对岗位编号")
        statement = replace(statement, worker_id=push.worker_id, posting_id=push.posting_id)
    # locked until the end: two sides that speak at once must not make two placements
    if session.get(WorkerRow, statement.worker_id, with_for_update=True) is None:
        raise NotFound("没有这个劳动者；请核对劳动者编号")
    if statement.posting_id is not None and not PostingRepository(session).live_facts([statement.posting_id]):
        raise NotFound("没有这个岗位；请核对岗位编号")
    return statement


def _require_possible(statement: Statement, today: date) -> None:
    if statement.said and statement.fact in DATED and statement.on is None:
        raise InvalidInput(f"“{statement.fact.label}”要写明日期")
    if statement.on is not None and statement.on > today:
        raise InvalidInput(f"日期 {statement.on} 在今天之后；结果要等发生了再登记")
    if statement.reason is not None and statement.fact is not F.ENDED:
        raise InvalidInput("离岗原因只能和“离岗”一起填")


def _require_reached(statement: Statement, started_on: date | None) -> None:
    """A stay cannot be confirmed before it is over. `started_on` None: nothing to compare with."""
    days = STAYS.get(statement.fact)
    if days is None or not statement.said or started_on is None or statement.on is None:
        return
    if statement.on < started_on + timedelta(days=days):
        raise InvalidInput(f"{started_on} 上岗，到 {statement.on} 还不满“{statement.fact.label}”；请核对日期")


def _placement(repository: OutcomeRepository, statement: Statement) -> OutcomeRow:
    """The placement a statement is about; work taken up after an earlier end is a new one."""
    row = repository.newest(statement.worker_id, statement.posting_id)
    again = (
        row is not None
        and row.ended_on is not None
        and statement.on is not None
        and statement.on > row.ended_on
        and statement.fact in (F.INTERVIEW, F.HIRED, F.STARTED)
    )
    if row is None or again:
        return repository.add(statement.worker_id, statement.posting_id, push_id=statement.push_id)
    if row.push_id is None and statement.push_id is not None:
        repository.update(row, {"push_id": statement.push_id})
    return row


def _claim(row: OutcomeClaimRow) -> Claim:
    return Claim(row.fact, row.said, row.evidence, row.on_day, row.reason)


def _latest_of_side(claims: Sequence[Claim], claim: Claim) -> Claim | None:
    same = [one for one in claims if one.fact is claim.fact and one.evidence is claim.evidence]
    return same[-1] if same else None


def _ever_hired(claims: Sequence[Claim]) -> bool:
    """Whether the place was taken before: at some moment the statements came to a hiring."""
    return any(fuse_outcome(claims[:end])[F.HIRED].value for end in range(1, len(claims) + 1))


def _columns(fused: Mapping[OutcomeFact, Fused]) -> dict[str, Any]:
    """Columns of `outcomes` that the facts come to; what is not known is NULL."""
    sides = {side for fact in fused.values() for side in fact.evidence}
    return {
        "interviewed_at": _moment(fused[F.INTERVIEW]),
        "hired_at": _moment(fused[F.HIRED]),
        "started_on": fused[F.STARTED].on if fused[F.STARTED].value else None,
        "in_post_7d": fused[F.IN_POST_7D].value,
        "in_post_30d": fused[F.IN_POST_30D].value,
        "in_post_6m": fused[F.IN_POST_6M].value,
        "ended_on": fused[F.ENDED].on if fused[F.ENDED].value else None,
        "end_reason": fused[F.ENDED].reason if fused[F.ENDED].value else None,
        "evidence": tuple(sorted(sides, key=lambda side: side.ordinal)),
        "confidence": furthest_confidence(fused),
    }


def _moment(fused: Fused) -> datetime | None:
    if not fused.value or fused.on is None:
        return None
    return datetime.combine(fused.on, time.min, SHANGHAI)


def _take_place(session: StoreSession, posting_id: str | None) -> list[str]:
    """One place less; the posting closes with the last one. An unknown number of places stays unknown."""
    if posting_id is None:
        return []
    session.execute(
        select(PostingRow.posting_id).where(PostingRow.posting_id == posting_id).with_for_update()
    )
    postings = PostingRepository(session)
    facts = postings.live_facts([posting_id])[posting_id]
    notices = [] if facts.publish_state is PublishState.LIVE else [POSTING_GONE]
    if facts.headcount_left is None:
        return notices
    left = max(facts.headcount_left - 1, 0)
    postings.set_headcount_left(posting_id, left)
    if left == 0 and facts.publish_state in (PublishState.LIVE, PublishState.PAUSED):
        postings.set_states(
            [posting_id], publish_state=PublishState.FILLED, close_reason=CloseReason.FILLED_HERE
        )
        notices.append("岗位已招满，不再推荐")
    return notices


def _note_employer_answer(session: StoreSession, push_id: int | None) -> None:
    push = session.get(PushRow, push_id) if push_id is not None else None
    if push is not None and push.employer_answered_at is None:
        push.employer_answered_at = session.now()
        session.flush()


def _follow(
    session: StoreSession,
    row: OutcomeRow,
    before: Mapping[OutcomeFact, Fused],
    after: Mapping[OutcomeFact, Fused],
) -> None:
    """What changes for the person: their job status, their household, and a contact owed after an end."""
    newly = {fact for fact in F if after[fact].value and not before[fact].value}
    over = F.ENDED in newly or (after[F.STARTED].value is False and before[F.STARTED].value is not False)
    worker = session.get_one(WorkerRow, row.worker_id)
    if over:
        if worker.job_status in WORKING:
            worker.job_status = None  # out of work, but whether they want new work is not known
        note = LEFT if F.ENDED in newly else NEVER_CAME
        FollowUpRepository(session).schedule(
            row.worker_id, FollowUpKind.WILLINGNESS, session.now(), note=note, outcome_id=row.id
        )
    elif newly & _AT_WORK and not after[F.ENDED].value:
        worker.job_status = JobStatus.EMPLOYED
    session.flush()
    if over or newly & _AT_WORK:
        after_outcome(session, row.worker_id, ended=over)
