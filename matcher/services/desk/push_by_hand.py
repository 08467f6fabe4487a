"""Send chosen postings to one person, in the caseworker's own hand (人工推送).

A push by hand is a batch of one person: the same rows, outbox, output gate, places, repeat window and weekly cap
as any batch. Two things differ. Nobody else approves it, because it is one caseworker's act for one person of
theirs, kept with its author. And what went stale is never replaced by something the caseworker did not choose.

INVARIANTS
- Preview and sending run the same code; the preview is rolled back.
- A posting that is not cleared at that moment, or is on its way to the person already, stops the whole push.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from matcher.config import Config
from matcher.delivery.message import PushMessage
from matcher.delivery.wording import call_script, sms_text
from matcher.domain.posting import Posting
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel
from matcher.domain.worker import Worker
from matcher.errors import Conflict, Unavailable
from matcher.services.accounts.sight import Sight
from matcher.services.desk.hand_batch import Chosen, written
from matcher.services.desk.hand_closing import deliver_held_back, end_hand_batches
from matcher.services.sending.batch_life import stop_batch
from matcher.services.sending.push_lease import BUSY
from matcher.services.sending.push_message import choose_way, queue_message
from matcher.services.sending.push_terms import Alternative, Judge, PushOffice
from matcher.services.sending.push_ways import push_ways, read_gateway
from matcher.services.sending.send_batch import send_batch
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import OutboxRow

_WAYS = (Channel.SMS, Channel.LETTER)
"""Handed over at once; a call or a visit is the caseworker's own, with the script on the page."""

_WEEK = timedelta(days=7)
_SENT = "短信已发出"


@dataclass(frozen=True, slots=True)
class Preview:
    """What will leave, to the letter. text: the SMS, or what is said on the phone; segments: 0 when no SMS.

    why: why this channel. waits_until: the weekly cap holds the message back until then.
    """

    channel: Channel
    why: str
    text: str
    units: int
    segments: int
    titles: tuple[str, ...]
    waits_until: datetime | None


@dataclass(frozen=True, slots=True)
class HandPush:
    """What became of a push by hand. sentence: for whoever pressed the button."""

    batch_id: int
    channel: Channel
    sentence: str


def preview_push(
    database: Database,
    office: PushOffice,
    sight: Sight,
    worker_id: str,
    chosen: Sequence[Chosen],
    *,
    actor: str,
) -> Preview:
    """The message as it would leave now; nothing is kept. Raises what `push_by_hand` raises."""
    try:
        with database.writing(actor) as session:
            raise _RolledBack(_previewed(session, office, sight, worker_id, chosen))
    except _RolledBack as made:
        return made.preview


def push_by_hand(
    database: Database,
    config: Config,
    office: PushOffice,
    sight: Sight,
    worker_id: str,
    chosen: Sequence[Chosen],
    *,
    actor: str,
) -> HandPush:
    """Send the chosen postings to one person: SMS or letter at once, a call or visit as the next thing to do.

    Raises NotFound for a person out of sight, InvalidInput for a wrong number of postings, Conflict that says
    which posting may not be sent, why the person may not be contacted, or that somebody else is sending.
    """
    end_hand_batches(database, answer_days=office.terms.answer_days)
    ways = push_ways(config, database.clock, _WAYS)
    with database.writing(actor) as session:
        batch, channel = written(session, office, sight, worker_id, chosen)
        batch_id = batch.id
        AuditRepository(session).append(
            action="push_by_hand",
            entity="worker",
            entity_id=worker_id,
            reason="人工推送",
            details={"batch": batch_id, "postings": [one.posting_id for one in chosen]},
        )
    problem = ""
    try:
        deliver_held_back(database, ways, _chosen_only(office))
        result = send_batch(database, batch_id, _chosen_only(office), ways, actor=actor)
        if result.wave.busy:
            stop_batch(database, batch_id, actor=actor, reason=BUSY)
            raise Conflict("正在发送别的批次，这次没有推；请过一两分钟再推")
    except Unavailable as error:
        problem = error.message
    with database.reading() as session:
        sentence = _sentence(session, batch_id, channel, problem)
    if sentence == _SENT and channel is Channel.SMS and read_gateway(config.gateway_path) is None:
        sentence = "已写入短信文件，交短信平台后发出"
    return HandPush(batch_id, channel, sentence)


def _previewed(
    session: StoreSession, office: PushOffice, sight: Sight, worker_id: str, chosen: Sequence[Chosen]
) -> Preview:
    batch, channel = written(session, office, sight, worker_id, chosen)
    pushes = PushRepository(session).of_person(batch.id, worker_id)
    queue_message(session, batch, worker_id, pushes, channel, office, number=1)
    (row,) = OutboxRepository(session).of_person(batch.id, worker_id)
    message = PushMessage.from_json(row.payload)
    text, units, segments = call_script(message), 0, 0
    if channel is Channel.SMS:
        sms = sms_text(message)
        text, units, segments = _without_token(sms.text, message.answer_url), sms.units, sms.segments
    return Preview(
        channel=channel,
        why=choose_way(session, worker_id, office.terms.channels).reason,
        text=text,
        units=units,
        segments=segments,
        titles=tuple(item.title for item in message.items),
        waits_until=_waits_until(session, worker_id, office),
    )


def _waits_until(session: StoreSession, worker_id: str, office: PushOffice) -> datetime | None:
    """Until when the weekly cap holds a message back; None when it may go at once."""
    most = office.terms.contacts_per_week
    since = session.now() - _WEEK
    moments = PushRepository(session).contacted_since([worker_id], since).get(worker_id, [])
    return moments[-most] + _WEEK if len(moments) >= most else None


def _sentence(session: StoreSession, batch_id: int, channel: Channel, problem: str) -> str:
    row = session.scalars(select(OutboxRow).where(OutboxRow.batch_id == batch_id)).first()
    if row is None:
        return "没有发出：岗位或本人的情况刚刚变了，请刷新后重新选择"
    if row.state is OutboxState.SENT:
        return "信函已生成，请打印后送到村里" if channel is Channel.LETTER else _SENT
    if row.state is OutboxState.CANCELLED:
        return f"没有发出：{row.failure or '情况刚刚变了'}"
    if channel in (Channel.PHONE, Channel.VISIT):
        return f"已列入{channel.label}：告诉本人之后，在下面登记结果"
    return f"已排队，还没有发出：{problem or row.failure or '稍后重试'}"


def _without_token(text: str, url: str) -> str:
    """The text with the answer address cut before its token, which opens the answer page."""
    return text.replace(url, f"{url.rpartition('/')[0]}/…") if url else text


def _chosen_only(office: PushOffice) -> PushOffice:
    return replace(office, judge=_NoOthers(office.judge))


class _NoOthers:
    """Judges as the office does, and knows no alternatives."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def eligible(self, worker: Worker, postings: Sequence[Posting], now: datetime) -> list[bool]:
        return self._judge.eligible(worker, postings, now)

    def alternatives(self, worker: Worker, now: datetime) -> list[Alternative]:
        return []

    def waiving_wishes(self) -> _NoOthers:
        return _NoOthers(self._judge.waiving_wishes())


class _RolledBack(Exception):
    """Carries a preview out of its transaction, which is undone."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview
