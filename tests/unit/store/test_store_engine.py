"""How the database is opened, and what callers see when it is busy, broken or out of date."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from store_samples import posting_row, worker_entry

from matcher.domain.posting_terms import PublishState, Settlement
from matcher.errors import Conflict, InvalidInput, NotFound, Unavailable
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine, reading
from matcher.store.keyring import Keyring
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    target = tmp_path / "engine.db"
    target.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{target}"


def test_every_sqlite_connection_is_durable_and_strict(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
    with reading(engine).connect() as first, reading(engine).connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            assert found == expected
    engine.dispose()


def test_writers_begin_immediate_and_readers_deferred(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cur, sql, *rest: seen.append(sql))
    with engine.begin():
        pass
    with reading(engine).connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert [sql for sql in seen if sql.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]
    engine.dispose()


def test_a_new_sqlite_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path / 'new.db'}").dispose()
    assert stat.S_IMODE(os.stat(tmp_path / "new.db").st_mode) == 0o600


def test_two_writers_queue_instead_of_failing(database: Database) -> None:
    """Read-then-write in both: with deferred transactions SQLite would refuse the second at once."""
    with database.writing() as session:
        EmployerRepository(session).save("e1", {"name": "样例单位", "contacts_per_day": 0})
    errors: list[Exception] = []

    def add_one() -> None:
        try:
            for _ in range(5):
                with database.writing() as session:
                    row = session.scalars(
                        select(EmployerRow).where(EmployerRow.employer_id == "e1").with_for_update()
                    ).one()
                    time.sleep(0.005)
                    row.contacts_per_day = (row.contacts_per_day or 0) + 1
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with database.reading() as session:
        assert session.get_one(EmployerRow, "e1").contacts_per_day == 20


def test_a_locked_sqlite_is_unavailable_for_writing_and_still_readable(
    sqlite_url: str, keyring: Keyring
) -> None:
    database = Database(open_engine(sqlite_url, keyring=keyring, busy_timeout_ms=50), keyring)
    other = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="正忙"), database.writing() as session:
        PostingRepository(session).upsert([posting_row(1)])
    with database.reading() as session:
        assert PostingRepository(session).counts().stored == 0
    other.execute("ROLLBACK")
    with database.writing() as session:
        PostingRepository(session).upsert([posting_row(1)])
    other.close()
    database.close()


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        PostingRepository(session).upsert([posting_row(1)])
    with database.writing() as session:  # the connection goes back to the pool able to write
        PostingRepository(session).upsert([posting_row(1)])


def test_a_reading_session_sees_one_moment(database: Database) -> None:
    with database.writing() as session:
        PostingRepository(session).upsert([posting_row(1)])
    with database.reading() as reader:
        assert PostingRepository(reader).counts().stored == 1
        with database.writing() as session:
            PostingRepository(session).upsert([posting_row(2)])
        assert PostingRepository(reader).counts().stored == 1
    with database.reading() as reader:
        assert PostingRepository(reader).counts().stored == 2


def test_nothing_is_stored_when_the_block_fails(database: Database) -> None:
    def store_and_fail() -> None:
        with database.writing() as session:
            PostingRepository(session).upsert([posting_row(1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    with database.reading() as session:
        assert PostingRepository(session).counts().stored == 0


def test_a_change_over_somebody_elses_change_is_a_conflict(database: Database) -> None:
    with database.writing() as session:
        EmployerRepository(session).save("e1", {"name": "样例单位"})
    with database.reading() as session:
        stale = session.get_one(EmployerRow, "e1")
    with database.writing() as session:
        EmployerRepository(session).save("e1", {"name": "样例单位二"})

    def overwrite() -> None:
        with database.writing() as session:
            session.add(stale)
            stale.name = "样例单位三"

    with pytest.raises(Conflict, match="改过"):
        overwrite()


def test_rows_are_stamped_and_their_history_kept_by_the_session(database: Database) -> None:
    with database.writing("officer-1") as session:
        EmployerRepository(session).save("e1", {"name": "样例单位", "contact_name": "样例甲"})
    with database.writing("officer-2") as session:
        EmployerRepository(session).save("e1", {"name": "样例单位二"})
    with database.reading() as session:
        row = session.get_one(EmployerRow, "e1")
        assert (row.created_by, row.version) == ("officer-1", 2)
        kept = session.execute(text("SELECT version, replaced_by, sealed FROM row_history")).one()
        assert (kept.version, kept.replaced_by) == (1, "officer-2")
        assert "样例甲".encode() not in bytes(kept.sealed)


def test_a_duplicate_or_dangling_row_is_a_conflict_that_shows_no_value(database: Database) -> None:
    with database.writing() as session:
        EmployerRepository(session).save("e1", {"credit_code": "911306290000000001"})
    with pytest.raises(Conflict) as caught, database.writing() as session:
        EmployerRepository(session).save("e2", {"credit_code": "911306290000000001"})
    assert "911306290000000001" not in caught.value.message + caught.value.detail
    with pytest.raises(Conflict, match="引用"), database.writing() as session:
        WorkerRepository(session).upsert([worker_entry(1, extra={"caseworker_id": 999})])


@pytest.mark.parametrize("value", ["hourly", "日 结", 3])
def test_an_unknown_code_is_refused_with_the_allowed_ones(database: Database, value: object) -> None:
    with pytest.raises(InvalidInput, match="daily\\(日结\\)"), database.writing() as session:
        PostingRepository(session).upsert([posting_row(1, settlement=value)])


def test_an_unknown_code_in_a_list_or_a_query_is_refused_too(database: Database) -> None:
    with pytest.raises(InvalidInput, match="day\\(白班\\)"), database.writing() as session:
        PostingRepository(session).upsert([posting_row(1, shifts=("dusk",))])
    with pytest.raises(InvalidInput, match="live"), database.reading() as session:
        session.scalars(select(PostingRow).where(PostingRow.publish_state == "alive")).all()


def test_codes_are_stored_as_ascii(database: Database) -> None:
    with database.writing() as session:
        PostingRepository(session).upsert([posting_row(1)])
    with database.engine.connect() as connection:
        raw = connection.execute(text("SELECT settlement, publish_state, shifts FROM postings")).one()
    assert tuple(raw)[:2] == (Settlement.DAILY.value, PublishState.LIVE.value)
    assert "day" in str(raw[2])


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    from datetime import datetime

    with pytest.raises(InvalidInput, match="时区"), database.writing() as session:
        PostingRepository(session).upsert([posting_row(1, valid_to=datetime(2026, 3, 1))])


def test_an_error_never_carries_the_values_bound(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.reading() as session:
        session.execute(text("SELECT * FROM absent WHERE x = :phone"), {"phone": "13800001234"})
    assert "13800001234" not in str(caught.value)


def test_a_damaged_file_is_refused_at_the_door(tmp_path: Path, sqlite_template: Path) -> None:
    broken = tmp_path / "broken.db"
    content = bytearray(sqlite_template.read_bytes())
    content[4096 : 4096 * 6] = b"\xff" * (4096 * 5)
    broken.write_bytes(content)
    with pytest.raises(Unavailable, match="损坏"):
        open_engine(f"sqlite:///{broken}")
    broken.write_bytes(b"not a database at all" * 500)
    with pytest.raises(Unavailable, match="损坏"):
        open_engine(f"sqlite:///{broken}")


@pytest.mark.parametrize("url", ["mysql://u@h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        open_engine(url)


def test_a_server_that_is_down_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"无法打开|中断"):
        open_engine("postgresql://postgres@127.0.0.1:1/absent")


@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_backend_that_was_killed_is_replaced_at_the_next_use(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("SELECT 1"))
    with database.writing() as killer:
        victims = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        killer.execute(text(victims + " AND datname = current_database()"))
    with database.reading() as session:
        assert PostingRepository(session).counts().stored == 0


@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_postgresql_plans_each_list_of_keys_anew(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"


def test_tables_and_migrations_agree(database: Database) -> None:
    assert schema.drift(database.engine) == ""
    assert schema.current_revision(database.engine) == schema.head_revision()
    schema.require_current(database.engine)


def test_drift_would_be_seen(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outcomes DROP COLUMN confidence"))
    assert "confidence" in schema.drift(database.engine)


def test_an_old_or_empty_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(Unavailable, match="matcher init"):
        schema.require_current(engine)
    schema.upgrade(engine)
    schema.upgrade(engine)
    schema.require_current(engine)
    engine.dispose()


def test_an_upgrade_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'half.db'}")

    def fail(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        if "CREATE TABLE consents" in sql:
            raise RuntimeError("power cut")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        schema.upgrade(engine)
    event.remove(engine, "before_cursor_execute", fail)
    with reading(engine).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    schema.upgrade(engine)
    engine.dispose()


def test_the_key_file_is_private_and_survives_a_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "k" / "keys.json"
    made = Keyring.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.load(path).lookup_hash("phone", "1") == made.lookup_hash("phone", "1")
    with pytest.raises(Conflict):
        Keyring.create(path)


def test_a_key_file_that_others_may_read_or_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with pytest.raises(NotFound):
        Keyring.load(path)
    Keyring.create(path)
    path.chmod(0o640)
    with pytest.raises(Unavailable, match="chmod 600"):
        Keyring.load(path)
    path.chmod(0o600)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InvalidInput, match="损坏"):
        Keyring.load(path)
