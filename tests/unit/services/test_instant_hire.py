"""An urgent request from the first words to the end, and what must not happen on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import BlacklistReason, Channel
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.instant.answering import Seat, answer
from matcher.services.instant.arriving import Side, arrive, no_show
from matcher.services.instant.calls import calls_to_make, progress
from matcher.services.instant.closing import close_over, close_request
from matcher.services.instant.messages import INSTANT_TOPIC
from matcher.services.instant.opening import open_request
from matcher.services.instant.reading import read_request, told
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.tables.gigs import ArrivalRow, UrgentOfferRow, UrgentRequestRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import OutboxRow
from tests.instant_world import BY, OFFICE, PlainRanker, ask, draft, free_people, opened, worker_id

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # Sunday, 20:00 in Shanghai


def says(database: Database, request_id: int, who: str, *, yes: bool = True) -> Seat:
    return answer(database, request_id, who, yes=yes, office=OFFICE, actor=BY).place


def filled(database: Database) -> tuple[int, list[str], list[str]]:
    """A request whose people said yes until it was full: its number, who is expected, who was asked beside them."""
    free_people(database, 40)
    request_id = opened(database).request_id
    asked = list(ask(database, request_id).asked)
    while state(database, request_id) is UrgentState.OPEN:
        coming = says_until_full(database, request_id, asked)
    return request_id, coming, [one for one in asked if one not in coming]


def says_until_full(database: Database, request_id: int, asked: list[str]) -> list[str]:
    coming = []
    for who in asked:
        if state(database, request_id) is not UrgentState.OPEN:
            break
        assert says(database, request_id, who) is Seat.EXPECTED
        coming.append(who)
    return coming


def state(database: Database, request_id: int) -> UrgentState:
    with database.reading() as session:
        return progress(session, request_id).state


def counted(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def messages(database: Database, kind: str) -> int:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow.idempotency_key).where(OutboxRow.topic == INSTANT_TOPIC))
        return sum(key.endswith(f":{kind}") for key in rows)


def test_a_forwarded_line_is_read_with_what_it_leaves_open() -> None:
    read = read_request("明早6点要5个小工 安新高铁站 260一天", now=NOW, near="130632")
    assert (read.title, read.needed) == ("小工", 5)
    assert read.need_by is not None
    assert told(read.need_by) == "3月2日06:00"
    assert read.place is not None
    assert read.place.name == "安新高铁站"
    assert read.pay is not None
    assert read.pay.min_fen == 26_000
    assert read.missing() == ("谁家用人",)


def test_the_askers_phone_is_kept_for_the_office_and_shown_to_nobody(database: Database) -> None:
    words = "明早6点要2个小工 容城县 260一天 样例建筑公司 电话13800001234 微信 abc_12345"
    read = read_request(words, now=database.clock.now())
    assert read.contact == "13800001234"
    assert "1380000" not in repr(read)
    made = open_request(database, replace(read, employer_name="样例建筑公司"), actor=BY)
    with database.reading() as session:
        shown = PostingRepository(session).get_many([made.posting_id])[made.posting_id]
        stored = session.get_one(PostingRow, made.posting_id)
        assert "1380000" not in shown.text
        assert "abc_12345" not in shown.text
        assert stored.contact_phone == "13800001234"


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("明天下午2点半 搬运2人", "3月2日14:30"),
        ("今晚9点 卸车2人", "3月1日21:00"),
        ("后天早上七点 保洁2人", "3月3日07:00"),
        ("7:30 卸车 2人", "3月2日07:30"),
        ("明天中午12点 搬运2人", "3月2日12:00"),
        ("保洁2人 8点到18点 明天6点集合", "3月2日06:00"),
    ],
)
def test_the_hour_is_read_from_the_words(words: str, moment: str) -> None:
    read = read_request(words, now=NOW)
    assert read.need_by is not None
    assert told(read.need_by) == moment


@pytest.mark.parametrize("words", ["要人", "😀😀😀", "'; DROP TABLE workers; --", "25点要人"])
def test_words_without_a_request_open_nothing(database: Database, words: str) -> None:
    read = read_request(words, now=NOW)
    assert read.missing()
    with pytest.raises(InvalidInput, match="还缺"):
        open_request(database, read, actor=BY)
    assert counted(database, UrgentRequestRow) == 0


@pytest.mark.parametrize(
    ("changes", "told_so"),
    [
        ({"needed": 0}, "1 到 500"),
        ({"needed": 10_000}, "1 到 500"),
        ({"need_by": NOW - timedelta(days=90)}, "已经过去"),
        ({"need_by": NOW + timedelta(days=900)}, "普通岗位"),
        ({"place": None}, "在哪里"),
        ({"employer_name": ""}, "谁家"),
        ({"ends_at": NOW - timedelta(days=2)}, "收工时间"),
    ],
)
def test_requests_that_make_no_sense_are_refused_and_leave_nothing(
    database: Database, changes: dict[str, object], told_so: str
) -> None:
    with pytest.raises(InvalidInput, match=told_so):
        opened(database, **changes)
    assert counted(database, UrgentRequestRow) == counted(database, PostingRow) == 0


def test_the_same_words_twice_open_one_request(database: Database) -> None:
    first = opened(database)
    with pytest.raises(Conflict, match=f"快招 {first.request_id}"):
        opened(database)
    assert counted(database, PostingRow) == 1
    again = open_request(database, draft(database.clock.now()), again=True, actor=BY)
    assert again.posting_id != first.posting_id


def test_words_against_the_law_and_barred_employers_open_nothing(database: Database) -> None:
    with pytest.raises(InvalidInput, match="违规"):
        opened(database, words="明早要两个小工 只要男的 先交200押金 样例工地 260一天")
    first = opened(database)
    with database.writing(BY) as session:
        employer_id = session.get_one(PostingRow, first.posting_id).employer_id
        EmployerRepository(session).blacklist(employer_id or "", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    with pytest.raises(Conflict, match="黑名单"):
        opened(database, needed=3)
    assert counted(database, UrgentRequestRow) == 1


def test_a_wave_asks_people_who_are_free_fit_and_can_be_there(database: Database) -> None:
    free_people(database, 30)
    free_people(database, 5, hours=2, first=30)  # gone before the work ends
    request_id = opened(database).request_id
    ranker = PlainRanker(unfit={worker_id(0)}, minutes={worker_id(1): 500.0})
    wave = ask(database, request_id, ranker)
    assert wave.asked
    assert not set(wave.asked) & {worker_id(0), worker_id(1), *(worker_id(n) for n in range(30, 35))}
    assert wave.asked[0] == worker_id(2)
    assert wave.reserves
    assert messages(database, "offer") == len(wave.asked)


def test_asking_again_at_once_asks_nobody_and_later_asks_others(database: Database, clock: FixedClock) -> None:
    free_people(database, 40)
    request_id = opened(database).request_id
    first = ask(database, request_id)
    second = ask(database, request_id)
    assert second.asked == ()
    assert second.note
    clock.at += timedelta(minutes=31)
    third = ask(database, request_id)
    assert third.asked
    assert not set(third.asked) & set(first.asked)
    with database.reading() as session:
        offers = UrgentRepository(session).offers(request_id)
    assert {offer.answer for offer in offers if offer.worker_id in first.asked} == {OfferAnswer.NONE}


def test_nobody_free_is_said_and_nothing_is_changed(database: Database) -> None:
    request_id = opened(database).request_id
    wave = ask(database, request_id)
    assert "没有可叫的人" in wave.note
    assert counted(database, UrgentOfferRow) == counted(database, OutboxRow) == 0


def test_full_stops_the_asking_takes_back_offers_and_hides_the_posting(database: Database) -> None:
    request_id, coming, others = filled(database)
    assert len(coming) >= 2
    with database.reading() as session:
        shown = progress(session, request_id)
        offers = UrgentRepository(session).offers(request_id)
        assert cleared(session, [shown.posting_id]) == {}
        assert calls_to_make(session, request_id, OFFICE) == []
    assert shown.expected == len(coming)
    assert {offer.answer for offer in offers if offer.worker_id in others} == {OfferAnswer.WITHDRAWN}
    assert messages(database, "withdrawn") == len(others)
    assert ask(database, request_id).asked == ()


def test_a_late_yes_stands_by_and_takes_the_place_of_who_does_not_come(database: Database) -> None:
    request_id, coming, others = filled(database)
    assert says(database, request_id, others[0]) is Seat.RESERVE
    told_off = no_show(database, request_id, coming[0], side=Side.EMPLOYER, office=OFFICE, actor=BY)
    assert told_off.promoted == others[0]
    assert messages(database, "called-in") == 1
    again = no_show(database, request_id, coming[0], side=Side.EMPLOYER, office=OFFICE, actor=BY)
    assert again.repeated
    assert again.promoted is None
    assert messages(database, "called-in") == 1


def test_without_a_reserve_the_request_opens_again(database: Database) -> None:
    request_id, coming, _ = filled(database)
    for who in coming[:2]:
        no_show(database, request_id, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    assert state(database, request_id) is UrgentState.OPEN
    wave = ask(database, request_id)
    assert wave.asked
    assert not set(wave.asked) & set(coming)


def test_an_employer_who_sends_people_away_is_counted_and_warned_of(database: Database) -> None:
    request_id, coming, _ = filled(database)
    for times, who in enumerate(coming, start=1):
        arrive(database, request_id, who, side=Side.WORKER, office=OFFICE, actor=BY)
        sent = no_show(database, request_id, who, side=Side.WORKER, office=OFFICE, actor=BY)
        assert sent.sent_away == times
    free_people(database, 1, first=90)
    if len(coming) >= 3:
        assert "核实" in opened(database, needed=4).warnings[0]


def test_an_answer_stands(database: Database) -> None:
    free_people(database, 40)
    request_id = opened(database).request_id
    who, other = ask(database, request_id).asked[:2]
    assert says(database, request_id, who) is Seat.EXPECTED
    assert answer(database, request_id, who, yes=True, office=OFFICE, actor=BY).repeated
    assert counted(database, ArrivalRow) == 1
    with pytest.raises(Conflict, match="已经答复"):
        says(database, request_id, who, yes=False)
    assert says(database, request_id, other, yes=False) is Seat.DECLINED
    with pytest.raises(Conflict, match="已经答复"):
        says(database, request_id, other)
    with pytest.raises(NotFound):
        says(database, request_id, "somebody")


def test_nobody_is_asked_who_is_promised_elsewhere_at_that_time(database: Database) -> None:
    free_people(database, 12)
    first, second = opened(database).request_id, opened(database, needed=3).request_id
    asked = ask(database, first).asked
    says(database, first, asked[0])
    assert not set(ask(database, second).asked) & set(asked)
    later = opened(
        database,
        need_by=database.clock.now() + timedelta(hours=14),
        ends_at=database.clock.now() + timedelta(hours=20),
    ).request_id
    assert asked[0] in ask(database, later).asked


def test_a_person_who_promised_elsewhere_since_cannot_say_yes(database: Database, clock: FixedClock) -> None:
    free_people(database, 6)
    first, second = opened(database).request_id, opened(database, needed=1).request_id
    who = ask(database, first).asked[0]
    clock.at += timedelta(minutes=31)  # the offer has lapsed unanswered
    assert who in ask(database, second).asked
    says(database, second, who)
    with pytest.raises(Conflict, match=f"快招 {second}"):
        says(database, first, who)


def test_a_person_given_up_who_comes_after_all_counts_again_unless_promised_elsewhere(database: Database) -> None:
    free_people(database, 12)
    first = opened(database, needed=1).request_id
    who = ask(database, first).asked[0]
    says(database, first, who)
    no_show(database, first, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    assert state(database, first) is UrgentState.OPEN
    arrive(database, first, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    assert state(database, first) is UrgentState.FILLED
    no_show(database, first, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    second = opened(database, needed=2).request_id
    assert who in ask(database, second).asked
    says(database, second, who)
    with pytest.raises(Conflict, match=f"快招 {second}"):
        arrive(database, first, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)


def test_a_posting_withdrawn_meanwhile_is_offered_to_nobody(database: Database) -> None:
    free_people(database, 10)
    made = opened(database)
    who = ask(database, made.request_id).asked[0]
    with database.writing(BY) as session:
        employer_id = session.get_one(PostingRow, made.posting_id).employer_id
        EmployerRepository(session).blacklist(employer_id or "", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    for attempt in (lambda: ask(database, made.request_id), lambda: says(database, made.request_id, who)):
        with pytest.raises(Conflict, match="黑名单"):
            attempt()
    with database.reading() as session:
        assert calls_to_make(session, made.request_id, OFFICE) == []
    assert counted(database, ArrivalRow) == 0


def test_closed_requests_take_neither_answers_nor_arrivals(database: Database) -> None:
    request_id, coming, others = filled(database)
    close_request(database, request_id, office=OFFICE, actor=BY)
    for attempt in (
        lambda: says(database, request_id, others[0]),
        lambda: arrive(database, request_id, coming[0], side=Side.EMPLOYER, office=OFFICE, actor=BY),
        lambda: ask(database, request_id),
        lambda: close_request(database, request_id, office=OFFICE, actor=BY),
    ):
        with pytest.raises(Conflict, match="关闭"):
            attempt()
    with database.reading() as session:
        assert progress(session, request_id).there == 0


def test_calling_off_tells_everybody_who_waits_or_is_expected(database: Database) -> None:
    free_people(database, 40)
    request_id = opened(database).request_id
    asked = ask(database, request_id).asked
    says(database, request_id, asked[0])
    close_request(database, request_id, cancelled=True, office=OFFICE, actor=BY)
    assert messages(database, "called-off") == 1
    assert messages(database, "withdrawn") == len(asked) - 1


def test_requests_end_by_themselves_and_free_their_people(database: Database, clock: FixedClock) -> None:
    request_id, _, _ = filled(database)
    clock.at += timedelta(hours=4)
    assert close_over(database, actor=BY) == []  # people are at work until the end that was named
    clock.at += timedelta(hours=7)
    assert [one.request_id for one in close_over(database, actor=BY)] == [request_id]
    assert close_over(database, actor=BY) == []
    with database.reading() as session:
        assert UrgentRepository(session).commitments() == []


def test_the_call_list_is_masked_and_messages_hold_no_person(database: Database) -> None:
    free_people(database, 10)
    request_id = opened(database).request_id
    ask(database, request_id)
    with database.reading() as session:
        calls = calls_to_make(session, request_id, OFFICE)
        due = OutboxRepository(session).due([Channel.SMS, Channel.PHONE], limit=1, topic=INSTANT_TOPIC)
    assert calls
    assert "*" in calls[0].phone
    assert "样例甲" not in calls[0].text + due[0].payload
    assert "260" in calls[0].text
