"""The training recipe on a toy corpus, and the figures on rankings small enough to do by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from matcher.encoding.tokens import encoder_tokens
from models.encoder.contrastive import Schedule, Share, fit
from models.encoder.corpus import Corpus, count_matrix, field_text, load_corpus
from models.encoder.evaluate import blended
from models.encoder.supervision import Aliases, Batch, TitleAndText
from models.encoder.tasks import (
    Task,
    dense_scores,
    figures,
    interval,
    own_text,
    same_position,
    synonym_queries,
    synonyms,
    unit,
)
from models.encoder.train import Recipe, train

JOBS = {
    "瓦工": ["负责室内墙面地面瓷砖铺贴", "砌墙抹灰,看得懂图纸"],
    "快递员": ["负责片区包裹派送与揽收", "自备电动车,熟悉周边道路"],
    "会计": ["负责账务处理与纳税申报", "持有会计证,熟练使用财务软件"],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Forty variations on three jobs, the last ten of them as dev."""
    rng = np.random.default_rng(5)
    rows = []
    for number in range(160):
        title = list(JOBS)[number % 3]
        text = "。".join(rng.permutation([*JOBS[title], f"第{number}组"]))
        split = "dev" if number >= 120 else "train"
        rows.append({"source": "toy", "id": str(number), "title": title, "description": text, "split": split})
    path = tmp_path_factory.mktemp("toy") / "postings.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return load_corpus(path, encoder_tokens, lambda given: given)


def labelled(rows: list[dict[str, Any]], positions: list[str]) -> Corpus:
    """Dev rows that are nobody's duplicate, with these weak positions."""
    n = len(rows)
    named = np.array(positions)
    return Corpus(rows, np.array(["dev"] * n), np.arange(n), named, named, np.zeros(n, bool), {})


def test_training_brings_a_title_and_its_duties_together(corpus: Corpus) -> None:
    recipe = Recipe(dim=48, trained_dim=128, rounds=30, batch=32, side_batch=16)
    trained = train(corpus, recipe, seed=1, quiet=True)
    index = {token: row for row, token in enumerate(trained.tokens)}
    texts = count_matrix([encoder_tokens(JOBS[title][0]) for title in JOBS], index)
    titles = count_matrix([encoder_tokens(title) for title in JOBS], index)
    task = Task("toy", np.arange(3), [{n} for n in range(3)], [set()] * 3, np.zeros(3, bool))
    task.queries, task.bodies = titles, texts
    cosines = dense_scores(trained.table, task)
    np.testing.assert_array_equal(cosines.argmax(axis=1), [0, 1, 2])
    assert np.diag(cosines).min() > cosines[~np.eye(3, dtype=bool)].max()


class _Pairs:
    """Token n on the left belongs to token n + 8 on the right; `shared_key` makes all pairs one meaning."""

    def __init__(self, *, shared_key: bool) -> None:
        self._keys = np.zeros(8, int) if shared_key else np.arange(8)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        tokens = sparse.csr_matrix(np.eye(16, dtype=np.float32))
        return Batch(tokens[:8], tokens[8:], [self._keys])


def fitted(pairs: _Pairs) -> tuple[np.ndarray, np.ndarray]:
    """A random table before and after forty steps."""
    table = np.random.default_rng(2).normal(size=(16, 128)).astype(np.float32)
    schedule = Schedule(steps=40, peak_rate=0.05, sharpness=20)
    return table, fit(table.copy(), [Share(pairs, 1.0, 8)], schedule, seed=0, after_step=lambda *_: True)


def test_pairs_end_up_closest_to_each_other() -> None:
    _, table = fitted(_Pairs(shared_key=False))
    cosines = unit(table[:8]) @ unit(table[8:]).T
    assert np.diag(cosines).min() > cosines[~np.eye(8, dtype=bool)].max() + 0.3


def test_pairs_that_may_mean_the_same_are_not_pushed_apart() -> None:
    before, after = fitted(_Pairs(shared_key=True))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_training_stops_when_told() -> None:
    seen: list[int] = []

    def stop_at_three(step: int, *_: object) -> bool:
        seen.append(step)
        return step < 3

    table = np.ones((16, 128), dtype=np.float32)
    shares = [Share(_Pairs(shared_key=False), 1.0, 8)]
    fit(table, shares, Schedule(20, 0.01, 20), seed=0, after_step=stop_at_three)
    assert seen == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_table(corpus: Corpus) -> None:
    recipe = Recipe(dim=48, trained_dim=128, rounds=2, batch=32, side_batch=16)
    first, second = (train(corpus, recipe, seed=3, quiet=True) for _ in range(2))
    np.testing.assert_array_equal(first.table, second.table)


def test_the_title_is_cut_out_of_its_own_text() -> None:
    row = {"title": "瓦工", "description": "招瓦工两名,贴砖", "requirements": None}
    assert field_text(row, "duties") == "招 两名,贴砖"
    assert field_text(row, "requirements") == ""


def test_pairs_of_one_title_or_one_group_are_not_held_against_each_other() -> None:
    ones = sparse.csr_matrix(np.eye(4, dtype=np.float32))
    source = TitleAndText(ones, ones, ["电工", "电工", "木工", "焊工"], np.array([1, 2, 2, 3]))
    batch = source.batch(np.random.default_rng(0), 4)
    names, groups = batch.keys
    assert len(set(names)) == 3
    assert len(set(groups)) == 3


def test_a_held_out_phrase_leaves_no_alias_inside_or_around_it() -> None:
    index = {"看": 0, "大": 1, "门": 2}
    everything, without = Aliases(index), Aliases(index, held_out=["看大门"])
    assert len(without) < len(everything)


def test_every_synonym_query_is_distinct_and_well_formed() -> None:
    queries = synonym_queries()
    assert len({query.phrase for query in queries}) == len(queries) >= 60
    assert all(not query.pattern.search(query.phrase) for query in queries)


def test_a_synonym_task_ignores_postings_that_share_a_bigram_with_the_query() -> None:
    rows = [{"title": "看大门的保安"}, {"title": "小区保安"}, {"title": "会计"}]
    small = labelled(rows, ["", "", ""])
    task = synonyms(small, np.arange(3), "toy")
    at = task.phrases.index("看大门")
    assert (task.relevant[at], task.ignored[at]) == ({1}, {0})


def test_a_position_task_never_counts_the_asking_posting_itself() -> None:
    rows = [{"title": "电工"}, {"title": "水电工"}, {"title": "木工"}]
    small = labelled(rows, ["电工", "电工", ""])
    task = same_position(small, np.arange(3), "toy")
    assert task.relevant == [{1}, {0}]
    assert task.ignored == [{0}, {1}]


def test_figures_agree_with_a_ranking_done_by_hand() -> None:
    task = Task("hand", np.arange(4), [{0, 1}, {2}], [set(), {3}], np.zeros(2, bool))
    scores = np.array([[0.9, 0.1, 0.5, 0.4], [0.3, 0.2, 0.25, 0.9]])
    found = figures(scores, task)
    # first query: relevant at ranks 1 and 4; second: rank 1 of what is left is 0.3, the answer at rank 2
    second_place = 1 / np.log2(3)
    np.testing.assert_allclose(found["R@10"], [1, 1])
    np.testing.assert_allclose(found["MRR"], [1, 0.5])
    np.testing.assert_allclose(found["nDCG@10"], [(1 + 1 / np.log2(5)) / (1 + second_place), second_place])


def test_a_miss_scores_nothing() -> None:
    task = Task("hand", np.arange(30), [{29}], [set()], np.zeros(1, bool))
    found = figures(-np.arange(30, dtype=float)[None], task)
    assert found["R@10"][0] == found["nDCG@10"][0] == found["hit@10"][0] == 0
    assert found["MRR"][0] == pytest.approx(1 / 30)


def test_own_text_has_one_right_answer_each(corpus: Corpus) -> None:
    rows = corpus.rows_of("dev")
    assert own_text(corpus, rows, "toy").relevant == [{n} for n in range(len(rows))]


def test_a_blend_of_weight_one_ranks_as_dense_alone_does() -> None:
    scores = {"dense": np.array([[0.1, 0.9, 0.5]]), "bm25s words+bigrams": np.array([[7.0, 0.0, 1.0]])}
    np.testing.assert_array_equal(np.argsort(-blended(scores, 1.0)), [[1, 2, 0]])
    np.testing.assert_array_equal(np.argsort(-blended(scores, 0.0)), [[0, 2, 1]])


def test_the_interval_of_a_constant_is_that_constant() -> None:
    assert interval([0.5] * 20) == (0.5, 0.5)


def test_a_file_without_labels_is_all_training_data(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"title": "电工", "description": "接线"}, ensure_ascii=False) + "\n", "utf-8")
    corpus = load_corpus(path, encoder_tokens, lambda given: given)
    assert len(corpus.rows_of("train")) == 1
    assert len(corpus.rows_of("dev")) == 0
