"""What a ranker may learn from a push: a grade, or nothing at all (训练标签).

Silence is missing, never a no: a push that nobody answered has no grade. 4 hired or at work, 3 interviewed,
2 wanted to go, 1 did not suit, 0 opened and not answered yet (censored; a trainer may leave it out).
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import PushState


class Grade(Labelled):
    """How far a push came (进展)."""

    SHOWN = "shown", "已看到"
    UNSUITABLE = "unsuitable", "不合适"
    INTERESTED = "interested", "有意向"
    INTERVIEW = "interview", "面试"
    HIRED = "hired", "录用"


_BY_STATE = {
    PushState.READ: Grade.SHOWN,
    PushState.UNSUITABLE: Grade.UNSUITABLE,
    PushState.INTERESTED: Grade.INTERESTED,
}
NEVER_SHOWN = frozenset({PushState.PENDING, PushState.FAILED, PushState.VOID})
"""States of a push that taught nothing: the person never saw it, or it was taken back."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of one push; None = not known."""

    state: PushState
    contested: bool = False
    interviewed: bool | None = None
    hired: bool | None = None


def grade_of(progress: Progress) -> Grade | None:
    """The grade of a push that reached the person; None = missing.

    拒绝 is graded as 不合适 and, once contested, as missing: it is a caseworker's record, not the person's word.
    """
    if progress.hired:
        return Grade.HIRED
    if progress.interviewed:
        return Grade.INTERVIEW
    if progress.state is PushState.DECLINED:
        return None if progress.contested else Grade.UNSUITABLE
    return _BY_STATE.get(progress.state)
