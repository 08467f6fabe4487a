"""Who came, who did not, on both sides; the next reserve steps in (到岗, 爽约, 候补).

A person who does not come frees the place for the first reserve who is not promised elsewhere; without a reserve
the request opens again. An employer who sends people away is counted, and the person is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import ConfirmState
from matcher.errors import Conflict
from matcher.regions.pack import Office
from matcher.services.instant.messages import confirmed_text, queue_text
from matcher.services.instant.standing import learned, refuse_second_promise, require_showable, settle
from matcher.store.database import Database
from matcher.store.repositories.arrivals import ArrivalRepository, still_coming
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import UrgentRepository, work_time
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import ArrivalRow, UrgentRequestRow
from matcher.store.tables.postings import PostingRow


class Side(StrEnum):
    """Who says it."""

    WORKER = "worker"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What changed. promoted: the reserve who was told to come instead. sent_away: how often this employer has
    sent people away by now. state: of the request."""

    state: UrgentState
    promoted: str | None = None
    sent_away: int = 0
    repeated: bool = False


def arrive(
    database: Database,
    request_id: int,
    worker_id: str,
    *,
    side: Side,
    late: bool = False,
    office: Office,
    actor: str,
) -> Recorded:
    """Somebody is there, if need be after all.

    Raises NotFound without a promise, Conflict for a closed request, a reserve, or a person who was given up and has
    promised to be elsewhere since.
    """
    with database.writing(actor) as session:
        request, row = _open(session, request_id, worker_id)
        if row.reserve:
            raise Conflict("这个人是候补，还没有通知到岗；请先登记缺位，再安排候补")
        said = ConfirmState.LATE if late else ConfirmState.ARRIVED
        counted = still_coming(row)
        if not counted:
            UrgentRepository(session).lock_people([worker_id])
            refuse_second_promise(session, request, worker_id)
        repeated = not _say(session, row, side, said)
        if not counted:
            settle(session, request, learned(session), office)
        return Recorded(request.state, repeated=repeated)


def no_show(
    database: Database, request_id: int, worker_id: str, *, side: Side, office: Office, actor: str
) -> Recorded:
    """The other side did not keep it: the employer says that the worker is missing, or the worker was sent away.

    A worker who calls off is entered with the employer's side: the place is free. Raises as `arrive`.
    """
    with database.writing(actor) as session:
        request, row = _open(session, request_id, worker_id)
        missing = side is Side.EMPLOYER
        said = ConfirmState.WORKER_NO_SHOW if missing else ConfirmState.EMPLOYER_NO_SHOW
        if not _say(session, row, side, said):
            return Recorded(request.state, repeated=True)
        known = learned(session)
        promoted = _promote(session, request, office) if missing and not row.reserve else None
        if missing:
            settle(session, request, known, office)
        return Recorded(request.state, promoted, _sent_away(session, request))


def _open(session: StoreSession, request_id: int, worker_id: str) -> tuple[UrgentRequestRow, ArrivalRow]:
    request = UrgentRepository(session).get(request_id, locked=True)
    if request.state is UrgentState.CLOSED:
        raise Conflict(f"快招 {request_id} 已经关闭，到岗情况不能再改；有争议请走回访登记")
    return request, ArrivalRepository(session).get(request_id, worker_id)


def _say(session: StoreSession, row: ArrivalRow, side: Side, said: ConfirmState) -> bool:
    """Write down what one side says; False when it said so before."""
    if side is Side.WORKER:
        if row.worker_state is said:
            return False
        row.worker_state, row.worker_said_at = said, session.now()
    else:
        if row.employer_state is said:
            return False
        row.employer_state, row.employer_said_at = said, session.now()
    session.flush()
    return True


def _promote(session: StoreSession, request: UrgentRequestRow, office: Office) -> str | None:
    """Tell the first reserve who is still free to come; None when there is none."""
    require_showable(session, request)
    urgent, arrivals = UrgentRepository(session), ArrivalRepository(session)
    rows = arrivals.of_request(request.id)
    reserves = [one for one in rows if one.reserve and one.worker_state is ConfirmState.ACCEPTED]
    urgent.lock_people([one.worker_id for one in reserves])
    posting_row = session.get_one(PostingRow, request.posting_id)
    starts, ends = work_time(posting_row.start_at, request.need_by, posting_row.end_at)
    taken = {
        one.worker_id
        for one in urgent.commitments()
        if one.request_id != request.id and one.meets(starts, ends)
    }
    chosen = next((one for one in reserves if one.worker_id not in taken), None)
    if chosen is None:
        return None
    chosen.reserve = False
    session.flush()
    offer = urgent.offer(request.id, chosen.worker_id)
    posting = PostingRepository(session).get_many([request.posting_id])[request.posting_id]
    text = confirmed_text(posting, request.need_by, office)
    key = f"instant:{offer.id}:called-in"
    queue_text(session, key, text, request_id=request.id, worker_id=chosen.worker_id, channel=offer.channel)
    return chosen.worker_id


def _sent_away(session: StoreSession, request: UrgentRequestRow) -> int:
    employer_id = session.get_one(PostingRow, request.posting_id).employer_id
    return ArrivalRepository(session).sent_away(employer_id) if employer_id else 0

