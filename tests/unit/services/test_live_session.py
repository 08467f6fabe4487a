"""A livestream: its run-sheet, two hosts, what goes on and off air, what every console hears."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.domain.event_terms import EventState
from matcher.domain.population import PopulationQuery
from matcher.domain.posting_terms import Benefit, FriendlyTo
from matcher.domain.record_terms import Severity
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.live.airing import add_item, move_item, put_on_air, take_off
from matcher.services.live.planning import LineupRequest, plan_lineup
from matcher.services.live.run_sheet import RunSheet, card_on_air, run_sheet
from matcher.services.live.sessions import create_live, move_live
from matcher.services.live.signalling import AIRED, HEADCOUNT, STATE, TAKEN_OFF, Signal, signals_after
from matcher.services.live.watching import look
from matcher.services.live.wishes import typed_wishes, wishes_of_population
from matcher.services.runtime import Runtime
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository
from tests.live_world import (
    BY,
    CLEANER,
    COUNTY,
    SIGN,
    fresh,
    job,
    opened,
    places_left,
    put,
    stream,
    take_down,
    version,
)
from tests.push_world import add_people


def sheet(database: Database, event_id: int) -> RunSheet:
    with database.reading() as session:
        return run_sheet(session, SIGN, event_id)


def heard(database: Database, event_id: int, after: int = 0) -> list[Signal]:
    with database.reading() as session:
        return signals_after(session, event_id, after)


@pytest.fixture
def live(database: Database) -> int:
    put(database, *(job(f"p{number}") for number in range(4)))
    return stream(database, ["p0", "p1", "p2"]).event_id


def air(database: Database, live: int, short_no: int) -> None:
    put_on_air(database, live, short_no, version=version(database, live), actor=BY)


def test_of_two_hosts_who_edit_the_same_version_the_second_is_told_and_changes_nothing(
    database: Database, live: int
) -> None:
    seen = version(database, live)
    put_on_air(database, live, 1, version=seen, actor=BY)
    before = sheet(database, live)
    for edit in (
        lambda: put_on_air(database, live, 2, version=seen, actor="样例乙"),
        lambda: take_off(database, live, 1, version=seen, actor="样例乙"),
        lambda: move_item(database, live, 3, 1, version=seen, actor="样例乙"),
        lambda: add_item(database, live, "p3", version=seen, actor="样例乙"),
    ):
        with pytest.raises(Conflict, match="刚被别人改过"):
            edit()
    assert sheet(database, live) == before


def test_an_item_on_air_is_shown_with_script_card_and_what_not_to_say(database: Database, live: int) -> None:
    air(database, live, 2)
    found = sheet(database, live)
    assert found.on_air == 2
    assert found.live.state is EventState.RUNNING
    item = found.items[1]
    assert item.card["title"] == "样例电焊工"
    assert item.script.startswith("2号岗位，样例电焊工，样例p1厂招3人。工资5000–6000元/月(月结)。")
    assert len(item.script) <= 180
    assert item.script_seconds <= 40
    assert any("交保险" in words for words in item.not_to_say)
    assert "保险" not in item.script
    assert [one.kind for one in heard(database, live)][-2:] == [STATE, AIRED]


def test_a_posting_that_lacks_an_element_does_not_air_and_says_why(database: Database, live: int) -> None:
    put(database, job("bad", pay=None, duties=""))
    with pytest.raises(Conflict, match="没写工作内容、没写基本报酬"):
        add_item(database, live, "bad", version=version(database, live), actor=BY)
    with database.writing(BY) as session:
        finding = {
            "kind": "compliance", "rule_id": "sample", "field": "duties", "span_start": 0, "span_end": 2,
            "severity": Severity.AMEND, "rewrite": "写工作内容", "details": {"words": "焊接"},
        }  # fmt: skip
        PostingRepository(session).set_findings("p1", [finding])
    before = heard(database, live)
    with pytest.raises(Conflict, match="2 号岗位现在不能上播：有说法待改写"):
        air(database, live, 2)
    assert heard(database, live) == before
    item = sheet(database, live).items[1]
    assert [line.text for line in item.problems] == ["有说法待改写"]
    assert (item.card, item.script, item.not_to_say) == ({}, "", ())


def test_words_a_rule_objects_to_are_on_the_list_of_what_not_to_say(database: Database, live: int) -> None:
    with database.writing(BY) as session:
        finding = {
            "kind": "compliance", "rule_id": "sample", "field": "duties", "span_start": 0, "span_end": 2,
            "severity": Severity.HINT, "rewrite": "写身体条件", "details": {"words": "身强力壮"},
        }  # fmt: skip
        PostingRepository(session).set_findings("p1", [finding])
    assert "“身强力壮”（改说：写身体条件）" in sheet(database, live).items[1].not_to_say


@pytest.mark.parametrize("how", ["withdrawn", "filled", "expired"])
def test_a_posting_that_goes_is_taken_off_at_once_with_one_signal(
    database: Database, live: int, how: str, clock: object
) -> None:
    air(database, live, 1)
    look(database, live)
    last = heard(database, live)[-1].id
    if how == "withdrawn":
        take_down(database, "p0")
    elif how == "filled":
        places_left(database, "p0", 0)
    else:
        clock.at += timedelta(days=31)  # type: ignore[attr-defined]
    with database.reading() as session:
        assert card_on_air(session, SIGN, live) is None, "whoever looks before the watcher sees nothing either"
    assert look(database, live)
    assert not look(database, live), "told once"
    new = heard(database, live, last)
    assert [one.payload["short_no"] for one in new if one.kind == TAKEN_OFF] == (
        [1, 2, 3] if how == "expired" else [1]
    )
    assert sheet(database, live).on_air is None
    gone = sheet(database, live).items[0]
    assert gone.taken_off_because
    assert gone.script == ""


def test_places_left_are_told_when_they_change_and_only_then(database: Database, live: int) -> None:
    assert look(database, live)
    assert not look(database, live)
    places_left(database, "p1", 2)
    assert look(database, live)
    assert heard(database, live)[-1].payload == {"left": {"1": 3, "2": 2, "3": 3}}
    assert heard(database, live)[-1].kind == HEADCOUNT


def test_signals_carry_numbers_only(database: Database, live: int) -> None:
    air(database, live, 1)
    look(database, live)
    told = str([one.to_json() for one in heard(database, live)])
    for words in ("样例电焊工", "样例p0厂", "焊接"):
        assert words not in told


def test_an_item_moves_and_keeps_its_number_and_one_taken_off_comes_back_under_it(
    database: Database, live: int
) -> None:
    move_item(database, live, 3, 1, version=version(database, live), actor=BY)
    assert [item.short_no for item in sheet(database, live).items] == [3, 1, 2]
    take_off(database, live, 3, version=version(database, live), actor=BY)
    assert add_item(database, live, "p2", version=version(database, live), actor=BY).short_no == 3
    with pytest.raises(Conflict, match="已经在流程单上，是 3 号"):
        add_item(database, live, "p2", version=version(database, live), actor=BY)
    with pytest.raises(InvalidInput, match="1 到 3"):
        move_item(database, live, 3, 9, version=version(database, live), actor=BY)
    with pytest.raises(NotFound, match="没有 77 号"):
        air(database, live, 77)


def test_a_livestream_that_is_over_is_not_edited_and_one_in_the_past_is_not_entered(
    database: Database, live: int
) -> None:
    air(database, live, 1)
    move_live(database, live, EventState.CLOSED, actor=BY)
    with pytest.raises(Conflict, match="已结束"):
        air(database, live, 2)
    with pytest.raises(Conflict, match="不能改为"):
        move_live(database, live, EventState.RUNNING, actor=BY)
    with pytest.raises(InvalidInput, match="已经过去"):
        create_live(database, "样例", database.clock.now() - timedelta(hours=2), actor=BY)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Runtime]:
    far = Place("样例市", "440300000000", 22.5, 114.1)
    put(database, *(job(f"w{n}", place=far, employer_name=f"样例{n}厂") for n in range(8)))
    put(database, *(job(f"c{n}", occupations=(CLEANER,), title="样例保洁员", employer_name="样例家政") for n in range(4)))
    put(database, job("older", friendly_to=(FriendlyTo.OLDER,), benefits=(Benefit.COUPLE_ROOM,)))
    put(database, job("bad", duties="", friendly_to=(FriendlyTo.OLDER,), benefits=(Benefit.COUPLE_ROOM,)))
    with opened(database, tmp_path) as runtime:
        yield runtime


def planned(office: Runtime, live: int, lines: list[str], **request: object) -> RunSheet:
    now = office.database.clock.now()
    wishes = typed_wishes(lines, now=now, near=COUNTY)
    asked = LineupRequest(**({"size": 4, "region": COUNTY} | request))  # type: ignore[arg-type]
    plan_lineup(office, live, wishes, asked, version=version(office.database, live), actor=BY)
    return sheet(office.database, live)


def test_a_line_up_covers_the_wishes_and_keeps_the_floors_and_only_what_may_air(office: Runtime) -> None:
    live = stream(office.database).event_id
    found = planned(office, live, ["电焊工 容城附近", "电焊工 容城附近", "保洁 月结", "夫妻房"])
    ids = [item.posting_id for item in found.items]
    assert "older" in ids, "the only one that is 大龄友好 and may be aired"
    assert "bad" not in ids
    assert any(one.startswith("c") for one in ids)
    assert sum(one == "older" or one.startswith("c") for one in ids) >= 2, "local share"
    assert [item.short_no for item in found.items] == [1, 2, 3, 5]
    assert found.items[0].planned_minute == 0
    assert all(item.problems == () for item in found.items)


def test_drawn_up_again_postings_keep_their_numbers_and_nothing_moves_once_it_has_begun(office: Runtime) -> None:
    database = office.database
    live = stream(database).event_id
    first = {item.posting_id: item.short_no for item in planned(office, live, ["保洁", "电焊工"]).items}
    again = planned(office, live, ["电焊工 容城附近", "夫妻房"], size=6)
    on = {item.posting_id: item.short_no for item in again.items if item.taken_off_at is None}
    assert len(on) == 6
    assert all(number == first[one] for one, number in on.items() if one in first)
    assert len({item.short_no for item in again.items}) == len(again.items)
    put_on_air(database, live, again.items[0].short_no, version=version(database, live), actor=BY)
    with pytest.raises(Conflict, match="已经开始"):
        planned(office, live, ["保洁"])


def test_an_audience_that_wants_nothing_and_words_that_ask_nothing_are_refused(office: Runtime) -> None:
    live = stream(office.database).event_id
    with pytest.raises(InvalidInput, match="没有观众的需求"):
        planned(office, live, [])
    with pytest.raises(InvalidInput, match="第 1 条需求"):
        planned(office, live, ["🌸🌸"])
    assert fresh(office.database, live).state is EventState.DRAFT


def test_the_wishes_of_a_population_are_told_apart_without_the_people(office: Runtime) -> None:
    with office.database.writing(BY) as session:
        add_people(session, range(3))
        add_people(session, [7], worker=job_seeker())
    wishes = wishes_of_population(office.database, PopulationQuery(categories=(), statuses=(), unknown_status=True))
    assert [wish.weight for wish in wishes] == [3.0, 1.0]
    assert all(wish.worker.worker_id == "wish" and wish.worker.text == "" for wish in wishes)


def job_seeker() -> Worker:
    return Worker("w00007", text="保洁 包住", occupations=(CLEANER,), needs=(Benefit.LODGING,))
