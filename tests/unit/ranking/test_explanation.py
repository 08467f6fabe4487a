from __future__ import annotations

import string
from typing import Any

import numpy as np
from ranking_cases import HOME, LABOURER, MASON, TRADES, at, pair, paired, posting, worker, yuan

from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    FriendlyTo,
    PayUnit,
    Settlement,
    Shift,
)
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Place
from matcher.domain.worker_terms import Constraint
from matcher.ranking import facts
from matcher.ranking.explanation import LEAST_DROP, explain, score_drops, templates
from matcher.ranking.features import feature_matrix
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.surplus import surplus_score


def said(one_worker: Any, one_posting: Any, **scores: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Every reason and gap that is said about the pair, by code."""
    found = explain(pair(one_worker, one_posting, **scores), RuleScorer(), max_reasons=99, max_gaps=99)[0]
    return {line.code: line.text for line in found.reasons}, {line.code: line.text for line in found.gaps}


def good_pair() -> tuple[Any, Any]:
    wishes = worker(
        place=HOME,
        occupations=(TRADES[MASON],),
        skills=("贴砖",),
        certificates=(HeldCertificate("forklift"),),
        pay_floor=yuan(5000),
        settlements=(Settlement.WEEKLY,),
        shifts=(Shift.DAY,),
        needs=(Benefit.MEALS, Benefit.LODGING),
        education=Education.COLLEGE,
        experience_years=5,
    )
    offer = posting(
        place=at(3),
        occupations=(TRADES[MASON],),
        skills=("贴砖",),
        certificates=(CertificateRequirement("forklift", True, Basis.STATUTORY),),
        pay=yuan(5500, 6200),
        settlement=Settlement.DAILY,
        shifts=(Shift.DAY,),
        benefits=(Benefit.MEALS, Benefit.LODGING),
        education=Education.SENIOR_MIDDLE,
        experience_years=2,
    )
    return wishes, offer


def test_reasons_name_the_facts_with_their_numbers() -> None:
    reasons, gaps = said(*good_pair())
    assert reasons["pay_over"] == "月薪高出要求850元"
    assert reasons["near_ride"] == "骑车约15分钟"
    assert reasons["certificate_held"] == "有叉车证，证对口"
    assert reasons["occupation_match"] == "想干瓦工，正对口"
    assert reasons["skill_shared"] == "会贴砖，用得上"
    assert reasons["settlement"] == "日结，合要求"
    assert reasons["needs"] == "包吃住，合要求"
    assert reasons["experience"] == "要2年经验，够了"
    assert gaps == {}


def test_at_most_four_reasons_the_strongest_first() -> None:
    lined_up = pair(*good_pair())
    reasons = explain(lined_up, RuleScorer())[0].reasons
    assert len(reasons) == 4
    matrix = feature_matrix(lined_up)
    drops = score_drops(matrix, [(0, templates()[line.code].without) for line in reasons], RuleScorer())
    assert list(drops) == sorted(drops, reverse=True)


def test_every_reason_lowers_the_score_when_its_features_are_unknown() -> None:
    lined_up = pair(*good_pair())
    matrix = feature_matrix(lined_up)
    scorer = RuleScorer()
    whole = surplus_score(*scorer.probabilities(matrix))[0]
    reasons = explain(lined_up, scorer, max_reasons=99)[0].reasons
    assert len(reasons) > 6
    for line in reasons:
        without = matrix.copy()
        for column, value in templates()[line.code].without:
            without[0, column] = value
        assert surplus_score(*scorer.probabilities(without))[0] < whole * (1 - LEAST_DROP), line


def test_a_true_fact_that_does_not_raise_the_score_is_no_reason() -> None:
    class Indifferent(RuleScorer):
        def probabilities(self, matrix: Any) -> Any:
            return np.full(len(matrix), 0.5), np.full(len(matrix), 0.5)

    assert explain(pair(*good_pair()), Indifferent())[0].reasons == ()


def test_low_pay_long_ways_and_missing_papers_are_gaps() -> None:
    seeker = worker(place=HOME, pay_floor=yuan(5000), no_certificates=True)
    job = posting(
        place=at(19),
        pay=yuan(4000, 5000),
        certificates=(CertificateRequirement("forklift", True, Basis.STATUTORY),),
    )
    reasons, gaps = said(seeker, job)
    assert gaps["certificate_law"] == "缺叉车证，须先考证"
    assert gaps["pay_below"] == "月薪比期望少500元"
    assert gaps["far"].startswith("单程约")
    assert not {"pay_over", "pay_meets", "near_ride", "certificate_held"} & set(reasons)
    assert next(iter(gaps)) == "certificate_law"


def test_a_person_never_asked_about_papers_is_told_to_check() -> None:
    job = posting(certificates=(CertificateRequirement("forklift", True, Basis.STATUTORY),))
    assert said(worker(), job)[1]["certificate_check"] == "要叉车证，先核对"


def test_unknown_pay_is_asked_about_and_never_praised() -> None:
    reasons, gaps = said(worker(pay_floor=yuan(5000)), posting(pay=yuan(None, negotiable=True)))
    assert gaps["pay_unknown"] == "工资没写清，去前问清"
    assert not {"pay_over", "pay_meets", "pay_level"} & set(reasons)


def test_silence_about_lodging_is_said_as_silence() -> None:
    reasons, gaps = said(worker(needs=(Benefit.LODGING,)), posting())
    assert gaps["needs_unknown"] == "没写包住，去前问清"
    assert "needs" not in reasons


def test_pay_of_more_than_twice_the_floor_is_not_praised_with_a_number() -> None:
    reasons, _ = said(worker(pay_floor=yuan(4000)), posting(pay=yuan(18000)))
    assert reasons["pay_meets"] == "工资达到要求"
    assert "pay_over" not in reasons


def test_two_weak_guesses_that_agree_are_no_match() -> None:
    weak = Occupation("m", "瓦工", 0.6)
    reasons, _ = said(worker(occupations=(weak,)), posting(occupations=(weak,)))
    assert not {"occupation_match", "occupation_near"} & set(reasons)


def test_texts_that_are_barely_alike_are_not_called_alike() -> None:
    assert "text" in said(worker(), posting(), dense=0.6, lexical=0.0)[0]
    assert "text" not in said(worker(), posting(), dense=0.3, lexical=0.1)[0]


def test_daily_pay_is_spoken_of_by_the_day() -> None:
    reasons, _ = said(
        worker(pay_floor=yuan(200, unit=PayUnit.DAY)), posting(pay=yuan(240, 260, unit=PayUnit.DAY))
    )
    assert reasons["pay_over"] == "日薪高出要求50元"


def test_a_neighbouring_trade_is_not_called_the_same() -> None:
    job = posting(occupations=(TRADES[LABOURER],))
    reasons, _ = said(worker(occupations=(TRADES[MASON],)), job)
    assert "occupation_match" not in reasons
    assert reasons["occupation_near"] == "与瓦工相近，能上手"


def test_a_region_code_alone_claims_no_minutes() -> None:
    reasons, _ = said(
        worker(place=Place("样例镇", "130629101000")), posting(place=Place("样例镇", "130629101000"))
    )
    assert reasons["near_region"] == "就在本乡镇"
    assert not any("分钟" in text for text in reasons.values())


def test_a_welcome_is_a_reason_only_for_those_it_answers() -> None:
    job = posting(friendly_to=(FriendlyTo.CARER, FriendlyTo.NO_READING))
    assert "carer" in said(worker(constraints=(Constraint.CHILD_PICKUP,)), job)[0]
    assert said(worker(), job)[0] == {}


def test_a_group_learns_whether_there_is_room_for_all() -> None:
    assert said(worker(group_size=3), posting(headcount=5))[0]["group"] == "还招5人，够3人一起"
    assert said(worker(group_size=3), posting(headcount=2))[1]["group_short"] == "只招2人，不够3人"


def test_long_names_give_way_to_the_short_line() -> None:
    long_name = "特" * 30
    for template in templates().values():
        fields = [field for _, field, _, _ in string.Formatter().parse(template.text) if field]
        assert len(template.line(dict.fromkeys(fields, long_name)).text) <= MAX_LINE_CHARS
        assert "{" not in template.short


def test_every_line_has_a_template_and_every_template_a_line() -> None:
    source = facts.__file__
    with open(source, encoding="utf-8") as file:
        text = file.read()
    assert {code for code in templates() if f'"{code}"' not in text} == set()


def test_several_pairs_are_explained_as_if_each_were_alone() -> None:
    wishes, offer = good_pair()
    offers = [offer, posting(), posting(pay=yuan(9000), place=at(1))]
    together = explain(paired([wishes], offers), RuleScorer())
    assert together == [explain(pair(wishes, one), RuleScorer())[0] for one in offers]


def test_nothing_to_explain_gives_nothing() -> None:
    assert explain(pair(worker(), posting()).part(slice(0, 0)), RuleScorer()) == []
    assert explain(pair(worker(), posting()), RuleScorer())[0].reasons == ()
