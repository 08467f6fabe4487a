"""Who is short of pushes, why, and what to do about it (推送缺口与补足办法)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.shortfall import Cause, Shortfall
from matcher.domain.record_terms import ShortfallAction
from matcher.lexicon.places import place_of
from matcher.ranking.unlocks import Unlock, UnlockKind, unlocks
from matcher.retrieval.bulk import FrozenWorkers, posting_affinity, worker_affinity
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.planning.push_candidates import CandidatePairs
from matcher.services.planning.push_processes import Ground, PushProcesses
from matcher.services.planning.push_search import relevant_postings
from matcher.store.repositories.push_plans import MarketAttempts

PEOPLE_AT_ONCE = 128
MOST_UNLOCKS = 5
ANY_TRADE = "不限工种"
ANY_TOWN = "未登记住址"
CITY_DIGITS, COUNTY_DIGITS, TOWN_DIGITS = 4, 6, 9
REGION_DIGITS = 12

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PersonShortfall:
    """One person's gap as it is stored and told.

    text: at most 40 characters, nothing of what the person is. unlocks: what one change would open, the most first.
    trade, town: what to collect postings for. attempts: what the market was tried with before, for 公益性岗位.
    """

    worker_id: str
    found: int
    missing: int
    cause: Cause
    text: str
    rivals: int
    places: int
    unlocks: tuple[Unlock, ...]
    action: ShortfallAction
    trade: str
    town: str
    attempts: MarketAttempts | None = None

    def blocking(self) -> list[dict[str, Any]]:
        """What `push_shortfalls.blocking` holds."""
        lines: list[dict[str, Any]] = [
            {"constraint": one.code, "text": one.text, "unlocks": one.count} for one in self.unlocks
        ]
        if self.action is ShortfallAction.COLLECT_POSTINGS:
            text = f"到{self.town}征集{self.trade}岗位 {self.missing} 个"
            lines.append({"constraint": "collect", "text": text, "trade": self.trade, "town": self.town})
        if self.action is ShortfallAction.PUBLIC_WELFARE and self.attempts is not None:
            lines.append({"constraint": "market_attempts", "text": attempts_line(self.attempts)})
        return lines


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the action depends on beside the cut: by person. welfare: may get a 公益性岗位 by category."""

    regions: Sequence[str | None]
    welfare: frozenset[str] = frozenset()
    attempts: dict[str, MarketAttempts] = field(default_factory=dict)


def person_shortfalls(
    found: Sequence[Shortfall],
    people: FrozenWorkers,
    candidates: CandidatePairs,
    free: NDArray[np.bool_],
    processes: PushProcesses,
    circumstances: Circumstances,
    need: Ints,
) -> list[PersonShortfall]:
    """Everybody who is short, with unlocks and an action, by row.

    free: (postings,) True where a push could still be made. need: (people,) the floor of each.
    """
    tasks = _tasks(found, people, candidates, free)
    opened = [
        one
        for part in processes.results(_unlocked, tasks, alone=len(found) < PEOPLE_AT_ONCE)
        for one in part
    ]
    return [
        _person(short, people, opens, circumstances, int(need[short.worker]))
        for short, opens in zip(found, opened, strict=True)
    ]


def attempts_line(tried: MarketAttempts) -> str:
    """The record of market attempts in one line."""
    return (
        f"已送达岗位 {tried.delivered} 个，有意向 {tried.interested} 个，"
        f"不合适 {tried.unsuitable} 个，录用 {tried.placements} 次"
    )


def action_for(
    opens: Sequence[Unlock], missing: int, *, welfare: bool, attempts: MarketAttempts | None
) -> ShortfallAction:
    """What to do: a wish that opens enough, else a certificate that does, else 公益性岗位, else collect postings.

    welfare: the person's category allows a 公益性岗位; it is named only after the market was tried in vain.
    """
    for kind, action in (
        (UnlockKind.WISH, ShortfallAction.ADJUST_WISH),
        (UnlockKind.TRAINING, ShortfallAction.TRAINING),
    ):
        if any(one.kind is kind and one.count >= missing for one in opens):
            return action
    if welfare and attempts is not None and attempts.failed:
        return ShortfallAction.PUBLIC_WELFARE
    return ShortfallAction.COLLECT_POSTINGS


def shortfall_text(short: Shortfall) -> str:
    """Why, in numbers and at most 40 characters."""
    if short.cause is Cause.CROWDED and short.places:
        return f"{short.rivals} 人共需 {short.wanted} 个，合适名额只有 {short.places} 个"
    if short.cause is Cause.CROWDED:
        return f"合适的岗位名额已推满，有 {short.rivals} 人需要"
    if short.cause is Cause.NO_CANDIDATES:
        return "眼下没有符合本人条件的岗位"
    if short.cause is Cause.TOO_FEW:
        return f"符合本人条件的岗位只有 {short.candidates} 个"
    return f"合适的 {short.candidates} 个岗位只出自 {short.employers} 家单位"


def town_name(region_code: str | None) -> str:
    """The town of a 行政区划代码, its county where no town is named."""
    if not region_code:
        return ANY_TOWN
    return region_name(region_code[:TOWN_DIGITS])


def region_name(digits: str) -> str:
    """Name of the smallest known region that holds a code; its digits when none is known."""
    for length in (REGION_DIGITS, TOWN_DIGITS, COUNTY_DIGITS, CITY_DIGITS):
        place = place_of(digits[:length].ljust(REGION_DIGITS, "0")) if len(digits) >= length else None
        if place is not None:
            return place.name
    kept = next(n for n in (COUNTY_DIGITS, TOWN_DIGITS, REGION_DIGITS) if not digits[n:].strip("0"))
    return digits[:kept]


def trade_name(occupation: int) -> str:
    """Plain name of an occupation row; "不限工种" for -1."""
    return lexicon_codebook().occupation_names[occupation] if occupation >= 0 else ANY_TRADE


def _person(
    short: Shortfall, people: FrozenWorkers, opens: list[Unlock], known: Circumstances, need: int
) -> PersonShortfall:
    worker_id = people.ids[short.worker]
    attempts = known.attempts.get(worker_id)
    welfare = worker_id in known.welfare
    return PersonShortfall(
        worker_id=worker_id,
        found=need - short.missing,
        missing=short.missing,
        cause=short.cause,
        text=shortfall_text(short),
        rivals=short.rivals,
        places=short.places,
        unlocks=tuple(opens[:MOST_UNLOCKS]),
        action=action_for(opens, short.missing, welfare=welfare, attempts=attempts),
        trade=trade_name(int(people.columns.occ[short.worker, 0])),
        town=town_name(known.regions[short.worker]),
        attempts=attempts,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """People to be asked about. offered: rows of the postings each has as a candidate. free: (postings,)."""

    people: FrozenWorkers
    offered: list[Ints]
    free: NDArray[np.bool_]


def _tasks(
    found: Sequence[Shortfall], people: FrozenWorkers, candidates: CandidatePairs, free: NDArray[np.bool_]
) -> Iterator[_Asked]:
    rows = np.array([short.worker for short in found], np.int64)
    first, last = np.searchsorted(candidates.wi, rows), np.searchsorted(candidates.wi, rows, side="right")
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        part = slice(start, start + PEOPLE_AT_ONCE)
        offered = [candidates.pj[a:b] for a, b in zip(first[part], last[part], strict=True)]
        yield _Asked(people.take(rows[part]), offered, free)


def _unlocked(ground: Ground, asked: _Asked) -> list[list[Unlock]]:
    """What one change would open for each: postings of the wish, with places, that are no candidates yet."""
    found = []
    words = (asked.people.words @ ground.postings.by_term).toarray()
    for row, offered in enumerate(asked.offered):
        affinity = worker_affinity(asked.people.columns, row)
        about = relevant_postings(
            affinity is not None,
            posting_affinity(affinity, ground.postings),
            words[row],
            asked.people.words[row].nnz,
        )
        about &= asked.free
        about[offered] = False
        person = asked.people.columns.take(np.array([row]))
        postings = ground.postings.columns.take(np.flatnonzero(about))
        found.append(unlocks(person, postings, now=ground.now))
    return found
