"""SMS replies in bulk, from the operator's file or the gateway (短信回复).

Every reply ends in exactly one of `ReplyFate`; a reply that cannot be placed for certain is never guessed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matcher.clock import local_date
from matcher.delivery.message import PushMessage
from matcher.delivery.replies import Reply, ReplyKind, parse_reply
from matcher.delivery.sheets import read_rows, write_workbook
from matcher.delivery.states import Actor
from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import Channel, PushState
from matcher.services.care.push_answering import (
    CALL_WANTED,
    Answer,
    answer_push,
    newest_message,
    owe_contact,
    pushes_of,
)
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

PHONE_COLUMN, TEXT_COLUMN = "手机号", "回复内容"
LATE = "这批岗位的答复期已过，您的回复已转给工作人员"
ASK_BACK = "这个手机号登记了 {people} 位求职人，请在回复前面写上姓名再发一次，例如：张三 1"
SHORTEST_NAME, LONGEST_NAME = 2, 20
STOP_NOTE = "本人回复退订短信，请核对联系方式和同意记录"
_ANSWERS = {ReplyKind.INTERESTED: PushState.INTERESTED, ReplyKind.UNSUITABLE: PushState.UNSUITABLE}
_NOTES = {ReplyKind.CALL_ME: CALL_WANTED, ReplyKind.STOP: STOP_NOTE}


class ReplyFate(Labelled):
    """What became of one reply (回复处理)."""

    RECORDED = "recorded", "已记录"
    REPEATED = "repeated", "重复回复"
    TO_CASEWORKER = "to_caseworker", "转工作人员"
    LATE = "late", "答复期已过，转工作人员"
    GONE = "gone", "岗位已失效"
    ASK_BACK = "ask_back", "同号多人，请对方写明姓名"
    UNKNOWN_PHONE = "unknown_phone", "号码没有登记"
    NO_MESSAGE = "no_message", "没有给这个人发过推送"


@dataclass(frozen=True, slots=True)
class SmsReply:
    """A reply as it came. row: its number in the file, from 1."""

    row: int
    phone: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplyResult:
    """What became of a reply. answer: what to send back to the person, "" = nothing."""

    row: int
    fate: ReplyFate
    answer: str = ""


@dataclass(frozen=True, slots=True)
class RepliesResult:
    """All replies in their order."""

    results: tuple[ReplyResult, ...]

    @property
    def counts(self) -> dict[ReplyFate, int]:
        """Fate → replies, those without any left out."""
        found = Counter(result.fate for result in self.results)
        return {fate: found[fate] for fate in ReplyFate if found[fate]}


def read_sms_replies(path: Path) -> list[SmsReply]:
    """The replies in the operator's file (.xlsx, .csv), with columns 手机号 and 回复内容.

    Raises InvalidInput when a column is missing or the file cannot be read.
    """
    rows = read_rows(path, (PHONE_COLUMN, TEXT_COLUMN))
    return [
        SmsReply(number, row[PHONE_COLUMN], row[TEXT_COLUMN])
        for number, row in enumerate(rows, start=1)
        if row[PHONE_COLUMN] or row[TEXT_COLUMN]
    ]


def write_answers(path: Path, replies: Sequence[SmsReply], results: RepliesResult) -> int:
    """The sentences to send back, for the operator: phones in clear, so the file is private (0600)."""
    phones = {reply.row: reply.phone for reply in replies}
    rows = [(phones[one.row], one.answer) for one in results.results if one.answer]
    write_workbook(path, "待回复", (PHONE_COLUMN, "短信内容"), (16, 70), rows)
    return len(rows)


def record_sms_replies(
    database: Database, replies: Iterable[SmsReply], office: PushOffice, *, actor: str = SYSTEM_ACTOR
) -> RepliesResult:
    """Record replies one by one, each in a transaction of its own; the same file again changes nothing."""
    results = []
    for reply in replies:
        with database.writing(actor) as session:
            fate, answer = _record(session, reply, office)
        results.append(ReplyResult(reply.row, fate, answer))
    return RepliesResult(tuple(results))


def _record(session: StoreSession, reply: SmsReply, office: PushOffice) -> tuple[ReplyFate, str]:
    people = WorkerRepository(session).find_by_phone(reply.phone)
    if not people:
        return ReplyFate.UNKNOWN_PHONE, ""
    messages = [found for one in people if (found := newest_message(session, one, Channel.SMS))]
    if not messages:
        return ReplyFate.NO_MESSAGE, ""
    text = reply.text
    if len(messages) > 1:
        named = _named(session, messages, text)
        if named is None:
            return _ask_back(session, messages, text)
        messages, text = [named[0]], named[1]
    (message,) = messages
    if message.expires_on < local_date(session.now()):
        _owe(session, message, "late", f"答复期过后回复：{text}")
        return ReplyFate.LATE, LATE
    return _take(session, message, parse_reply(text, len(message.items)), text, office)


def _take(
    session: StoreSession, message: PushMessage, said: Reply, text: str, office: PushOffice
) -> tuple[ReplyFate, str]:
    to = _ANSWERS.get(said.kind)
    if to is None:
        new = _owe(session, message, said.kind.value, _NOTES.get(said.kind, f"短信回复：{text}"))
        return (ReplyFate.TO_CASEWORKER if new else ReplyFate.REPEATED), ""
    answer = Answer(to, Actor.WORKER, Channel.SMS, said.reason, note=text)
    taken = [answer_push(session, push, answer, office) for push in pushes_of(session, message, said.items)]
    instead = next((one.instead for one in taken if one.instead), "")
    if any(one.changed for one in taken):
        return ReplyFate.RECORDED, instead
    return (ReplyFate.GONE, instead) if instead else (ReplyFate.REPEATED, "")


def _owe(session: StoreSession, message: PushMessage, what: str, note: str) -> bool:
    """Hand the reply to a caseworker; False when this very reply was handed over before."""
    digest = hashlib.sha256(note.encode()).hexdigest()[:16]
    return owe_contact(session, message.worker_id, note, key=f"{what}:{message.push_id}:{digest}")


def _named(
    session: StoreSession, messages: Sequence[PushMessage], text: str
) -> tuple[PushMessage, str] | None:
    """The message of the one person whose full name the reply begins with, and the rest of the reply."""
    said = "".join(text.split())
    repository = WorkerRepository(session)
    for end in range(min(len(said), LONGEST_NAME), SHORTEST_NAME - 1, -1):
        called = set(repository.find_by_name(said[:end]))
        meant = [message for message in messages if message.worker_id in called]
        if meant:
            return (meant[0], said[end:]) if len(meant) == 1 else None
    return None


def _ask_back(session: StoreSession, messages: Sequence[PushMessage], text: str) -> tuple[ReplyFate, str]:
    note = f"{len(messages)} 人共用这个号码，请问清是谁回复的：{text}"
    for message in messages:
        _owe(session, message, "shared", note)
    return ReplyFate.ASK_BACK, ASK_BACK.format(people=len(messages))
