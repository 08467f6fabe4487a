"""Contrastive training of a token table on the processor (对比学习).

A text is the sum of its token vectors. Within a batch the right side of a pair must win over all others, from
both ends (InfoNCE), at every Matryoshka length at once. Plain torch: the trainer of sentence-transformers
brings two more packages and is slower here. Source: van den Oord et al. 2018; Kusupati et al. 2022.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch.nn import EmbeddingBag
from torch.nn.functional import cross_entropy, normalize

from models.encoder.supervision import Batch, Source

OUT_OF_RACE = -1e4


@dataclass(frozen=True)
class Share:
    """One source of pairs in every step. weight: of its loss. size: pairs."""

    source: Source
    weight: float
    size: int


@dataclass(frozen=True)
class Schedule:
    """steps: in all. peak_rate: learning rate after warm-up. sharpness: inverse temperature of the cosine."""

    steps: int
    peak_rate: float
    sharpness: float
    warm_up: float = 0.1


def fit(
    table: np.ndarray,
    shares: Sequence[Share],
    schedule: Schedule,
    *,
    seed: int,
    after_step: Callable[[int, float, Callable[[], np.ndarray]], bool],
) -> np.ndarray:
    """Train `table` (vocabulary, dim) float32 and return it.

    after_step(step, loss, table_now) is told of every step; training ends when it returns False.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    dim = table.shape[1]
    lengths = [dim, dim // 2, 64]
    bags = EmbeddingBag(*table.shape, mode="sum", _weight=torch.tensor(table))
    optimiser = torch.optim.Adam(bags.parameters(), lr=schedule.peak_rate)
    for step in range(schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.peak_rate * _rate(step, schedule)
        loss = torch.zeros(())
        for share in shares:
            batch = share.source.batch(rng, share.size)
            loss = loss + share.weight * _loss(bags, batch, lengths, schedule.sharpness)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if not after_step(step, loss.item(), lambda: bags.weight.detach().numpy().copy()):
            break
    return np.asarray(bags.weight.detach().numpy())


def _rate(step: int, schedule: Schedule) -> float:
    rising = schedule.warm_up * schedule.steps
    if step < rising:
        return (step + 1) / rising
    return 1 - (step - rising) / (schedule.steps - rising)


def _loss(bags: EmbeddingBag, batch: Batch, lengths: Sequence[int], sharpness: float) -> torch.Tensor:
    left, right = _summed(bags, batch.left), _summed(bags, batch.right)
    if batch.targets is not None:
        cosines = normalize(left, dim=1) @ normalize(right, dim=1).T
        return cross_entropy(sharpness * cosines, torch.from_numpy(batch.targets))
    maybe_same = torch.zeros((len(left), len(left)), dtype=torch.bool)
    for key in batch.keys:
        column = torch.from_numpy(np.asarray(key))
        maybe_same |= column[:, None] == column[None]
    if batch.kin is not None:
        maybe_same |= torch.from_numpy(batch.kin)
    maybe_same.fill_diagonal_(False)
    target = torch.arange(len(left))
    loss = torch.zeros(())
    for length in lengths:
        cosines = normalize(left[:, :length], dim=1) @ normalize(right[:, :length], dim=1).T
        scores = (sharpness * cosines).masked_fill(maybe_same, OUT_OF_RACE)
        loss = loss + cross_entropy(scores, target) + cross_entropy(scores.T, target)
    return loss / (2 * len(lengths))


def _summed(bags: EmbeddingBag, matrix: sparse.csr_matrix) -> torch.Tensor:
    tokens = torch.from_numpy(matrix.indices.astype(np.int64))
    starts = torch.from_numpy(matrix.indptr[:-1].astype(np.int64))
    found: torch.Tensor = bags(tokens, starts)
    return found
