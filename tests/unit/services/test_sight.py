"""Whose records somebody may look at, and what is written down when they do."""

from __future__ import annotations

import pytest
from account_samples import COUNTY, ELSEWHERE, NAME, PHONE, TOWN, account, people, staff
from care_samples import add_batch
from sqlalchemy import select, update

from matcher.domain.record_terms import PersonProgress
from matcher.domain.service_terms import Role
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput, NotFound
from matcher.services.accounts import caseload
from matcher.services.accounts.audit_log import verify_log
from matcher.services.accounts.objects import require_object
from matcher.services.accounts.reveal import RevealField, reveal
from matcher.services.accounts.sight import Sight, region_digits, require_worker, visible_workers
from matcher.store.database import Database
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.push_batches import PushBatchPersonRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerRow

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def seen(database: Database, sight: Sight) -> list[str]:
    with database.reading() as session:
        query = select(WorkerRow.worker_id).where(visible_workers(sight)).order_by(WorkerRow.worker_id)
        return list(session.scalars(query))


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("130000000000", "13"),
        ("130600000000", "1306"),
        (COUNTY, "130638"),
        (TOWN, "130638100"),
        ("130638100203", "130638100203"),
        ("130638000203", "130638000203"),
    ],
)
def test_a_place_is_named_by_its_own_digits(code: str, digits: str) -> None:
    assert region_digits(code) == digits


def test_a_caseworker_sees_the_caseload_and_the_region_given(database: Database) -> None:
    people(database, COUNTY, TOWN, ELSEWHERE, "130638200000")
    account(database, "wang", region_code=TOWN)
    assert seen(database, staff(database, "wang").sight) == ["p2"]
    caseload.give_caseload(database, "wang", ["p3"], actor="test")
    assert seen(database, staff(database, "wang").sight) == ["p2", "p3"]


def test_a_caseworker_with_neither_sees_nobody(database: Database) -> None:
    people(database, COUNTY)
    account(database, "wang")
    assert seen(database, staff(database, "wang").sight) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ORGANISER])
def test_a_manager_sees_the_region_or_everybody(database: Database, role: Role) -> None:
    people(database, COUNTY, TOWN, ELSEWHERE)
    account(database, "whole", role)
    account(database, "part", role, region_code=COUNTY)
    assert seen(database, staff(database, "whole").sight) == ["p1", "p2", "p3"]
    assert seen(database, staff(database, "part").sight) == ["p1", "p2"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASEWORKER, Role.MANAGER, Role.ORGANISER}))
def test_all_others_see_nobody_whatever_their_region(database: Database, role: Role) -> None:
    people(database, COUNTY)
    assert seen(database, Sight.of(role, 1, COUNTY, "e1")) == []


def test_a_stranger_and_a_person_who_does_not_exist_look_the_same(database: Database) -> None:
    people(database, COUNTY)
    account(database, "wang")
    sight = staff(database, "wang").sight
    told = set()
    for worker_id in ("p1", "nobody", "\0"):
        with database.reading() as session, pytest.raises(NotFound) as missing:
            require_worker(session, sight, worker_id)
        told.add(missing.value.message)
    assert len(told) == 1


def test_a_name_of_a_thing_that_nobody_checks_is_an_error(database: Database) -> None:
    account(database, "wang")
    me = staff(database, "wang")
    with database.reading() as session, pytest.raises(KeyError):
        require_object(session, me, "household_of_somebody", "1")


def opens(database: Database, login: str, name: str, value: str) -> bool:
    me = staff(database, login)
    with database.reading() as session:
        try:
            require_object(session, me, name, value)
        except NotFound:
            return False
    return True


def test_a_batch_is_for_its_planner_and_for_those_who_see_one_of_its_people(database: Database) -> None:
    people(database, TOWN, ELSEWHERE)
    for login, place in (("near", TOWN), ("far", "130684000000"), ("planner", "130684000000")):
        account(database, login, region_code=place)
    account(database, "head", Role.MANAGER, region_code=COUNTY)
    account(database, "other-head", Role.MANAGER, region_code="130684000000")
    account(database, "whole", Role.MANAGER)
    with database.writing("planner") as session:
        batch = add_batch(session)
        session.add(PushBatchPersonRow(batch_id=batch, worker_id="p1", progress=PersonProgress.WAITING))
    seen_by = {one: opens(database, one, "batch_id", str(batch)) for one in (
        "near", "far", "planner", "head", "other-head", "whole",
    )}  # fmt: skip
    assert seen_by == {
        "near": True, "far": False, "planner": True, "head": True, "other-head": False, "whole": True,
    }  # fmt: skip
    assert not any(opens(database, "whole", "batch_id", odd) for odd in ("", "-1", "1 ", "9" * 30, "999"))


def test_a_household_is_for_those_who_see_one_of_its_members(database: Database) -> None:
    people(database, TOWN, ELSEWHERE)
    account(database, "near", region_code=TOWN)
    account(database, "far", region_code="130684000000")
    with database.writing("test") as session:
        repository = HouseholdRepository(session)
        house = repository.ensure("county", "样例户1")
        repository.add_member(house, worker_id="p1")
    assert opens(database, "near", "household_id", house)
    assert not opens(database, "far", "household_id", house)
    assert not opens(database, "near", "household_id", "nowhere")


def test_a_later_import_leaves_the_caseload_alone(database: Database) -> None:
    people(database, COUNTY)
    account(database, "wang")
    caseload.give_caseload(database, "wang", ["p1"], actor="test")
    with database.writing("import") as session:
        WorkerRepository(session).upsert([WorkerEntry(Worker("p1", "换了想法", place=Place("新村", TOWN)), "test")])
    assert seen(database, staff(database, "wang").sight) == ["p1"]


def test_a_region_gives_only_those_who_have_nobody(database: Database) -> None:
    people(database, COUNTY, TOWN, ELSEWHERE)
    account(database, "wang")
    account(database, "zhao")
    caseload.give_caseload(database, "zhao", ["p1"], actor="test")
    assert caseload.give_region(database, "wang", COUNTY, actor="test") == 1
    assert seen(database, staff(database, "wang").sight) == ["p2"]
    assert caseload.hand_over(database, "zhao", "wang", actor="test") == 1
    assert seen(database, staff(database, "wang").sight) == ["p1", "p2"]
    assert seen(database, staff(database, "zhao").sight) == []


def test_only_caseworkers_have_a_caseload(database: Database) -> None:
    people(database, COUNTY)
    account(database, "boss", Role.MANAGER)
    with pytest.raises(InvalidInput):
        caseload.give_caseload(database, "boss", ["p1"], actor="test")


def revealed(database: Database) -> list[tuple[str, str, str, object]]:
    with database.reading() as session:
        row = AuditRow
        query = select(row.actor, row.entity_id, row.reason, row.details).where(row.action == "reveal_identity")
        return [tuple(one) for one in session.execute(query)]


def test_a_field_is_shown_for_a_reason_that_is_written_down(database: Database) -> None:
    people(database, COUNTY)
    account(database, "wang", region_code=COUNTY)
    me = staff(database, "wang")
    assert reveal(database, me, "p1", RevealField.NAME, " 电话联系 ") == NAME
    assert reveal(database, me, "p1", RevealField.PHONE, "电话联系") == PHONE
    assert reveal(database, me, "p1", RevealField.ID_NUMBER, "核对证件") == ""
    assert revealed(database)[0] == ("wang", "p1", "电话联系", {"field": "name"})
    assert len(revealed(database)) == 3
    with database.reading() as session:
        assert not [row for row in session.scalars(select(AuditRow)) if NAME in str(vars(row))]


def test_nothing_is_shown_without_reason_or_outside_the_sight(database: Database) -> None:
    people(database, COUNTY, ELSEWHERE)
    account(database, "wang", region_code=COUNTY)
    me = staff(database, "wang")
    with pytest.raises(InvalidInput):
        reveal(database, me, "p1", RevealField.NAME, " ")
    with pytest.raises(NotFound):
        reveal(database, me, "p2", RevealField.NAME, "电话联系")
    assert revealed(database) == []


def test_a_planted_change_breaks_the_chain_at_its_row(database: Database) -> None:
    people(database, COUNTY)
    account(database, "wang", region_code=COUNTY)
    me = staff(database, "wang")
    for reason in ("电话联系", "上门走访", "核对信息"):
        reveal(database, me, "p1", RevealField.NAME, reason)
    verdict, head = verify_log(database)
    assert verdict.intact
    with database.writing("intruder") as session:
        changed = session.execute(update(AuditRow).where(AuditRow.reason == "上门走访").values(reason="电话联系"))
        assert changed.rowcount == 1
    verdict, _ = verify_log(database)
    assert not verdict.intact
    assert verdict.first_bad == head.seq - 1
