"""Work words of a posting by a trained reader: what is done there, in the posting's own words (工作内容).

The word list (`posting_fields.skills`) gives what it knows a name; this reader also finds what no list holds
(更换熔断器, 搭花门). Every character carries hashed vectors of itself, of the pair it begins and of the three around it,
and whether a listed word covers it; gated convolutions bring in its neighbours. Three scores a character say whether a
work word begins there, goes on, or neither. Trained by `models.skills`; no torch at run time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Unavailable
from matcher.text.found import Found
from matcher.text.one_thread import one_thread
from matcher.text.sealed_weights import open_sealed

FORMAT = 1
PURPOSE = "工作内容识别"
SHIPPED = Path(__file__).parents[2] / "models" / "skills" / "artifact"
GRAMS = 3  # runs of characters that have vectors of their own
LISTED_BEGINS, LISTED = 2, 1  # marks of a character that a listed word covers
NEITHER, BEGINS, GOES_ON = 0, 1, 2  # the scores of a character
LEAST_CHARS, MOST_CHARS = 2, 24  # letters and digits of a work word; characters of one
_MIX = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_FAR = -1e9

Floats = NDArray[np.float32]
Span = tuple[int, int]


def gram_buckets(text: str, bits: int) -> NDArray[np.int64]:
    """(GRAMS, characters) buckets below 2**bits: the character, the pair it begins, the three around it."""
    padded = np.zeros(len(text) + 2, dtype=np.uint64)
    padded[1:-1] = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    before, here, after = padded[:-2], padded[1:-1], padded[2:] + np.uint64(3)
    hashed = np.stack(
        [
            here * _MIX[0],
            (here * _MIX[1] ^ after * _MIX[0]) * _MIX[2],
            ((before * _MIX[2] ^ here * _MIX[1]) * _MIX[0] ^ after * _MIX[1]) * _MIX[2],
        ]
    )
    return (hashed >> np.uint64(64 - bits)).astype(np.int64)


def listed_marks(characters: int, listed: Iterable[Span]) -> NDArray[np.int64]:
    """(characters,) LISTED_BEGINS where a listed word begins, LISTED where it goes on, else 0."""
    marks = np.zeros(characters, dtype=np.int64)
    for start, end in listed:
        marks[start:end] = LISTED
        marks[start] = LISTED_BEGINS
    return marks


class WorkReader:
    """Reads folded texts with the weights of one artifact."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], manifest: Mapping[str, Any]) -> None:
        """tensors: as in `tensor_shapes`."""
        self.model_id = str(manifest["model_id"])
        self._bits, self._wide = int(manifest["bits"]), int(manifest["wide"])
        self._layers = [(int(reach), int(step)) for reach, step in manifest["layers"]]
        self._lean = float(manifest["lean"])
        wanted = tensor_shapes(self._bits, self._wide, self._layers)
        if {name: values.shape for name, values in tensors.items()} != wanted:
            raise Unavailable(f"{PURPOSE}的模型文件与程序不一致，请重新训练或恢复模型文件")
        self._of = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in tensors.items()}

    def read(self, text: str, title_end: int, listed: Iterable[Span]) -> list[Found[str]]:
        """Each work word where it first stands, in text order, with its chance as confidence.

        text: folded; title_end: where the title ends in it, 0 without one; listed: spans of listed words.
        """
        if not text:
            return []
        chances = _chances(self.scores(text, title_end, listed))
        found: dict[str, Found[str]] = {}
        for start, end in _spans(chances, self._lean):
            word = text[start:end]
            if word not in found and _may_be_a_word(word):
                sure = float(np.exp(chances[start:end, 1:]).sum(axis=1).mean())
                found[word] = Found(word, start, end, min(1.0, sure))
        return list(found.values())

    def scores(self, text: str, title_end: int, listed: Iterable[Span]) -> Floats:
        """(characters, 3) of a folded text that is not empty."""
        of = self._of
        first, second, third = gram_buckets(text, self._bits)
        x = of["grams"][first] + of["grams"][second + (1 << self._bits)] + of["grams"][third + (2 << self._bits)]
        x += of["listed"][listed_marks(len(text), listed)]
        x[:title_end] += of["part"][0]
        x[title_end:] += of["part"][1]
        with one_thread():
            for number, (reach, step) in enumerate(self._layers):
                x += self._mixed(x, number, reach, step)
            scores: Floats = x @ of["out.weight"] + of["out.bias"]
        return scores

    def _mixed(self, x: Floats, number: int, reach: int, step: int) -> Floats:
        """What a layer adds to each place: the gated sum of its neighbours."""
        places, weight = len(x), self._of[f"{number}.weight"]
        beyond = step * (reach // 2)
        around = np.zeros((places + 2 * beyond, self._wide), dtype=np.float32)
        around[beyond : beyond + places] = x
        mixed = around[:places] @ weight[0]
        for neighbour in range(1, reach):
            mixed += around[neighbour * step : neighbour * step + places] @ weight[neighbour]
        mixed += self._of[f"{number}.bias"]
        value, gate = mixed[:, : self._wide], mixed[:, self._wide :]
        gated: Floats = np.tanh(value) / (1 + np.exp(-np.clip(gate, -30, 30)))
        return gated

    @classmethod
    def load(cls, folder: Path) -> WorkReader:
        """Read an artifact; Unavailable when it is absent, changed or of another format."""
        return cls(*open_sealed(folder, FORMAT, of=PURPOSE))


def _may_be_a_word(word: str) -> bool:
    """Neither a heap of marks nor longer than any work word."""
    return len(word) <= MOST_CHARS and sum(map(str.isalnum, word)) >= LEAST_CHARS


def tensor_shapes(bits: int, wide: int, layers: Iterable[tuple[int, int]]) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor; layers: characters a convolution sees and the step between them."""
    shapes: dict[str, tuple[int, ...]] = {
        "grams": (GRAMS << bits, wide),
        "listed": (LISTED_BEGINS + 1, wide),
        "part": (2, wide),
        "out.weight": (wide, 3),
        "out.bias": (3,),
    }
    for number, (reach, _) in enumerate(layers):
        shapes[f"{number}.weight"], shapes[f"{number}.bias"] = (reach, wide, 2 * wide), (2 * wide,)
    return shapes


def _chances(scores: Floats) -> Floats:
    """Logarithms of the chances of the three."""
    above = scores - scores.max(axis=1, keepdims=True)
    chances: Floats = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
    return chances


def _spans(chances: Floats, lean: float) -> list[Span]:
    """The likeliest work words; a word goes on only where one began. lean: taken off the chance of neither."""
    neither, begins, goes_on = 0.0, _FAR, _FAR
    came_from: list[tuple[int, int]] = []  # of neither and begins alike; of goes_on
    for none, begin, on in (chances - np.array([lean, 0, 0], dtype=np.float32)).tolist():
        best, which = max((neither, NEITHER), (begins, BEGINS), (goes_on, GOES_ON))
        inside, inner = max((begins, BEGINS), (goes_on, GOES_ON))
        came_from.append((which, inner))
        neither, begins, goes_on = best + none, best + begin, inside + on
    state = max((neither, NEITHER), (begins, BEGINS), (goes_on, GOES_ON))[1]
    spans: list[Span] = []
    end = None
    for place in range(len(came_from) - 1, -1, -1):
        if state != NEITHER and end is None:
            end = place + 1
        if state == BEGINS and end is not None:
            spans.append((place, end))
            end = None
        state = came_from[place][state == GOES_ON]
    return spans[::-1]


@lru_cache(maxsize=1)
def work_reader() -> WorkReader:
    """The shipped reader, loaded once."""
    return WorkReader.load(SHIPPED)
