"""Fitting what reads whole passages: a linear model over their runs and the network (篇段拟合)."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.passage_net import PassageNet, character_index
from matcher.compliance.windows import BUCKETS, cut_windows
from models.compliance.changes import WordSwaps, changed_copy
from models.compliance.examples import GROUNDS, Example
from models.compliance.fit import regression
from models.compliance.network import PassageNetwork, hidden, id_rows
from models.compliance.pretrain import read_pretrained

STRENGTH, EPOCHS = 5e-7, 6  # of the linear model
ROUNDS, BATCH, RATE, WARM = 5, 48, 2e-3, 150  # of the network
LONGEST = 160  # characters of a passage in training
DROP, HIDDEN, GROUPLESS = 0.3, 0.06, 0.15  # shares left out of the network in training
AVERAGED = 2  # the last rounds, whose weights are averaged
SURE, OPEN = 0.973, 0.003  # what stands for a breach and for none
BACKGROUND, FORMS = 3_000, 800  # in a round, drawn anew
SHORT = 40  # characters of a lawful text that may stand beside another
OVERLAPPING = 4  # words at one character
SEED = 23


@dataclass(frozen=True, slots=True)
class PassageModels:
    """runs (BUCKETS, grounds) and bias (grounds,) of the linear model; the network; the characters it knows."""

    runs: NDArray[np.float32]
    bias: NDArray[np.float32]
    network: PassageNetwork
    characters: str


def run_rows(examples: Sequence[Example]) -> sparse.csr_matrix:
    """(examples, BUCKETS) runs of whole texts, each once, divided by the root of their count."""
    columns, values, ends = [], [], [0]
    for example in examples:
        windows, _ = cut_windows([example.text])
        runs = np.unique(windows.between(0, len(example.text)))
        columns.append(runs.astype(np.int64))
        values.append(np.full(len(runs), 1 / np.sqrt(len(runs)), dtype=np.float32))
        ends.append(ends[-1] + len(runs))
    return sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends), shape=(len(examples), BUCKETS)
    )


def fit_linear(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Runs and bias of one logistic regression a ground over whole texts."""
    rows, weights = run_rows(examples), np.array([example.weight for example in examples])
    runs = np.zeros((BUCKETS, len(GROUNDS)), dtype=np.float32)
    bias = np.zeros(len(GROUNDS), dtype=np.float32)
    for column, ground in enumerate(GROUNDS):
        known = np.flatnonzero([ground not in example.unsure for example in examples])
        broken = [ground in examples[i].grounds for i in known]
        model = regression(STRENGTH, EPOCHS).fit(rows[known], broken, sample_weight=weights[known])
        runs[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return runs, bias


class GroupRows:
    """Which groups cover each character of a text."""

    def __init__(self, cues: CuePairs) -> None:
        self._cues = cues
        self.many = OVERLAPPING * cues.most_of_a_word

    def of(self, texts: Sequence[str], longest: int) -> Tensor:
        """(texts, longest, many) group numbers from 1, 0 for none."""
        rows = np.zeros((len(texts), longest, self.many), dtype=np.int64)
        for row, text in zip(rows, texts, strict=True):
            for start, end, group in self._cues.hits(text):
                free = np.flatnonzero((row[start:end] == 0).all(axis=0))
                row[start:end, free[0]] = group + 1
        return torch.from_numpy(rows)


def fit_network(
    examples: Sequence[Example], groups: Mapping[str, Sequence[str]], *, twice: frozenset[str], rounds: int = ROUNDS
) -> tuple[PassageNetwork, str]:
    """The network fitted on changed copies of the examples; twice: sources that count double."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    encoder, characters = read_pretrained(drop=0.0)
    index, cues = character_index(characters), GroupRows(CuePairs(list(groups.values())))
    network = PassageNetwork(encoder, len(groups), DROP)
    mean = copy.deepcopy(network)
    inner = list(encoder.parameters())
    outer = [weights for name, weights in network.named_parameters() if not name.startswith("encoder.")]
    optimiser = torch.optim.AdamW([{"params": inner}, {"params": outer}], weight_decay=0.02)
    batches, per_round = _batches(examples, groups, twice, draw)
    steps = per_round * rounds
    for step in range(steps):
        pace = RATE * min(1, (step + 1) / WARM) * max(0.02, 1 - step / steps)
        for group, share in zip(optimiser.param_groups, (0.5, 2.0), strict=True):
            group["lr"] = pace * share
        loss = _loss(network, next(batches), index, cues, draw)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        if step == per_round * (rounds - AVERAGED):
            mean.load_state_dict(network.state_dict())
        elif step > per_round * (rounds - AVERAGED):
            with torch.no_grad():
                for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
                    kept.lerp_(now, 0.01)
        if step % 500 == 0:
            print(f"step {step} of {steps}: {loss.item():.3f}", flush=True)
    return mean.eval(), characters


def _batches(
    examples: Sequence[Example], groups: Mapping[str, Sequence[str]], twice: frozenset[str], draw: random.Random
) -> tuple[Iterator[list[Example]], int]:
    """Batches of changed copies of about one length, round after round, and how many a round has."""
    swaps = WordSwaps(groups)
    written = [example for example in examples if example.source not in ("background", "forms")]
    written += [example for example in written if example.source in twice]
    background = [example for example in examples if example.source == "background"]
    forms = [example for example in examples if example.source == "forms"]
    lawful = [e.text for e in (*written, *background) if not e.grounds | e.unsure and len(e.text) < SHORT]
    more = min(BACKGROUND, len(background)) + min(FORMS, len(forms))

    def endless() -> Iterator[list[Example]]:
        while True:
            drawn = [
                *written,
                *draw.sample(background, min(BACKGROUND, len(background))),
                *draw.sample(forms, min(FORMS, len(forms))),
            ]
            copies = [changed_copy(example, swaps, lawful, written, draw) for example in drawn]
            copies.sort(key=lambda example: len(example.text) + 6 * draw.random())
            rows = [copies[i : i + BATCH] for i in range(0, len(copies), BATCH)]
            draw.shuffle(rows)
            yield from rows

    return endless(), -(-(len(written) + more) // BATCH)


def _loss(
    network: PassageNetwork, batch: Sequence[Example], index: dict[str, int], cues: GroupRows, draw: random.Random
) -> Tensor:
    texts = [example.text[:LONGEST] for example in batch]
    ids = id_rows(texts, index)
    ids = hidden(ids, torch.rand(ids.shape) < HIDDEN)
    covered = cues.of(texts, ids.shape[1])
    if draw.random() < GROUPLESS:
        covered *= (torch.rand(ids.shape) < 0.5).unsqueeze(-1)
    said = torch.tensor([[SURE if ground in e.grounds else OPEN for ground in GROUNDS] for e in batch])
    share = torch.tensor([[e.weight * (ground not in e.unsure) for ground in GROUNDS] for e in batch])
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(ids, covered)
    losses = functional.binary_cross_entropy_with_logits(logits.float(), said, reduction="none")
    summed: Tensor = (losses * share).sum() / len(batch)
    return summed


def network_tensors(network: PassageNetwork) -> dict[str, NDArray[np.float32]]:
    """The weights under the names of `passage_net.tensor_shapes`, matrices turned for `x @ weight`."""
    tensors: dict[str, NDArray[np.float32]] = {}
    for name, weights in network.state_dict().items():
        values = weights.float().numpy()
        short = name.removeprefix("encoder.").removeprefix("layers.")
        if short in ("table.weight", "groups.weight"):
            short = short.removesuffix(".weight")
            values = values[1:] if short == "groups" else values
        elif values.ndim == 2:
            values = values.T
        tensors[short] = np.ascontiguousarray(values)
    return tensors


def linear_logits(models: PassageModels, examples: Sequence[Example]) -> NDArray[np.float32]:
    """(examples, grounds) by the linear model over whole texts."""
    logits: NDArray[np.float32] = run_rows(examples) @ models.runs + models.bias
    return logits


def net_logits(models: PassageModels, examples: Sequence[Example], cues: CuePairs) -> NDArray[np.float32]:
    """(examples, grounds) by the network as it is shipped."""
    net = PassageNet(network_tensors(models.network), models.characters)
    return np.stack([net.logits(example.text, cues.hits(example.text)) for example in examples])
