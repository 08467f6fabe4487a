"""Files, searches, overrides and hints at the desk: in sight only, masked, and every opening logged."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matcher.domain.record_terms import DossierSection, Informant
from matcher.domain.service_terms import PushState, ResponseReason
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.desk.file_entries import add_entry
from matcher.services.desk.household_view import (
    household_file,
    households_in_sight,
    retarget_household,
    verify_household,
)
from matcher.services.desk.overriding import override_posting
from matcher.services.desk.people_search import find_people
from matcher.services.desk.person_file import SIX, open_file
from matcher.services.desk.policy_view import open_hints, sensitive_view
from matcher.services.desk.timeline import EventKind, pushes_of_person, timeline
from matcher.services.desk.welfare_record import welfare_record
from matcher.services.sending.replace_push import replace_pushes
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.overrides import OverrideKind, OverrideReason, OverrideRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.tables.people import DossierEntryRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerCategoryRow
from tests.push_world import plain_office, plan, posting_id, worker_id
from tests.unit.services.care_samples import add_batch, add_posting, add_pushes, add_worker, phone_of
from tests.unit.services.desk_samples import MINE, OTHER, caseworkers, desk_of, give

PACK = load_pack()


def acts(database: Database, action: str) -> list[AuditRow]:
    with database.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


def test_a_file_has_the_six_sections_and_its_opening_is_logged(database: Database) -> None:
    mine, other = caseworkers(database)
    give(database, mine, add_worker(database, 1, training_wish="想学电工", unemployed_since=date(2025, 9, 1)))
    add_entry(database, mine, "w1", DossierSection.FAMILY, "老人要照看", Informant.SELF, actor=MINE)
    file = open_file(database, mine, "w1", actor=MINE)
    assert tuple(one.section for one in file.sections) == SIX
    facts = {one.section: one for one in file.sections}
    assert facts[DossierSection.TRAINING].facts == (("培训意愿", "想学电工"),)
    assert facts[DossierSection.FAMILY].entries[0].text == "老人要照看"
    assert "*" in file.identity.name
    assert [(act.actor, act.entity_id) for act in acts(database, "open_file")] == [(MINE, "w1")]
    with pytest.raises(NotFound):
        open_file(database, other, "w1", actor=OTHER)
    assert len(acts(database, "open_file")) == 1


def test_a_whole_phone_finds_a_person_in_sight_and_no_other(database: Database) -> None:
    mine, other = caseworkers(database)
    give(database, mine, add_worker(database, 1))
    give(database, other, add_worker(database, 2))
    with database.reading() as session:
        for words, by in ((phone_of(1), "手机号"), ("样例1号", "姓名"), ("样例村", "地点或编号")):
            found = find_people(session, mine, words)
            assert ([line.worker_id for line in found.lines], found.by) == (["w1"], by), words
        stranger = find_people(session, mine, phone_of(2))
        assert (stranger.lines, stranger.by) == ((), "手机号")
        assert find_people(session, mine, "138 0000 0000").by == "手机号"
        assert find_people(session, mine, phone_of(1)[:7]).lines == ()
        (line,) = find_people(session, mine).lines
    assert line.phone == f"{phone_of(1)[:3]}****{phone_of(1)[-4:]}"
    assert "*" in line.name


def test_a_banned_posting_fills_no_gap_and_a_lifted_ban_is_gone(database: Database) -> None:
    mine, _ = desk_of(database, people=1, postings=3)
    with database.writing("样例") as session:
        batch_id = plan(session, {0: (0,)})
    ban = (database, mine, worker_id(0), posting_id(1), OverrideKind.BAN, OverrideReason.NOT_FEASIBLE)
    override_posting(*ban, actor=MINE)

    def replaced() -> list[str]:
        with database.writing("样例") as session:
            batch = PushBatchRepository(session).get(batch_id)
            pushes = PushRepository(session).of_person(batch_id, worker_id(0))
            office = plain_office(postings=3)
            others = office.judge.alternatives(Worker(worker_id(0)), session.now())
            made = replace_pushes(session, batch, Worker(worker_id(0)), pushes, office, others, count=1)
            ids = [push.posting_id for push in made]
            session.rollback()
            return ids

    assert replaced() == [posting_id(2)]
    override_posting(*ban[:4], OverrideKind.LIFTED, OverrideReason.SPOKEN, actor=MINE)
    assert replaced() == [posting_id(1)]


def test_an_override_keeps_author_reason_and_a_sealed_note(database: Database) -> None:
    mine, other = desk_of(database, people=1, postings=1)
    with pytest.raises(InvalidInput, match="写明理由"):
        override_posting(
            database, mine, worker_id(0), posting_id(0), OverrideKind.PIN, OverrideReason.OTHER, actor=MINE
        )
    with pytest.raises(NotFound):
        override_posting(
            database, other, worker_id(0), posting_id(0), OverrideKind.PIN, OverrideReason.SPOKEN, actor=OTHER
        )
    override_posting(
        database, mine, worker_id(0), posting_id(0), OverrideKind.PIN, OverrideReason.OTHER,
        note="姐姐在那里上班", actor=MINE,
    )  # fmt: skip
    with database.reading() as session:
        (word,) = OverrideRepository(session).of(worker_id(0)).values()
        assert (word.by, word.kind, word.reason) == (MINE, OverrideKind.PIN, OverrideReason.OTHER.label)
        (event,) = [one for one in timeline(session, worker_id(0)) if one.kind is EventKind.OVERRIDE]
        assert event.by_hand
        (entry,) = session.scalars(select(DossierEntryRow))
        assert "姐姐在那里上班" in entry.text
        assert AuditRepository(session).verify().intact
    (act,) = acts(database, "pin_posting")
    assert "姐姐" not in f"{act.reason}{act.details}"


def test_hints_on_a_category_need_a_reason_and_leave_a_trace(database: Database) -> None:
    mine, other = caseworkers(database)
    give(
        database, mine,
        add_worker(database, 1, status=JobStatus.SEEKING, categories=(WorkerCategory.DISABLED,)),
    )  # fmt: skip
    pack = load_pack("xiongan")
    with database.writing("样例") as session:
        row = session.scalars(select(WorkerCategoryRow)).one()
        row.state = CategoryState.FINAL_REVIEW
    with database.reading() as session:
        assert all(not hint.rule.categories for hint in open_hints(session, pack, "w1") or ())
    with pytest.raises(InvalidInput, match="理由"):
        sensitive_view(database, pack, mine, "w1", reason=" ", actor=MINE)
    with pytest.raises(NotFound):
        sensitive_view(database, pack, other, "w1", reason="样例核对", actor=OTHER)
    assert acts(database, "reveal_categories") == []
    view = sensitive_view(database, pack, mine, "w1", reason="样例核对", actor=MINE)
    assert [one.category for one in view.categories] == [WorkerCategory.DISABLED]
    assert "xiongan.public_post" in {hint.rule.id for hint in view.hints}
    assert [act.reason for act in acts(database, "reveal_categories")] == ["样例核对"]


def test_the_record_of_attempts_lists_and_decides_nothing(database: Database) -> None:
    mine, other = caseworkers(database)
    give(database, mine, add_worker(database, 1))
    posting = add_posting(database, 1)
    with database.writing("样例") as session:
        add_pushes(
            session, add_batch(session), "w1", [posting],
            state=PushState.UNSUITABLE, response_reason=ResponseReason.TOO_FAR,
        )  # fmt: skip
    record = welfare_record(database, mine, "w1", reason="样例评议", actor=MINE)
    assert [(one.title, one.state, one.reason) for one in record.attempts] == [
        ("样例1岗", PushState.UNSUITABLE, "太远")
    ]
    assert (record.counts.delivered, record.counts.placements) == (1, 0)
    assert [act.reason for act in acts(database, "assemble_market_attempts")] == ["样例评议"]
    with pytest.raises(InvalidInput):
        welfare_record(database, mine, "w1", reason="", actor=MINE)
    with pytest.raises(NotFound):
        welfare_record(database, other, "w1", reason="样例评议", actor=OTHER)


def test_pushes_of_a_draft_are_not_told_as_sent(database: Database) -> None:
    desk_of(database, people=1, postings=2)
    with database.writing("样例") as session:
        plan(session, {0: (0, 1)})
    with database.reading() as session:
        assert pushes_of_person(session, worker_id(0)) == []
        assert timeline(session, worker_id(0)) == []


def test_a_household_is_seen_by_its_caseworker_alone(database: Database) -> None:
    mine, other = caseworkers(database)
    for number in (1, 2):
        give(database, mine, add_worker(database, number, household_no="户1", status=JobStatus.SEEKING))
    give(database, other, add_worker(database, 3))
    with database.writing("样例") as session:
        (house,) = HouseholdRepository(session).of_worker("w1")
        HouseholdRepository(session).set_zero_employment(house, True, target="w1")
    with database.reading() as session:
        assert [one.household_id for one in households_in_sight(session, PACK, mine)] == [house]
        assert households_in_sight(session, PACK, other) == []
        with pytest.raises(NotFound):
            household_file(session, PACK, other, house)
    with pytest.raises(NotFound):
        verify_household(database, other, house, actor=OTHER)
    retarget_household(database, mine, house, "w2", reason="她更想出去干活", actor=MINE)
    with database.reading() as session:
        found = household_file(session, PACK, mine, house)
    assert [one.worker_id for one in found.members if one.is_target] == ["w2"]
    assert all("*" in one.name for one in found.members)
    assert not found.verified


def test_a_household_with_an_unknown_status_cannot_be_verified(database: Database) -> None:
    mine, _ = caseworkers(database)
    give(database, mine, add_worker(database, 1, household_no="户1", status=None))
    with database.writing("样例") as session:
        (house,) = HouseholdRepository(session).of_worker("w1")
        HouseholdRepository(session).set_zero_employment(house, True)
    with pytest.raises(Conflict, match="还不能核实"):
        verify_household(database, mine, house, actor=MINE)
