"""What a planned batch comes to in numbers (批次数字): coverage, load, fairness, gaps. Counts only, no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.gap import GapSummary
from matcher.domain.record_terms import ShortfallAction
from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, WorkerCategory
from matcher.ranking.unlocks import UnlockKind
from matcher.retrieval.bulk import FrozenPostings
from matcher.services.planning.push_rounds import Allocated
from matcher.services.planning.push_shortfalls import PersonShortfall, region_name, town_name, trade_name

SMALLEST_GROUP = 5  # fewer people could be told apart
SCORE_BINS = 20
MOST_EMPLOYERS = 20
MOST_LINES = 50
COUNTY_DIGITS, TOWN_DIGITS, REGION_DIGITS = 6, 9, 12

Ints = NDArray[np.int64]


def coverage_figures(found: Ints, floor: int) -> dict[str, int]:
    """People by how many pushes they get."""
    served = found >= floor
    return {
        "people": len(found),
        "enough": int(served.sum()),
        "some": int(((found > 0) & ~served).sum()),
        "none": int((found == 0).sum()),
        "pushes": int(found.sum()),
    }


def place_figures(regions: Sequence[str | None], found: Ints, floor: int) -> list[dict[str, Any]]:
    """Coverage by town, and within it by village where codes go so far; the most people first."""
    rows: dict[str, list[int]] = {}
    for row, region in enumerate(regions):
        rows.setdefault(_town_code(region), []).append(row)
    lines = [_place(code, members, regions, found, floor) for code, members in rows.items()]
    return sorted(lines, key=lambda line: (-line["people"], line["code"]))


def group_figures(
    worker_ids: Sequence[str],
    categories: Mapping[str, Sequence[WorkerCategory]],
    found: Ints,
    floor: int,
) -> list[dict[str, Any]]:
    """Coverage by approved category, where at least SMALLEST_GROUP people share it; restricted ones never."""
    members: dict[WorkerCategory, list[int]] = {}
    for row, worker_id in enumerate(worker_ids):
        for category in categories.get(worker_id, ()):
            members.setdefault(category, []).append(row)
    return [
        {"group": category.label} | coverage_figures(found[members[category]], floor)
        for category in WorkerCategory
        if category not in RESTRICTED_CATEGORIES and len(members.get(category, ())) >= SMALLEST_GROUP
    ]


def employer_figures(
    postings: FrozenPostings, state: Allocated, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The employers who get the most pushes, against what they may get. names: posting → employer to be shown."""
    load, capacity = state.allocation.load, state.problem.capacity
    rows = np.flatnonzero(load)
    employer = postings.columns.employer
    key = np.where(employer[rows] >= 0, employer[rows], -1 - rows)
    kinds, index = np.unique(key, return_inverse=True)
    pushes = np.bincount(index, weights=load[rows], minlength=len(kinds)).astype(np.int64)
    lines = []
    for kind in np.argsort(-pushes, kind="stable")[:MOST_EMPLOYERS]:
        mine = rows[index == kind]
        lines.append(
            {
                "employer": names.get(postings.ids[mine[0]], ""),
                "postings": len(mine),
                "pushes": int(pushes[kind]),
                "capacity": int(capacity[mine].sum()),
                "over": int(np.maximum(load[mine] - capacity[mine], 0).sum()),
            }
        )
    return lines


def score_figures(state: Allocated) -> dict[str, Any]:
    """Scores of the pushes in SCORE_BINS equal steps from 0 to 1."""
    scores = state.problem.score[state.allocation.chosen]
    counts, _ = np.histogram(scores, bins=SCORE_BINS, range=(0.0, 1.0))
    mean = float(scores.mean()) if len(scores) else None
    return {"mean": None if mean is None else round(mean, 4), "bins": counts.tolist()}


def shortfall_figures(short: Sequence[PersonShortfall]) -> dict[str, Any]:
    """People below the floor by cause and by what is to be done."""
    causes = Counter(one.cause for one in short)
    actions = Counter(one.action for one in short)
    return {
        "people": len(short),
        "missing": sum(one.missing for one in short),
        "by_cause": {cause.value: {"label": cause.label, "people": count} for cause, count in causes.items()},
        "by_action": {
            action.value: {"label": action.label, "people": actions[action]} for action in ShortfallAction
        },
    }


def closing_figures(
    short: Sequence[PersonShortfall], gap: GapSummary, postings: FrozenPostings
) -> dict[str, Any]:
    """What would close the whole gap.

    collect: places to collect by trade and town, for those whom no change of their own helps. training: places
    by certificate, for those whom it helps. wishes: people by the wish to talk about. crowded: places to add in
    the bottlenecks by trade and town of their postings; alone they would end all crowding.
    """
    collect: Counter[tuple[str, str]] = Counter()
    training: Counter[str] = Counter()
    wishes: Counter[str] = Counter()
    for one in short:
        if one.action is ShortfallAction.COLLECT_POSTINGS:
            collect[one.trade, one.town] += one.missing
        elif one.action is ShortfallAction.TRAINING:
            training[_words(one, UnlockKind.TRAINING)] += 1
        elif one.action is ShortfallAction.ADJUST_WISH:
            wishes[_words(one, UnlockKind.WISH)] += 1
    crowded: Counter[tuple[str, str]] = Counter()
    for row in np.flatnonzero(gap.more_capacity):
        region = int(postings.columns.region[row])
        town = town_name(f"{region:0{REGION_DIGITS}d}" if region else None)
        crowded[trade_name(int(postings.columns.occ[row, 0])), town] += int(gap.more_capacity[row])
    return {
        "collect": _lines(collect),
        "training": [{"change": words, "people": count} for words, count in training.most_common(MOST_LINES)],
        "wishes": [{"change": words, "people": count} for words, count in wishes.most_common(MOST_LINES)],
        "crowded": _lines(crowded),
        "crowded_places": gap.crowded,
        "bottlenecks": [
            {"people": cut.people, "rivals": cut.rivals, "places": cut.places, "to_add": cut.missing}
            for cut in gap.cuts[:MOST_LINES]
        ],
    }


def _words(one: PersonShortfall, kind: UnlockKind) -> str:
    """The change that helps the person most, without its count."""
    best = next(unlock for unlock in one.unlocks if unlock.kind is kind)
    return best.text.partition("，")[0]


def _lines(counted: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"trade": trade, "town": town, "places": count} for (trade, town), count in ordered[:MOST_LINES]]


def _place(
    code: str, members: list[int], regions: Sequence[str | None], found: Ints, floor: int
) -> dict[str, Any]:
    villages: dict[str, list[int]] = {}
    for row in members:
        region = regions[row] or ""
        if region[TOWN_DIGITS:].strip("0"):
            villages.setdefault(region, []).append(row)
    lines = [
        {"code": region, "name": region_name(region)} | coverage_figures(found[rows], floor)
        for region, rows in sorted(villages.items())
    ]
    head = {"code": code, "name": town_name(code or None)}
    return head | coverage_figures(found[members], floor) | {"villages": lines}


def _town_code(region: str | None) -> str:
    if not region:
        return ""
    digits = TOWN_DIGITS if region[COUNTY_DIGITS:TOWN_DIGITS].strip("0") else COUNTY_DIGITS
    return region[:digits].ljust(REGION_DIGITS, "0")
