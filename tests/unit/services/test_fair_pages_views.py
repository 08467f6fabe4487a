"""What the pages of a fair show: the grid, the report, the invitations, somebody at the door, booths."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from matcher.clock import FixedClock
from matcher.domain.event_terms import OverrideKind
from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import InvalidInput
from matcher.services.accounts.sight import Sight
from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor
from matcher.services.fairs.at_the_door import offers_at_the_door, people_called
from matcher.services.fairs.booth_choice import employers_called, hidden_because
from matcher.services.fairs.invitation_view import invitation_page
from matcher.services.fairs.inviting import hand_over_invitations, reply_to_invitation
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.offline import export_fair, fair_of_file
from matcher.services.fairs.overriding import decide_pair
from matcher.services.fairs.reporting import fair_report
from matcher.services.fairs.timetable_view import Grid, timetable_grid
from matcher.services.fairs.walk_ins import walk_in
from matcher.store.database import Database
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerRow
from tests.fair_world import BY, OFFICE, SCORER, add_workers, employer, planned, ready
from tests.push_world import BOTH, posting_id, worker_id

S = ShortlistState
EVERYBODY = Sight(everyone=True)


def grid(database: Database, event_id: int) -> Grid:
    with database.reading() as session:
        return timetable_grid(session, event_id)


def withdraw(database: Database, one: str) -> None:
    with database.writing(BY) as session:
        row = PostingRow
        session.execute(
            update(row).where(row.posting_id == one).values(publish_state=PublishState.WITHDRAWN, version=row.version + 1)
        )


def test_the_grid_holds_every_meeting_once_with_masked_names(database: Database) -> None:
    event_id = ready(database)
    found = grid(database, event_id)
    cells = [(slot, cell) for row in found.rows for slot, cells in enumerate(row.slots) for cell in cells]
    assert len(cells) == found.meetings > 0
    assert all(cell.slot == slot and "*" in cell.name and cell.reasons for slot, cell in cells)
    assert all(len(cells) <= row.tables for row in found.rows for cells in row.slots)
    assert len(found.times) == 6
    assert found.current
    assert found.certified


def test_a_decision_stands_in_the_grid_with_whether_it_is_kept(database: Database) -> None:
    event_id = ready(database, people=2, booths=2)
    decide_pair(database, event_id, worker_id(0), posting_id(1), OverrideKind.PIN, slot=5, reason="本人要求", actor=BY)
    before = grid(database, event_id)
    assert not before.current
    assert not before.certified
    assert [one.kept for one in before.decisions] == [False]
    planned(database, event_id)
    after = grid(database, event_id)
    assert [(one.kept, one.reason, one.slot) for one in after.decisions] == [(True, "本人要求", 5)]
    pinned = [cell for row in after.rows for cells in row.slots for cell in cells if cell.pinned]
    assert [(cell.worker_id, cell.posting_id, cell.slot) for cell in pinned] == [(worker_id(0), posting_id(1), 5)]


def test_what_is_left_out_stays_out_of_the_grid(database: Database) -> None:
    event_id = ready(database, people=2, booths=2)
    decide_pair(database, event_id, worker_id(0), posting_id(1), OverrideKind.BAN, reason="单位要求", actor=BY)
    assert [one.kept for one in grid(database, event_id).decisions] == [False]
    planned(database, event_id)
    found = grid(database, event_id)
    assert [one.kept for one in found.decisions] == [True]
    pairs = {(cell.worker_id, cell.posting_id) for row in found.rows for cells in row.slots for cell in cells}
    assert (worker_id(0), posting_id(1)) not in pairs


def test_a_posting_that_is_gone_leaves_the_grid_and_is_told_by_its_reason(database: Database) -> None:
    event_id = ready(database)
    withdraw(database, posting_id(0))
    found = grid(database, event_id)
    assert posting_id(0) not in {cell.posting_id for row in found.rows for cells in row.slots for cell in cells}
    assert found.rows[0].postings == ()
    with database.reading() as session:
        hidden = hidden_because(session, event_id)
    assert list(hidden) == [found.rows[0].booth_id]
    ((reason, count),) = hidden[found.rows[0].booth_id]
    assert count == 1
    assert "样例" not in reason


def test_every_figure_of_the_report_is_the_number_of_its_rows(database: Database) -> None:
    event_id = ready(database)
    with database.reading() as session:
        slots = timetable_grid(session, event_id).rows[0].slots
    first = next(cell for cells in slots for cell in cells)
    check_in_person(database, event_id, first.worker_id, actor=BY)
    count_visitor(database, event_id, actor=BY)
    mark_meeting(database, event_id, first.worker_id, first.posting_id, S.INTENT, actor=BY)
    with database.reading() as session:
        report = fair_report(session, event_id)
    told = {one.key: one.count for one in report.figures}
    assert told["visitors"] == 2
    assert told["checked_in"] == told["met"] == told["interested"] == 1
    assert told["hired"] == told["walk_ins"] == 0
    assert told["meetings"] == sum(one.planned for one in report.booths)
    assert sum(one.interested for one in report.booths) == 1
    assert all("样例甲" not in row.name for one in report.figures for row in one.rows)
    assert report.figure("no such") is None


def test_somebody_who_walked_in_does_not_count_as_waiting(database: Database) -> None:
    event_id = ready(database, people=2, tables=2)
    add_workers(database, [7])
    walk_in(database, event_id, worker_id(7), SCORER, actor=BY)
    with database.reading() as session:
        report = fair_report(session, event_id)
        page = invitation_page(session, event_id, OFFICE)
    assert [report.figure(key).count for key in ("walk_ins", "waiting")] == [1, 0]
    assert page.waiting == 0


def test_an_invitation_is_shown_as_it_would_leave_now(database: Database) -> None:
    event_id = ready(database, people=3, booths=1, capacity=2)
    with database.reading() as session:
        page = invitation_page(session, event_id, OFFICE)
    assert [(one.number, one.people) for one in page.waves] == [(1, 2), (0, 1)]
    assert all("样例焊工0-0" in line.text and "*" in line.name for line in page.lines)
    withdraw(database, posting_id(0))
    with database.reading() as session:
        assert {line.text for line in invitation_page(session, event_id, OFFICE).lines} == {""}


def test_those_who_wait_are_the_last_wave_and_have_no_text(database: Database) -> None:
    event_id = ready(database, people=3, booths=1, capacity=2)
    with database.reading() as session:
        page = invitation_page(session, event_id, OFFICE, wave=0, page=9)
    assert [line.text for line in page.lines] == [""]
    assert (page.page, page.pages, page.waiting) == (1, 1, 1)
    assert reply_to_invitation(database, event_id, _first_asked(database, event_id), coming=False, actor=BY)


def _first_asked(database: Database, event_id: int) -> str:
    with database.reading() as session:
        return invitation_page(session, event_id, OFFICE).lines[0].worker_id


def test_only_the_texts_of_the_fair_asked_for_are_handed_over(database: Database, tmp_path: Path) -> None:
    event_id = ready(database)
    out = tmp_path / "a.csv"
    other = hand_over_invitations(database, out, office=OFFICE, reason="样例", event_id=event_id + 1, actor=BY)
    assert (other.written, other.taken_back, out.exists()) == (0, 0, False)
    own = hand_over_invitations(database, out, office=OFFICE, reason="样例", event_id=event_id, actor=BY)
    assert own.written == 5


def test_somebody_from_outside_is_found_by_a_whole_phone_and_offered_what_is_free(database: Database) -> None:
    event_id = ready(database, people=2, tables=2)
    add_workers(database, [7], phone="13800009913")
    with database.reading() as session:
        (person,) = people_called(session, event_id, EVERYBODY, " 13800009913 ")
        offer = offers_at_the_door(session, event_id, person.worker_id, SCORER)
    assert person.worker_id == worker_id(7)
    assert "*" in person.name
    assert offer.agreed
    assert 1 <= len(offer.offers) <= 3
    assert all(one.title.startswith("样例焊工") and one.reason for one in offer.offers)


def test_the_end_of_a_phone_or_another_region_finds_nobody(database: Database) -> None:
    event_id = ready(database, people=2)
    add_workers(database, [7], phone="13800009913")
    with database.reading() as session:
        with pytest.raises(InvalidInput, match="完整手机号"):
            people_called(session, event_id, EVERYBODY, "9913")
        assert people_called(session, event_id, Sight(regions=("99",)), "13800009913") == ()


def test_nothing_is_offered_without_a_consent(database: Database) -> None:
    event_id = ready(database, people=2)
    add_workers(database, [7], consents=tuple(one for one in BOTH if one.purpose is not ConsentPurpose.MATCHING))
    with database.reading() as session:
        offer = offers_at_the_door(session, event_id, worker_id(7), SCORER)
    assert not offer.agreed
    assert offer.offers == ()


def test_two_with_the_same_tail_are_told_apart_by_year_and_village(database: Database, clock: FixedClock) -> None:
    event_id = ready(database, people=2)
    add_workers(database, [3, 4], phone="13800004471")
    planned(database, event_id)
    with database.writing(BY) as session:
        for number, year in ((3, 1981), (4, 1969)):
            session.get_one(WorkerRow, worker_id(number)).birth_date = clock.at.date().replace(year=year)
    asked = check_in(database, event_id, "4471", actor=BY)
    assert sorted(one.hint for one in asked.candidates) == ["1969 年生 · 样例村", "1981 年生 · 样例村"]


def test_an_employer_is_found_by_part_of_its_name(database: Database) -> None:
    ready(database)
    with database.reading() as session:
        assert [one.employer_id for one in employers_called(session, "例1厂")] == [employer(1)]
        assert employers_called(session, " ") == ()
        assert employers_called(session, "%") == ()


def test_a_fair_carried_out_is_in_the_audit_log_and_names_itself(database: Database, tmp_path: Path) -> None:
    event_id, path = ready(database), tmp_path / "fair.bin"
    export_fair(database, event_id, path, "样例口令一二三四", actor=BY)
    assert fair_of_file(path, "样例口令一二三四") == event_id
    with pytest.raises(InvalidInput):
        fair_of_file(path, "另一个口令一二三四")
    with database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "export_fair")).all()
    assert [(row.actor, row.entity_id) for row in rows] == [(BY, str(event_id))]
