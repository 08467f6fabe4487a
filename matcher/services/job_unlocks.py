"""The one or two changes that would open the most postings to the person who asks (差一步): "有叉车证可多37个岗位".

INVARIANTS
- A number is counted, never estimated: so many live postings of the wished work become open by this one change.
- Said at the moment of output: `still_open` drops what the database no longer shows, and the number falls with it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import MAX_LINE_CHARS, Line
from matcher.ranking.unlocks import Unlock, unlocks
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import PostingColumns, WorkerColumns

MOST_UNLOCKS = 2
MOST_ROWS = 4_000  # keeps an answer under 10 ms longer; a wish that fits more names no trade
_NOTE = re.compile(r"[((][^))]*[))]")
_CHANGES = {
    "reach_10": "多走10分钟",
    "reach_20": "多走20分钟",
    "night": "肯上夜班",
    "settlement": "结算方式放宽",
    "pay": "工资低一成",
    "out_of_town": "愿去省内外地",
}


@dataclass(frozen=True, slots=True)
class JobUnlock:
    """One change and the postings it opens. code: as `Unlock.code`; change: its words, short."""

    code: str
    change: str
    posting_ids: tuple[str, ...]

    @property
    def line(self) -> Line:
        """What the person reads."""
        count = len(self.posting_ids)
        texts = (f"{self.change}可多{count}个岗位", f"{self.change}可多{count}个", f"考证可多{count}个岗位")
        return Line(f"unlock:{self.code}", next(text for text in texts if len(text) <= MAX_LINE_CHARS))


def job_unlocks(
    person: WorkerColumns, catalogue: Catalogue[PostingColumns], wanted: NDArray[np.bool_], *, now: datetime
) -> tuple[JobUnlock, ...]:
    """The best changes, the most postings first, one of each kind of wish; () when the wish is too wide.

    person: one row. wanted: (rows,) bool, live postings of the wished work.
    """
    rows = np.flatnonzero(wanted)
    if not 0 < len(rows) <= MOST_ROWS:
        return ()
    found: list[JobUnlock] = []
    kinds: set[str] = set()
    for unlock in unlocks(person, catalogue.columns.take(rows), now=now):
        kind = unlock.code if ":" in unlock.code else unlock.code.split("_")[0]
        if kind not in kinds and len(found) < MOST_UNLOCKS:
            kinds.add(kind)
            opened = tuple(catalogue.ids[row] for row in rows[list(unlock.rows)])
            found.append(JobUnlock(unlock.code, _change(unlock), opened))
    return tuple(found)


def still_open(found: Iterable[JobUnlock], closed: Container[str]) -> tuple[JobUnlock, ...]:
    """The unlocks without the postings in `closed`; those that open nothing any more are dropped."""
    kept = [
        replace(one, posting_ids=tuple(key for key in one.posting_ids if key not in closed)) for one in found
    ]
    return tuple(one for one in kept if one.posting_ids)


def _change(unlock: Unlock) -> str:
    if unlock.code in _CHANGES:
        return _CHANGES[unlock.code]
    words = _NOTE.sub("", unlock.text.partition("，")[0])
    if unlock.code.startswith("renewal:"):
        return words.removeprefix("若").removesuffix("通过")
    return "有" + words.removeprefix("若考取")
