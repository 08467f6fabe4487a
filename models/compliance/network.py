"""The passage network as it is trained: gated convolutions over characters, attention for each ground (篇段网络).

The same sums are taken without torch by `matcher.compliance.passage_net`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from matcher.compliance.passage_net import DILATIONS, REACH, UNKNOWN, WIDE, ids_of
from models.compliance.examples import GROUNDS

NONE = -1e4  # added to the logit of a place beyond the end


class Layer(nn.Module):
    """x + gate · value of REACH neighbours; normalised before."""

    def __init__(self, dilation: int, drop: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDE)
        self.mix = nn.Linear(WIDE * REACH, 2 * WIDE)
        self.drop = nn.Dropout(drop)
        self.dilation = dilation

    def forward(self, x: Tensor, inside: Tensor) -> Tensor:
        """x: (batch, places, WIDE); inside: (batch, places, 1), 1 on the text."""
        beyond = self.dilation * (REACH // 2)
        padded = functional.pad(self.norm(x) * inside, (0, 0, beyond, beyond))
        shifts = [padded[:, i * self.dilation : i * self.dilation + x.shape[1]] for i in range(REACH)]
        value, gate = self.mix(torch.cat(shifts, -1)).chunk(2, -1)
        mixed: Tensor = x + self.drop(value * torch.sigmoid(gate)) * inside
        return mixed


class CharacterEncoder(nn.Module):
    """Characters with their word groups to one vector a place."""

    def __init__(self, characters: int, drop: float) -> None:
        """characters: rows of the table; 0 stands for no place, UNKNOWN for a character without a row."""
        super().__init__()
        self.table = nn.Embedding(characters, WIDE, padding_idx=0)
        nn.init.normal_(self.table.weight, 0, 0.05)
        self.layers = nn.ModuleList(Layer(dilation, drop) for dilation in DILATIONS)
        self.norm = nn.LayerNorm(WIDE)
        self.drop = nn.Dropout(drop)

    def forward(self, ids: Tensor, added: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """ids: (batch, places); added: (batch, places, WIDE). Vectors (batch, places, WIDE) and which lie inside."""
        inside = (ids != 0).unsqueeze(-1).float()
        x = self.table(ids) if added is None else self.table(ids) + added
        x = self.drop(x) * inside
        for layer in self.layers:
            x = layer(x, inside)
        return self.norm(x) * inside, inside


class PassageNetwork(nn.Module):
    """Logits of every ground for whole passages."""

    def __init__(self, encoder: CharacterEncoder, groups: int, drop: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.groups = nn.EmbeddingBag(groups + 1, WIDE, mode="sum", padding_idx=0)
        nn.init.normal_(self.groups.weight, 0, 0.05)
        with torch.no_grad():
            self.groups.weight[0] = 0
        self.look, self.say, self.top = (nn.Linear(WIDE, len(GROUNDS)) for _ in range(3))
        self.bias = nn.Parameter(torch.full((len(GROUNDS),), -2.0))
        self.drop = nn.Dropout(drop)

    def forward(self, ids: Tensor, groups: Tensor) -> Tensor:
        """ids: (batch, places); groups: (batch, places, some) group numbers from 1, 0 for none. (batch, grounds)."""
        batch, places = ids.shape
        added = self.groups(groups.view(batch * places, -1)).view(batch, places, -1)
        x, inside = self.encoder(ids, added)
        x = self.drop(x)
        beyond = (inside - 1) * -NONE
        weight = (self.look(x).float() + beyond).softmax(1)
        said = (weight * self.say(x).float()).sum(1)
        best = (x.float() + beyond).amax(1)
        logits: Tensor = said + self.top(self.drop(best)) + self.bias
        return logits


def id_rows(texts: Sequence[str], index: dict[str, int]) -> Tensor:
    """(texts, longest) ids, 0 behind the end."""
    rows = np.zeros((len(texts), max(map(len, texts))), dtype=np.int64)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = ids_of(text, index)
    return torch.from_numpy(rows)


def hidden(ids: Tensor, share: Tensor) -> Tensor:
    """`ids` with UNKNOWN where `share` holds and a character stands."""
    return torch.where(share & (ids > 0), torch.full_like(ids, UNKNOWN), ids)
