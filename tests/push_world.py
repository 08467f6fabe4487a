"""A small made-up county with a planned batch, for tests of what happens after planning; no model is loaded."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from matcher.delivery.channels import Outcome, Parcel, Receipt
from matcher.delivery.wording import sms_text
from matcher.domain.match import Line
from matcher.domain.population import PopulationQuery
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState, Settlement
from matcher.domain.record_terms import BatchState, ConsentChannel, PersonProgress
from matcher.domain.service_terms import Channel, ConsentBasis, ConsentPurpose, PushState
from matcher.domain.values import Pay, Place
from matcher.domain.worker import Worker
from matcher.services.sending.push_terms import Alternative, PushOffice, PushTerms
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow

PLANNER, APPROVER = "样例甲", "样例乙"
PHONE = "13800001234"
VILLAGE = "130629100201"


def worker_id(number: int) -> str:
    return f"w{number:05d}"


def message_key(database: Database, batch_id: int, number: int = 0) -> str:
    """The key of the first message to person `number` in a batch."""
    with database.reading() as session:
        return OutboxRepository(session).person_key(batch_id, worker_id(number), 1)


def posting_id(number: int) -> str:
    return f"p{number:05d}"


@dataclass
class PlainJudge:
    """Everything is eligible but what a test says is not; alternatives are all postings in order."""

    postings: int = 0
    unfit: set[str] = field(default_factory=set)
    asked: int = 0

    def eligible(self, worker: Worker, postings: Sequence[Posting], now: datetime) -> list[bool]:
        return [posting.posting_id not in self.unfit for posting in postings]

    def alternatives(self, worker: Worker, now: datetime) -> list[Alternative]:
        self.asked += 1
        return [
            Alternative(posting_id(number), 0.5, (Line("spare", "离家近"),))
            for number in range(self.postings)
        ]

    def waiving_wishes(self) -> PlainJudge:
        return self


class PlainLinks:
    """Addresses that nobody can open."""

    def message_url(self, batch_id: int, push_id: int, now: datetime) -> str:
        return f"https://example.invalid/a/{batch_id}-{push_id}"


def plain_office(postings: int = 0, **terms: object) -> PushOffice:
    known = {"office": "样例县就业服务中心", "office_phone": "0312-0000000"} | terms
    return PushOffice(PushTerms(**known), PlainJudge(postings), PlainLinks())  # type: ignore[arg-type]


def consent(purpose: ConsentPurpose) -> ConsentGiven:
    return ConsentGiven(purpose, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK)


BOTH = (consent(ConsentPurpose.MATCHING), consent(ConsentPurpose.CONTACT))


def add_people(session: StoreSession, numbers: Sequence[int], **changes: object) -> None:
    """People with a phone and both consents; `changes` override the entry."""
    entries = []
    for number in numbers:
        values: dict[str, object] = {
            "worker": Worker(
                f"w{number:05d}", text="会贴砖", place=Place("样例村", VILLAGE)
            ),
            "source": "county",
            "identity": Identity(name="样例甲", phones=(Phone(PHONE),)),
            "consents": BOTH,
        }
        entries.append(WorkerEntry(**(values | changes)))  # type: ignore[arg-type]
    WorkerRepository(session).upsert(entries)


def add_postings(
    session: StoreSession, numbers: Sequence[int], *, headcount: int | None = 1_000, employer: str = ""
) -> None:
    """Live postings, each of an employer of its own unless one is named."""
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
    rows = [
        posting_to_row(
            Posting(
                posting_id=f"p{number:05d}",
                source="county",
                title=f"样例岗位{number}",
                employer_name=employer or f"样例{number}厂",
                pay=Pay(20_000, 26_000),
                settlement=Settlement.DAILY,
                place=Place("样例镇", "130629100000"),
                headcount=headcount,
                headcount_left=headcount,
            ),
            states,
        )
        for number in numbers
    ]
    PostingRepository(session).upsert(rows)


def plan(session: StoreSession, planned: dict[int, Sequence[int]], *, wave_size: int = 500) -> int:
    """A draft batch that plans these postings for these people; returns its number."""
    batch = PushBatchRow(
        name="样例批次",
        population=PopulationQuery().to_json(),
        policy={},
        versions={},
        seed=1,
        people=len(planned),
        satisfied=sum(len(chosen) >= 2 for chosen in planned.values()),
        short=sum(len(chosen) < 2 for chosen in planned.values()),
        state=BatchState.DRAFT,
        wave_size=wave_size,
    )
    session.add(batch)
    session.flush()
    pushes = PushRepository(session)
    for place, (number, chosen) in enumerate(sorted(planned.items())):
        session.add(
            PushBatchPersonRow(
                batch_id=batch.id,
                worker_id=worker_id(number),
                found=len(chosen),
                wave=place // wave_size,
                progress=PersonProgress.WAITING,
            )
        )
        for position, posting in enumerate(chosen):
            pushes.add(
                batch_id=batch.id,
                worker_id=worker_id(number),
                posting_id=posting_id(posting),
                position=position,
                rank=position + 1,
                score=0.9 - position / 10,
                reasons=[{"code": "near", "text": "走路12分钟"}],
                channel=Channel.SMS,
                state=PushState.PENDING,
            )
    session.flush()
    return batch.id


def build(database: Database, *, people: int = 4, postings: int = 6, wave_size: int = 500) -> int:
    """A county and a draft batch with two postings for everybody; returns the batch's number."""
    with database.writing(PLANNER) as session:
        add_people(session, range(people))
        add_postings(session, range(postings))
        planned = {n: (2 * n % postings, (2 * n + 1) % postings) for n in range(people)}
        return plan(session, planned, wave_size=wave_size)


def withdraw_posting(database: Database, *numbers: int) -> None:
    with database.writing("样例丙") as session:
        PostingRepository(session).set_states(
            [posting_id(number) for number in numbers], publish_state=PublishState.WITHDRAWN
        )


@dataclass
class Recorder:
    """A channel that keeps what it is given and answers as told: one outcome for all, or by message id."""

    outcome: Outcome = Outcome.SENT
    by_id: dict[str, Receipt] = field(default_factory=dict)
    given: list[Parcel] = field(default_factory=list)

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        self.given += parcels
        return [
            self.by_id.get(parcel.message.message_id) or Receipt(parcel.message.message_id, self.outcome)
            for parcel in parcels
        ]


@dataclass
class RecordingFile:
    """A gateway that keeps every message it accepted as one line of a file, on disk before it answers."""

    path: Path

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            for parcel in parcels:
                message = parcel.message
                line = {
                    "key": message.message_id,
                    "worker": message.worker_id,
                    "postings": [item.posting_id for item in message.items],
                    "pushes": [item.push_id for item in message.items],
                    "units": sms_text(message).units,
                }
                os.write(handle, json.dumps(line).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        return [Receipt(parcel.message.message_id, Outcome.SENT) for parcel in parcels]
