from __future__ import annotations

from matcher.text.word_index import WordIndex, pair_starts


def test_the_longest_word_wins_and_matches_do_not_overlap() -> None:
    index = WordIndex([("五险", 1), ("五险一金", 2), ("金牌", 3)])
    assert index.find("有五险一金牌") == [(1, 5, 2)]


def test_latin_words_are_not_cut_out_of_longer_ones() -> None:
    index = WordIndex([("java", 1), ("c", 2)])
    assert index.find("javascript") == []
    assert index.find("会java和c") == [(1, 5, 1), (6, 7, 2)]


def test_shared_starts_give_the_same_matches() -> None:
    index = WordIndex([("日结", 1), ("包住", 2)])
    text = "日结,包住,周结"
    assert index.find(text, pair_starts(text, index.heads | {"周结"})) == index.find(text)
