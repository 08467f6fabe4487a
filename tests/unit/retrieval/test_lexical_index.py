"""The lexical index: equal to bm25s, whole or in pieces, before and after a snapshot."""

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.retrieval.lexical import K1, B, LexicalIndex, numbered

WORD = st.sampled_from(["电焊", "瓦工", "贴砖", "保洁", "日结", "夜班", "容城", "叉车"])
DOCUMENTS = st.lists(st.lists(WORD, max_size=8), min_size=1, max_size=30)


def built(documents: list[list[str]]) -> LexicalIndex:
    index = LexicalIndex()
    index.append_numbered(*numbered(documents))
    return index


@given(DOCUMENTS.filter(lambda d: any(d)), st.lists(WORD, min_size=1, max_size=4, unique=True))
def test_scores_equal_those_of_bm25s(documents: list[list[str]], query: list[str]) -> None:
    peer = bm25s.BM25(method="lucene", k1=K1, b=B)
    peer.index(documents, show_progress=False)
    known = [word for word in query if word in peer.vocab_dict]
    expected = peer.get_scores(known) if known else np.zeros(len(documents))
    assert built(documents).scores(query) == pytest.approx(expected, abs=1e-5)


@given(DOCUMENTS, st.lists(st.integers(1, 5), min_size=1, max_size=30), st.lists(WORD, max_size=4))
def test_appending_in_pieces_scores_as_all_at_once(
    documents: list[list[str]], sizes: list[int], query: list[str]
) -> None:
    pieces = LexicalIndex()
    rest = documents
    for size in sizes:
        pieces.append_numbered(*numbered(rest[:size]))
        rest = rest[size:]
    pieces.append_numbered(*numbered(rest))
    assert pieces.scores(query) == pytest.approx(built(documents).scores(query), abs=1e-6)


@given(DOCUMENTS, st.lists(WORD, max_size=4))
def test_documents_numbered_elsewhere_score_as_token_lists(
    documents: list[list[str]], query: list[str]
) -> None:
    index = built(documents)
    index.append_numbered(*numbered(documents))
    assert index.scores(query) == pytest.approx(built(documents + documents).scores(query), abs=1e-6)


def test_many_single_appends_are_merged_into_few_segments() -> None:
    index = LexicalIndex()
    for number in range(200):
        index.append_numbered(*numbered([["电焊", f"w{number}"]]))
    _, arrays = index.state()
    assert sum(name.endswith(".terms") for name in arrays) < 20
    assert np.count_nonzero(index.scores(["w137"])) == 1
    assert np.count_nonzero(index.scores(["电焊"])) == 200


@given(DOCUMENTS, st.lists(WORD, max_size=4))
def test_state_restores_the_same_scores(documents: list[list[str]], query: list[str]) -> None:
    index = built(documents)
    vocabulary, arrays = index.state()
    assert np.array_equal(LexicalIndex.from_state(vocabulary, arrays).scores(query), index.scores(query))


def test_weights_scale_the_part_of_their_token() -> None:
    index = built([["电焊", "日结"], ["电焊"], ["日结"]])
    both = index.weighted_scores({"电焊": 1.0, "日结": 0.5})
    assert both == pytest.approx(index.scores(["电焊"]) + 0.5 * index.scores(["日结"]))


def test_empty_index_and_empty_documents_score_zero() -> None:
    assert len(LexicalIndex().scores(["电焊"])) == 0
    assert built([[], []]).scores(["电焊"]).tolist() == [0.0, 0.0]


def test_nothing_appended_changes_nothing() -> None:
    index = built([["电焊"]])
    index.append_numbered(*numbered([]))
    assert len(index) == 1
