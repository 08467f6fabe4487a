"""A fair from its booths to what came of it; what cannot be is refused and changes nothing."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.event_terms import EventState, OverrideKind
from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import ConsentPurpose, FollowUpKind, ResponseReason
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor
from matcher.services.fairs.inviting import hand_over_invitations, invite, reply_to_invitation
from matcher.services.fairs.marking import close_fair, give_away_no_shows, mark_meeting
from matcher.services.fairs.opening import add_booth, cancel_fair, create_fair
from matcher.services.fairs.overriding import decide_pair
from matcher.services.fairs.views import booth_sheets, fair_view, fairs, route_slips, wall_board
from matcher.services.fairs.walk_ins import suggest, walk_in
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.events import BoothRow, CheckinRow, EventRow, ShortlistRow
from matcher.store.tables.outcomes import FollowUpRow, OutcomeRow
from tests.fair_world import (
    BY,
    OFFICE,
    SCORER,
    add_employers,
    add_workers,
    draft,
    employer,
    opened,
    planned,
    ready,
)
from tests.push_world import consent, posting_id, worker_id

S = ShortlistState


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def states(database: Database, event_id: int, number: int) -> list[ShortlistState]:
    with database.reading() as session:
        rows = session.scalars(
            select(ShortlistRow).where(
                ShortlistRow.event_id == event_id, ShortlistRow.worker_id == worker_id(number)
            )
        )
        return sorted((row.state for row in rows), key=lambda one: one.value)


def first_meeting(database: Database, event_id: int, number: int = 0) -> str:
    with database.reading() as session:
        return route_slips(session, event_id, [worker_id(number)])[0].stops[0].posting_id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slots": 0}, "时段数"),
        ({"capacity": 0}, "容纳人数"),
        ({"name": " "}, "名称"),
        ({"slot_minutes": 0}, "每个时段"),
    ],
)
def test_an_impossible_fair_is_refused(database: Database, changes: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        create_fair(database, draft(database, **changes), actor=BY)
    assert count(database, EventRow) == 0


def test_a_fair_in_the_past_is_refused(database: Database) -> None:
    past = draft(database, starts_at=database.clock.now() - timedelta(minutes=1))
    with pytest.raises(InvalidInput, match="已经过去"):
        create_fair(database, past, actor=BY)
    assert count(database, EventRow) == 0


def test_a_booth_and_an_employer_are_given_once(database: Database) -> None:
    add_employers(database, 3)
    event_id = opened(database, 2)
    for booth_no, number in (("1", 2), ("3", 0)):
        with pytest.raises(Conflict, match="展位"):
            add_booth(database, event_id, booth_no=booth_no, employer_id=employer(number), actor=BY)
    same_time = create_fair(database, draft(database, name="另一场"), actor=BY)
    with pytest.raises(Conflict, match="同一时间"):
        add_booth(database, same_time, booth_no="1", employer_id=employer(0), actor=BY)
    assert count(database, BoothRow) == 2


def test_an_employer_without_a_live_posting_gets_no_booth(database: Database) -> None:
    add_employers(database, 1, left=0)
    event_id = create_fair(database, draft(database), actor=BY)
    with pytest.raises(Conflict, match="没有可以展示的岗位"):
        add_booth(database, event_id, booth_no="1", employer_id=employer(0), actor=BY)
    assert count(database, BoothRow) == 0


def test_a_plan_says_what_it_proved_and_everybody_meets_somebody(database: Database) -> None:
    add_employers(database, 3, postings=2)
    add_workers(database, range(6))
    event_id = opened(database, 3)
    found = planned(database, event_id)
    assert (found.people, found.met, found.meetings) == (6, 6, 18)
    assert found.certified
    assert found.gap <= 0.01
    with database.reading() as session:
        view, sheets = fair_view(session, event_id), booth_sheets(session, event_id)
        slips = route_slips(session, event_id)
    assert view.state is EventState.PLANNED
    assert view.meetings == 18
    assert [len({line.slot for line in sheet.lines}) for sheet in sheets] == [6, 6, 6]
    assert [line.rank for sheet in sheets for line in sorted(sheet.lines, key=lambda one: one.rank)] == [*range(1, 7)] * 3
    assert all(len({stop.at for stop in slip.stops}) == len({stop.employer for stop in slip.stops}) == 3 for slip in slips)
    assert all("*" in line.name for sheet in sheets for line in sheet.lines)
    assert all(line.reasons for sheet in sheets for line in sheet.lines)


def test_nobody_without_consent_is_planned(database: Database) -> None:
    add_employers(database, 2)
    add_workers(database, [0], consents=(consent(ConsentPurpose.CONTACT),))
    event_id = opened(database, 2)
    with pytest.raises(Conflict, match="没有同意匹配"):
        planned(database, event_id)
    with database.reading() as session, pytest.raises(Conflict, match="征得同意"):
        suggest(session, event_id, worker_id(0), SCORER)


def test_a_person_away_is_planned_for_other_slots(database: Database) -> None:
    add_employers(database, 2)
    add_workers(database, range(4))
    event_id = opened(database, 2)
    planned(database, event_id, away={worker_id(1): range(4)})
    with database.reading() as session:
        slots = [line.slot for sheet in booth_sheets(session, event_id) for line in sheet.lines if line.worker_id == worker_id(1)]
    assert sorted(slots) == [4, 5]


def test_a_ban_and_a_pin_are_obeyed_and_little_else_moves(database: Database) -> None:
    add_employers(database, 4)
    add_workers(database, range(8))
    event_id = opened(database, 4, slots=8)
    planned(database, event_id)
    banned = first_meeting(database, event_id)
    decide_pair(database, event_id, worker_id(0), banned, OverrideKind.BAN, reason="去过了", actor=BY)
    decide_pair(
        database, event_id, worker_id(5), posting_id(2), OverrideKind.PIN, slot=7, reason="单位点名", actor=BY
    )
    again = planned(database, event_id)
    with database.reading() as session:
        slips = {slip.worker_id: slip for slip in route_slips(session, event_id)}
        pinned = [line.slot for sheet in booth_sheets(session, event_id) for line in sheet.lines
                  if (line.worker_id, line.posting_id) == (worker_id(5), posting_id(2))]  # fmt: skip
    assert banned not in {stop.posting_id for stop in slips[worker_id(0)].stops}
    assert pinned == [7]
    assert again.changed <= 6
    with pytest.raises(InvalidInput, match="理由"):
        decide_pair(database, event_id, worker_id(0), banned, OverrideKind.PIN, reason=" ", actor=BY)


def test_a_withdrawn_posting_is_on_no_sheet_slip_or_board(database: Database) -> None:
    event_id = ready(database)
    gone = first_meeting(database, event_id)
    with database.writing(BY) as session:
        PostingRepository(session).set_states([gone], publish_state=PublishState.WITHDRAWN)
    with database.reading() as session:
        assert gone not in {line.posting_id for line in wall_board(session, event_id)}
        assert gone not in {line.posting_id for sheet in booth_sheets(session, event_id) for line in sheet.lines}
        assert gone not in {stop.posting_id for slip in route_slips(session, event_id) for stop in slip.stops}
        assert sum(booth.hidden for booth in fair_view(session, event_id).booths) == 1


def test_an_employer_that_often_came_and_never_hired_is_flagged(database: Database, clock: FixedClock) -> None:
    add_employers(database, 2)
    for _ in range(3):
        opened(database, 1)
        clock.at += timedelta(days=7)
    event_id = opened(database, 2)
    with database.reading() as session:
        flags = [(booth.old_face, booth.new) for booth in fair_view(session, event_id).booths]
        assert len(fairs(session)) == 4
    assert flags == [(True, False), (False, True)]


def test_more_invitees_than_places_wait_in_order_and_move_up(database: Database) -> None:
    add_employers(database, 3)
    add_workers(database, range(5))
    event_id = opened(database, 3, capacity=3)
    planned(database, event_id)
    done = invite(database, event_id, actor=BY)
    assert (done.asked, done.waiting) == (3, 2)
    assert invite(database, event_id, actor=BY).asked == 0
    with database.reading() as session:
        view = fair_view(session, event_id)
        asked = [slip.worker_id for slip in route_slips(session, event_id)]
    assert (view.invited, view.waiting, len(asked)) == (3, 2, 3)
    moved_up = reply_to_invitation(database, event_id, asked[0], coming=False, actor=BY)
    assert moved_up
    assert moved_up not in asked
    with database.reading() as session:
        assert fair_view(session, event_id).invited == 3


def test_whoever_cannot_be_invited_takes_no_table(database: Database) -> None:
    add_employers(database, 3)
    add_workers(database, range(12))
    event_id = opened(database, 3, capacity=4)
    found = planned(database, event_id)
    assert found.met == 6
    assert found.meetings == 18


def test_an_invitation_names_one_live_posting_and_its_reason(database: Database, tmp_path: Path) -> None:
    event_id = ready(database, people=2)
    gone = first_meeting(database, event_id, 0)
    with database.writing(BY) as session:
        title = PostingRepository(session).get_many([gone])[gone].title
        PostingRepository(session).set_states([gone], publish_state=PublishState.WITHDRAWN)
    done = hand_over_invitations(database, tmp_path / "a.csv", office=OFFICE, reason="发短信", actor=BY)
    assert done.written == 2
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as file:
        texts = [row["内容"] for row in csv.DictReader(file)]
    assert all("来回1" in text and title not in text for text in texts)
    again = hand_over_invitations(database, tmp_path / "b.csv", office=OFFICE, reason="发短信", actor=BY)
    assert (again.written, again.taken_back) == (0, 0)


def test_no_invitation_goes_out_for_a_fair_that_was_called_off(database: Database, tmp_path: Path) -> None:
    event_id = ready(database, people=2)
    cancel_fair(database, event_id, actor=BY)
    done = hand_over_invitations(database, tmp_path / "a.csv", office=OFFICE, reason="发短信", actor=BY)
    assert (done.written, done.taken_back) == (0, 2)
    assert not (tmp_path / "a.csv").exists()


def test_check_in_by_slip_tail_name_and_number(database: Database) -> None:
    event_id = ready(database)
    with database.reading() as session:
        slip = route_slips(session, event_id)[0]
    by_slip = check_in(database, event_id, slip.code, actor=BY)
    assert (by_slip.worker_id, by_slip.repeated) == (slip.worker_id, False)
    assert by_slip.slip is not None
    assert by_slip.slip.stops
    assert check_in(database, event_id, f"{slip.number}号", actor=BY).repeated
    assert check_in(database, event_id, f"{int(slip.worker_id[1:]):04d}", actor=BY).repeated
    assert check_in(database, event_id, "样例乙1", actor=BY).worker_id == worker_id(1)
    with pytest.raises(InvalidInput, match="不是本场"):
        check_in(database, event_id, f"{slip.code[:-2]}{(int(slip.code[-2:]) + 1) % 97:02d}", actor=BY)
    with pytest.raises(NotFound, match="名单里没有"):
        check_in(database, event_id, "9999", actor=BY)
    assert count_visitor(database, event_id, actor=BY) == 3


def test_two_people_with_one_tail_are_asked_about_and_nobody_is_checked_in(database: Database) -> None:
    add_employers(database, 3)
    add_workers(database, [0, 1], phone="13812345678")
    event_id = opened(database, 3)
    planned(database, event_id)
    asked = check_in(database, event_id, "5678", actor=BY)
    assert {one.worker_id for one in asked.candidates} == {worker_id(0), worker_id(1)}
    assert asked.worker_id == ""
    assert count(database, CheckinRow) == 0
    assert check_in_person(database, event_id, worker_id(1), actor=BY).worker_id == worker_id(1)


def test_a_walk_in_gets_free_tables_and_a_number(database: Database) -> None:
    event_id = ready(database, people=2)
    add_workers(database, [7])
    done = walk_in(database, event_id, worker_id(7), SCORER, actor=BY)
    assert done.slip is not None
    assert len(done.slip.stops) == 3
    assert len({stop.at for stop in done.slip.stops}) == 3
    assert walk_in(database, event_id, worker_id(7), SCORER, actor=BY).repeated
    assert count(database, CheckinRow) == 1


def test_who_does_not_come_makes_room_and_gets_it_back_while_it_is_free(
    database: Database, clock: FixedClock
) -> None:
    event_id = ready(database, people=6, booths=3)
    check_in(database, event_id, "样例甲0", actor=BY)
    with database.reading() as session:
        first = {slip.worker_id: slip.stops[0].at for slip in route_slips(session, event_id)}
    clock.at = min(at for one, at in first.items() if one != worker_id(0)) + timedelta(minutes=10)
    freed = give_away_no_shows(database, event_id, actor=BY)
    assert freed > 0
    assert S.RELEASED not in states(database, event_id, 0)
    late = next(n for n in range(1, 6) if S.RELEASED in states(database, event_id, n))
    check_in_person(database, event_id, worker_id(late), actor=BY)
    assert S.RELEASED not in states(database, event_id, late)
    assert S.ABSENT in states(database, event_id, late)


def test_a_hiring_becomes_an_outcome_and_two_contacts_are_owed(database: Database) -> None:
    event_id = ready(database)
    posting = first_meeting(database, event_id)
    for _ in range(2):
        mark_meeting(database, event_id, worker_id(0), posting, S.HIRED, actor=BY)
    with database.reading() as session:
        outcome = session.scalars(select(OutcomeRow)).one()
        owed = {row.kind for row in session.scalars(select(FollowUpRow))}
        view = fair_view(session, event_id)
        left = PostingRepository(session).get_many([posting])[posting].headcount_left
    assert (outcome.posting_id, outcome.event_id) == (posting, event_id)
    assert outcome.hired_at is not None
    assert owed == {FollowUpKind.FAIR_DAY_3, FollowUpKind.FAIR_DAY_30}
    assert (view.hired, view.interested, left) == (1, 1, 4)
    mark_meeting(database, event_id, worker_id(0), posting, S.NO_FIT, reason=ResponseReason.TOO_FAR, actor=BY)
    with database.reading() as session:
        assert session.scalars(select(OutcomeRow)).one().hired_at is None


def test_a_mark_without_its_reason_or_of_a_stranger_is_refused(database: Database) -> None:
    event_id = ready(database)
    posting = first_meeting(database, event_id)
    with pytest.raises(InvalidInput, match="原因"):
        mark_meeting(database, event_id, worker_id(0), posting, S.NO_FIT, actor=BY)
    with pytest.raises(InvalidInput, match="只能标记"):
        mark_meeting(database, event_id, worker_id(0), posting, S.RELEASED, actor=BY)
    with pytest.raises(NotFound, match="没有安排"):
        mark_meeting(database, event_id, "w99999", posting, S.MET, actor=BY)
    assert states(database, event_id, 0) == [S.PLANNED] * 3


def test_a_closed_fair_takes_no_check_in_and_counts_who_never_came(database: Database, clock: FixedClock) -> None:
    event_id = ready(database, people=2)
    with pytest.raises(Conflict, match="还没有开始"):
        close_fair(database, event_id, actor=BY)
    clock.at += timedelta(days=1, hours=2)
    assert close_fair(database, event_id, actor=BY) == 6
    with pytest.raises(Conflict, match="已结束"):
        check_in(database, event_id, "样例甲0", actor=BY)


def test_a_blacklisted_employer_leaves_the_board(database: Database) -> None:
    event_id = ready(database)
    with database.writing(BY) as session:
        from matcher.domain.service_terms import BlacklistReason

        EmployerRepository(session).blacklist(employer(1), BlacklistReason.UNPAID_WAGES, "样例1号")
    with database.reading() as session:
        assert {line.booth_no for line in wall_board(session, event_id)} == {"1", "3"}
