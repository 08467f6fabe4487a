"""The network that reads whole passages, without torch: gated convolutions over characters (篇段网络).

It knows each character and the word groups that cover it. Five gated convolutions carry what stands around a
character to it; every ground then looks at the places that matter to it. Trained by `models.compliance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.compliance.cue_pairs import Hit

WIDE = 160
REACH = 3  # neighbours a convolution sees, itself included
DILATIONS = (1, 1, 2, 4, 2)
UNKNOWN = 1  # row of a character that was not met in training; row 0 belongs to no place
FIRST = 2  # row of the first known character
_TINY = 1e-5  # of a layer's norm, as in torch

Floats = NDArray[np.float32]


def character_index(characters: str) -> dict[str, int]:
    """Row of each character of the table."""
    return {character: row for row, character in enumerate(characters, start=FIRST)}


def ids_of(text: str, index: Mapping[str, int]) -> list[int]:
    """Row of each character of a folded text."""
    return [index.get(character, UNKNOWN) for character in text]


class PassageNet:
    """Reads passages one by one with the weights of one artifact."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], characters: str) -> None:
        """tensors: names as in `tensor_shapes`."""
        self._index = character_index(characters)
        self._of = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in tensors.items()}

    def logits(self, text: str, hits: Sequence[Hit]) -> Floats:
        """(grounds,) for a folded passage; hits: word groups in it, spans of the passage. Any text but the empty one."""
        of = self._of
        x = of["table"][ids_of(text, self._index)]
        for start, end, group in hits:
            x[start:end] += of["groups"][group]
        for number, dilation in enumerate(DILATIONS):
            x = x + self._mixed(x, number, dilation)
        x = _normed(x, of["norm.weight"], of["norm.bias"])
        weight = x @ of["look.weight"] + of["look.bias"]
        weight = np.exp(weight - weight.max(axis=0))
        said = (weight * (x @ of["say.weight"] + of["say.bias"])).sum(axis=0) / weight.sum(axis=0)
        logits: Floats = said + x.max(axis=0) @ of["top.weight"] + of["top.bias"] + of["bias"]
        return logits

    def _mixed(self, x: Floats, number: int, dilation: int) -> Floats:
        """What a layer adds to each place: the gated sum of its neighbours."""
        of, places = self._of, len(x)
        beyond = dilation * (REACH // 2)
        around = np.zeros((places + 2 * beyond, WIDE), dtype=np.float32)
        around[beyond : beyond + places] = _normed(x, of[f"{number}.norm.weight"], of[f"{number}.norm.bias"])
        shifts = [around[i * dilation : i * dilation + places] for i in range(REACH)]
        mixed = np.concatenate(shifts, axis=1) @ of[f"{number}.mix.weight"] + of[f"{number}.mix.bias"]
        gated: Floats = mixed[:, :WIDE] / (1 + np.exp(-np.clip(mixed[:, WIDE:], -30, 30)))
        return gated


def _normed(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Each place brought to mean 0 and spread 1, then scaled."""
    centred = x - x.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(_TINY))
    normed: Floats = centred / spread * weight + bias
    return normed


def tensor_shapes(characters: int, groups: int, grounds: int) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor; matrices stand ready for `x @ weight`."""
    shapes: dict[str, tuple[int, ...]] = {
        "table": (characters + FIRST, WIDE),
        "groups": (groups, WIDE),
        "norm.weight": (WIDE,),
        "norm.bias": (WIDE,),
        "bias": (grounds,),
    }
    for number in range(len(DILATIONS)):
        shapes[f"{number}.norm.weight"] = shapes[f"{number}.norm.bias"] = (WIDE,)
        shapes[f"{number}.mix.weight"], shapes[f"{number}.mix.bias"] = (WIDE * REACH, 2 * WIDE), (2 * WIDE,)
    for head in ("look", "say", "top"):
        shapes[f"{head}.weight"], shapes[f"{head}.bias"] = (WIDE, grounds), (grounds,)
    return shapes
