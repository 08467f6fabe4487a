"""One person's file as their caseworker opens it: six sections, masked identity, consents (一人一档).

Opening a file is an act of its own in the audit log. Nothing here holds a full name, number or phone, a category,
sex, nation or hukou; `matcher.services.accounts.reveal` gives one field for a stated reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from matcher.clock import local_date
from matcher.domain.labels import pay_label
from matcher.domain.record_terms import DossierSection
from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import SkillLevel
from matcher.errors import NotFound
from matcher.lexicon.certificates import certificates
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.desk.file_entries import Entry, entries_of
from matcher.store.database import Database
from matcher.store.identity import MaskedIdentity
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.contacts import ContactRepository, Reachability
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.workers import WorkerRow

SIX = (
    DossierSection.FAMILY,
    DossierSection.UNEMPLOYMENT,
    DossierSection.SKILLS,
    DossierSection.INTENTION,
    DossierSection.TRAINING,
    DossierSection.VENTURE,
)
UNKNOWN = "未登记"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: facts of the record, then sentences with their author and day."""

    section: DossierSection
    facts: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A file. consents: purpose → whether it is live, None where nobody ever asked."""

    worker_id: str
    identity: MaskedIdentity
    place: str
    age: int | None
    status: str
    caseworker: str | None
    last_contact: datetime | None
    withdrawn: bool
    reach: Reachability
    consents: dict[ConsentPurpose, bool | None]
    sections: tuple[Section, ...]
    plan: tuple[Entry, ...]
    households: tuple[str, ...]


def open_file(database: Database, sight: Sight, worker_id: str, *, actor: str) -> PersonFile:
    """The file of a person in sight; that it was opened is logged. Raises NotFound for anybody else."""
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        AuditRepository(session).append(
            action="open_file", entity="worker", entity_id=worker_id, reason="帮扶服务"
        )
        return read_file(session, worker_id)


def read_file(session: StoreSession, worker_id: str) -> PersonFile:
    """As `open_file`, inside a transaction of a caller who has checked the sight and logs for itself."""
    people = WorkerRepository(session)
    row, worker = session.get(WorkerRow, worker_id), people.get_many([worker_id]).get(worker_id)
    if row is None or worker is None:
        raise NotFound(f"没有这个劳动者：{worker_id[:40]}")
    entries, today = entries_of(session, worker_id), local_date(session.now())
    by = session.scalar(select(AccountRow.login).where(AccountRow.id == row.caseworker_id))
    other = (DossierSection.PLAN, DossierSection.RECORD)
    return PersonFile(
        worker_id=worker_id,
        identity=people.masked_identity(worker_id),
        place=row.place_name or UNKNOWN,
        age=worker.age_on(today),
        status=row.job_status.label if row.job_status else UNKNOWN,
        caseworker=by,
        last_contact=row.last_contact_at,
        withdrawn=row.withdrawn_at is not None,
        reach=ContactRepository(session).reachability(worker_id),
        consents=_consents(session, worker_id),
        sections=tuple(
            Section(section, _facts(section, row, worker), tuple(e for e in entries if e.section is section))
            for section in SIX
        ),
        plan=tuple(one for one in entries if one.section in other),
        households=tuple(HouseholdRepository(session).of_worker(worker_id)),
    )


def _consents(session: StoreSession, worker_id: str) -> dict[ConsentPurpose, bool | None]:
    known: dict[ConsentPurpose, bool | None] = dict.fromkeys(ConsentPurpose)
    for one in ConsentRepository(session).of(worker_id):
        known[one.purpose] = bool(known[one.purpose]) or one.withdrawn_at is None
    return known


def _facts(section: DossierSection, row: WorkerRow, worker: Worker) -> tuple[tuple[str, str], ...]:
    """What the record itself says under a section; what is not known is left out."""
    facts: dict[DossierSection, Sequence[tuple[str, str]]] = {
        DossierSection.FAMILY: [("现实条件", _words(one.label for one in worker.constraints))],
        DossierSection.UNEMPLOYMENT: [
            ("失业时间", _day(row.unemployed_since)),
            ("失业登记", _day(row.unemployment_registered_on)),
        ],
        DossierSection.SKILLS: [
            ("会干", _words(worker.skills)),
            ("证书", _words(_certificates(worker))),
            ("文化程度", worker.education.label if worker.education else ""),
            ("年限", f"{worker.experience_years:g} 年" if worker.experience_years is not None else ""),
        ],
        DossierSection.INTENTION: _wishes(worker),
        DossierSection.TRAINING: [("培训意愿", row.training_wish or "")],
        DossierSection.VENTURE: [("创业诉求", row.venture_wish or "")],
    }
    return tuple((name, text) for name, text in facts[section] if text)


def _wishes(worker: Worker) -> list[tuple[str, str]]:
    minutes = f"{worker.max_minutes} 分钟以内" if worker.max_minutes is not None else ""
    return [
        ("原话", worker.text),
        ("想干", _words(one.name for one in worker.occupations)),
        ("不干", _words(one.name for one in worker.refused_occupations)),
        ("工资至少", pay_label(worker.pay_floor)),
        ("结算", _words(one.label for one in worker.settlements)),
        ("班次", _words(one.label for one in worker.shifts)),
        ("路上", minutes),
        ("要求", _words(one.label for one in worker.needs)),
        ("同行", f"{worker.group_size} 人一起" if worker.group_size > 1 else ""),
        ("可到岗", _day(worker.earliest_start)),
    ]


def _certificates(worker: Worker) -> list[str]:
    names = {one.code: one.name for one in certificates().certificates}
    held = []
    for one in worker.certificates:
        level = "" if one.level is SkillLevel.NONE else f"（{one.level.label}）"
        until = f"，{_day(one.valid_to)} 到期" if one.valid_to else ""
        checked = "" if one.checked else "，未查验"
        held.append(f"{names.get(one.code, one.code)}{level}{until}{checked}")
    return held or (["本人说没有证"] if worker.no_certificates else [])


def _words(words: Iterable[str]) -> str:
    return "、".join(words)


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
