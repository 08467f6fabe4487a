"""What the console and the prompter show: the list by region, the log without words of postings, one script."""

from __future__ import annotations

import pytest
from account_samples import COUNTY, ELSEWHERE, account, staff

from matcher.delivery.live_script import NEVER
from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import Role
from matcher.errors import NotFound
from matcher.services.live.airing import put_on_air, take_off
from matcher.services.live.event_log import event_log
from matcher.services.live.leads import take_leads
from matcher.services.live.prompter import Prompt, prompt
from matcher.services.live.schedule import lives_of
from matcher.services.live.sessions import move_live
from matcher.services.live.watching import look
from matcher.store.database import Database
from tests.live_world import BY, SIGN, job, put, stream, take_down, version


@pytest.fixture
def live(database: Database) -> int:
    put(database, job("p0"), job("p1"))
    return stream(database, ["p0", "p1"]).event_id


def air(database: Database, event_id: int, number: int = 1) -> None:
    put_on_air(database, event_id, number, version=version(database, event_id), actor=BY)


def prompted(database: Database, event_id: int) -> Prompt:
    with database.reading() as session:
        return prompt(session, SIGN, event_id)


def test_the_prompter_shows_what_is_on_air_and_nothing_of_what_is_gone(database: Database, live: int) -> None:
    assert prompted(database, live).item is None
    air(database, live)
    found = prompted(database, live)
    assert found.item is not None
    assert (found.item.short_no, found.never, len(found.item.leader_points)) == (1, NEVER, 3)
    assert 0 < found.item.script_seconds <= 40
    take_down(database, "p0")
    assert prompted(database, live).item is None


def test_the_prompter_is_empty_before_the_show_and_after_it(database: Database, live: int) -> None:
    air(database, live)
    move_live(database, live, EventState.CLOSED, actor=BY)
    assert prompted(database, live).item is None
    with pytest.raises(NotFound):
        prompted(database, live + 1)


def test_the_log_tells_the_newest_first_in_numbers_and_reasons(database: Database, live: int) -> None:
    air(database, live)
    take_leads(database, live, "1号 13800001234", actor=BY)
    take_off(database, live, 1, version=version(database, live), actor=BY)
    look(database, live)
    move_live(database, live, EventState.CLOSED, actor=BY)
    with database.reading() as session:
        told = [entry.text for entry in event_log(session, live)]
        assert event_log(session, live, 1)[0].text == told[0]
    assert told[:6] == ["直播已结束", "还招人数有变", "1号 撤下：主持人撤下", "线索共 1 条", "1号 上播", "直播进行中"]
    assert "流程单改动，共 2 个岗位" in told
    assert not any("1380000" in line or "焊" in line for line in told)


@pytest.mark.usefixtures("cheap_hashes")
def test_the_list_holds_the_livestreams_of_the_accounts_region(database: Database, live: int) -> None:
    stream(database, region=ELSEWHERE)
    account(database, "zhubo1", Role.HOST, region_code=COUNTY)
    account(database, "zhubo2", Role.HOST)
    take_leads(database, live, "1号 13800001234", actor=BY)
    with database.reading() as session:
        held = lives_of(session, staff(database, "zhubo1"))
        every = lives_of(session, staff(database, "zhubo2"))
    assert [(line.live.event_id, line.items, line.leads) for line in held] == [(live, 2, 1)]
    assert len(every) == 2
