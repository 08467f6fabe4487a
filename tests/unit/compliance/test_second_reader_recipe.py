"""What is trained is what is shipped: the artifact reads a window as the recipe did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.second_reader import SecondReader
from matcher.compliance.windows import BUCKETS, cut_windows
from models.compliance.examples import (
    GROUNDS,
    SLOT,
    Example,
    filled_forms,
    gold_sets,
    word_groups,
    written_examples,
)
from models.compliance.fit import CUE_SHARE, Weights, window_chances, window_table
from models.compliance.train import FOLDS, thresholds, write_artifact

GROUPS = {"refuse": ["不收", "别来"], "woman": ["女的", "大姐"], "bond": ["押金", "保证金"]}
TEXT = "女的不收,保证金三百"


def drawn_weights(columns: int) -> Weights:
    draw = np.random.default_rng(5)
    wide = len(GROUNDS)

    def matrix(rows: int) -> np.ndarray:
        return draw.normal(0, 2, (rows, wide)).astype(np.float16).astype(np.float32)

    return Weights(matrix(BUCKETS), matrix(columns), matrix(1)[0], np.zeros(BUCKETS, dtype=np.float32), 0.0)


def test_the_artifact_gives_the_chances_of_the_recipe(tmp_path: Path) -> None:
    cues = CuePairs(list(GROUPS.values()))
    weights = drawn_weights(cues.columns)
    table = window_table([Example(TEXT, frozenset(), "test")], cues)
    more = {"thresholds": dict.fromkeys(GROUNDS, 0.5), "gate_least": -1.0}
    write_artifact(tmp_path, weights, GROUPS, more)
    windows, _ = cut_windows([TEXT])
    read = SecondReader.load(tmp_path).probabilities([TEXT], windows, range(len(windows.starts)))
    assert np.abs(read - window_chances(table, weights)).max() < 0.01


def test_cues_weigh_less_than_runs() -> None:
    table = window_table([Example(TEXT, frozenset(), "test")], CuePairs(list(GROUPS.values())))
    cues = table.x[:, BUCKETS:]
    assert cues.nnz > 0
    assert cues.max() <= CUE_SHARE


def test_a_threshold_keeps_the_precision_of_the_sets_left_out() -> None:
    truth = np.zeros((200, len(GROUNDS)), dtype=bool)
    truth[:100, 0] = True
    chances = np.where(truth, 0.9, 0.1).astype(np.float32)
    chances[100:150, 0] = 0.6
    least = thresholds(truth, chances)
    assert 0.6 < least["sex"] <= 0.9


def test_the_sets_left_out_exist() -> None:
    assert {f"compliance_{name}" for name in FOLDS} <= set(gold_sets())


@pytest.mark.parametrize("example", [*written_examples()][::97])
def test_written_examples_are_folded_and_know_their_grounds(example: Example) -> None:
    assert example.text == example.text.lower()
    assert example.grounds <= set(GROUNDS)


def test_every_form_is_filled() -> None:
    left = [example.text for example in filled_forms(word_groups(), copies=1, seed=4) if SLOT.search(example.text)]
    assert left == []
