"""From taps to cards and slips: what is found, what a card says, and that nothing stale is shown or printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from output_samples import FULL, add

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.delivery.posting_links import PostingLinks
from matcher.domain.posting_terms import (
    Benefit,
    PayUnit,
    PostingKind,
    PublishState,
    Settlement,
    Transport,
)
from matcher.domain.values import Occupation, Pay, Place
from matcher.domain.worker_terms import TravelMode
from matcher.encoding.encoder import Encoder
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ranking.rule_scorer import RuleScorer
from matcher.regions.pack import Reach as ServiceCircle
from matcher.services import indexing
from matcher.services.kiosk.jobs import (
    Device,
    Listed,
    all_jobs,
    cards_of,
    find_jobs,
    first_cards,
    job_card,
    pay_parts,
    trade_tiles,
    when_text,
)
from matcher.services.kiosk.slips import GONE, posting_links, public_slip, slip_of
from matcher.services.kiosk.spots import Spot, kiosk_spot, way_text
from matcher.services.kiosk.trades import ANY_TRADE, trade_of, trades
from matcher.services.kiosk.wishes import Aim, Reach, Wish, reach_label, wished_worker
from matcher.services.live_index import LiveIndex
from matcher.services.matching import MatchingService
from matcher.services.runtime import Runtime
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.stations import StationRepository
from tests.office_model import LetterModel

DEVICE = Device("样例自助机", "130629000000")
BRICKS, COOK = (Occupation("6-29-01-01", "砌筑工"),), (Occupation("4-03-02-01", "中式烹调师"),)
HERE = Place("样例驿站", "130629100000", 39.0, 116.0)
CIRCLE = ServiceCircle(town_walk_minutes=15, rural_km=5)


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Iterator[Runtime]:
    config = Config(tmp_path, "", tmp_path / "keys.json", answer_url="https://jy.example.test")
    encoder, scorer = Encoder(LetterModel(), "letters"), RuleScorer()
    index = LiveIndex(database, encoder, tmp_path / "index")
    index.start()
    with patch.object(indexing, "_encoder", lambda path: encoder):
        yield Runtime(config, database, encoder, scorer, index, MatchingService(encoder, scorer))


def withdraw(database: Database, posting_id: str) -> None:
    with database.writing("样例甲") as session:
        PostingRepository(session).set_states([posting_id], publish_state=PublishState.WITHDRAWN)


def station(database: Database, name: str, region: str = "130629100000", *, at: Place | None = HERE) -> None:
    point = (at.lat or 0, at.lng or 0) if at else None
    with database.writing("样例甲") as session:
        StationRepository(session).add(name, name, region_code=region, point=point)


def spot(database: Database, name: str = DEVICE.name, region: str | None = DEVICE.region_code) -> Spot:
    with database.reading() as session:
        return kiosk_spot(session, name, region)


def test_every_trade_names_occupations_of_the_lexicon_and_has_its_drawing() -> None:
    icons = Path(__file__).parents[4] / "api" / "pages" / "static" / "icons" / "kiosk"
    assert len(trades()) >= 12
    for trade in trades():
        assert trade.occupations
        assert len(trade.label) <= 5
        assert (icons / f"{trade.icon}.svg").exists(), trade.icon


def test_the_trade_with_most_work_comes_first_and_what_has_gone_does_not_count(runtime: Runtime) -> None:
    add(runtime.database, "c1", "c2", occupations=COOK)
    add(runtime.database, "b1", "b2", "b3", occupations=BRICKS)
    assert [(tile.trade.code, tile.jobs) for tile in trade_tiles(runtime)[:2]] == [("brick", 3), ("kitchen", 2)]
    withdraw(runtime.database, "b1")
    withdraw(runtime.database, "b2")
    assert [(tile.trade.code, tile.jobs) for tile in trade_tiles(runtime)[:2]] == [("kitchen", 2), ("brick", 1)]


def test_any_trade_is_no_trade_and_an_unknown_one_is_refused() -> None:
    assert trade_of(ANY_TRADE) is None
    with pytest.raises(InvalidInput):
        trade_of("x")


def test_taps_become_a_wish(clock: FixedClock) -> None:
    person = wished_worker(Wish(Aim.TODAY, trade_of("brick"), Reach.RIDE_30), HERE, CIRCLE, clock.at)
    assert person.occupations == trade_of("brick").occupations  # type: ignore[union-attr]
    assert (person.travel_mode, person.max_minutes, person.place) == (TravelMode.RIDE, 30, HERE)
    assert person.kinds == (PostingKind.GIG,)
    assert Settlement.DAILY in person.settlements
    assert wished_worker(Wish(Aim.BOARD), None, CIRCLE, clock.at).needs == (Benefit.MEALS, Benefit.LODGING)
    assert Settlement.DAILY not in wished_worker(Wish(Aim.STEADY), None, CIRCLE, clock.at).settlements
    assert wished_worker(Wish(Aim.STEADY), None, CIRCLE, clock.at).settlements


def test_the_service_circle_of_the_county_is_on_the_buttons_and_in_the_search(clock: FixedClock) -> None:
    circle = ServiceCircle(town_walk_minutes=22, rural_km=7.5)
    labels = [reach_label(one, circle) for one in Reach]
    assert labels == ["走路22分钟", "7.5公里以内", "骑车30分钟", "哪都行"]
    people = [wished_worker(Wish(reach=one), HERE, circle, clock.at) for one in Reach]
    assert [(one.travel_mode, one.max_minutes) for one in people] == [
        (TravelMode.WALK, 22), (TravelMode.RIDE, 35), (TravelMode.RIDE, 30), (None, None),
    ]  # fmt: skip


def test_a_job_beyond_the_country_circle_is_offered_only_as_something_farther(
    runtime: Runtime, tmp_path: Path
) -> None:
    station(runtime.database, DEVICE.name)
    for name, north in (("near", 0.05), ("far", 0.09)):  # 5.6 and 10 km
        place = Place("样例村", "130629200000", HERE.lat + north, HERE.lng)
        add(runtime.database, name, title=name, occupations=BRICKS, place=place)
    asked = Wish(trade=trade_of("brick"), reach=Reach.CIRCLE)
    assert find_jobs(runtime, asked, DEVICE).widened == ("附近不够，已放宽到全县",)
    own = 'code = "a"\nname = "样例县"\nextends = "default"\n[reach]\n'
    value = "value = { town_walk_minutes = 15, rural_km = 9 }\nsource = '样例'\n"
    (tmp_path / "region.toml").write_text(own + value, encoding="utf-8")
    wide = find_jobs(runtime, asked, DEVICE)
    assert {one.posting_id for one in wide.listed} == {"near", "far"}
    assert wide.widened == ()


def test_own_words_are_read_and_stay_above_the_place_of_the_machine(clock: FixedClock) -> None:
    person = wished_worker(Wish(words="会贴砖，日结，骑车半小时内"), HERE, CIRCLE, clock.at)
    assert person.occupations
    assert Settlement.DAILY in person.settlements
    assert (person.max_minutes, person.place) == (30, HERE)


def test_what_was_asked_for_is_found_first_and_nothing_asked_finds_something_too(runtime: Runtime) -> None:
    add(runtime.database, "cook", title="厨师", duties="炒菜", requirements="", occupations=COOK)
    add(runtime.database, "bricks", occupations=BRICKS)
    found = find_jobs(runtime, Wish(trade=trade_of("brick")), DEVICE)
    assert found.listed[0].posting_id == "bricks"
    assert {one.posting_id for one in find_jobs(runtime, Wish(), DEVICE).listed} == {"cook", "bricks"}


def test_nothing_near_is_said_in_words(runtime: Runtime) -> None:
    station(runtime.database, DEVICE.name)
    far = Place("样例远镇", "130629200000", 39.3, 116.3)
    add(runtime.database, "far", occupations=BRICKS, place=far)
    found = find_jobs(runtime, Wish(trade=trade_of("brick"), reach=Reach.WALK), DEVICE)
    assert [one.posting_id for one in found.listed] == ["far"]
    assert found.widened


def test_one_change_that_would_open_more_is_told(runtime: Runtime) -> None:
    for name in ("m1", "m2", "m3"):
        add(runtime.database, name, title=name, occupations=BRICKS, settlement=Settlement.MONTHLY)
    for name in ("d1", "d2", "d3"):
        add(runtime.database, name, title=name, occupations=BRICKS)
    found = find_jobs(runtime, Wish(words="砌墙，日结"), DEVICE)
    assert {one.posting_id for one in found.listed} == {"d1", "d2", "d3"}
    assert found.unlock == "结算方式放宽可多3个岗位"


def test_everything_is_newest_first_whoever_asks(runtime: Runtime, clock: FixedClock) -> None:
    for age, name in ((3, "old"), (1, "new"), (2, "middle")):
        add(runtime.database, name, title=name, employer_name=name, verified_at=clock.at - timedelta(days=age))
    assert [one.posting_id for one in all_jobs(runtime).listed] == ["new", "middle", "old"]
    assert {one.reason for one in all_jobs(runtime).listed} == {""}


def test_a_card_drawn_again_has_gone_with_its_posting(runtime: Runtime) -> None:
    add(runtime.database, "a", "b")
    listed = [Listed("a"), Listed("b")]
    assert [card.posting_id for card in cards_of(runtime.database, listed, DEVICE)] == ["a", "b"]
    withdraw(runtime.database, "a")
    assert [card.posting_id for card in cards_of(runtime.database, listed, DEVICE)] == ["b"]


def test_a_page_is_filled_from_what_follows_when_some_have_gone(runtime: Runtime) -> None:
    add(runtime.database, *"abcde")
    withdraw(runtime.database, "a")
    withdraw(runtime.database, "c")
    cards, rest = first_cards(runtime.database, [Listed(one) for one in "abcde"], DEVICE)
    assert [card.posting_id for card in cards] == ["b", "d", "e"]
    assert rest == ()
    cards, rest = first_cards(runtime.database, [Listed(one) for one in "abcde"], DEVICE, most=1)
    assert ([card.posting_id for card in cards], [one.posting_id for one in rest]) == (["b"], ["c", "d", "e"])


def test_a_card_says_pay_apart_and_leaves_out_what_nobody_knows(clock: FixedClock) -> None:
    card = job_card(FULL, Spot(), clock.at)
    assert (card.pay, card.unit, card.settlement, card.left) == ("200–260", "元/天", "日结", 3)
    unknown = replace(FULL, pay=None, place=None, settlement=None, headcount=None, headcount_left=None)
    bare = job_card(unknown, Spot(), clock.at)
    assert (bare.pay, bare.unit, bare.place, bare.left) == ("工资未写明，请先问清", "", "", None)
    own = job_card(replace(FULL, transport=(Transport.OWN,)), Spot(), clock.at)
    assert "自理" not in own.facts


def test_what_is_read_aloud_are_facts_of_the_job(clock: FixedClock) -> None:
    said = job_card(FULL, Spot(), clock.at, reason="会砌墙").spoken
    assert said == "样例砌筑工，200到260元每天，日结，在样例镇，还要3人，会砌墙"


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("200–300元/天", ("200–300", "元/天")),
        ("200元/天起", ("200", "元/天起")),
        ("底薪3000元/月+提成", ("底薪3000", "元/月+提成")),
        ("最高8000元/月", ("最高8000", "元/月")),
        ("面议", ("面议", "")),
        ("", ("工资未写明，请先问清", "")),
    ],
)
def test_the_number_and_its_unit_are_told_apart(label: str, parts: tuple[str, str]) -> None:
    assert pay_parts(label) == parts


def test_the_hour_is_told_as_people_say_it(clock: FixedClock) -> None:
    def told(hours: float) -> str:
        return when_text(replace(FULL, need_by=clock.at + timedelta(hours=hours)), clock.at)

    assert told(3) == "今天12:30到"
    assert told(24) == "明天9:30到"
    assert told(72) == "3月5日9:30到"
    assert told(-1) == ""
    assert when_text(FULL, clock.at) == ""


def test_minutes_are_told_between_two_real_points_only(database: Database) -> None:
    station(database, DEVICE.name)
    near, far = Place("样例村", "130629100001", 39.008, 116.0), Place("样例市", "130600000000", 39.9, 116.0)
    assert way_text(spot(database), near) == "走路约14分钟"
    assert way_text(spot(database), replace(near, lat=39.05)) == "骑车约26分钟"
    assert way_text(spot(database), far) == ""
    assert way_text(spot(database), Place("样例村", "130629100001")) == ""
    assert way_text(Spot(HERE, exact=False), near) == ""
    assert way_text(Spot(), near) == ""


def test_a_kiosk_stands_at_its_own_station_or_at_the_only_one_near(database: Database) -> None:
    assert spot(database).exact is False
    station(database, "样例驿站")
    assert spot(database).place == HERE
    station(database, "样例二驿站")
    assert spot(database).exact is False, "two stations: nobody knows at which"
    station(database, DEVICE.name, at=None)
    found = spot(database)
    assert (found.place.name if found.place else "", found.exact) == (DEVICE.name, False)
    assert spot(database, "别处", None).place is None


def test_a_slip_is_made_of_a_live_posting_and_never_of_one_that_has_gone(runtime: Runtime) -> None:
    add(runtime.database, "county:9", pay=Pay(20_000, 20_000, PayUnit.DAY))
    slip = slip_of(runtime, "county:9", DEVICE)
    assert (slip.card.pay, slip.number, slip.bring) == ("200", "9", ("身份证",))
    assert slip.reminders == ("不交钱", "不押证", "有问题打12333")
    assert slip.url.startswith("https://jy.example.test/j/")
    withdraw(runtime.database, "county:9")
    with pytest.raises(Conflict, match=GONE):
        slip_of(runtime, "county:9", DEVICE)
    with pytest.raises(Conflict):
        slip_of(runtime, "nothing", DEVICE)


def test_the_link_on_a_slip_tells_how_things_stand_now(runtime: Runtime, clock: FixedClock) -> None:
    add(runtime.database, "p")
    token = posting_links(runtime).token("p", clock.at)
    assert public_slip(runtime, token).card.posting_id == "p"
    with pytest.raises(NotFound):
        public_slip(runtime, token[:-1] + ("A" if token[-1] != "A" else "B"))
    withdraw(runtime.database, "p")
    with pytest.raises(Conflict):
        public_slip(runtime, token)


def test_an_office_without_an_address_prints_no_code(runtime: Runtime, clock: FixedClock) -> None:
    add(runtime.database, "p")
    plain = replace(runtime, config=replace(runtime.config, answer_url=""))
    assert slip_of(plain, "p", DEVICE).url == ""
    assert isinstance(posting_links(plain), PostingLinks)
