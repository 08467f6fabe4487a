"""The second reader: a trained reader of clauses and passages beside the rules (第二读者).

It reads what no rule names: wording that says the thing without its word. Cheap steps first: a linear gate over
windows of one or two clauses (`windows`), then a linear model of each ground over their hashed character runs and
pairs of cue groups (`cue_pairs`). Only a suspicious window brings its passage (`passages`) before the other two, a
linear model over the passage's runs and a small network over its characters (`passage_net`). The logits of the three
are weighed together. Its finding goes to an officer, it never blocks.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.compliance.cue_pairs import CuePairs, Hit
from matcher.compliance.passage_net import PassageNet, tensor_shapes
from matcher.compliance.passages import passages_around
from matcher.compliance.windows import BUCKETS, Windows, cut_windows
from matcher.errors import Unavailable
from matcher.text.one_thread import one_thread
from matcher.text.sealed_weights import open_sealed

FORMAT = 2
PURPOSE = "合规第二读者"
SHIPPED = Path(__file__).parents[2] / "models" / "compliance" / "artifact"
GATE_RUNS = 3  # the gate reads runs of up to so many characters
MAX_READ = 20  # windows of one posting that are read behind the gate, the most suspicious first
MAX_READ_LONG = 4  # more for each further thousand characters
MAX_PASSAGES = 2  # of one posting
NET = "net."  # before the names of the network's tensors


@dataclass(frozen=True, slots=True)
class Reading:
    """A ground that one window seems to name. field: number of the text; start, end: span in it."""

    ground: str
    field: int
    start: int
    end: int
    probability: float


class SecondReader:
    """Reads folded texts with the weights of one artifact."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], manifest: Mapping[str, Any]) -> None:
        """tensors: gate (BUCKETS,), runs and passage (BUCKETS, grounds), cues (columns, grounds), bias and passage_bias
        (grounds,), shares (4, grounds), net.* as in `passage_net.tensor_shapes`."""
        self.model_id = str(manifest["model_id"])
        self.grounds = tuple(manifest["grounds"])
        self._cue_pairs = CuePairs(manifest["groups"])
        wanted = _shapes(manifest, self._cue_pairs.columns)
        if {name: values.shape for name, values in tensors.items()} != wanted:
            raise Unavailable(f"{PURPOSE}的模型文件与程序不一致，请重新训练或恢复模型文件")
        floats = {name: values.astype(np.float32) for name, values in tensors.items()}
        self._gate, self._runs, self._cues = floats["gate"], floats["runs"], floats["cues"]
        self._bias, self._passage = floats["bias"], floats["passage"]
        self._passage_bias, self._shares = floats["passage_bias"], floats["shares"]
        net = {name.removeprefix(NET): values for name, values in floats.items() if name.startswith(NET)}
        self._net = PassageNet(net, str(manifest["characters"]))
        self._gate_bias, self._gate_least = float(manifest["gate_bias"]), float(manifest["gate_least"])
        self._passage_least = float(manifest["passage_least"])
        self._net_least, least = (
            np.array([manifest[name][ground] for ground in self.grounds], dtype=np.float32)
            for name in ("net_least", "thresholds")
        )
        self._least = np.log(least / (1 - least))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """The likeliest window of each ground at or above its threshold, in the order of the grounds."""
        windows, offsets = cut_windows(texts)
        numbers = self._behind_the_gate(windows, sum(map(len, texts)))
        if not len(numbers):
            return []
        hits = self._cue_pairs.hits("\n\n".join(texts))
        logits = self.window_logits(windows, hits, numbers)
        suspicion = logits.max(axis=1)
        order = [row for row in np.argsort(-suspicion, kind="stable") if suspicion[row] >= self._passage_least]
        begins, lengths = offsets.tolist(), list(map(len, texts))
        best: dict[int, tuple[float, int]] = {}
        for start, end in passages_around(numbers[order], windows, begins, lengths, MAX_PASSAGES):
            inside = np.flatnonzero((windows.starts[numbers] >= start) & (windows.ends[numbers] <= end))
            text = bisect.bisect_right(begins, start) - 1
            passage = texts[text][start - begins[text] : end - begins[text]]
            judged = self._judged(passage, windows.between(start, end), _within(hits, start, end), logits[inside])
            for column in np.flatnonzero(judged >= self._least).tolist():
                window = int(numbers[inside[logits[inside, column].argmax()]])
                best[column] = max(best.get(column, (float(judged[column]), window)), (float(judged[column]), window))
        return [self._reading(column, *best[column], windows, begins) for column in sorted(best)]

    def window_logits(
        self, windows: Windows, hits: Sequence[Hit], numbers: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """(numbers, grounds) of each of the windows `numbers`; hits: of the joined text."""
        runs = [windows.buckets(int(number)) for number in numbers]
        lengths = np.array([len(buckets) for buckets in runs])
        sums = np.add.reduceat(self._runs[np.concatenate(runs)], np.cumsum(lengths) - lengths, axis=0)
        logits: NDArray[np.float32] = (sums / np.sqrt(lengths)[:, None] + self._bias).astype(np.float32)
        for row, number in enumerate(numbers):
            columns = self._cue_pairs.of_window(hits, int(windows.starts[number]), int(windows.ends[number]))
            if columns:
                logits[row] += self._cues[columns].sum(axis=0) / np.sqrt(len(columns))
        return logits

    def passage_logits(self, runs: NDArray[np.uint32]) -> NDArray[np.float32]:
        """(grounds,) by the linear model over a passage; runs: its buckets, each once."""
        logits: NDArray[np.float32] = self._passage[runs].sum(axis=0) / np.sqrt(len(runs)) + self._passage_bias
        return logits

    def net_logits(self, passage: str, hits: Sequence[Hit]) -> NDArray[np.float32]:
        """(grounds,) by the network; hits: of the passage alone."""
        with one_thread():
            return self._net.logits(passage, hits)

    def _judged(
        self, passage: str, runs: NDArray[np.uint32], hits: Sequence[Hit], of_windows: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(grounds,) joint logits of a passage; -inf where the network need not be asked."""
        by_window, by_run, by_net, bias = self._shares
        linear = by_window * of_windows.max(axis=0) + by_run * self.passage_logits(np.unique(runs)) + bias
        if (linear < self._net_least).all():
            return np.full(len(self.grounds), -np.inf, dtype=np.float32)
        judged: NDArray[np.float32] = linear + by_net * self.net_logits(passage, hits)
        return judged

    def _reading(self, column: int, logit: float, window: int, windows: Windows, begins: Sequence[int]) -> Reading:
        """A ground found in the passage of `window`, with the window's span in its own text."""
        start, end = int(windows.starts[window]), int(windows.ends[window])
        text = bisect.bisect_right(begins, start) - 1
        begin = begins[text]
        return Reading(self.grounds[column], text, start - begin, end - begin, 1 / (1 + math.exp(-min(30.0, logit))))

    def _behind_the_gate(self, windows: Windows, chars: int) -> NDArray[np.int64]:
        """Numbers of the windows worth reading, at most MAX_READ of a text of ordinary length."""
        ends = windows.ends
        together = np.zeros(len(windows.runs[0]) + 1)  # of all runs that start before a place
        total, last = np.zeros(len(ends)), np.int64(0)
        for n, run in enumerate(windows.runs[:GATE_RUNS], start=1):
            gates = self._gate[run]
            together[1 : len(gates) + 1] += gates
            for beyond in range(GATE_RUNS - n):  # shorter runs start later within a window
                total += gates[ends + beyond]
            last += 3 - n
        np.cumsum(together, out=together)
        total += together[ends] - together[windows.starts]
        count = GATE_RUNS * (ends - windows.starts) + last
        logits = total / np.sqrt(np.maximum(count, 1)) + self._gate_bias
        passed = np.flatnonzero(logits >= self._gate_least).astype(np.int64)
        most = MAX_READ + MAX_READ_LONG * (chars // 1000)
        return passed if len(passed) <= most else passed[np.argsort(-logits[passed], kind="stable")[:most]]

    @classmethod
    def load(cls, folder: Path) -> SecondReader:
        """Read an artifact; Unavailable when it is absent, changed or of another format."""
        return cls(*open_sealed(folder, FORMAT, of=PURPOSE))


def _shapes(manifest: Mapping[str, Any], columns: int) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of an artifact; columns: of the cue pairs."""
    wide, groups = len(manifest["grounds"]), len(manifest["groups"])
    net = tensor_shapes(len(manifest["characters"]), groups, wide)
    return {
        "gate": (BUCKETS,),
        "runs": (BUCKETS, wide),
        "cues": (columns, wide),
        "bias": (wide,),
        "passage": (BUCKETS, wide),
        "passage_bias": (wide,),
        "shares": (4, wide),
        **{NET + name: shape for name, shape in net.items()},
    }


def _within(hits: Sequence[Hit], start: int, end: int) -> list[Hit]:
    """The hits that lie in start..end, with their spans counted from start."""
    return [(a - start, b - start, group) for a, b, group in hits if start <= a and b <= end]


@lru_cache(maxsize=1)
def second_reader() -> SecondReader:
    """The shipped reader, loaded once."""
    return SecondReader.load(SHIPPED)
