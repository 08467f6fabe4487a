"""Asking people to a fair, in waves of arrival, and taking down their answers (邀约).

INVARIANTS
- Nobody is asked twice for a fair, and nobody without a consent to be contacted.
- More people than places: the others wait in order, and their meetings are free for whoever comes.
- The text is made when it is handed over, of a posting that may be shown at that moment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from matcher.clock import SHANGHAI
from matcher.delivery.sheets import write_csv, write_workbook
from matcher.delivery.wording import plain, shortened
from matcher.domain.event_terms import EventState
from matcher.domain.record_terms import InviteReply, OutboxState, ShortlistState
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.pack import Office
from matcher.services.fairs.views import moment
from matcher.services.output_gate import cleared
from matcher.services.sending.push_message import choose_way
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow, ShortlistRow
from matcher.store.tables.records import OutboxRow

FAIR_TOPIC = "fair"
CHANNELS = frozenset({Channel.SMS, Channel.PHONE})
WAVE_MINUTES = 30
EARLY_MINUTES = 15  # before the first meeting: time to sign in and find the booth
FULL = "名额已满，候补"
HEADERS, WIDTHS = ("消息编号", "方式", "电话", "内容"), (28, 8, 16, 90)
AT_ONCE = 2_000
LONGEST_TITLE, LONGEST_PLACE = 14, 18


@dataclass(frozen=True, slots=True)
class Invited:
    """What one call did. waves: people of each wave of arrival. unreachable: no consent or no way to ask them."""

    asked: int
    waiting: int
    unreachable: int
    waves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Texts written to the file, and texts taken back because they no longer hold."""

    written: int
    taken_back: int


def invite(database: Database, event_id: int, *, actor: str) -> Invited:
    """Ask everybody with a meeting who was not asked yet. Raises Conflict when there is no plan."""
    with database.writing(actor) as session:
        event = EventRepository(session).require_open(event_id)
        if event.state is EventState.DRAFT:
            raise Conflict("还没有排定洽谈，先排定再邀约")
        people = ShortlistRepository(session)
        first = _first_meetings(people.meetings(event_id))
        known = {row.worker_id: row.wave for row in people.invitees(event_id)}
        places = event.capacity if event.capacity is not None else len(first)
        asked = sum(wave > 0 for wave in known.values())
        waves: dict[int, int] = {}
        waiting = unreachable = 0
        for worker_id, row in first.items():
            if worker_id in known:
                continue
            channel = choose_way(session, worker_id, CHANNELS).channel
            if channel not in CHANNELS:
                _release(people, event_id, worker_id)
                unreachable += 1
                continue
            if asked >= places:
                people.add_invitee(
                    event_id, worker_id, number=people.next_number(event_id), channel=channel, wave=0, reason=FULL
                )
                _release(people, event_id, worker_id)
                waiting += 1
                continue
            wave = _ask(session, event, worker_id, row, channel)
            waves[wave] = waves.get(wave, 0) + 1
            asked += 1
        return Invited(sum(waves.values()), waiting, unreachable, tuple(waves[one] for one in sorted(waves)))


def reply_to_invitation(database: Database, event_id: int, worker_id: str, *, coming: bool, actor: str) -> str:
    """Take down an answer; a no frees the meetings and asks whoever waits first. Returns who moved up, "" nobody.

    Raises NotFound for a person who was not asked.
    """
    with database.writing(actor) as session:
        event = EventRepository(session).require_open(event_id)
        people = ShortlistRepository(session)
        row = people.invitee(event_id, worker_id)
        if row is None or row.wave == 0:
            raise NotFound("这个人没有收到本场的邀约；请核对劳动者编号")
        row.reply = InviteReply.COMING if coming else InviteReply.NOT_COMING
        session.flush()
        if coming:
            return ""
        row.wave, row.reason = 0, "本人说不来"
        _release(people, event_id, worker_id)
        return _promote(session, event, left_out=worker_id)


def hand_over_invitations(
    database: Database, out: Path, *, office: Office, reason: str, event_id: int | None = None, actor: str
) -> HandedOver:
    """Write every invitation that is due to `out` (.xlsx or .csv, with phones in clear) and note it as sent.

    event_id: of this fair alone, None = of all. Raises InvalidInput for another kind of file or without a reason.
    """
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise InvalidInput(f"外发文件只能是 .xlsx 或 .csv，不能是“{out.suffix}”")
    if not reason.strip():
        raise InvalidInput("文件里有完整电话，必须写明用途 --reason")
    with database.writing(actor) as session:
        outbox, rows, gone = OutboxRepository(session), [], 0
        for row in outbox.due(sorted(CHANNELS), limit=AT_ONCE, topic=FAIR_TOPIC):
            content = json.loads(row.payload)
            if event_id not in (None, content["event_id"]):
                continue
            worker_id = content["worker_id"]
            text = invitation_now(session, content["event_id"], worker_id, office)
            phone = _phone(session, worker_id, reason=reason, actor=actor) if text else ""
            if phone:
                rows.append((row.idempotency_key, row.channel.label if row.channel else "", phone, text))
                outbox.close(row, OutboxState.SENT)
                _note_sent(session, row)
            else:
                gone += 1
                outbox.close(row, OutboxState.CANCELLED, failure="邀约已失效或无法联系", tried=False)
        if rows:  # before the commit: a file that cannot be written leaves every text waiting
            _write(out, rows)
        return HandedOver(len(rows), gone)


def invitation_text(event: EventRow, row: ShortlistRow, title: str, arrive: str, office: Office) -> str:
    """What, when, where and the one reason."""
    reasons = row.reasons or []
    reason = f"，{reasons[0][-1]}" if reasons else ""
    return (
        f"请您{arrive}到{shortened(plain(event.place_name or '招聘会现场'), LONGEST_PLACE)}参加招聘会："
        f"已为您约好{shortened(plain(title), LONGEST_TITLE)}{reason}。来回1，不来回2。不交钱。{office.name}{office.phone}"
    )


def invitation_now(session: StoreSession, event_id: int, worker_id: str, office: Office) -> str:
    """The invitation of a person as it stands now, "" when none may go out."""
    event, people = EventRepository(session).get(event_id), ShortlistRepository(session)
    invitee = people.invitee(event_id, worker_id)
    upcoming = event.state in (EventState.PLANNED, EventState.RUNNING) and event.starts_at > session.now()
    if invitee is None or invitee.wave == 0 or invitee.arrive_at is None or not upcoming:
        return ""
    if worker_id not in WorkerRepository(session).active_ids([worker_id], ConsentPurpose.CONTACT):
        return ""
    meetings = [one for one in people.meetings(event_id, worker_id) if one.state is ShortlistState.PLANNED]
    live = cleared(session, [one.posting_id for one in meetings])
    for one in meetings:
        if one.posting_id in live:
            local = invitee.arrive_at.astimezone(SHANGHAI)
            arrive = f"{local.month}月{local.day}日{local:%H:%M}"
            return invitation_text(event, one, live[one.posting_id].title, arrive, office)
    return ""


def _ask(session: StoreSession, event: EventRow, worker_id: str, row: ShortlistRow, channel: Channel) -> int:
    people = ShortlistRepository(session)
    wave = (row.slot or 0) * (event.slot_minutes or 0) // WAVE_MINUTES + 1
    arrive = moment(event, row.slot or 0) - timedelta(minutes=EARLY_MINUTES)
    reason = (row.reasons or [["", ""]])[0][-1]
    known = people.invitee(event.id, worker_id)
    if known is None:
        number = people.next_number(event.id)
        known = people.add_invitee(
            event.id, worker_id, number=number, channel=channel, wave=wave, reason=reason, arrive_at=arrive
        )
    else:
        known.wave, known.reason, known.arrive_at, known.channel = wave, reason, arrive, channel
    payload = json.dumps({"event_id": event.id, "worker_id": worker_id})
    key = f"fair:{event.id}:{known.spoken_no}"
    if not OutboxRepository(session).by_keys([key]):
        OutboxRepository(session).put(key, payload, batch_id=None, channel=channel, topic=FAIR_TOPIC)
    return wave


def _promote(session: StoreSession, event: EventRow, *, left_out: str) -> str:
    """Ask whoever waits first and whose meetings are still free."""
    people = ShortlistRepository(session)
    for row in people.invitees(event.id):
        if row.wave > 0 or row.worker_id == left_out or row.reply is InviteReply.NOT_COMING:
            continue
        own = [one for one in people.meetings(event.id, row.worker_id) if one.state is ShortlistState.RELEASED]
        if not own:
            continue
        for one in own:
            one.state = ShortlistState.PLANNED
        session.flush()
        _ask(session, event, row.worker_id, own[0], row.channel)
        return row.worker_id
    return ""


def _note_sent(session: StoreSession, row: OutboxRow) -> None:
    content = json.loads(row.payload)
    invitee = ShortlistRepository(session).invitee(content["event_id"], content["worker_id"])
    if invitee is not None:
        invitee.delivery = PushState.SENT


def _phone(session: StoreSession, worker_id: str, *, reason: str, actor: str) -> str:
    identity = WorkerRepository(session).reveal(worker_id, actor=actor, reason=reason)
    return identity.phones[0].number if identity.phones else ""


def _first_meetings(rows: Sequence[ShortlistRow]) -> dict[str, ShortlistRow]:
    """Each person's first planned meeting, the earliest person first."""
    found: dict[str, ShortlistRow] = {}
    for row in rows:
        if row.state is ShortlistState.PLANNED:
            found.setdefault(row.worker_id, row)
    return found


def _release(people: ShortlistRepository, event_id: int, worker_id: str) -> None:
    for row in people.meetings(event_id, worker_id):
        if row.state is ShortlistState.PLANNED:
            row.state = ShortlistState.RELEASED


def _write(out: Path, rows: Sequence[Sequence[str]]) -> None:
    if out.suffix.lower() == ".csv":
        write_csv(out, HEADERS, rows)
    else:
        write_workbook(out, "邀约", HEADERS, WIDTHS, rows)
