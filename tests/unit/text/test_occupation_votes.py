"""What the pieces of a title vote for when no alias stands in it."""

from __future__ import annotations

import pytest

from matcher.lexicon.occupations import aliases, occupation_clues, occupations
from matcher.text.occupation import code_occupation
from matcher.text.occupation_votes import occupation_votes


def test_pieces_of_different_clues_of_one_occupation_add_up() -> None:
    both = dict(occupation_votes("网箱投饵"))["5-04-02-01"]
    assert occupation_votes("网箱投饵")[0][0] == "5-04-02-01"
    assert both >= max(dict(occupation_votes("网箱某某"))["5-04-02-01"], 0.5)


@pytest.mark.parametrize("title", ["", "   ", "12345", "!!", "qqqq"])
def test_a_title_of_unknown_pieces_gets_no_vote(title: str) -> None:
    assert occupation_votes(title) == ()


def test_votes_fall_and_stay_between_zero_and_one() -> None:
    votes = [strength for _, strength in occupation_votes("电焊工焊接钢筋混凝土浇筑保洁")]
    assert votes == sorted(votes, reverse=True)
    assert all(0 < strength <= 1 for strength in votes)


def test_a_part_of_a_word_says_less_than_the_word() -> None:
    """新华 stands only in 新华书店, but a district may bear the name; 揉捻 is a clue of its own."""
    part = dict(occupation_votes("新华区"))["4-01-05-03"]
    whole = dict(occupation_votes("揉捻区"))["6-02-06-10"]
    assert part < 0.8 * whole


def test_every_clue_names_a_known_occupation_and_most_blue_collar_trades_have_some() -> None:
    clues = dict(occupation_clues())
    assert set(clues) <= set(occupations().codes)
    assert sum(len(words) for words in clues.values()) >= 9000
    daily = [code for code in occupations().codes if code.startswith(("6-29-01", "6-29-04", "4-03-02", "5-03-02"))]
    assert [code for code in daily if code not in clues and code not in {"4-03-02-12", "4-03-02-13"}] == []


def test_votes_alone_never_sound_sure() -> None:
    assert aliases().get("揉捻") is None
    found = code_occupation("萎凋揉捻")
    assert found[0].code == "6-02-06-10"
    assert found[0].confidence <= 0.7
