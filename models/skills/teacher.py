"""The large tagger that marks postings for the small one: the pretrained character encoder with a head (教师模型)."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import trange

from matcher.compliance.passage_net import WIDE, character_index
from matcher.text.work_words import LISTED_BEGINS
from models.compliance.network import CharacterEncoder, hidden, id_rows
from models.compliance.pretrain import read_pretrained
from models.skills.texts import Marked, Text

ROUNDS, BATCH, RATE, WARM = 4, 16, 2e-3, 80
DROP, HIDDEN, LISTLESS = 0.3, 0.08, 0.3  # shares left out in training
SMOOTH = 0.02
ALIKE = 30  # characters by which texts of a batch may differ in length by chance
SEED = 0


class Teacher(nn.Module):
    """Scores of neither, begins and goes on for each character."""

    def __init__(self, encoder: CharacterEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.listed, self.part = nn.Embedding(LISTED_BEGINS + 1, WIDE), nn.Embedding(2, WIDE)
        for table in (self.listed, self.part):
            nn.init.normal_(table.weight, 0, 0.05)
        self.drop, self.out = nn.Dropout(DROP), nn.Linear(WIDE, 3)

    def forward(self, ids: Tensor, listed: Tensor, title: Tensor) -> Tensor:
        """ids, listed, title: (batch, places). (batch, places, 3)."""
        vectors, _ = self.encoder(ids, self.listed(listed) + self.part(1 - title))
        scores: Tensor = self.out(self.drop(vectors))
        return scores


def fit_teacher(marked: Sequence[Marked]) -> tuple[Teacher, dict[str, int]]:
    """The tagger fitted on marked postings, and the rows of its characters."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    encoder, characters = read_pretrained(drop=0.1)
    index, teacher = character_index(characters), Teacher(encoder)
    inner = list(encoder.parameters())
    outer = [weights for name, weights in teacher.named_parameters() if not name.startswith("encoder.")]
    optimiser = torch.optim.AdamW([{"params": inner}, {"params": outer}], weight_decay=0.02)
    pieces = [(one, cut) for one in marked for cut in one.text.pieces()]
    per_round = -(-len(pieces) // BATCH)
    batches: list[list[tuple[Marked, slice]]] = []
    for step in trange(per_round * ROUNDS, desc="teacher"):
        if step % per_round == 0:
            pieces.sort(key=lambda piece: len(piece[0].text.text[piece[1]]) + ALIKE * draw.random())
            batches = [pieces[i : i + BATCH] for i in range(0, len(pieces), BATCH)]
            draw.shuffle(batches)
        pace = RATE * min(1, (step + 1) / WARM) * max(0.03, 1 - step / (per_round * ROUNDS))
        for group, share in zip(optimiser.param_groups, (0.5, 2.0), strict=True):
            group["lr"] = pace * share
        loss = _loss(teacher, index, batches[step % per_round], draw)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(teacher.parameters(), 2.0)
        optimiser.step()
    return teacher.eval(), index


def _loss(teacher: Teacher, index: dict[str, int], batch: Sequence[tuple[Marked, slice]], draw: random.Random) -> Tensor:
    ids, listed, title = _inputs([(one.text, cut) for one, cut in batch], index)
    tags = rows_of([one.tags[cut] for one, cut in batch])
    counted = rows_of([one.counted[cut] for one, cut in batch])
    ids = hidden(ids, torch.rand(ids.shape) < HIDDEN)
    if draw.random() < LISTLESS:
        listed = torch.zeros_like(listed)
    with torch.autocast("cpu", torch.bfloat16):
        scores = teacher(ids, listed, title)
    losses = functional.cross_entropy(
        scores.float().flatten(0, 1), tags.flatten(), reduction="none", label_smoothing=SMOOTH
    )
    return (losses * counted.flatten()).sum() / counted.sum().clamp(min=1)


def _inputs(pieces: Sequence[tuple[Text, slice]], index: dict[str, int]) -> tuple[Tensor, Tensor, Tensor]:
    ids = id_rows([text.text[cut] for text, cut in pieces], index)
    listed, title = (rows_of([values[cut] for values, cut in rows]) for rows in (
        [(text.listed, cut) for text, cut in pieces], [(text.title, cut) for text, cut in pieces]
    ))  # fmt: skip
    return ids, listed, title


def rows_of(rows: Sequence[NDArray[np.generic]]) -> Tensor:
    """(rows, longest, …) with zeros behind each end."""
    longest = max(map(len, rows))
    padded = [np.concatenate([row, np.zeros((longest - len(row), *row.shape[1:]), row.dtype)]) for row in rows]
    return torch.from_numpy(np.stack(padded))


@torch.no_grad()
def chances(teacher: Teacher, index: dict[str, int], pieces: Sequence[tuple[Text, slice]]) -> list[NDArray[np.float32]]:
    """(characters, 3) of each piece; pieces of about one length."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = teacher(*_inputs(pieces, index))
    said = scores.float().softmax(-1).numpy()
    return [row[: len(text.text[cut])] for row, (text, cut) in zip(said, pieces, strict=True)]


