"""In which order postings are talked about, under which spoken numbers, and when (直播流程).

A viewer who joins late hears the numbers again: every few postings there is a reminder of those that are still open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Conflict, InvalidInput

MOST_NUMBER = 999
CONFUSED = "4"
"""四 and 十 sound alike in many mouths: no spoken number has a four in it, so that 10 is only ever 十."""

REMINDER_EVERY = 5
REMINDER_S = 60
LEAST_SECONDS, MOST_SECONDS = 60, 900


@dataclass(frozen=True, slots=True)
class Turn:
    """One posting's time. row: the posting; starts_s: seconds from the beginning; reminder_after: a repeat follows."""

    row: int
    starts_s: int
    seconds: int
    reminder_after: bool


def air_order(strength: Sequence[float], trades: Sequence[int]) -> list[int]:
    """Rows in running order: the strongest opens, and no trade follows itself while another one is left.

    strength, trades: of each row; the trade with the most rows left goes next when it would else be stuck at the end.
    """
    if len(strength) != len(trades):
        raise InvalidInput("流程数组长度不一致")
    left = sorted(range(len(strength)), key=lambda row: (-strength[row], row))
    order: list[int] = []
    while left:
        last = trades[order[-1]] if order else None
        counts: dict[int, int] = {}
        for row in left:
            counts[trades[row]] = counts.get(trades[row], 0) + 1
        crowded = max(counts, key=lambda trade: counts[trade])
        must = crowded if 2 * counts[crowded] > len(left) + (crowded == last) and crowded != last and order else None
        fits = [row for row in left if (trades[row] == must if must is not None else trades[row] != last)]
        chosen = (fits or left)[0]
        order.append(chosen)
        left.remove(chosen)
    return order


def timed(order: Sequence[int], minutes: float) -> list[Turn]:
    """Share the time out evenly, reminders taken off first. Raises InvalidInput when there is too little or too much."""
    if not order:
        return []
    reminders = (len(order) - 1) // REMINDER_EVERY
    seconds = int((60 * minutes - REMINDER_S * reminders) / len(order))
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise InvalidInput(
            f"{len(order)} 个岗位排 {minutes:g} 分钟，每个约 {seconds} 秒；每个岗位应有 "
            f"{LEAST_SECONDS} 到 {MOST_SECONDS} 秒，请调整岗位数或时长"
        )
    turns, at = [], 0
    for place, row in enumerate(order, start=1):
        reminder = place % REMINDER_EVERY == 0 and place < len(order)
        turns.append(Turn(row, at, seconds, reminder))
        at += seconds + REMINDER_S * reminder
    return turns


def spoken_numbers(postings: Sequence[str], taken: Mapping[str, int]) -> dict[str, int]:
    """A number for each posting; one that has a number keeps it, and no number goes to a second posting.

    taken: numbers given before in this event, also to postings that are no longer in it. Raises Conflict when there
    are no numbers left.
    """
    used, found = set(taken.values()), {}
    free = (one for one in range(1, MOST_NUMBER + 1) if CONFUSED not in str(one) and one not in used)
    for posting in postings:
        number = taken.get(posting) or next(free, None)
        if number is None:
            raise Conflict("这场直播的岗位号已用完；请另开一场")
        found[posting] = number
    return found


def strengths(serves: NDArray[np.float32], weights: NDArray[np.float64]) -> list[float]:
    """How much audience each posting answers. serves: (w, n); weights: (w,)."""
    return [float(one) for one in weights @ serves]
