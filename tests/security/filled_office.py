"""Things that exist in the sample office, made through its own interface, and their ids (有内容的样例单位)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from sqlalchemy import select

from matcher.domain.service_terms import Role
from matcher.services.demo.demo_accounts import DemoLogin
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.freshness import live_condition
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow
from tests.sample_office import config_of
from tests.security.open_office import API, OpenOffice

_NUMBERS = count(1)


@dataclass(frozen=True)
class KnownIds:
    """Real ids by the name under which requests carry them. fair, live: the two kinds of events."""

    fair: int
    live: int
    ids: Mapping[str, int | str]

    def of(self, name: str, path: str) -> int | str | None:
        """The id for a parameter or field of this name; None when it is not one of an existing thing."""
        if name == "event_id":
            return self.fair if path.startswith(("/fair", "/api/v1/fairs")) else self.live
        return self.ids.get(name)


def fill(office: OpenOffice) -> KnownIds:
    """Make a fair with a booth and a plan, a livestream with items and leads, a batch and an urgent request."""
    posting, employer, worker = _imported(office)
    with httpx.Client(base_url=f"{office.url}{API}", headers=office.headers, timeout=60) as client:
        fair = _made(client, "/fairs", name="样例专场", starts_at=_later(days=3), slots=8)["event_id"]
        _asked(client, f"/fairs/{fair}/booths", booth_no="1", employer_id=employer, posting_ids=[posting])
        _asked(client, f"/fairs/{fair}/plan")
        live = _made(client, "/live", name="样例直播", starts_at=_later(hours=1), callers=["bangfu"])
        _asked(client, f"/live/{live['event_id']}/lineup", version=live["version"], wishes=["想找附近保洁的活"])
        _asked(client, f"/live/{live['event_id']}/leads", text="1号 13700000001")
        batch = _made(client, "/push-batches", name="样例批次", population={"categories": []})["batch_id"]
        urgent = _asked(client, "/instant/requests", words="明早6点要5个小工 安新高铁站 260一天", employer_name="样例工队")
    known = {"posting_id": posting, "employer_id": employer, "worker_id": worker, "batch_id": batch, "lead_id": 1}
    if urgent.get("request_id"):
        known["request_id"] = urgent["request_id"]
    return KnownIds(fair, live["event_id"], known)


def _imported(office: OpenOffice) -> tuple[str, str, str]:
    """A posting that may be shown, its employer and a person."""
    database = open_database(config_of(office.home))
    with database.reading() as session:
        query = select(PostingRow.posting_id, PostingRow.employer_id)
        shown = query.where(live_condition(session.now()), PostingRow.employer_id.is_not(None))
        posting, employer = session.execute(shown.order_by(PostingRow.posting_id).limit(1)).one()
        worker = session.scalars(select(WorkerRow.worker_id).order_by(WorkerRow.worker_id).limit(1)).one()
    database.close()
    return posting, employer, worker


def _made(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, json=body, headers={"Idempotency-Key": f"fill-{next(_NUMBERS)}"})
    answer.raise_for_status()
    return dict(answer.json())


def _asked(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """What may be refused by a rule of the day, and is then left out."""
    answer = client.post(path, json=body, headers={"Idempotency-Key": f"fill-{next(_NUMBERS)}"})
    return dict(answer.json())


def _later(**time: int) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def ids_in_sight(database: Database, logins: dict[Role, DemoLogin]) -> dict[str, str]:
    """For each parameter of a page, a thing of the first caseworker or the employer, or one there is."""
    with database.reading() as session:
        accounts = AccountRepository(session)
        caseworker = accounts.named(logins[Role.CASEWORKER].login)
        employer = accounts.named(logins[Role.EMPLOYER].login)
        mine = select(WorkerRow.worker_id).where(WorkerRow.caseworker_id == caseworker.id)
        own = select(PostingRow.posting_id).where(PostingRow.employer_id == employer.employer_id)
        pushed = select(PushRow.posting_id, PushRow.id).where(PushRow.posting_id.in_(own))
        posting, push = session.execute(pushed.order_by((PushRow.position == 5).desc(), PushRow.id).limit(1)).one()
        household = session.scalars(
            select(HouseholdMemberRow.household_id).where(HouseholdMemberRow.worker_id.in_(mine)).limit(1)
        ).first()
        return {
            "worker_id": session.scalars(mine.order_by(WorkerRow.worker_id).limit(1)).one(),
            "posting_id": posting,
            "employer_id": str(employer.employer_id),
            "push_id": str(push),
            "household_id": household or "0",
            "login": caseworker.login,
            "batch_id": "1",
            "event_id": "1",
            "request_id": "1",
            "lead_id": "1",
            "job_id": "2",
            "figure": "short",
            "number": "1",
            "kind": "booths",
            "booth_id": "1",
            "conflict_id": "0",
            "form": "wechat",
        }
