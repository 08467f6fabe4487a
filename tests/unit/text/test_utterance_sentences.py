"""Behaviours of the utterance parser that a table of figures does not show."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matcher.domain.posting_terms import PayUnit
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.text.utterance import MAX_CHARS, parse_utterance

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)


def test_a_word_that_only_sounds_right_is_a_guess() -> None:
    parsed = parse_utterance("电汗工有活吗")
    assert parsed.guess
    assert parsed.occupations[0].value.code == "6-18-02-04"
    assert parsed.occupations[0].confidence < 0.5
    assert "电汗工" in parsed.wish_text


def test_the_right_word_is_no_guess() -> None:
    parsed = parse_utterance("电焊工有活吗")
    assert not parsed.guess
    assert parsed.occupations[0].confidence > 0.9


def test_spans_point_at_the_words() -> None:
    text = "我５２了，想找个看大门的活，一天最少２００，有叉车证"
    parsed = parse_utterance(text)
    assert parsed.age is not None
    assert "５２" in text[parsed.age.start : parsed.age.end]
    assert parsed.pay_floor is not None
    assert "２００" in text[parsed.pay_floor.start : parsed.pay_floor.end]
    assert "叉车证" in text[parsed.certificates[0].start : parsed.certificates[0].end]
    assert text[parsed.occupations[0].start : parsed.occupations[0].end] == "看大门"


def test_a_complaint_becomes_a_constraint_and_is_kept_nowhere() -> None:
    worker = parse_utterance("腰椎间盘突出,高血压,保洁能干").to_worker("w1")
    assert worker.constraints == (Constraint.NO_HEAVY,)
    for kept in (worker.text, worker.wish_text):
        assert "腰椎" not in kept
        assert "血压" not in kept


def test_somebody_elses_body_limits_nobody() -> None:
    assert parse_utterance("老伴身体不好,我得照顾老人").to_worker("w").constraints == (Constraint.ELDER_CARE,)


def test_care_at_home_is_a_constraint_and_care_as_work_is_a_trade() -> None:
    at_home = parse_utterance("家里有老人要照顾")
    as_work = parse_utterance("想找个照顾老人的活")
    assert [f.value for f in at_home.constraints] == [Constraint.ELDER_CARE]
    assert not at_home.occupations
    assert not as_work.constraints
    assert as_work.occupations


def test_what_they_used_to_do_yields_to_what_they_want_now() -> None:
    parsed = parse_utterance("干过八年瓦工,现在想找个保安")
    assert [f.value.code for f in parsed.occupations] == ["4-07-05-01"]
    assert parse_utterance("干过八年瓦工").occupations[0].value.code == "6-29-01-01"


def test_what_they_used_to_earn_is_no_floor() -> None:
    parsed = parse_utterance("以前一个月挣六千,现在三千五就行")
    assert parsed.pay_floor is not None
    assert (parsed.pay_floor.value.min_fen, parsed.pay_floor.value.unit) == (350_000, PayUnit.MONTH)
    assert parse_utterance("以前一个月挣六千").pay_floor is None


def test_kilometres_become_minutes_of_the_mode_named() -> None:
    by_bike = parse_utterance("五公里以内").reach
    on_foot = parse_utterance("走路两公里以内").reach
    assert by_bike is not None
    assert on_foot is not None
    assert (by_bike.value.minutes, by_bike.value.mode, by_bike.value.km) == (20, TravelMode.RIDE, 5.0)
    assert (on_foot.value.minutes, on_foot.value.mode) == (24, TravelMode.WALK)


def test_near_home_names_no_minutes() -> None:
    worker = parse_utterance("离家近点的活").to_worker("w")
    assert worker.near_home
    assert worker.max_minutes is None


def test_relative_days_need_the_present() -> None:
    assert parse_utterance("下周一能上班").earliest_start is None
    found = parse_utterance("下周一能上班", now=NOW).earliest_start
    assert found is not None
    assert found.value == date(2026, 3, 16)


def test_a_viewer_asks_about_conditions() -> None:
    parsed = parse_utterance("50岁能去吗 有夫妻房吗 长白班")
    assert parsed.is_question
    assert parsed.conditions() == [("age", "50"), ("needs", "couple_room"), ("shifts", "long_day")]


def test_an_expired_certificate_is_not_held_but_seen_as_expired() -> None:
    worker = parse_utterance("叉车证过期了,想开叉车", now=NOW).to_worker("w")
    assert [c.code for c in worker.certificates] == ["forklift"]
    assert not worker.certificates[0].valid_on(date(2026, 3, 10))


def test_saying_no_papers_is_different_from_saying_nothing() -> None:
    assert parse_utterance("我没证").to_worker("w").no_certificates
    assert not parse_utterance("找个活").to_worker("w").no_certificates


def test_the_wish_keeps_the_trade_and_drops_the_rest() -> None:
    parsed = parse_utterance("我想找个电焊的活,一天最少三百,包住,要接孩子")
    assert parsed.wish_text == "电焊"
    assert parse_utterance("要接孩子,一天两百,离家近").wish_text == ""


def test_a_refused_trade_is_not_in_the_wish() -> None:
    assert "保安" not in parse_utterance("保安不干,想做保洁").wish_text


def test_a_long_text_is_cut_and_says_so() -> None:
    parsed = parse_utterance("想干保安," * 1000)
    assert parsed.truncated
    assert len(parsed.text) == MAX_CHARS
    assert not parse_utterance("想干保安").truncated
