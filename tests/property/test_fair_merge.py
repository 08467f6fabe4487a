"""A fair that is run in two places at once loses nothing of either, whatever happens in which order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.clock import FixedClock
from matcher.domain.record_terms import ShortlistState
from matcher.errors import MatcherError
from matcher.services.fairs import sealed_file
from matcher.services.fairs.arriving import check_in_person, count_visitor
from matcher.services.fairs.carrying import compared, entity_rows
from matcher.services.fairs.conflicts import conflicts, settle_conflict
from matcher.services.fairs.inviting import reply_to_invitation
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.offline import export_fair, laptop_home, merge_fair
from matcher.services.fairs.views import fair_view, route_slips
from matcher.services.installation import open_database
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.plain_json import as_json
from matcher.store.repositories.shortlists import ShortlistRepository
from tests.fair_world import BY, ready
from tests.push_world import worker_id

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSPHRASE = "样例县春风行动口令"
S = ShortlistState
PEOPLE = 3
MARKS = (S.MET, S.INTENT, S.HIRED)
Change = tuple[str, str, int, int]


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[Path, int]]:
    """A database with one planned fair, and its file; both are copied for every history."""
    with tempfile.TemporaryDirectory() as name, patch.object(sealed_file, "_COST", 16):
        folder = Path(name)
        keyring = Keyring.create(folder / "keys.json")
        engine = open_engine(f"sqlite:///{folder / 'office.db'}", keyring=keyring, check=False)
        schema.upgrade(engine)
        database = Database(engine, keyring, FixedClock(START))
        event_id = ready(database, people=PEOPLE, booths=3)
        export_fair(database, event_id, folder / "fair.bin", PASSPHRASE, actor=BY)
        with engine.connect() as connection:
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        yield folder, event_id


@contextmanager
def opened(office: tuple[Path, int]) -> Iterator[tuple[Database, Path, FixedClock]]:
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), FixedClock(START)
        for one in ("office.db", "fair.bin", "keys.json"):
            shutil.copyfile(office[0] / one, folder / one)
        (folder / "keys.json").chmod(0o600)
        database = Database.open(
            f"sqlite:///{folder / 'office.db'}", Keyring.load(folder / "keys.json"), clock=clock
        )
        try:
            yield database, folder / "fair.bin", clock
        finally:
            database.close()


def play(database: Database, event_id: int, change: Change) -> None:
    """One change at one place; what is refused there changes nothing."""
    _, what, person, value = change
    one = worker_id(person)
    try:
        if what == "comes":
            check_in_person(database, event_id, one, actor=BY)
        elif what == "counted":
            count_visitor(database, event_id, actor=BY)
        elif what == "replies":
            reply_to_invitation(database, event_id, one, coming=value % 2 == 0, actor=BY)
        else:
            with database.reading() as session:
                slips = route_slips(session, event_id, [one])
            posting = slips[0].stops[value % len(slips[0].stops)].posting_id if slips else "nothing"
            mark_meeting(database, event_id, one, posting, MARKS[value % len(MARKS)], actor=BY)
    except MatcherError:
        pass


def rows(database: Database, event_id: int) -> dict[tuple[str, str], str]:
    with database.reading() as session:
        return {key: as_json(compared(row)) for key, row in entity_rows(session, event_id).items()}


changes = st.lists(
    st.tuples(
        st.sampled_from(["office", "laptop"]),
        st.sampled_from(["comes", "counted", "replies", "marks", "marks"]),
        st.integers(0, PEOPLE - 1),
        st.integers(0, 5),
    ),
    max_size=7,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=changes)
def test_any_interleaving_of_changes_loses_nothing(office: tuple[Path, int], history: list[Change]) -> None:
    event_id = office[1]
    with opened(office) as (database, path, clock):
        before = rows(database, event_id)
        with laptop_home(path, PASSPHRASE) as config:
            laptop = open_database(config, clock)
            for change in history:
                clock.at += timedelta(minutes=1)
                play(database if change[0] == "office" else laptop, event_id, change)
            theirs = rows(laptop, event_id)
            laptop.close()
        ours = rows(database, event_id)
        merge_fair(database, path, PASSPHRASE, actor=BY)
        after = rows(database, event_id)
        with database.reading() as session:
            kept = {(one.entity, as_json(one.ours), as_json(one.theirs)) for one in conflicts(session)}
            here = set(ShortlistRepository(session).checked_in(event_id))
        for key in set(ours) | set(theirs):
            told = {side.get(key) for side in (ours, theirs)} - {before.get(key)}
            if len(told) == 1 and key[0] != "checkin":
                assert after[key] == told.pop()  # one side changed it
            elif len(told) == 2 and key[0] != "checkin" and None not in told:
                assert (key[0], ours[key], theirs[key]) in kept
        assert {key[1] for key in (*ours, *theirs) if key[0] == "checkin" and not key[1].startswith("None")} == here
        assert sum(key[0] == "checkin" for key in after) == len({key for key in (*ours, *theirs) if key[0] == "checkin"})
        assert merge_fair(database, path, PASSPHRASE, actor=BY).repeated
        assert rows(database, event_id) == after


def test_a_conflict_is_settled_by_a_person_and_a_hiring_follows(office: tuple[Path, int]) -> None:
    event_id = office[1]
    with opened(office) as (database, path, clock):
        with laptop_home(path, PASSPHRASE) as config:
            laptop = open_database(config, clock)
            play(laptop, event_id, ("laptop", "marks", 0, 2))
            laptop.close()
        play(database, event_id, ("office", "marks", 0, 5))
        with database.reading() as session:
            stops = route_slips(session, event_id, [worker_id(0)])[0].stops
        mark_meeting(database, event_id, worker_id(0), stops[2].posting_id, S.MET, actor=BY)
        assert merge_fair(database, path, PASSPHRASE, actor=BY).conflicts == 1
        with database.reading() as session:
            (waiting,) = conflicts(session, event_id)
            assert fair_view(session, event_id).hired == 0
        assert waiting.theirs["state"] == "hired"
        settle_conflict(database, waiting.conflict_id, "theirs", actor=BY)
        with database.reading() as session:
            assert fair_view(session, event_id).hired == 1
            assert conflicts(session) == ()
        with pytest.raises(MatcherError, match="已经有人定了"):
            settle_conflict(database, waiting.conflict_id, "ours", actor=BY)


def test_the_file_opens_with_its_passphrase_alone_and_says_nothing_without(office: tuple[Path, int]) -> None:
    with opened(office) as (database, path, _):
        blob = path.read_bytes()
        assert "样例".encode() not in blob
        with pytest.raises(MatcherError, match="口令不对"):
            merge_fair(database, path, "另外一个样例县口令", actor=BY)
        path.write_bytes(blob[:-1] + bytes([blob[-1] ^ 1]))
        with pytest.raises(MatcherError, match="口令不对"):
            merge_fair(database, path, PASSPHRASE, actor=BY)
        with pytest.raises(MatcherError, match="至少 8"):
            export_fair(database, office[1], path, "短口令", actor=BY)


def test_only_what_the_fair_needs_travels(office: tuple[Path, int]) -> None:
    from sqlalchemy import select

    from matcher.store.tables.people import WorkerIdentityRow

    with opened(office) as (_, path, clock), laptop_home(path, PASSPHRASE) as config:
        laptop = open_database(config, clock)
        with laptop.reading() as session:
            people = list(session.scalars(select(WorkerIdentityRow)))
        laptop.close()
    assert len(people) == PEOPLE
    assert all(one.name and one.id_number is None and one.gender is None and one.address is None for one in people)
