"""How aliases and votes share the say over a title."""

from __future__ import annotations

from matcher.text.occupation_blend import Said, blended, ends_one_trade

ACCOUNTANT, KEEPER, CAR = "2-06-03-00", "5-04-02-01", "4-02-02-01"


def test_a_word_that_ends_one_trade_is_told_from_one_that_ends_many() -> None:
    assert ends_one_trade("会计", ACCOUNTANT)
    assert not ends_one_trade("司机", CAR)


def test_the_surer_the_alias_the_less_the_votes_say() -> None:
    def alias_lead(said: Said) -> float:
        scores = blended(said, "网箱投饵某")
        return scores[ACCOUNTANT] - scores[KEEPER]

    unsure = alias_lead(Said({ACCOUNTANT: 1.0}, covered=2))
    sure = alias_lead(Said({ACCOUNTANT: 1.0}, covered=2, sure=True))
    whole = alias_lead(Said({ACCOUNTANT: 1.0}, covered=5))
    assert unsure < 0 < sure < whole


def test_where_one_source_is_silent_the_other_speaks_alone() -> None:
    assert blended(Said({ACCOUNTANT: 0.9}, covered=2), "qqq") == {ACCOUNTANT: 0.9}
    assert max(blended(Said(), "网箱投饵").values()) <= 0.7
    assert blended(Said(), "qqq") == {}


def test_a_faint_vote_alone_names_nothing() -> None:
    assert blended(Said(), "某某某某某某养护某某某某某某") == {}


def test_votes_outside_the_kind_of_the_head_word_count_less() -> None:
    feed = "6-01-02-00"
    as_driver = blended(Said({CAR: 0.4}, covered=2), "饲料某司机")[feed]
    alone = blended(Said({CAR: 0.4}, covered=2), "饲料某某某")[feed]
    assert as_driver < 0.8 * alone
