"""What is trained is what is shipped: the artifact reads windows and passages as the recipe did."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.passage_net import FIRST
from matcher.compliance.second_reader import SecondReader
from matcher.compliance.windows import BUCKETS, cut_windows
from models.compliance.changes import WordSwaps, changed_copy
from models.compliance.examples import (
    GROUNDS,
    SLOT,
    Example,
    filled_forms,
    gold_sets,
    word_groups,
    written_examples,
)
from models.compliance.fit import CUE_SHARE, Weights, window_logits, window_table
from models.compliance.fit_passages import GroupRows, PassageModels, linear_logits
from models.compliance.network import CharacterEncoder, PassageNetwork, id_rows
from models.compliance.train import FOLDS, Fitted, write_artifact
from models.compliance.weigh import Held, earlier_thresholds, joint_chances, shares, thresholds

GROUPS = {"refuse": ["不收", "别来"], "woman": ["女的", "大姐"], "bond": ["押金", "保证金", "不收"]}
TEXT = "女的不收,保证金三百"
CHARACTERS = "女的不收,保证金"  # two of TEXT are unknown


def drawn(*shape: int, spread: float = 1.0) -> np.ndarray:
    draw = np.random.default_rng(5)
    return draw.normal(0, spread, shape).astype(np.float16).astype(np.float32)


def drawn_models() -> Fitted:
    torch.manual_seed(3)
    cues, wide = CuePairs(list(GROUPS.values())), len(GROUNDS)
    windows = Weights(
        drawn(BUCKETS, wide), drawn(cues.columns, wide), drawn(wide), np.zeros(BUCKETS, dtype=np.float32), 0.0
    )
    network = PassageNetwork(CharacterEncoder(len(CHARACTERS) + FIRST, drop=0.1), len(GROUPS), drop=0.1).eval()
    return Fitted(windows, -1.0, PassageModels(drawn(BUCKETS, wide), drawn(wide), network, CHARACTERS))


@pytest.fixture
def models() -> Fitted:
    return drawn_models()


@pytest.fixture
def reader(models: Fitted, tmp_path: Path) -> SecondReader:
    each = {name: dict.fromkeys(GROUNDS, 0.5) for name in ("thresholds", "net_least")}
    write_artifact(tmp_path, models, np.ones((4, len(GROUNDS)), dtype=np.float32), GROUPS, {**each, "passage_least": -3.0})
    return SecondReader.load(tmp_path)


def test_the_artifact_reads_windows_as_the_recipe(models: Fitted, reader: SecondReader) -> None:
    cues = CuePairs(list(GROUPS.values()))
    table = window_table([Example(TEXT, frozenset(), "test")], cues)
    windows, _ = cut_windows([TEXT])
    read = reader.window_logits(windows, cues.hits(TEXT), range(len(windows.starts)))
    assert np.abs(read - window_logits(table, models.windows)).max() < 0.01


def test_the_artifact_reads_runs_of_a_passage_as_the_recipe(models: Fitted, reader: SecondReader) -> None:
    windows, _ = cut_windows([TEXT])
    read = reader.passage_logits(np.unique(windows.between(0, len(TEXT))))
    assert np.abs(read - linear_logits(models.passages, [Example(TEXT, frozenset(), "test")])[0]).max() < 0.01


def test_the_artifact_reads_characters_as_torch_does(models: Fitted, reader: SecondReader) -> None:
    texts = [TEXT, f"大姐{TEXT}", "押金"]  # of several lengths: what stands behind the shorter ones must not count
    cues = CuePairs(list(GROUPS.values()))
    ids = id_rows(texts, {character: row for row, character in enumerate(CHARACTERS, start=FIRST)})
    with torch.inference_mode():
        wanted = models.passages.network(ids, GroupRows(cues).of(texts, ids.shape[1])).numpy()
    read = np.stack([reader.net_logits(text, cues.hits(text)) for text in texts])
    assert np.abs(read - wanted).max() < 0.02
    assert np.abs(wanted[0] - wanted[1]).max() > 0.05


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


def held_cases() -> Held:
    """200 cases: half break the ground of sex; the window model says nothing, the other two know."""
    truth = np.zeros((200, len(GROUNDS)), dtype=bool)
    truth[:100, 0] = truth[100:120, 12] = True
    by_model = np.stack([drawn(200, len(GROUNDS)), np.where(truth, 2.0, -2.0), np.where(truth, 3.0, -3.0)], axis=1)
    cases = [
        Example("工", frozenset(g for g, t in zip(GROUNDS, row, strict=True) if t), "test") for row in truth
    ]
    return Held(cases, by_model.astype(np.float32))


def test_the_model_that_knows_weighs_more() -> None:
    fitted = shares(held_cases())
    assert fitted[2, 0] > 3 * abs(fitted[0, 0])


def test_what_all_three_find_passes_the_earlier_thresholds() -> None:
    held = held_cases()
    fitted = shares(held)
    bar = np.full(len(GROUNDS), 0.5, dtype=np.float32)
    earlier = earlier_thresholds(held, fitted, bar)
    found = held.truth & (joint_chances(held.by_model, fitted) >= bar)
    linear = (held.by_model[:, :2] * fitted[:2]).sum(axis=1) + fitted[3]
    passed = linear >= np.array([earlier["net_least"][ground] for ground in GROUNDS])
    assert found.sum() == 120
    assert passed[found].mean() >= 0.98


def test_the_sets_left_out_exist() -> None:
    assert {f"compliance_{name}" for fold in FOLDS for name in fold} <= set(gold_sets())


def test_a_changed_copy_keeps_its_grounds_and_gains_those_that_join_it() -> None:
    draw = random.Random(1)
    example = Example(TEXT, frozenset({"sex"}), "test", frozenset({"fee"}))
    other = Example("先交押金", frozenset({"fee"}), "test")
    copies = [changed_copy(example, WordSwaps(GROUPS), ["包住"], [other], draw) for _ in range(300)]
    assert all("sex" in copy.grounds for copy in copies)
    assert all(("fee" in copy.grounds) == (other.text in copy.text) for copy in copies)
    assert all(not copy.grounds & copy.unsure for copy in copies)
    assert len({copy.text for copy in copies}) > 20


@pytest.mark.parametrize("example", [*written_examples()][::197])
def test_written_examples_are_folded_and_know_their_grounds(example: Example) -> None:
    assert example.text == example.text.lower()
    assert example.grounds <= set(GROUNDS)


def test_every_form_is_filled() -> None:
    left = [example.text for example in filled_forms(word_groups(), copies=1, seed=4) if SLOT.search(example.text)]
    assert left == []
