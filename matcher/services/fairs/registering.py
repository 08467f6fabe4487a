"""Somebody without a file is registered at the door, in their own words (现场建档).

INVARIANTS
- Without the person's word that they may be matched nothing is kept; they can still be counted.
- One phone, one file: whoever is known by the number is offered, masked, and no second file is opened.
- What is kept is the name, phones, what they said of work and what they agreed to; the sentence is read as an import
  reads it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.errors import Conflict, InvalidInput
from matcher.imports.cells import Fault, read_phone
from matcher.lexicon.places import place_of
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.fairs.arriving import Candidate, candidate, running
from matcher.store.database import Database
from matcher.store.identity import PHONE, Identity, Phone, plain_phone
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.events import EventRow
from matcher.store.tables.people import WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow
from matcher.text.column_values import Problem
from matcher.text.value_labels import value_label
from matcher.text.worker_reader import worker_from_row

SOURCE = "fair"
NUMBER_ALONE = "kiosk"
"""Files that hold a number left at a kiosk and nobody's word for it; see `services.kiosk.leave_phone`."""

CONSENT_VERSION = "fair-door-1"
CONSENT_LINES = {
    ConsentPurpose.MATCHING: "记下本人的话、姓名和电话，用来找岗位、推给本人、现场签到；不把全名和电话给用人单位",
    ConsentPurpose.CONTACT: "以后有合适的岗位，可以打电话、发短信告诉本人；想撤回，跟窗口说一声",
}
"""Read out, or printed on the paper that is signed; one tick each."""

CHANNELS = (ConsentChannel.DESK, ConsentChannel.PAPER)
"""Spoken at the door, or signed on paper."""

MOST_WORDS, MOST_NAME, MOST_PHONE = 300, 40, 60
LEAST_DIGITS = 7
_ONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_IN_NAMES = frozenset(" ·•．.'-")
NO_CONSENT = "没有同意用于岗位匹配，什么都不记；先说明并征得同意，或只计人数"
NOT_OFFERED = "这个手机号已有档案，但不归这里管或已停用；请到窗口核对，或不填手机号建档"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody said at the door. agreed: the ticks; channel: how they agreed.

    region: where they live, a code or a name; "" = what the sentence says, else the fair's. once: 32 hex digits made
    with the form, so that the same form sent twice is one person.
    """

    words: str = field(repr=False)
    agreed: frozenset[ConsentPurpose]
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    region: str = ""
    channel: ConsentChannel = ConsentChannel.DESK
    once: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The new file, "" when there is none. understood: what was read; known: who has the phone already."""

    worker_id: str = ""
    understood: tuple[str, ...] = ()
    known: tuple[Candidate, ...] = ()


def register_newcomer(
    database: Database, event_id: int, said: Newcomer, sight: Sight, *, actor: str
) -> Registered:
    """Open a file for somebody at the door; afterwards they are a walk-in like any other.

    sight: whose files may be offered. Raises InvalidInput that names the field, Conflict without a consent, for a
    fair that is not on, or for a phone of a file that may not be offered here.
    """
    identity = _checked(said)
    with database.writing(actor) as session:
        event = running(session, event_id)  # held, so that the same phone twice at one moment comes one after the other
        worker_id = f"{SOURCE}:{said.once or new_id()}"
        again = session.get(WorkerRow, worker_id)
        if again is not None:
            if again.created_by != session.actor:
                raise Conflict("这张表单已经有人用过，请刷新页面再填")
            return Registered(worker_id)
        known = people_with_phones(session, [one.number for one in identity.phones])
        if known:
            return Registered(known=_offered(session, event_id, known, sight))
        worker = _read(session, event, said, worker_id)
        entry = WorkerEntry(
            worker, SOURCE, worker_id.removeprefix(f"{SOURCE}:"), identity, consents=_consents(said)
        )
        WorkerRepository(session).upsert([entry])
        return Registered(worker_id, _understood(worker))


def people_with_phones(session: StoreSession, numbers: Sequence[str]) -> list[str]:
    """Everybody with one of the phones, by id; a number alone, left at a kiosk, is nobody's file."""
    hashes = [session.keyring.lookup_hash(PHONE, plain) for one in numbers if (plain := plain_phone(one))]
    query = (
        select(WorkerRow.worker_id)
        .join(WorkerPhoneRow, WorkerPhoneRow.worker_id == WorkerRow.worker_id)
        .where(WorkerPhoneRow.phone_hash.in_(hashes), WorkerRow.source != NUMBER_ALONE)
    )
    return sorted(set(session.scalars(query)))


def _checked(said: Newcomer) -> Identity:
    if ConsentPurpose.MATCHING not in said.agreed:
        raise Conflict(NO_CONSENT)
    if not said.agreed <= set(CONSENT_LINES) or said.channel not in CHANNELS:
        raise InvalidInput("现场只登记“岗位匹配”和“电话短信联系”两项同意，口头或纸面")
    words = said.words.strip()
    if not any(one.isalnum() for one in words):
        raise InvalidInput("请写一句本人的话，如：会贴砖，想在附近干，日结")
    if len(words) > MOST_WORDS:
        raise InvalidInput(f"本人的话最多 {MOST_WORDS} 个字，收到 {len(words)} 个；只写想干什么、有什么要求")
    if said.once and not _ONCE.fullmatch(said.once):
        raise InvalidInput("表单编号不对，请刷新页面再填")
    return Identity(name=_name(said.name.strip()), phones=_phones(said.phone.strip()))


def _name(name: str) -> str | None:
    letters = any(unicodedata.category(one)[0] == "L" for one in name)
    plain = all(unicodedata.category(one)[0] in "LM" or one in _IN_NAMES for one in name)
    if name and not (letters and plain and len(name) <= MOST_NAME):
        raise InvalidInput(f"姓名里只能有文字和“·”，最多 {MOST_NAME} 个字；不愿意说的可以不填")
    return name or None


def _phones(said: str) -> tuple[Phone, ...]:
    read = read_phone(said) if len(said) <= MOST_PHONE else Fault("bad_phone", "太长", "只填一个号码")
    if isinstance(read, Fault):
        raise InvalidInput(f"手机号{read.reason}；{read.fix}；没有手机可以不填")
    numbers = list(dict.fromkeys(plain_phone(one) or "" for one in read.split("、") if one))
    if any(len(one) < LEAST_DIGITS for one in numbers):
        raise InvalidInput("手机号不是个人电话；手机号 11 位；座机如 0311-12345678；没有手机可以不填")
    return tuple(Phone(one) for one in numbers)


def _offered(session: StoreSession, event_id: int, known: list[str], sight: Sight) -> tuple[Candidate, ...]:
    row = WorkerRow
    query = select(row.worker_id).where(
        row.worker_id.in_(known), row.withdrawn_at.is_(None), visible_workers(sight)
    )
    found = tuple(candidate(session, event_id, one) for one in session.scalars(query.order_by(row.worker_id)))
    if not found:
        raise Conflict(NOT_OFFERED)
    return found


def _read(session: StoreSession, event: EventRow, said: Newcomer, worker_id: str) -> Worker:
    row = {"worker_id": worker_id, "text": said.words.strip(), "region": said.region.strip()}
    problems: list[Problem] = []
    worker = worker_from_row(row, now=session.now(), near=event.region_code, problems=problems)
    for one in problems:
        if one.field == "region":
            raise InvalidInput(f"居住地{one.reason}；{one.fix}，或不填")
    if worker.place is None and event.region_code:
        worker.place = place_of(event.region_code) or Place("", event.region_code)
    return worker


def _consents(said: Newcomer) -> tuple[ConsentGiven, ...]:
    return tuple(
        ConsentGiven(
            purpose, ConsentBasis.CONSENT, CONSENT_VERSION, hashlib.sha256(line.encode()).hexdigest(), said.channel
        )
        for purpose, line in CONSENT_LINES.items()
        if purpose in said.agreed
    )


def _understood(worker: Worker) -> tuple[str, ...]:
    """What was read, for whoever typed it to check against what was said."""
    labels = [one.name for one in worker.occupations]
    labels += [f"不干{one.name}" for one in worker.refused_occupations]
    for values in (worker.certificates, worker.kinds, worker.settlements, worker.shifts, worker.needs, worker.constraints):
        labels += [value_label(one) for one in values]
    if worker.pay_floor is not None:
        labels.append(f"不低于{value_label(worker.pay_floor)}")
    if worker.near_home:
        labels.append("离家近")
    return tuple(dict.fromkeys(labels))
