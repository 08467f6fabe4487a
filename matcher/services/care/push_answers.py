"""The answers behind a link or QR code: the postings as they stand now, and what the person says (答复页服务).

Every token that opens nothing raises the same NotFound; nothing of a posting that is gone is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.clock import local_date
from matcher.delivery.links import DEAD_LINK, KEY_PURPOSE, AnswerLinks, LinkScope, LinkTarget
from matcher.delivery.message import MessageItem, PushMessage
from matcher.delivery.offer import AnswerChoice, OfferItem, OfferView
from matcher.delivery.states import Actor
from matcher.domain.posting import Posting
from matcher.domain.service_terms import PushState, ResponseReason
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.care.push_answering import (
    CALL_WANTED,
    Answer,
    answer_push,
    messages_of,
    owe_contact,
    pushes_of,
)
from matcher.services.output_gate import cleared
from matcher.services.runtime import Runtime
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

ANSWER_PAGE = "answer-page"
"""Who acts when a person answers over a link."""

_CHOICES = {PushState.INTERESTED: AnswerChoice.INTERESTED, PushState.UNSUITABLE: AnswerChoice.UNSUITABLE}
_STATES = {choice: state for state, choice in _CHOICES.items()}


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a token opens: the message as it went out, and which of its postings the link is for."""

    target: LinkTarget
    message: PushMessage
    items: tuple[MessageItem, ...]


def offer(database: Database, token: str) -> OfferView:
    """What the page shows now. Changes nothing: phones open links to preview them. Raises NotFound."""
    with database.reading() as session:
        opened = _open(session, token)
        pushes = {push.id: push for push in pushes_of(session, opened.message, _numbers(opened.items))}
        now = cleared(session, [item.posting_id for item in opened.items])
        shown = [_item(item, pushes.get(item.push_id), now) for item in opened.items]
        wanted = FollowUpRepository(session).open_of(opened.message.worker_id)
    return OfferView(
        items=tuple(shown),
        office=opened.message.office,
        office_phone=opened.message.office_phone,
        expires_on=opened.target.last_day,
        call_wanted=any(row.result == CALL_WANTED for row in wanted),
    )


def take_answer(
    database: Database,
    token: str,
    choice: AnswerChoice,
    reason: ResponseReason | None,
    number: int | None,
    office: PushOffice,
) -> None:
    """Write down what the person chose; the same choice again changes nothing.

    number: which posting; None where there is one, or where a call is asked for. Raises NotFound for a token
    that opens nothing, InvalidInput for a number that is not on the offer, Conflict, with a sentence for the
    person, when the answer was not used as it was given.
    """
    with database.writing(ANSWER_PAGE) as session:
        opened = _open(session, token)
        message = opened.message
        if choice is AnswerChoice.CALL_ME:
            owe_contact(session, message.worker_id, CALL_WANTED, key=f"call_me:{message.push_id}")
            return
        numbers = _numbers(opened.items) if number is None else (number,)
        if len(numbers) != 1 or numbers[0] not in _numbers(opened.items):
            raise InvalidInput("请选一个岗位")
        (push,) = pushes_of(session, message, numbers)
        why = reason if choice is AnswerChoice.UNSUITABLE else None
        answer = Answer(_STATES[choice], Actor.WORKER, push.channel, why)
        taken = answer_push(session, push, answer, office)
    if taken.instead:
        raise Conflict(taken.instead)


def _open(session: StoreSession, token: str) -> _Opened:
    """What a token opens. Raises NotFound, always with the same text."""
    target = AnswerLinks(session.keyring.derived_key(KEY_PURPOSE)).read(token, now=session.now())
    push = session.get(PushRow, target.push_id)
    worker = session.get(WorkerRow, push.worker_id) if push is not None else None
    if push is None or worker is None or worker.withdrawn_at is not None:
        raise NotFound(DEAD_LINK)
    for message in reversed(messages_of(session, target.batch_id, push.worker_id)):
        items = _linked(message, target, token)
        if items and message.expires_on >= local_date(session.now()):
            return _Opened(target, message, items)
    raise NotFound(DEAD_LINK)


def _linked(message: PushMessage, target: LinkTarget, token: str) -> tuple[MessageItem, ...]:
    """The postings of a message that the link is for; it may name a push taken out before sending."""
    mine = tuple(item for item in message.items if item.push_id == target.push_id)
    if target.scope is LinkScope.PUSH:
        return mine
    return message.items if mine or message.answer_url.endswith(f"/{token}") else ()


def _numbers(items: Sequence[MessageItem]) -> tuple[int, ...]:
    return tuple(item.number for item in items)


def _item(item: MessageItem, push: PushRow | None, postings: Mapping[str, Posting]) -> OfferItem:
    """One posting with its present facts; nothing of one that is gone or was taken back."""
    if push is None:
        return OfferItem(item.number, None)
    choice = _CHOICES.get(push.state)
    posting = postings.get(item.posting_id) if push.state is not PushState.VOID else None
    if posting is None:
        return OfferItem(item.number, None, choice)
    shown = MessageItem.of(
        posting,
        push_id=item.push_id,
        number=item.number,
        reach=item.reach,
        bring=item.bring,
        reason=item.reason,
    )
    return OfferItem(item.number, shown, choice, push.response_reason)


def show_offer(runtime: Runtime, token: str) -> OfferView:
    """See `offer`."""
    return offer(runtime.database, token)


def record_answer(
    runtime: Runtime,
    token: str,
    choice: AnswerChoice,
    reason: ResponseReason | None = None,
    number: int | None = None,
) -> None:
    """See `take_answer`."""
    take_answer(runtime.database, token, choice, reason, number, push_office(runtime))
