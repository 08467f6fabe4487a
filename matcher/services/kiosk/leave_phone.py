"""A phone left at a kiosk becomes a call that the window owes (留电话).

INVARIANTS
- Nothing is kept without the agreement read out beside it; what is kept is the number alone, sealed.
- A file of its own, apart from every other file with this number: who stands at a kiosk proved nothing, so no
  other file is read, changed or told of, and the answer is the same whether the number is known or not.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import select

from matcher.clock import local_date
from matcher.domain.masking import mask_phone
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose, FollowUpKind
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import PhoneOwner
from matcher.errors import InvalidInput
from matcher.services.kiosk.jobs import Device
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.identity import PHONE, Identity, Phone, plain_phone
from matcher.store.repositories.consents import ConsentGiven, ConsentRepository
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import ACTOR_CHARS, new_id
from matcher.store.tables.people import WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

SOURCE = "kiosk"
CONSENT_VERSION = "kiosk-1"
CONSENT_LINES = (
    "号码只用来给您打电话说工作",
    "只给就业服务中心的人看，不给别人",
    "不想要了，跟窗口说一声就删掉",
)
"""Read aloud and shown above the two buttons."""

_MOBILE = re.compile(r"1[3-9]\d{9}")
_NO_JOB = "自助机登记：没找到合适的，有了请打电话"


@dataclass(frozen=True, slots=True)
class PhoneLeft:
    """What the screen may show afterwards. masked: 138****1234."""

    masked: str


def leave_phone(database: Database, phone: str, device: Device, *, posting_id: str = "") -> PhoneLeft:
    """Owe the owner of the number a call about a posting, or about work in general.

    The caller has shown CONSENT_LINES and got a yes. Raises InvalidInput for what is no mobile number; the text
    does not repeat it.
    """
    number = plain_phone(phone) or ""
    if not _MOBILE.fullmatch(number):
        raise InvalidInput("手机号应是 11 位数字，请再看一看")
    with database.writing(f"{SOURCE}:{device.name}"[:ACTOR_CHARS]) as session:
        worker_id = _file_of(session, number, device)
        consents = ConsentRepository(session)
        if not consents.is_live(worker_id, ConsentPurpose.CONTACT):
            consents.grant(worker_id, _agreed())
        job = cleared(session, [posting_id]).get(posting_id)
        note = f"自助机留电话，想去：{job.title}（{job.posting_id}）" if job else _NO_JOB
        FollowUpRepository(session).schedule_once(
            worker_id, FollowUpKind.PUSH, session.now(), note=note, key=_once_a_day(session, worker_id, note)
        )
    return PhoneLeft(mask_phone(number))


def _once_a_day(session: StoreSession, worker_id: str, note: str) -> str:
    """The same number for the same job on one day is one call."""
    said = hashlib.sha256(note.encode()).hexdigest()[:16]
    return f"{worker_id}:{local_date(session.now()):%Y%m%d}:{said}"


def _file_of(session: StoreSession, number: str, device: Device) -> str:
    """The kiosk's own file of this number, opened when there is none."""
    phones, workers = WorkerPhoneRow, WorkerRow
    known = (
        select(phones.worker_id)
        .join(workers, workers.worker_id == phones.worker_id)
        .where(phones.phone_hash == session.keyring.lookup_hash(PHONE, number), workers.source == SOURCE)
    )
    found = session.scalar(known.order_by(phones.worker_id).limit(1))
    if found is not None:
        return found
    number_of_file = new_id()
    place = Place("", device.region_code) if device.region_code else None
    entry = WorkerEntry(
        worker=Worker(f"{SOURCE}:{number_of_file}", place=place),
        source=SOURCE,
        external_id=number_of_file,
        identity=Identity(phones=(Phone(number, PhoneOwner.SELF),)),
    )
    return WorkerRepository(session).upsert([entry])[0].entity_id


def _agreed() -> ConsentGiven:
    text = "\n".join(CONSENT_LINES)
    return ConsentGiven(
        ConsentPurpose.CONTACT,
        ConsentBasis.CONSENT,
        CONSENT_VERSION,
        hashlib.sha256(text.encode()).hexdigest(),
        ConsentChannel.KIOSK,
    )
