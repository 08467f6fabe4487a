"""The next wave of offers of an urgent request (发下一波邀约).

INVARIANTS
- Whom to ask is worked out before the transaction; whether they may still be asked is read inside it, after the
  people have been locked.
- Asking twice is harmless: offers that wait count with their chances, so that a second call asks nobody anew.
- One process works on a request at a time (lease), and a person is asked once (unique key).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from matcher.allocation.instant.decision import Decision, Pool, Situation, decide_wave
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import Channel
from matcher.regions.pack import Office
from matcher.services.instant.messages import offer_text, queue_text
from matcher.services.instant.ranking import Ranked, Ranker
from matcher.services.instant.standing import (
    Learned,
    cell_of,
    chances_to_come,
    expected,
    lapse_offers,
    learned,
    minutes_until,
    require_answerable,
    settle,
)
from matcher.services.output_gate import cleared
from matcher.services.sending.push_lease import only_one
from matcher.services.sending.push_message import choose_way
from matcher.store.database import Database
from matcher.store.repositories.urgent import UrgentRepository, work_time
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import UrgentRequestRow
from matcher.store.tables.postings import PostingRow

CHANNELS = frozenset({Channel.SMS, Channel.PHONE})
LEASE_SECONDS = 60.0
MOST_ROUNDS = 4  # when others take the same people at the same moment
NOBODY = "没有可叫的人：现在没有登记有空、合适、来得及的劳动者；可放宽工种、提高报酬或改到岗时间"
ENOUGH = "已问的人够了，等答复"
FULL = "已招满"


@dataclass(frozen=True, slots=True)
class Wave:
    """What one call did. number: 0 when nobody was asked. asked, reserves: worker ids, best first.

    reached: chance that the places are filled by everybody asked so far. told: people expected. note: why
    nobody was asked. busy: another process is at it. unreachable: people without a way to
    ask them at once. contended: others took people whom this wave had chosen.
    """

    request_id: int
    number: int = 0
    asked: tuple[str, ...] = ()
    reserves: tuple[str, ...] = ()
    answer_by: datetime | None = None
    last: bool = False
    reached: float = 0.0
    usable: int = 0
    told: int = 0
    state: UrgentState = UrgentState.OPEN
    note: str = ""
    busy: bool = False
    unreachable: int = 0
    contended: bool = False


def next_wave(database: Database, rank: Ranker, request_id: int, *, office: Office, actor: str) -> Wave:
    """Ask as many people as it takes now. Raises NotFound, or Conflict when nobody may be sent there any more."""
    with only_one(database, f"instant:{request_id}", seconds=LEASE_SECONDS, actor=actor) as lease:
        if lease is None:
            return Wave(request_id, busy=True, note="这个需求正在发邀约，请稍等几秒再看")
        ranked, free = _ranked(database, rank, request_id)
        asked: tuple[str, ...] = ()
        for _ in range(MOST_ROUNDS):
            with database.writing(actor) as session:
                wave = _asked(session, request_id, ranked, free, office)
            asked += wave.asked
            if not wave.contended:
                break
        return replace(wave, asked=asked, note="" if asked else wave.note)


def _ranked(database: Database, rank: Ranker, request_id: int) -> tuple[Ranked, dict[str, datetime]]:
    with database.reading() as session:
        repository = UrgentRepository(session)
        request = repository.get(request_id)
        require_answerable(session, request)
        posting = cleared(session, [request.posting_id]).get(request.posting_id)
        free = {} if posting is None else repository.available(_times(session, request)[1])
        now = session.now()
    if posting is None:  # full: nobody is asked, but offers may lapse
        return Ranked((), np.zeros(0), np.zeros(0)), {}
    return rank(posting, sorted(free), now), free


def _asked(
    session: StoreSession, request_id: int, ranked: Ranked, free: dict[str, datetime], office: Office
) -> Wave:
    repository = UrgentRepository(session)
    request = repository.get(request_id, locked=True)
    require_answerable(session, request)
    lapse_offers(session, request)
    known = learned(session)
    settle(session, request, known, office)
    rows = expected(session, request)
    if request.state is UrgentState.FILLED:
        return Wave(request_id, told=len(rows), state=request.state, note=FULL)
    situation = _situation(session, request, known)
    pool = _pool(session, request, ranked, free, known)
    decision = decide_wave(pool, situation)
    answer_by = min(session.now() + timedelta(minutes=decision.wait), request.need_by)
    asked, unreachable, lost = _offer(session, request, ranked, decision, answer_by, office)
    note = "" if asked else ENOUGH if decision.usable and not len(decision.ask) else NOBODY
    return Wave(
        request_id,
        number=len(request.waves or ()) if asked else 0,
        asked=tuple(asked),
        reserves=tuple(ranked.worker_ids[row] for row in decision.reserves),
        answer_by=answer_by if asked else None,
        last=decision.last,
        reached=decision.reached,
        usable=decision.usable,
        told=len(rows),
        state=request.state,
        note=note,
        unreachable=unreachable,
        contended=lost > 0 and len(asked) < len(decision.ask),
    )


def _times(session: StoreSession, request: UrgentRequestRow) -> tuple[datetime, datetime]:
    """From when to when people are taken; the end is the start where nobody named one."""
    posting = session.get_one(PostingRow, request.posting_id)
    return request.need_by, posting.end_at or request.need_by


def _situation(session: StoreSession, request: UrgentRequestRow, known: Learned) -> Situation:
    now, cell = session.now(), cell_of(request)
    waiting = [
        offer.worker_id
        for offer in UrgentRepository(session).offers(request.id)
        if offer.answer is OfferAnswer.WAITING
    ]
    yes, come = known.chances(waiting, cell)
    return Situation(
        places=request.needed,
        minutes_left=minutes_until(request.need_by, now),
        lasts_s=(_times(session, request)[1] - now).total_seconds(),
        confirmed=chances_to_come(expected(session, request), known, cell),
        outstanding=yes * come,
        sure=request.sure,
    )


def _pool(
    session: StoreSession,
    request: UrgentRequestRow,
    ranked: Ranked,
    free: dict[str, datetime],
    known: Learned,
) -> Pool:
    now = session.now()
    taken = _taken(session, request)
    yes, come = known.chances(ranked.worker_ids, cell_of(request))
    return Pool(
        score=ranked.score,
        p_yes=yes,
        p_come=come,
        minutes=ranked.minutes,
        free=np.array([(free[one] - now).total_seconds() for one in ranked.worker_ids], np.float64),
        open=np.array([one not in taken for one in ranked.worker_ids], np.bool_),
    )


def _taken(session: StoreSession, request: UrgentRequestRow) -> set[str]:
    """People who were asked for this request, or are committed at its time."""
    repository = UrgentRepository(session)
    posting = session.get_one(PostingRow, request.posting_id)
    starts, ends = work_time(posting.start_at, request.need_by, posting.end_at)
    committed = {one.worker_id for one in repository.commitments() if one.meets(starts, ends)}
    return committed | {offer.worker_id for offer in repository.offers(request.id)}


def _offer(
    session: StoreSession,
    request: UrgentRequestRow,
    ranked: Ranked,
    decision: Decision,
    answer_by: datetime,
    office: Office,
) -> tuple[list[str], int, int]:
    """Lock the people, leave out those taken meanwhile or out of reach, and ask the rest.

    Returns who was asked, how many could not be reached, and how many were taken; reserves move up for them.
    """
    repository = UrgentRepository(session)
    posting = cleared(session, [request.posting_id])[request.posting_id]
    rows = (*decision.ask, *decision.reserves) if len(decision.ask) else ()
    line = [ranked.worker_ids[row] for row in rows]
    held = repository.lock_people(line)
    taken = _taken(session, request) if line else set()
    asked: list[str] = []
    unreachable = lost = 0
    wave = len(request.waves or ()) + 1
    text = offer_text(posting, request.need_by, answer_by, office)
    for worker_id in line:
        if len(asked) == len(decision.ask):
            break
        if worker_id not in held or worker_id in taken:
            lost += 1
            continue
        channel = choose_way(session, worker_id, CHANNELS).channel
        if channel not in CHANNELS:
            unreachable += 1
            continue
        offer = repository.add_offer(request.id, worker_id, wave=wave, channel=channel, answer_by=answer_by)
        queue_text(
            session,
            f"instant:{offer.id}:offer",
            text,
            request_id=request.id,
            worker_id=worker_id,
            channel=channel,
        )
        asked.append(worker_id)
    if asked:
        _note_wave(session, request, len(asked))
    return asked, unreachable, lost


def _note_wave(session: StoreSession, request: UrgentRequestRow, asked: int) -> None:
    entry = {"t": session.now().isoformat(), "asked": asked, "yes": 0}
    request.waves = [*(request.waves or ()), entry]
    if len(request.waves) == 1:
        request.over_book_factor = round(asked / request.needed, 3)
        request.first_candidate_at = session.now()
    session.flush()
