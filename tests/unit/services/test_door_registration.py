"""Somebody without a file at the door: what is kept of them, and what is refused and changes nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.posting_terms import Settlement
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.errors import Conflict, MatcherError
from matcher.services.accounts.sight import Sight
from matcher.services.fairs.marking import close_fair
from matcher.services.fairs.opening import cancel_fair
from matcher.services.fairs.registering import CONSENT_VERSION, SOURCE, register_newcomer
from matcher.services.fairs.views import fair_view
from matcher.services.fairs.walk_ins import suggest, walk_in
from matcher.services.kiosk.jobs import Device
from matcher.services.kiosk.leave_phone import leave_phone
from matcher.store.database import Database
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.accounts import ConsentRow
from matcher.store.tables.events import CheckinRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow
from tests.door_world import EVERYONE, PHONE_OF_A_WALKER, came_in, registered, somebody
from tests.fair_world import BY, SCORER, opened, ready
from tests.push_world import VILLAGE, worker_id

MATCHING, CONTACT = ConsentPurpose.MATCHING, ConsentPurpose.CONTACT
REGION = "130629000000"


def counts(database: Database) -> list[int]:
    """People, phones, consents and check-ins there are."""
    tables = (WorkerRow, WorkerIdentityRow, WorkerPhoneRow, ConsentRow, CheckinRow)
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def test_a_sentence_becomes_a_person_who_is_matched_and_seated_at_once(database: Database) -> None:
    event_id = ready(database, people=1, region_code=REGION)
    made = registered(database, event_id)
    assert {"焊工", "日结"} <= set(made.understood)
    done = walk_in(database, event_id, made.worker_id, SCORER, actor=BY)
    assert done.slip is not None
    assert len(done.slip.stops) == 3
    assert done.name.startswith("样*")
    with database.reading() as session:
        person = WorkerRepository(session).get_many([made.worker_id])[made.worker_id]
        row = session.get_one(WorkerRow, made.worker_id)
        came = ShortlistRepository(session).checked_in(event_id)[made.worker_id]
        assert WorkerRepository(session).find_by_phone(PHONE_OF_A_WALKER) == [made.worker_id]
    assert person.settlements == (Settlement.DAILY,)
    assert (row.source, row.region_code, row.created_by) == (SOURCE, REGION, BY)
    assert came.walk_in


def test_each_tick_is_a_consent_with_its_text_its_way_and_who_wrote_it_down(database: Database) -> None:
    event_id = ready(database, people=1)
    spoken = registered(database, event_id).worker_id
    signed = registered(
        database, event_id, phone="", agreed=frozenset({MATCHING}), channel=ConsentChannel.PAPER
    ).worker_id
    with database.reading() as session:
        rows = {
            one: list(session.scalars(select(ConsentRow).where(ConsentRow.worker_id == one).order_by(ConsentRow.id)))
            for one in (spoken, signed)
        }
    assert [(row.purpose, row.channel) for row in rows[spoken]] == [
        (MATCHING, ConsentChannel.DESK), (CONTACT, ConsentChannel.DESK)
    ]  # fmt: skip
    assert [(row.purpose, row.channel) for row in rows[signed]] == [(MATCHING, ConsentChannel.PAPER)]
    assert {(row.basis, row.text_version, row.recorded_by) for one in rows.values() for row in one} == {
        (ConsentBasis.CONSENT, CONSENT_VERSION, BY)
    }
    assert rows[spoken][0].text_hash != rows[spoken][1].text_hash


def test_name_and_phone_may_be_left_out(database: Database) -> None:
    event_id = ready(database, people=1)
    made = came_in(database, event_id, name="", phone="")
    with database.reading() as session:
        identity = session.get_one(WorkerIdentityRow, made)
        assert (identity.name, identity.name_hash) == (None, None)
        assert session.scalar(select(WorkerPhoneRow).where(WorkerPhoneRow.worker_id == made)) is None


@pytest.mark.parametrize(("region", "kept"), [("", REGION), ("130638", "130638000000"), (VILLAGE, VILLAGE)])
def test_where_they_live_is_what_they_say_or_where_the_fair_is(database: Database, region: str, kept: str) -> None:
    event_id = ready(database, people=1, region_code=REGION)
    made = registered(database, event_id, region=region).worker_id
    with database.reading() as session:
        assert session.get_one(WorkerRow, made).region_code == kept


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"agreed": frozenset()}, "只计人数"),
        ({"agreed": frozenset({CONTACT})}, "只计人数"),
        ({"agreed": frozenset({MATCHING, ConsentPurpose.SHOW_TO_EMPLOYER})}, "两项同意"),
        ({"channel": ConsentChannel.FILE}, "口头或纸面"),
        ({"words": "  "}, "一句本人的话"),
        ({"words": "！！😀"}, "一句本人的话"),
        ({"words": "会电焊" * 200}, "最多"),
        ({"words": "会电焊\0"}, "空字符"),
        ({"words": "会电焊\ud800"}, "编码"),
        ({"phone": "1380000"}, "手机号"),
        ({"phone": "12345"}, "手机号"),
        ({"phone": "23800009913"}, "手机号"),
        ({"phone": "138****9913"}, "星号"),
        ({"phone": "1" * 500}, "手机号"),
        ({"name": "赵😀"}, "姓名"),
        ({"name": "<script>alert(1)</script>"}, "姓名"),
        ({"name": "赵\u202e六"}, "姓名"),
        ({"name": "·"}, "姓名"),
        ({"name": "赵" * 41}, "姓名"),
        ({"region": "没有这个地方"}, "居住地"),
        ({"once": "x"}, "表单"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    database: Database, changes: dict[str, object], told: str
) -> None:
    event_id = ready(database, people=1)
    before = counts(database)
    with pytest.raises(MatcherError, match=told) as refused:
        registered(database, event_id, **changes)
    assert PHONE_OF_A_WALKER not in str(refused.value)
    assert counts(database) == before


def test_a_fair_that_is_over_cancelled_or_not_planned_takes_nobody(database: Database, clock: FixedClock) -> None:
    event_id = ready(database, people=1)
    draft = opened(database, 0, name="没排的场")
    before = counts(database)
    with pytest.raises(Conflict, match="还没有排定"):
        registered(database, draft)
    cancel_fair(database, draft, actor=BY)
    clock.at += timedelta(days=2)
    close_fair(database, event_id, actor=BY)
    for over, told in ((event_id, "已结束"), (draft, "已取消")):
        with pytest.raises(Conflict, match=told):
            registered(database, over)
    assert counts(database) == before


def test_a_fair_without_a_free_table_still_registers_and_checks_in(database: Database) -> None:
    event_id = ready(database, people=3, booths=1, slots=3)
    made = registered(database, event_id).worker_id
    with database.reading() as session:
        assert suggest(session, event_id, made, SCORER) == ()
    done = walk_in(database, event_id, made, SCORER, actor=BY)
    assert done.slip is None or not done.slip.stops
    with database.reading() as session:
        assert fair_view(session, event_id).checked_in == 1


def test_a_phone_that_is_known_opens_no_second_file_and_the_known_person_is_offered_masked(database: Database) -> None:
    event_id = ready(database, people=2)
    before = counts(database)
    for phone in ("13800000001", "+86 138-0000-0001"):
        found = registered(database, event_id, phone=phone)
        assert (found.worker_id, [one.worker_id for one in found.known]) == ("", [worker_id(1)])
        assert "*" in found.known[0].name
    assert counts(database) == before


def test_a_known_person_who_may_not_be_seen_is_not_offered_and_gets_no_second_file(database: Database) -> None:
    event_id = ready(database, people=2)
    before = counts(database)
    with pytest.raises(Conflict, match="不归这里管") as refused:
        registered(database, event_id, phone="13800000001", sight=Sight(regions=("9901",)))
    assert "样" not in str(refused.value)
    with database.writing(BY) as session:
        WorkerRepository(session).withdraw([worker_id(1)])
    with pytest.raises(Conflict, match="已停用"):
        registered(database, event_id, phone="13800000001")
    assert counts(database) == before


def test_a_number_left_at_a_kiosk_is_nobodys_file(database: Database) -> None:
    event_id = ready(database, people=1)
    leave_phone(database, PHONE_OF_A_WALKER, Device("样例自助机", None))
    assert registered(database, event_id).worker_id


def test_the_same_form_sent_twice_is_one_person_and_of_its_own_clerk_alone(database: Database) -> None:
    event_id = ready(database, people=1)
    once = "a1" * 16
    first = registered(database, event_id, once=once, phone="")
    before = counts(database)
    assert registered(database, event_id, once=once, phone="").worker_id == first.worker_id
    with pytest.raises(Conflict, match="再填"):
        register_newcomer(database, event_id, somebody(once=once, phone=""), EVERYONE, actor="样例乙")
    assert counts(database) == before


def test_two_registrations_of_one_phone_at_the_same_moment_are_one_person(database: Database) -> None:
    event_id = ready(database, people=1)
    before, gate = counts(database), threading.Barrier(4)
    told: list[tuple[str, int]] = []

    def at_once() -> None:
        gate.wait()
        made = registered(database, event_id)
        told.append((made.worker_id, len(made.known)))

    threads = [threading.Thread(target=at_once) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(known for _, known in told) == [0, 1, 1, 1]
    assert counts(database)[:3] == [number + 1 for number in before[:3]]


def test_what_was_said_shows_in_no_repr(database: Database) -> None:
    told = repr(somebody())
    assert PHONE_OF_A_WALKER not in told
    assert "赵六" not in told
    assert "电焊" not in told
