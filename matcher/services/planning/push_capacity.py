"""How many more people may be sent to each posting (可推荐人数)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.services.planning.plan_settings import PlanSettings
from matcher.store.repositories.push_plans import PlaceFacts

Ints = NDArray[np.int64]


def capacities(
    posting_ids: Sequence[str],
    places: Mapping[str, PlaceFacts],
    contacts_left: Mapping[str, int],
    settings: PlanSettings,
) -> tuple[Ints, Ints]:
    """(m,) pushes each posting may still receive, and (m,) open places; a posting without facts gets none.

    Pushes = places × ratio, rounded down, within the posting's own cap, less those still open. Where an employer
    limits how many people may contact it, its postings share what is left in proportion.
    """
    capacity = np.zeros(len(posting_ids), np.int64)
    openings = np.zeros(len(posting_ids), np.int64)
    rows_of: dict[str, list[int]] = {}
    for row, posting_id in enumerate(posting_ids):
        facts = places.get(posting_id)
        if facts is None:
            continue
        openings[row] = settings.unknown_headcount if facts.openings is None else max(facts.openings, 0)
        allowed = int(openings[row] * (facts.referral_ratio or settings.referral_ratio))
        if facts.referral_cap is not None:
            allowed = min(allowed, facts.referral_cap)
        capacity[row] = max(0, allowed - facts.open_pushes)
        if facts.employer_id in contacts_left:
            rows_of.setdefault(facts.employer_id, []).append(row)
    for employer_id, rows in rows_of.items():
        capacity[rows] = shared_out(capacity[rows], contacts_left[employer_id])
    return capacity, openings


def shared_out(wanted: Ints, most: int) -> Ints:
    """At most `most` in all, in proportion to `wanted`; remainders go to the largest, earlier rows first."""
    total = int(wanted.sum())
    if total <= most:
        return wanted
    exact = wanted * most / total
    shares = np.floor(exact).astype(np.int64)
    order = np.lexsort((np.arange(len(wanted)), shares - exact))
    shares[order[: most - int(shares.sum())]] += 1
    return shares
