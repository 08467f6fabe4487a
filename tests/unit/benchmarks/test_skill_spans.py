"""Work words are counted by overlap, each once."""

from __future__ import annotations

from benchmarks.skill_spans import overlap_counts

TEXT = "负责蔬菜清洗、切配、摆盘,羊肉刨片"


def spans(*words: str) -> list[tuple[int, int]]:
    return [(TEXT.index(word), TEXT.index(word) + len(word)) for word in words]


def test_the_same_words_are_hits() -> None:
    assert overlap_counts(TEXT, spans("切配", "摆盘"), ["切配", "摆盘"]) == (2, 0, 0)


def test_a_wider_or_narrower_span_is_the_label_when_half_of_the_shorter_is_shared() -> None:
    assert overlap_counts(TEXT, spans("蔬菜清洗", "刨片"), ["清洗", "羊肉刨片"]) == (2, 0, 0)
    assert overlap_counts("数控车床", [(0, 3)], ["车床"]) == (1, 0, 0)
    assert overlap_counts("数控车床", [(0, 2)], ["车床"]) == (0, 1, 1)


def test_one_span_is_one_label_only() -> None:
    assert overlap_counts(TEXT, spans("切配、摆盘"), ["切配", "摆盘"]) == (1, 0, 1)
    assert overlap_counts(TEXT, spans("蔬菜", "清洗"), ["蔬菜清洗"]) == (1, 1, 0)


def test_a_word_that_is_found_twice_counts_once() -> None:
    text = "切配,会切配"
    assert overlap_counts(text, [(0, 2), (4, 6)], ["切配"]) == (1, 0, 0)
    assert overlap_counts(text, [(0, 2), (4, 6)], []) == (0, 1, 0)


def test_the_best_overlap_is_paired_first() -> None:
    assert overlap_counts(TEXT, spans("蔬菜清洗", "清洗"), ["清洗", "蔬菜清洗"]) == (2, 0, 0)
