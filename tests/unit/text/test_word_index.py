from __future__ import annotations

from matcher.text.word_index import WordIndex


def test_the_longest_word_wins_and_matches_do_not_overlap() -> None:
    index = WordIndex([("五险", 1), ("五险一金", 2), ("金牌", 3)])
    assert index.find("有五险一金牌") == [(1, 5, 2)]


def test_latin_words_are_not_cut_out_of_longer_ones() -> None:
    index = WordIndex([("java", 1), ("c", 2)])
    assert index.find("javascript") == []
    assert index.find("会java和c") == [(1, 5, 1), (6, 7, 2)]


def test_a_shorter_word_serves_where_the_longer_one_is_cut_off() -> None:
    index = WordIndex([("做c", 1), ("做c语言b", 2), ("语", 3), ("语", 4)])
    assert index.find("做c语言ba") == [(0, 2, 1), (2, 3, 3)]


def test_half_a_character_in_the_text_moves_no_match() -> None:
    index = WordIndex([("日结", 1), ("包住", 2)])
    assert index.find("\ud83d日结\udc00包住") == [(1, 3, 1), (4, 6, 2)]


def test_no_words_find_nothing() -> None:
    assert WordIndex[int]([]).find("日结") == []
