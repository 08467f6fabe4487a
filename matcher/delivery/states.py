"""The life of one push as data: who may move it where, and whether it counts (推送状态机).

INVARIANTS (product rule: repeated refusal costs a person their support)
- 拒绝 is entered by a caseworker alone, with a note. Silence, a failed delivery and 不合适 never become it.
- A person can contest a refusal; only a contested refusal is reopened.
- An employer moves nothing here, and nothing leaves 作废.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import PushState
from matcher.errors import Conflict, Forbidden, InvalidInput

S = PushState


class Actor(Labelled):
    """Who moves a push (操作方)."""

    SYSTEM = "system", "系统"
    WORKER = "worker", "本人"
    CASEWORKER = "caseworker", "帮扶干部"
    EMPLOYER = "employer", "用人单位"


_A, _W, _C = Actor.SYSTEM, Actor.WORKER, Actor.CASEWORKER
_ANSWERERS = frozenset({_W, _C})  # a caseworker notes down what the person said
_ANSWERS = (S.INTERESTED, S.UNSUITABLE)
_TOLD = (S.SENT, S.DELIVERED, S.READ, S.UNANSWERED)
_AFTER_CONTEST = (S.UNANSWERED, S.INTERESTED, S.UNSUITABLE)

TRANSITIONS: dict[tuple[PushState, PushState], frozenset[Actor]] = {
    (S.PENDING, S.SENT): frozenset({_A, _C}),
    (S.PENDING, S.DELIVERED): frozenset({_A, _C}),
    (S.PENDING, S.FAILED): frozenset({_A, _C}),
    (S.PENDING, S.VOID): frozenset({_A, _C}),
    (S.SENT, S.DELIVERED): frozenset({_A, _C}),
    (S.SENT, S.FAILED): frozenset({_A, _C}),
    (S.SENT, S.READ): frozenset({_A, _W}),
    (S.DELIVERED, S.READ): frozenset({_A, _W}),
    (S.FAILED, S.PENDING): frozenset({_A, _C}),
    (S.FAILED, S.DELIVERED): frozenset({_A, _C}),  # the operator's late word, or a visit after all
    (S.FAILED, S.VOID): frozenset({_A, _C}),
    (S.SENT, S.UNANSWERED): frozenset({_A}),
    (S.DELIVERED, S.UNANSWERED): frozenset({_A}),
    (S.READ, S.UNANSWERED): frozenset({_A}),
    **{(told, answer): _ANSWERERS for told in _TOLD for answer in _ANSWERS},
    **{(told, S.VOID): frozenset({_A, _C}) for told in _TOLD},
    (S.INTERESTED, S.UNSUITABLE): _ANSWERERS,
    (S.UNSUITABLE, S.INTERESTED): _ANSWERERS,
    **{(told, S.DECLINED): frozenset({_C}) for told in (S.DELIVERED, S.READ, S.UNANSWERED, *_ANSWERS)},
    **{(S.DECLINED, state): frozenset({_C}) for state in _AFTER_CONTEST},
}
"""(from, to) → who may. What is not here cannot happen."""


@dataclass(frozen=True, slots=True)
class PushLife:
    """Where a push stands. note: the caseworker's reason for 拒绝. contested_at: when the person objected."""

    state: PushState = PushState.PENDING
    note: str = ""
    contested_at: datetime | None = None


def moved(life: PushLife, to: PushState, actor: Actor, *, note: str = "") -> PushLife:
    """The push after one move; staying where it is changes nothing, so that a repeated receipt is harmless.

    Raises Conflict for a move that does not exist, Forbidden for one that this actor may not make,
    InvalidInput for a refusal without a note.
    """
    if to is life.state:
        return life
    allowed = TRANSITIONS.get((life.state, to))
    if allowed is None:
        raise Conflict(f"推送现在是“{life.state.label}”，不能改成“{to.label}”")
    if actor not in allowed:
        raise Forbidden(f"“{actor.label}”不能把推送从“{life.state.label}”改成“{to.label}”")
    if to is S.DECLINED:
        if not note.strip():
            raise InvalidInput("记录拒绝必须写明经过：什么时候、怎么联系的、本人怎么说")
        return PushLife(to, note.strip())
    if life.state is S.DECLINED and life.contested_at is None:
        raise Conflict("本人没有提出异议，拒绝记录不能改；如属误记，请先登记本人异议")
    return replace(life, state=to)


def contested(life: PushLife, actor: Actor, at: datetime) -> PushLife:
    """The push after the person objected to a recorded refusal; a caseworker may note the objection for them.

    Raises Conflict when there is no refusal, Forbidden for any other actor.
    """
    if actor not in _ANSWERERS:
        raise Forbidden("只有本人（或帮扶干部代本人）可以对拒绝记录提出异议")
    if life.state is not S.DECLINED:
        raise Conflict("没有拒绝记录，无需提出异议")
    return life if life.contested_at else replace(life, contested_at=at)


@dataclass(frozen=True, slots=True)
class DeliveredPush:
    """What decides whether a push counts; None = not known, and what is not known does not count.

    live, eligible: at the moment of delivery. group: near-duplicate group of the posting, "" = none.
    """

    posting_id: str
    group: str = ""
    delivered_at: datetime | None = None
    live: bool | None = None
    eligible: bool | None = None


class NotCounted(Labelled):
    """Why a push does not count towards the floor of postings a person must get (不计数原因)."""

    NOT_DELIVERED = "not_delivered", "未送达"
    NOT_LIVE = "not_live", "送达时岗位已失效"
    NOT_ELIGIBLE = "not_eligible", "送达时不符合条件"
    DUPLICATE = "duplicate", "重复岗位"
    REPEATED = "repeated", "近期已推过"


def not_counted(
    push: DeliveredPush, earlier: Iterable[DeliveredPush], *, repeat_days: int
) -> NotCounted | None:
    """Why `push` does not count, None when it does.

    earlier: pushes of the same person that count, this batch's and earlier ones. A posting, or another one of
    its group, counts again only when more than `repeat_days` days have passed.
    """
    if push.delivered_at is None:
        return NotCounted.NOT_DELIVERED
    if push.live is not True:
        return NotCounted.NOT_LIVE
    if push.eligible is not True:
        return NotCounted.NOT_ELIGIBLE
    reach = timedelta(days=repeat_days)
    near = [
        other
        for other in earlier
        if other.delivered_at is not None and abs(push.delivered_at - other.delivered_at) <= reach
    ]
    if any(other.posting_id == push.posting_id for other in near):
        return NotCounted.REPEATED
    if push.group and any(other.group == push.group for other in near):
        return NotCounted.DUPLICATE
    return None


def counts_toward_quota(push: DeliveredPush, earlier: Iterable[DeliveredPush], *, repeat_days: int) -> bool:
    """Whether `push` counts towards the floor; see `not_counted` for the reason when it does not."""
    return not_counted(push, earlier, repeat_days=repeat_days) is None


def counted(pushes: Iterable[DeliveredPush], *, repeat_days: int) -> list[DeliveredPush]:
    """The pushes of one person that count, in order of delivery; each is judged against those before it."""
    kept: list[DeliveredPush] = []
    delivered = [push for push in pushes if push.delivered_at is not None]
    for push in sorted(delivered, key=lambda push: (push.delivered_at, push.posting_id, push.group)):
        if counts_toward_quota(push, kept, repeat_days=repeat_days):
            kept.append(push)
    return kept
