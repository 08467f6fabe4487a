"""Cut folded text into windows of one or two clauses and hash their character runs (小句窗口)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARKS = ",。;!?:\n"
BUCKETS = 1 << 17
LONGEST_RUN = 4
MAX_CLAUSE = 48  # a longer stretch without a mark is cut, so that no window grows with the text
LEAST_CHARS = 2
_SPREAD = np.uint32(2654435761)  # Knuth's multiplicative hash
_STEP = np.uint32(16777619)
_SHIFT = np.uint32(32 - 17)
_MARK = ","
_ALIKE = np.arange(max(map(ord, MARKS)) + 1, dtype=np.uint32)
"""What each character up to the last mark becomes; those beyond it, all Han among them, stay as they are."""
_ALIKE[[ord(mark) for mark in MARKS]] = ord(_MARK)
_ALIKE[ord("0") : ord("6")] = ord("0")
_ALIKE[ord("6") : ord("9") + 1] = ord("9")


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one text. Runs know digits as low (0-5) or high (6-9), so that 60岁 is not 45岁, and all marks as one.

    starts, ends: (windows,) spans in the text, marks at the ends left out.
    runs: for each length n = 1..LONGEST_RUN, (characters + 2 - n + 1,) bucket of the run that starts there;
    position i of the text is position i + 1 here, because a mark is added at each end.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    runs: tuple[NDArray[np.uint32], ...]

    def buckets(self, number: int) -> NDArray[np.uint32]:
        """(runs,) buckets of one window, the marks around it included."""
        return self.between(int(self.starts[number]), int(self.ends[number]))

    def between(self, start: int, end: int) -> NDArray[np.uint32]:
        """(runs,) buckets of the span start..end, a mark or neighbour at each side included."""
        return np.concatenate([run[start : end + 3 - n] for n, run in enumerate(self.runs, start=1)])


def cut_windows(texts: Sequence[str]) -> tuple[Windows, NDArray[np.int64]]:
    """Windows of folded texts laid end to end, none across two texts, and where each text begins (texts,).

    Every clause alone and every two neighbours together; a window is never longer than 2 · MAX_CLAUSE + 1.
    """
    joined = "\n\n".join(texts)
    lengths = np.array([len(text) + 2 for text in texts], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    codes = np.frombuffer(f"\n{joined}\n".encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    low = np.flatnonzero(codes < len(_ALIKE))
    codes[low] = _ALIKE[codes[low]]
    starts, ends = _clauses(codes == ord(_MARK))
    pairs = np.flatnonzero(starts[1:] - ends[:-1] <= 1)
    return (
        Windows(
            np.concatenate([starts, starts[pairs]]), np.concatenate([ends, ends[pairs + 1]]), _runs(codes)
        ),
        offsets,
    )


def _clauses(mark: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Spans between marks, at least LEAST_CHARS long; long ones are cut at every MAX_CLAUSE characters."""
    at = np.flatnonzero(mark).astype(np.int64)
    starts, ends = at[:-1], at[1:] - 1
    if len(starts) and int((ends - starts).max()) > MAX_CLAUSE:
        cuts = [
            (part, min(part + MAX_CLAUSE, int(end)))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            for part in range(start, end, MAX_CLAUSE)
        ]
        starts, ends = (np.array(side, dtype=np.int64) for side in zip(*cuts, strict=True))
    long_enough = ends - starts >= LEAST_CHARS
    return starts[long_enough], ends[long_enough]


def _runs(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], ...]:
    """Buckets of the runs of 1..LONGEST_RUN characters at each position."""
    runs, rolled = [], codes
    for n in range(1, LONGEST_RUN + 1):
        if n > 1:
            rolled = (rolled[:-1] * _STEP) ^ codes[n - 1 :]
        runs.append(((rolled + np.uint32(n)) * _SPREAD) >> _SHIFT)
    return tuple(runs)
