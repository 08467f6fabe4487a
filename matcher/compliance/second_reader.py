"""The second reader: a trained classifier of clauses beside the rules (第二读者).

It reads what no rule names: wording that says the thing without its word. One linear model for each ground over
hashed character runs and pairs of cue groups of a window of one or two clauses (`windows`, `cue_pairs`); a cheaper
linear gate first leaves out the windows that are nothing of the kind. Its finding goes to an officer, it never blocks.

The artifact folder holds `manifest.json` and one safetensors file, opened only after its SHA-256 matches.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors

from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.windows import BUCKETS, Windows, cut_windows
from matcher.errors import Unavailable

MANIFEST = "manifest.json"
FORMAT = 1
SHIPPED = Path(__file__).parents[2] / "models" / "compliance" / "artifact"
GATE_RUNS = 3  # the gate reads runs of up to so many characters
MAX_READ = 20  # windows of one posting that are read behind the gate, the most suspicious first
MAX_READ_LONG = 4  # more for each further thousand characters


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
        """tensors: gate (BUCKETS,), runs (BUCKETS, grounds), cues (columns, grounds), bias (grounds,)."""
        self.model_id = str(manifest["model_id"])
        self.grounds = tuple(manifest["grounds"])
        self._cue_pairs = CuePairs(manifest["groups"])
        self._gate = tensors["gate"].astype(np.float32)
        self._runs = tensors["runs"].astype(np.float32)
        self._cues = tensors["cues"].astype(np.float32)
        self._bias = tensors["bias"].astype(np.float32)
        self._gate_bias, self._gate_least = float(manifest["gate_bias"]), float(manifest["gate_least"])
        self._least = np.array([manifest["thresholds"][ground] for ground in self.grounds], dtype=np.float32)
        wide = len(self.grounds)
        shapes = [self._gate.shape, self._runs.shape, self._cues.shape, self._bias.shape]
        if shapes != [(BUCKETS,), (BUCKETS, wide), (self._cue_pairs.columns, wide), (wide,)]:
            raise Unavailable("合规第二读者的模型文件与程序不一致，请重新训练或恢复模型文件")

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """The likeliest window of each ground at or above its threshold, in the order of the grounds."""
        windows, offsets = cut_windows(texts)
        numbers = self._behind_the_gate(windows, sum(map(len, texts)))
        if not len(numbers):
            return []
        chances = self.probabilities(texts, windows, numbers)
        best = chances.argmax(axis=0)
        readings = []
        for column in np.flatnonzero(chances.max(axis=0) >= self._least).tolist():
            number = int(numbers[best[column]])
            start, end = int(windows.starts[number]), int(windows.ends[number])
            field = bisect.bisect_right(offsets.tolist(), start) - 1
            begin = int(offsets[field])
            chance = float(chances[best[column], column])
            readings.append(Reading(self.grounds[column], field, start - begin, end - begin, chance))
        return readings

    def probabilities(
        self, texts: Sequence[str], windows: Windows, numbers: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """(numbers, grounds) chance of each ground in each of the windows `numbers`."""
        hits = self._cue_pairs.hits("\n\n".join(texts))
        logits = np.empty((len(numbers), len(self.grounds)), dtype=np.float32)
        for row, number in enumerate(numbers):
            buckets = windows.buckets(int(number))
            columns = self._cue_pairs.of_window(hits, int(windows.starts[number]), int(windows.ends[number]))
            logits[row] = self._runs[buckets].sum(axis=0) / np.sqrt(len(buckets)) + self._bias
            if columns:
                logits[row] += self._cues[columns].sum(axis=0) / np.sqrt(len(columns))
        return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)

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
        try:
            manifest = cast(dict[str, Any], json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            data = (folder / str(manifest["file"])).read_bytes()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("合规第二读者的模型文件缺失或损坏，请恢复模型文件", detail=str(error)) from error
        if manifest.get("format") != FORMAT:
            raise Unavailable("合规第二读者的模型格式与程序不一致，请重新训练")
        if manifest_digest(manifest, data) != manifest.get("sha256"):
            raise Unavailable("合规第二读者的模型文件与清单的校验值不符，已拒绝加载")
        return cls(load_tensors(data), manifest)


def manifest_digest(manifest: Mapping[str, Any], data: bytes) -> str:
    """SHA-256 of the weights and of everything else the manifest says."""
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8") + b"\0" + data).hexdigest()


@lru_cache(maxsize=1)
def second_reader() -> SecondReader:
    """The shipped reader, loaded once."""
    return SecondReader.load(SHIPPED)
