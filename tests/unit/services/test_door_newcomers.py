"""People who were registered on a laptop without network become people of the office, and nobody twice in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.record_terms import Gender, ShortlistState
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import Conflict, InvalidInput
from matcher.services.fairs import sealed_file
from matcher.services.fairs.conflicts import conflicts, settle_conflict
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.merging import Merged
from matcher.services.fairs.offline import export_fair, merge_fair
from matcher.services.fairs.views import fair_view
from matcher.services.fairs.walk_ins import walk_in
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.accounts import ConsentRow
from matcher.store.tables.events import EventConflictRow
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.records import IndexChangeRow
from matcher.store.tables.workers import WorkerRow
from tests.door_world import (
    PASSPHRASE,
    PHONE_OF_A_WALKER,
    WORDS,
    came_in,
    on_the_laptop,
    registered,
)
from tests.fair_world import BY, SCORER, add_workers, ready
from tests.push_world import worker_id

MATCHING, CONTACT = ConsentPurpose.MATCHING, ConsentPurpose.CONTACT
S = ShortlistState
SOON = f"{WORDS}，下周一能上工"


@pytest.fixture(autouse=True)
def cheap_seal() -> Iterator[None]:
    with patch.object(sealed_file, "_COST", 16):
        yield


@pytest.fixture
def event_id(database: Database) -> int:
    return ready(database, people=2, tables=3, region_code="130629000000")


def taken_out(database: Database, event_id: int, path: Path) -> Path:
    export_fair(database, event_id, path, PASSPHRASE, actor=BY)
    return path


def merged(database: Database, path: Path) -> Merged:
    return merge_fair(database, path, PASSPHRASE, actor="样例乙")


def held_on_the_laptop(database: Database, event_id: int, path: Path, **changes: object) -> str:
    """A fair on a laptop where somebody new comes, meets a firm and is hired; their id there."""
    made: list[str] = []

    def day(laptop: Database) -> None:
        made.append(came_in(laptop, event_id, **changes))
        with laptop.reading() as session:
            meeting = ShortlistRepository(session).meetings(event_id, made[0])[0].posting_id
        mark_meeting(laptop, event_id, made[0], meeting, S.HIRED, actor="现场")

    on_the_laptop(taken_out(database, event_id, path), database.clock, day)
    return made[0]


def everything(database: Database) -> dict[str, int]:
    """How many rows each table holds; that a file was merged is noted in the history of the fair."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in WorkerRow.metadata.sorted_tables
            if table.name != "row_history"
        }


def came(database: Database, event_id: int) -> set[str]:
    with database.reading() as session:
        return set(ShortlistRepository(session).checked_in(event_id))


def consents_of(database: Database, worker: str) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        return [(row.purpose, row.given_at, row.recorded_by) for row in ConsentRepository(session).of(worker)]


def test_a_new_person_comes_home_with_everything_of_the_day(
    database: Database, clock: FixedClock, event_id: int, tmp_path: Path
) -> None:
    said_at = clock.at
    one = held_on_the_laptop(database, event_id, tmp_path / "fair.bin")
    clock.at += timedelta(days=3)
    done = merged(database, tmp_path / "fair.bin")
    assert (done.people, done.conflicts) == (1, 0)
    with database.writing(BY) as session:
        people = WorkerRepository(session)
        assert people.find_by_phone(PHONE_OF_A_WALKER) == people.find_by_name("样例赵六") == [one]
        identity = people.reveal(one, actor=BY, reason="样例核对")
        person = people.get_many([one])[one]
        assert people.active_ids([one], MATCHING) == people.active_ids([one], CONTACT) == {one}
        assert one in set(session.scalars(select(IndexChangeRow.entity_id)))
        hired = session.scalars(select(OutcomeRow).where(OutcomeRow.worker_id == one)).one()
    assert (identity.name, [phone.number for phone in identity.phones]) == ("样例赵六", [PHONE_OF_A_WALKER])
    assert person.text == WORDS
    assert [held.name for held in person.occupations] == ["焊工"]
    assert hired.event_id == event_id
    assert consents_of(database, one) == [(MATCHING, said_at, BY), (CONTACT, said_at, BY)]
    assert came(database, event_id) == {one}
    with database.reading() as session:
        states = [row.state for row in ShortlistRepository(session).meetings(event_id, one)]
        assert fair_view(session, event_id).hired == 1
    assert sorted(states) == [S.HIRED, S.PLANNED, S.PLANNED]


def test_the_same_file_twice_and_a_rewritten_file_make_nobody_twice(
    database: Database, event_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "fair.bin"
    one = held_on_the_laptop(database, event_id, path)
    merged(database, path)
    before = everything(database)
    assert merged(database, path).repeated
    on_the_laptop(path, database.clock, lambda laptop: None)
    again = merged(database, path)
    assert (again.taken, again.conflicts, again.people) == (0, 0, 0)
    assert everything(database) == before
    on_the_laptop(path, database.clock, lambda laptop: came_in(laptop, event_id, phone="13800009914"))
    later = merged(database, path)
    assert (later.conflicts, later.people) == (0, 1)
    assert one in came(database, event_id)


def test_only_name_phones_facts_and_consents_come_home(database: Database, event_id: int, tmp_path: Path) -> None:
    path = tmp_path / "fair.bin"
    one = held_on_the_laptop(database, event_id, path)

    def more(laptop: Database) -> None:
        with laptop.writing(BY) as session:
            row = session.get_one(WorkerIdentityRow, one)
            row.address, row.gender, row.id_number = "样例路1号", Gender.FEMALE, "110101199003070023"
            session.get_one(WorkerRow, one).training_wish = "样例"

    on_the_laptop(path, database.clock, more)
    merged(database, path)
    with database.reading() as session:
        row = session.get_one(WorkerIdentityRow, one)
        assert (row.name, row.address, row.gender, row.id_number) == ("样例赵六", None, None, None)
        assert session.get_one(WorkerRow, one).training_wish is None


def test_somebody_the_office_removed_meanwhile_does_not_come_back(
    database: Database, event_id: int, tmp_path: Path
) -> None:
    one = registered(database, event_id, phone="").worker_id
    walk_in(database, event_id, one, SCORER, actor=BY)
    taken_out(database, event_id, tmp_path / "fair.bin")
    with database.writing(BY) as session:
        for row in (*ShortlistRepository(session).meetings(event_id, one), *ShortlistRepository(session).checkins(event_id)):
            session.delete(row)
        session.delete(ShortlistRepository(session).invitee(event_id, one))
        session.flush()
        for name in ("worker_intents", "consents", "worker_certificates", "worker_phones", "worker_identities", "workers"):
            table = WorkerRow.metadata.tables[name]
            session.execute(table.delete().where(table.c.worker_id == one))
    done = merged(database, tmp_path / "fair.bin")
    assert done.people == 0
    with database.reading() as session:
        assert session.get(WorkerRow, one) is None


@pytest.fixture
def asked(database: Database, event_id: int, tmp_path: Path) -> tuple[str, str, int]:
    """Somebody new on the laptop has a phone that the office knows: (their id there, the office's person, question)."""
    one = held_on_the_laptop(database, event_id, tmp_path / "fair.bin", words=SOON)
    add_workers(database, [7], phone=PHONE_OF_A_WALKER, name="样例张七", consents=())
    done = merged(database, tmp_path / "fair.bin")
    assert (done.people, done.taken, done.conflicts) == (0, 0, 1)
    with database.reading() as session:
        (waiting,) = conflicts(session, event_id)
    return one, worker_id(7), waiting.conflict_id


def test_a_known_phone_waits_for_an_officer_masked_and_sealed(
    database: Database, event_id: int, tmp_path: Path, asked: tuple[str, str, int]
) -> None:
    one, known, _ = asked
    with database.reading() as session:
        (waiting,) = conflicts(session, event_id)
        raw = session.connection().exec_driver_sql("select ours, theirs from event_conflicts").one()
        assert session.get(WorkerRow, one) is None
    assert waiting.entity == "person"
    assert waiting.ours == {"people": [known]}
    told = str(waiting)
    assert PHONE_OF_A_WALKER not in told
    assert "赵六" not in told
    assert (waiting.theirs["name"], waiting.theirs["phone"]) == ("样**六", "138****9913")
    assert all(PHONE_OF_A_WALKER.encode() not in side and "赵".encode() not in side for side in raw)
    assert came(database, event_id) == set()
    before = everything(database)
    on_the_laptop(tmp_path / "fair.bin", database.clock, lambda laptop: None)
    again = merged(database, tmp_path / "fair.bin")
    assert (again.people, again.taken, again.conflicts) == (0, 0, 0)
    assert everything(database) == before


def test_the_same_person_gets_check_in_meetings_outcome_and_consents(
    database: Database, event_id: int, asked: tuple[str, str, int]
) -> None:
    one, known, question = asked
    people = everything(database)["workers"]
    settle_conflict(database, question, known, actor=BY)
    assert everything(database)["workers"] == people
    assert came(database, event_id) == {known}
    with database.reading() as session:
        assert len(ShortlistRepository(session).meetings(event_id, known)) == 3
        assert session.scalars(select(OutcomeRow)).one().worker_id == known
        assert WorkerRepository(session).active_ids([known], MATCHING) == {known}
        assert session.get(WorkerRow, one) is None
        kept = session.get_one(EventConflictRow, question)
        assert "样例赵六" in kept.theirs
        assert (kept.settled_by, conflicts(session)) == (BY, ())
    with pytest.raises(Conflict, match="已经有人定了"):
        settle_conflict(database, question, "other", actor=BY)


def test_somebody_else_with_the_same_phone_gets_a_file_of_their_own(
    database: Database, event_id: int, asked: tuple[str, str, int]
) -> None:
    one, known, question = asked
    settle_conflict(database, question, "other", actor=BY)
    assert came(database, event_id) == {one}
    assert len(consents_of(database, one)) == 2
    assert consents_of(database, known) == []
    with database.reading() as session:
        assert WorkerRepository(session).find_by_phone(PHONE_OF_A_WALKER) == sorted([one, known])
        person = WorkerRepository(session).get_many([one])[one]
    assert (person.text, [held.name for held in person.occupations]) == (SOON, ["焊工"])
    assert person.earliest_start == date(2026, 3, 9)


@pytest.mark.parametrize("choice", ["", "ours", "theirs", "w00000", "nobody"])
def test_another_choice_is_refused_and_decides_nothing(
    database: Database, event_id: int, asked: tuple[str, str, int], choice: str
) -> None:
    before = everything(database)
    with pytest.raises(InvalidInput, match="请选"):
        settle_conflict(database, asked[2], choice, actor=BY)
    assert everything(database) == before
    with database.reading() as session:
        assert len(conflicts(session, event_id)) == 1


def test_two_laptops_with_the_same_phone_ask_once_and_lose_nothing(
    database: Database, clock: FixedClock, event_id: int, tmp_path: Path
) -> None:
    first = held_on_the_laptop(database, event_id, tmp_path / "one.bin")
    clock.at += timedelta(minutes=-5)
    second = held_on_the_laptop(database, event_id, tmp_path / "two.bin")
    early = clock.at
    assert merged(database, tmp_path / "one.bin").people == 1
    assert merged(database, tmp_path / "two.bin").conflicts == 1
    with database.reading() as session:
        (waiting,) = conflicts(session, event_id)
    assert waiting.ours == {"people": [first]}
    assert waiting.theirs["worker_id"] == second
    settle_conflict(database, waiting.conflict_id, first, actor=BY)
    with database.reading() as session:
        (row,) = ShortlistRepository(session).checkins(event_id)
        invitees = [one.worker_id for one in ShortlistRepository(session).invitees(event_id)]
    assert (row.worker_id, row.at) == (first, early)
    assert invitees.count(first) == 1
    assert len(consents_of(database, first)) == 2


@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_goes_before_a_plan_and_two_marks_of_the_same_person_are_both_kept(
    database: Database, event_id: int, tmp_path: Path, marked: bool
) -> None:
    held_on_the_laptop(database, event_id, tmp_path / "two.bin")
    known = came_in(database, event_id)
    with database.reading() as session:
        posting = ShortlistRepository(session).meetings(event_id, known)[0].posting_id
    with database.writing(BY) as session:
        for row in ShortlistRepository(session).meetings(event_id, known):
            row.slot = 5 - (row.slot or 0)  # planned otherwise than on the laptop
    if marked:
        mark_meeting(database, event_id, known, posting, S.MET, actor=BY)
    assert merged(database, tmp_path / "two.bin").conflicts == 1
    with database.reading() as session:
        (waiting,) = conflicts(session, event_id)
    settle_conflict(database, waiting.conflict_id, known, actor=BY)
    with database.reading() as session:
        left = conflicts(session, event_id)
        slots = {row.slot for row in ShortlistRepository(session).meetings(event_id, known) if row.posting_id != posting}
        assert fair_view(session, event_id).hired == (0 if marked else 1)
    assert min(slots) >= 3
    told = [(one.entity, one.ours["state"], one.theirs["state"]) for one in left]
    assert told == ([("meeting", "met", "hired")] if marked else [])


@pytest.mark.parametrize(("hours", "live"), [(-1, True), (1, False)])
def test_an_agreement_at_the_fair_counts_unless_it_was_taken_back_later(
    database: Database, clock: FixedClock, event_id: int, asked: tuple[str, str, int], hours: int, live: bool
) -> None:
    _, known, question = asked
    said = clock.at
    with database.writing(BY) as session:
        session.add(
            ConsentRow(
                worker_id=known, purpose=MATCHING, basis="consent", text_version="x", text_hash="0" * 64,
                channel="desk", given_at=said - timedelta(days=9), recorded_by=BY,
                withdrawn_at=said + timedelta(hours=hours), withdrawn_by=BY,
            )
        )  # fmt: skip
    settle_conflict(database, question, known, actor=BY)
    with database.reading() as session:
        assert ConsentRepository(session).is_live(known, MATCHING) is live
        assert ConsentRepository(session).is_live(known, CONTACT)


def test_a_file_exported_before_people_were_noted_still_merges(
    database: Database, event_id: int, tmp_path: Path
) -> None:
    from matcher.services.fairs import offline

    plain = offline.json.dumps

    def without_people(value: Any, **options: Any) -> str:
        return plain({k: v for k, v in value.items() if k != "people"} if "people" in value else value, **options)

    with patch.object(offline.json, "dumps", without_people):
        taken_out(database, event_id, tmp_path / "fair.bin")
    on_the_laptop(tmp_path / "fair.bin", database.clock, lambda laptop: came_in(laptop, event_id))
    assert merged(database, tmp_path / "fair.bin").people == 1


def test_the_phone_of_a_laptop_newcomer_is_hashed_with_the_offices_key(
    database: Database, event_id: int, tmp_path: Path
) -> None:
    one = held_on_the_laptop(database, event_id, tmp_path / "fair.bin")
    merged(database, tmp_path / "fair.bin")
    with database.reading() as session:
        row = session.scalars(select(WorkerPhoneRow).where(WorkerPhoneRow.worker_id == one)).one()
        assert row.phone_hash == session.keyring.lookup_hash("phone", PHONE_OF_A_WALKER)
