"""Which of the places named counts: where they want to work, else where they live (地点)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.domain.values import Place
from matcher.text.found import Found
from matcher.text.utterance_fields.scope import Scope

_GOING_BEFORE = re.compile(r"(?:去|到|想在|就在|在|进|往|回)$")
_HOME_BEFORE = re.compile(r"(?:家在|住在|住|人在|我在|家是|老家|我是)$")
_FROM_BEFORE = re.compile(r"(?:从|刚从|不去|不想去|别去|除了|户口(?:在|是)?)[^,。;]{0,2}$")
_ALSO_AFTER = re.compile(r"[^,。;]{0,8}(?:也行|也可以|也成|也去|都行|不去|不行|回来|不考虑)")
_ADJACENT = 2


def choose_place(scope: Scope, found: Sequence[tuple[int, int, Place]]) -> Found[Place] | None:
    """The place that decides distance.

    Names in a row (深圳龙华) are one place, the narrowest. A destination beats a home unless it is only "也行".
    """
    best: tuple[int, int, int, Place] | None = None
    for start, end, place in _joined(found):
        score = _score(scope, start, end)
        if score > 0 and (best is None or score > best[0]):
            best = score, start, end, place
    return None if best is None else Found(best[3], best[1], best[2], 0.9)


def _score(scope: Scope, start: int, end: int) -> int:
    before = scope.before(start, 6)
    if _FROM_BEFORE.search(before):
        return 0
    if _HOME_BEFORE.search(before):
        return 3
    if _ALSO_AFTER.match(scope.after(end)):
        return 1
    return 4 if _GOING_BEFORE.search(before) else 2


def _joined(found: Sequence[tuple[int, int, Place]]) -> list[tuple[int, int, Place]]:
    result: list[tuple[int, int, Place]] = []
    for start, end, place in sorted(found, key=lambda item: item[:2]):
        if result and start - result[-1][1] <= _ADJACENT and _inside(place, result[-1][2]):
            result[-1] = result[-1][0], end, place
        else:
            result.append((start, end, place))
    return result


def _inside(inner: Place, outer: Place) -> bool:
    """Whether the inner code lies in the outer region (its trailing zero pairs stripped)."""
    if not inner.region_code or not outer.region_code:
        return False
    stem = outer.region_code[:6]
    while stem.endswith("00") and len(stem) > 2:
        stem = stem[:-2]
    return inner.region_code.startswith(stem)
