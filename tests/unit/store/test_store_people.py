"""Workers, households, consents, audit, interface keys, imports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from store_samples import ADDRESS, ID_NUMBER, MATCHING_CONSENT, NAME, PHONE, worker_entry

from matcher.domain.record_terms import ImportState, IndexedEntity
from matcher.domain.service_terms import ConsentPurpose, EmployerKind
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.errors import Forbidden, InvalidInput, NotFound
from matcher.store.database import Database
from matcher.store.identity import Identity
from matcher.store.repositories.api_keys import ApiKeyRepository
from matcher.store.repositories.audit import AuditHead, AuditRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.imports import ImportRepository, RowError
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.records import AuditRow, HistoryRow
from matcher.store.tables.workers import WorkerIntentRow, WorkerRow


def _save(database: Database, *entries) -> list[str]:
    with database.writing("importer") as session:
        return [one.status.value for one in WorkerRepository(session).upsert(entries)]


def _active(database: Database) -> list[str]:
    with database.reading() as session:
        return [worker.worker_id for worker in WorkerRepository(session).all_active()]


def test_a_worker_comes_back_as_matching_needs_them(database: Database) -> None:
    entries = [worker_entry(n) for n in (1, 2)]
    assert _save(database, *entries) == ["new", "new"]
    with database.reading() as session:
        assert WorkerRepository(session).get_many(["w2", "w1", "absent"]) == {
            one.worker.worker_id: one.worker for one in entries
        }


def test_only_the_first_intention_is_matched(database: Database) -> None:
    _save(database, worker_entry(1))
    with database.writing("officer") as session:
        session.add(WorkerIntentRow(worker_id="w1", seq=1, text="以后想学电工", wish_text=""))
    _save(database, worker_entry(1, worker=Worker("w1", text="换了说法")))
    with database.reading() as session:
        assert WorkerRepository(session).get_many(["w1"])["w1"].text == "换了说法"
        query = select(WorkerIntentRow.text).order_by(WorkerIntentRow.seq)
        assert session.scalars(query).all() == ["换了说法", "以后想学电工"]


def test_reimport_of_people_tells_new_changed_and_unchanged_apart(database: Database) -> None:
    _save(database, worker_entry(1), worker_entry(2))
    again = _save(
        database,
        worker_entry(1),
        worker_entry(2, identity=Identity(name="样例乙")),
        worker_entry(3),
        worker_entry(3),
    )
    assert again == ["unchanged", "changed", "new", "duplicate"]
    with database.reading() as session:
        workers = WorkerRepository(session)
        assert workers.masked_identity("w2").name == "样*乙"
        assert workers.find_by_phone(PHONE) == ["w1", "w3"]
        history = session.scalars(select(HistoryRow)).all()
        assert {(one.table_name, one.row_key) for one in history} >= {
            ("workers", "w2"),
            ("worker_identities", "w2"),
        }
        (identity,) = (one for one in history if one.table_name == "worker_identities")
        assert NAME in (identity.sealed or "")
        assert ID_NUMBER not in str(identity.content)


def test_default_reading_masks_the_person(database: Database) -> None:
    _save(
        database,
        worker_entry(1, extra={"job_status": JobStatus.SEEKING}, categories=(WorkerCategory.DISABLED,)),
    )
    with database.reading() as session:
        shown = WorkerRepository(session).get_masked("w1")
    assert shown["identity"].name == "样*甲"
    assert shown["identity"].id_number == "110***********0011"
    assert shown["identity"].phones == ("138****1234",)
    assert shown["identity"].address == "样例县样例村***"
    assert shown["job_status"] is JobStatus.SEEKING
    assert not [word for word in (NAME, ID_NUMBER, PHONE, ADDRESS, "disabled") if word in str(shown)]


def test_the_full_identity_needs_a_reason_and_is_audited(database: Database) -> None:
    _save(database, worker_entry(1))
    for actor, reason in (("", "回访"), ("officer", "  ")):
        with pytest.raises(InvalidInput), database.writing() as session:
            WorkerRepository(session).reveal("w1", actor=actor, reason=reason)
    with database.writing("officer") as session:
        identity = WorkerRepository(session).reveal("w1", actor="officer", reason="电话回访")
    assert (identity.name, identity.id_number, identity.phones[0].number) == (NAME, ID_NUMBER, PHONE)
    with database.reading() as session:
        row = session.scalars(select(AuditRow)).one()
        assert (row.actor, row.action, row.entity_id, row.reason) == (
            "officer",
            "reveal_identity",
            "w1",
            "电话回访",
        )


def test_the_full_identity_cannot_be_had_without_leaving_a_trace(database: Database) -> None:
    from sqlalchemy.exc import DBAPIError

    _save(database, worker_entry(1))
    with pytest.raises(DBAPIError), database.reading() as session:
        WorkerRepository(session).reveal("w1", actor="officer", reason="电话回访")


def test_people_are_found_by_number_name_and_phone_however_written(database: Database) -> None:
    _save(
        database,
        worker_entry(1, identity=Identity(name=NAME, id_number="11010119900307001x")),
        worker_entry(2),
    )
    with database.reading() as session:
        workers = WorkerRepository(session)
        assert workers.find_by_id_number(" 11010119900307001X ") == ["w1"]
        assert workers.find_by_phone("+86 138-0000-1234") == ["w2"]
        assert workers.find_by_name("样例 甲") == ["w1", "w2"]
        assert workers.find_by_phone("") == []


def test_restricted_categories_are_left_out_unless_asked_for(database: Database) -> None:
    both = (WorkerCategory.RELOCATED, WorkerCategory.RELEASED)
    _save(database, worker_entry(1, categories=both))
    with database.reading() as session:
        workers = WorkerRepository(session)
        assert workers.categories("w1") == {WorkerCategory.RELOCATED: CategoryState.PENDING}
        assert tuple(workers.categories("w1", restricted=True)) == both


def test_withdrawing_a_person_takes_them_out_and_tells_the_index(database: Database) -> None:
    _save(database, worker_entry(1), worker_entry(2))
    with database.writing() as session:
        before = IndexChangeRepository(session).high_water_mark()
        WorkerRepository(session).withdraw(["w1"])
    assert _active(database) == ["w2"]
    with database.reading() as session:
        assert WorkerRepository(session).count() == 1
        (change,) = IndexChangeRepository(session).changes_since(before)
        assert (change.entity, change.entity_id) == (IndexedEntity.WORKER, "w1")
        assert session.get_one(WorkerRow, "w1").version == 2


def test_taking_consent_back_works_at_once_and_an_import_does_not_revive_it(database: Database) -> None:
    _save(database, worker_entry(1), worker_entry(2), worker_entry(3, consents=()))
    assert _active(database) == ["w1", "w2"]
    with database.writing("officer") as session:
        before = IndexChangeRepository(session).high_water_mark()
        ConsentRepository(session).withdraw("w1", ConsentPurpose.MATCHING)
        assert [c.entity_id for c in IndexChangeRepository(session).changes_since(before)] == ["w1"]
    assert _active(database) == ["w2"]
    _save(database, worker_entry(1, worker=Worker("w1", text="换了说法")))
    assert _active(database) == ["w2"]
    with database.writing("officer") as session:
        consents = ConsentRepository(session)
        assert consents.is_live("w1", ConsentPurpose.MATCHING) is False
        consents.grant("w1", MATCHING_CONSENT)
        assert consents.is_live("w1", ConsentPurpose.MATCHING) is True
        assert consents.is_live("w1", ConsentPurpose.SHOW_TO_EMPLOYER) is False
        assert consents.live_ids(["w1", "w2", "w3"], ConsentPurpose.MATCHING) == {"w1", "w2"}
        assert [one.withdrawn_by for one in consents.of("w1")] == ["officer", None]
    assert _active(database) == ["w1", "w2"]


def test_withdrawing_a_consent_never_given_is_not_found(database: Database) -> None:
    _save(database, worker_entry(1, consents=()))
    with pytest.raises(NotFound), database.writing() as session:
        ConsentRepository(session).withdraw("w1", ConsentPurpose.MATCHING)


def test_members_of_one_household_number_share_a_household(database: Database) -> None:
    _save(database, *(worker_entry(n, household_no="样例-7") for n in (1, 2)))
    _save(database, worker_entry(1, household_no="样例-7", worker=Worker("w1")))
    with database.writing() as session:
        households = HouseholdRepository(session)
        household_id = households.ensure("county", "样例-7")
        households.add_member(household_id, name="样例丙", relation="母亲")
        households.set_address(household_id, ADDRESS)
        households.set_zero_employment(household_id, True, target="w2")
        view = households.get_masked(household_id)
    assert view.worker_ids == ("w1", "w2")
    assert view.others == ("样*丙",)
    assert (view.address, view.zero_employment, view.target_worker_id) == ("样例县样例村***", True, "w2")


def test_a_cleared_household_that_falls_back_is_reopened(database: Database) -> None:
    with database.writing() as session:
        households = HouseholdRepository(session)
        household_id = households.ensure("county", "样例-8")
        for found in (True, False, True):
            households.set_zero_employment(household_id, found)
        view = households.get_masked(household_id)
    assert view.identified_at
    assert view.cleared_at
    assert view.reopened_at


def test_a_household_employer_shows_only_a_masked_name(database: Database) -> None:
    fields = {"name": NAME, "kind": EmployerKind.HOUSEHOLD, "contact_phone": PHONE}
    with database.writing() as session:
        EmployerRepository(session).save("e1", fields)
        shown = EmployerRepository(session).get_masked("e1")
    assert (shown["name"], shown["legal_person"], shown["contact_phone"]) == ("样*甲", "样*甲", "138****1234")


def test_the_audit_chain_holds_and_names_the_first_row_that_does_not(database: Database) -> None:
    with database.writing("officer") as session:
        audit = AuditRepository(session)
        for number in range(1, 6):
            details = {"n": number, "share": 0.1 * number}
            audit.append(
                action="export", entity="posting", entity_id=f"p{number}", reason="例行", details=details
            )
        anchor = audit.head()
        assert audit.verify(anchor).intact
    for statement, first_bad in (
        ("UPDATE audit_log SET reason = '改过' WHERE seq = 3", 3),
        ("DELETE FROM audit_log WHERE seq = 2", 2),
        ("DELETE FROM audit_log WHERE seq = 1", 1),
    ):
        with database.engine.begin() as connection:
            connection.execute(text(statement))
        with database.reading() as session:
            verdict = AuditRepository(session).verify()
        assert (verdict.intact, verdict.first_bad) == (False, first_bad)


def test_a_cut_off_audit_tail_is_seen_with_the_noted_head(database: Database) -> None:
    with database.writing("officer") as session:
        audit = AuditRepository(session)
        for number in (1, 2, 3):
            audit.append(action="login", entity="account", entity_id=str(number), reason="登录")
        anchor = audit.head()
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE seq = 3"))
    with database.reading() as session:
        assert AuditRepository(session).verify().intact
        assert AuditRepository(session).verify(anchor).first_bad == 3
        assert AuditRepository(session).verify(AuditHead(2, "f" * 64)).first_bad == 2


def test_a_genuine_row_of_an_earlier_chain_does_not_fit_into_this_one(database: Database) -> None:
    def append(entity_id: str) -> None:
        with database.writing("officer") as session:
            AuditRepository(session).append(action="a", entity="e", entity_id=entity_id, reason="r")

    append("1")
    append("kept")
    with database.engine.begin() as connection:
        earlier = connection.execute(text("SELECT entity_id, hash FROM audit_log WHERE seq = 2")).one()
        connection.execute(text("DELETE FROM audit_log WHERE seq = 2"))
    append("other")
    append("3")
    with database.engine.begin() as connection:
        statement = text("UPDATE audit_log SET entity_id = :entity_id, hash = :hash WHERE seq = 2")
        connection.execute(statement, dict(earlier._mapping))
    with database.reading() as session:
        assert AuditRepository(session).verify().first_bad == 3


def test_an_audit_row_cannot_be_forged_without_the_key(database: Database) -> None:
    with database.writing("officer") as session:
        for number in (1, 2):
            AuditRepository(session).append(action="a", entity="e", entity_id=str(number), reason="r")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_log SET hash = :fake WHERE seq = 1"), {"fake": "0" * 64})
        connection.execute(
            text("UPDATE audit_log SET previous_hash = :fake WHERE seq = 2"), {"fake": "0" * 64}
        )
    with database.reading() as session:
        assert AuditRepository(session).verify().first_bad == 1


def test_an_api_key_proves_itself_and_is_not_kept(database: Database, place) -> None:
    with database.writing("admin") as session:
        made = ApiKeyRepository(session).create(
            "样例系统", ["postings:write"], source="city", expires_at=place.clock.at + timedelta(days=1)
        )
    assert made.text.startswith(f"mk_{made.prefix}_")
    assert made.text not in repr(made)
    with database.engine.connect() as connection:
        stored = connection.execute(text("SELECT * FROM api_keys")).one()
    assert made.text.split("_", 2)[2] not in str(tuple(stored))
    with database.reading() as session:
        key = ApiKeyRepository(session).authenticate(made.text)
        assert (key.name, key.source) == ("样例系统", "city")
        key.require("postings:write")
        with pytest.raises(Forbidden, match="workers:read"):
            key.require("workers:read")


def test_wrong_expired_and_revoked_keys_get_the_same_answer(database: Database, place) -> None:
    with database.writing("admin") as session:
        keys = ApiKeyRepository(session)
        good = keys.create("一", ["a"])
        late = keys.create("二", ["a"], expires_at=place.clock.at)
        gone = keys.create("三", ["a"])
        keys.revoke(gone.prefix)
        other = keys.create("四", ["a"])
    swapped = f"mk_{good.prefix}_{other.text.split('_', 2)[2]}"
    wrong = [
        "",
        "mk",
        "mk__",
        good.text + "x",
        good.text[:-1],
        "xx" + good.text[2:],
        swapped,
        "mk_\0_x",
        "mk_钥_x",
    ]
    answers = set()
    for attempt in (*wrong, late.text, gone.text):
        with pytest.raises(Forbidden) as caught, database.reading() as session:
            ApiKeyRepository(session).authenticate(attempt)
        answers.add(caught.value.message)
    assert len(answers) == 1


def test_a_key_needs_a_name_and_a_scope(database: Database) -> None:
    with pytest.raises(InvalidInput), database.writing() as session:
        ApiKeyRepository(session).create("样例", [])


def test_a_bad_row_is_kept_sealed_with_reason_and_fix(database: Database) -> None:
    with database.writing("importer") as session:
        imports = ImportRepository(session)
        job_id = imports.start(
            entity="worker", source="county", file_name="a.xlsx", file_sha256="1" * 64, full=False
        )
        raw = {"姓名": NAME, "身份证号": "123"}
        imports.add_errors(
            job_id,
            [
                RowError(9, "没有姓名"),
                RowError(3, "身份证号位数不对", column="身份证号", value="123", fix="填18位", raw_row=raw),
            ],
        )
        imports.progress(job_id, 9, {"new": 7})
    with database.reading() as session:
        imports = ImportRepository(session)
        assert imports.unfinished("worker", "county", "1" * 64).rows_read == 9
        first, second = imports.errors(job_id)
        assert (first.row_number, first.column_name, first.value) == (3, "身份证号", "123")
        assert NAME in first.raw_row
        assert (second.row_number, second.raw_row) == (9, None)
    with database.writing("importer") as session:
        ImportRepository(session).finish(job_id, {"new": 7, "failed": 2})
    with database.reading() as session:
        assert ImportRepository(session).unfinished("worker", "county", "1" * 64) is None
        assert ImportRepository(session).get(job_id).state is ImportState.FINISHED
