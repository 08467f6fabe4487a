"""A small made-up fair, for tests of its services; no model is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState, Settlement
from matcher.domain.values import Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.ranking.rule_scorer import RuleScorer
from matcher.regions.loading import load_pack
from matcher.regions.pack import Office, RegionPack
from matcher.services.fairs.inviting import invite
from matcher.services.fairs.opening import FairDraft, add_booth, create_fair
from matcher.services.fairs.planning import Planned, plan_fair
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from tests.push_world import BOTH, VILLAGE, posting_id, worker_id

BY = "样例甲"
OFFICE = Office("样例县就业服务中心", "0312-0000000")
SCORER = RuleScorer()
WELDER = Occupation("6-18-02-04", "焊工")


def pack() -> RegionPack:
    return load_pack("default", None)


def employer(number: int) -> str:
    return f"e{number}"


def add_employers(database: Database, count: int, *, postings: int = 1, left: int | None = 5) -> None:
    """Employers e0, e1 … with live postings p00000 …, `postings` each."""
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
    rows = [
        posting_to_row(
            Posting(
                posting_id(number * postings + one),
                f"样例焊工{number}-{one}",
                source="county",
                employer_id=employer(number),
                employer_name=f"样例{number}厂",
                occupations=(WELDER,),
                pay=Pay(600_000 + 10_000 * number, 700_000),
                settlement=Settlement.MONTHLY,
                place=Place("样例镇", "130629100000"),
                headcount=left,
                headcount_left=left,
            ),
            states,
        )
        for number in range(count)
        for one in range(postings)
    ]
    with database.writing(BY) as session:
        EmployerRepository(session).ensure({employer(number): f"样例{number}厂" for number in range(count)})
        PostingRepository(session).upsert(rows)


def add_workers(
    database: Database, numbers: Sequence[int], *, phone: str = "", name: str = "", consents: object = BOTH
) -> None:
    """Welders w00000 … with phones that end in their numbers, unless one is given."""
    entries = [
        WorkerEntry(
            worker=Worker(worker_id(n), text="焊工", occupations=(WELDER,), place=Place("样例村", VILLAGE)),
            source="county",
            identity=Identity(
                name=name or f"样例{'甲乙丙丁戊己庚辛'[n % 8]}{n}", phones=(Phone(phone or f"1380000{n:04d}"),)
            ),
            consents=consents,  # type: ignore[arg-type]
        )
        for n in numbers
    ]
    with database.writing(BY) as session:
        WorkerRepository(session).upsert(entries)


def draft(database: Database, **changes: object) -> FairDraft:
    """A fair tomorrow, six slots of ten minutes."""
    made = FairDraft(
        "样例专场", database.clock.now() + timedelta(days=1), slots=6, place_name="样例镇文化广场"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def opened(database: Database, booths: int = 3, *, tables: int = 1, **changes: object) -> int:
    """A fair with the first employers at booths 1, 2 …"""
    event_id = create_fair(database, draft(database, **changes), actor=BY)
    for number in range(booths):
        add_booth(
            database, event_id, booth_no=str(number + 1), employer_id=employer(number), tables=tables, actor=BY
        )
    return event_id


def planned(database: Database, event_id: int, **options: object) -> Planned:
    return plan_fair(database, event_id, SCORER, pack(), actor=BY, **options)  # type: ignore[arg-type]


def ready(database: Database, *, people: int = 5, booths: int = 3, **changes: object) -> int:
    """A fair that was planned and to which everybody was invited."""
    add_employers(database, booths)
    add_workers(database, range(people))
    event_id = opened(database, booths, **changes)
    planned(database, event_id)
    invite(database, event_id, actor=BY)
    return event_id
