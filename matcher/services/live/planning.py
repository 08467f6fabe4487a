"""Draw up the run-sheet of a livestream (直播排品).

INVARIANTS
- Only postings that may be aired at this moment are on a new run-sheet.
- A posting keeps its spoken number when the run-sheet is drawn up again; nothing that has been on air is moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.lineup import Floor, Lineup, LineupProblem, choose_lineup
from matcher.allocation.running_order import Turn, air_order, spoken_numbers, strengths, timed
from matcher.domain.event_terms import EventState
from matcher.domain.posting_terms import FriendlyTo
from matcher.errors import Conflict, InvalidInput
from matcher.ranking.masks import has
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import ALWAYS, NEVER, PostingColumns
from matcher.services.live.sessions import require_open
from matcher.services.live.signalling import SHEET
from matcher.services.live.wishes import Wish, served_by
from matcher.services.output_gate import on_air_problems
from matcher.services.runtime import Runtime
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.live import LiveItemRow

USUAL_ITEMS = 20
OLDER_SHARE, LOCAL_SHARE = 0.25, 0.4
VARIETY = {"工种": 0.04, "地方": 0.02, "工资档": 0.02, "单位": 0.06}
"""Reward for each kind of variety, as a share of the whole audience."""

PAY_BANDS_YUAN = (2_500, 3_500, 5_000, 7_000)
COUNTY_UNIT = 10**6
LINEUP = "lineup"
"""Key in `events.figures` of what planning found."""


@dataclass(frozen=True, slots=True)
class LineupRequest:
    """What is wanted. older_share, local_share: floors. region: leading digits of the county's places, "" = none."""

    size: int = USUAL_ITEMS
    minutes: float = 60
    older_share: float = OLDER_SHARE
    local_share: float = LOCAL_SHARE
    region: str = ""

    def checked(self) -> LineupRequest:
        """Itself. Raises InvalidInput for a share that is none."""
        for name, share in (("大龄友好", self.older_share), ("本地", self.local_share)):
            if not 0 <= share <= 1:
                raise InvalidInput(f"{name}岗位的下限须在 0 到 1 之间，收到 {share}")
        if self.region and not self.region.isdecimal():
            raise InvalidInput("本地区划代码只能是数字")
        return self


@dataclass(frozen=True, slots=True)
class LineupPlan:
    """A run-sheet that was drawn up. covered: share of the audience's wishes answered, each by its best posting.

    bound: what no line-up of that size exceeds, in the same unit. gap: (bound − value) / value.
    short: floors that there are too few postings for. barred: postings that were looked at and may not be aired.
    """

    event_id: int
    version: int
    items: int
    covered: float
    gap: float
    short: dict[str, int]
    barred: int
    wishes: int


def plan_lineup(
    runtime: Runtime,
    event_id: int,
    wishes: Sequence[Wish],
    request: LineupRequest,
    *,
    version: int,
    actor: str,
) -> LineupPlan:
    """Choose, order and number the postings of a livestream, and write its run-sheet.

    version: of the run-sheet that was looked at. Raises Conflict when somebody edited it since, or the livestream
    has begun; InvalidInput when there is nothing that may be aired or the time does not fit.
    """
    if not wishes:
        raise InvalidInput("没有观众的需求；请写几句他们会问的话，或选一群服务对象")
    request = request.checked()
    runtime.index.refresh()
    with runtime.index.reading() as (catalogue, _):
        rows, problem = lineup_problem(catalogue, wishes, request, runtime.database.clock.now())
        ids = [catalogue.ids[row] for row in rows]
    with runtime.database.reading() as session:
        lineup = choose_lineup(problem, _gate(session, ids))
    if not lineup.chosen:
        raise InvalidInput("没有可以上播的岗位：要写全单位、人数、条件、内容、地点、工资和有效期，并通过审核")
    turns = [(ids[turn.row], turn) for turn in _turns(problem, lineup, request.minutes)]
    with runtime.database.writing(actor) as session:
        repository = LiveRepository(session)
        event = repository.edited(event_id, version)
        _require_not_begun(event, repository.items(event_id))
        if any(on_air_problems(session, [one for one, _ in turns]).values()):
            raise Conflict("排品时有岗位刚刚变动，没有写入；请重试")
        _write(session, event, turns)
        _note(event, problem, lineup, len(wishes))
        repository.signal(event_id, SHEET, {"items": len(turns)})
        session.flush()
        return _plan(event, problem, lineup, len(wishes))


def lineup_problem(
    catalogue: Catalogue[PostingColumns], wishes: Sequence[Wish], request: LineupRequest, now: datetime
) -> tuple[NDArray[np.int64], LineupProblem]:
    """Rows of the catalogue that the columns do not rule out, and the problem over them.

    Only what the index knows to lack an element of the notice is left out here; the gate decides on the rest.
    """
    columns, at = catalogue.columns, int(now.timestamp())
    open_now = catalogue.alive & (columns.valid_to != NEVER) & (columns.valid_to > at)
    open_now &= (columns.valid_from == ALWAYS) | (columns.valid_from <= at)
    open_now &= columns.headcount_left > 0
    rows = np.flatnonzero(open_now)
    _, first = np.unique(catalogue.groups[rows], return_index=True)
    rows = rows[np.sort(first)]
    part = columns.take(rows)
    weights = np.array([wish.weight for wish in wishes], np.float64)
    rewards = np.array(list(VARIETY.values())) * float(weights.sum())
    return rows, LineupProblem(
        served_by(part, wishes, now),
        weights,
        _groups(part),
        rewards,
        _floors(part, request),
        request.size,
    )


def _groups(part: PostingColumns) -> NDArray[np.int64]:
    """(4, n) trade, place, pay band, employer, in the order of VARIETY."""
    trade = np.where(part.occ_conf[:, 0] > 0, part.occ[:, 0], -1).astype(np.int64)
    place = np.where(part.region > 0, part.region // COUNTY_UNIT, -1)
    paid = part.pay_high_yuan
    band = np.where(np.isnan(paid), -1, np.searchsorted(PAY_BANDS_YUAN, np.nan_to_num(paid)))
    return np.stack([trade, place, band, part.employer.astype(np.int64)])


def _floors(part: PostingColumns, request: LineupRequest) -> tuple[Floor, ...]:
    older = has(part.friendly, FriendlyTo.OLDER.bit)
    floors = [Floor("大龄友好", older, round(request.older_share * request.size))]
    if request.region:
        digits = len(request.region)
        local = part.region // 10 ** (12 - digits) == int(request.region)
        floors.append(Floor("本地", local, round(request.local_share * request.size)))
    return tuple(floor for floor in floors if floor.least)


def _gate(session: StoreSession, ids: Sequence[str]) -> Any:
    """Asks the output gate about rows, in this transaction."""

    def may_air(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        named = [ids[row] for row in rows]
        against = on_air_problems(session, named)
        return np.array([not against[one] for one in named], np.bool_)

    return may_air


def _turns(problem: LineupProblem, lineup: Lineup, minutes: float) -> list[Turn]:
    chosen = np.array(lineup.chosen)
    strength = strengths(problem.serves[:, chosen], problem.weights)
    order = air_order(strength, problem.groups[0, chosen].tolist())
    return [
        Turn(int(chosen[turn.row]), turn.starts_s, turn.seconds, turn.reminder_after)
        for turn in timed(order, minutes)
    ]


def _require_not_begun(event: EventRow, items: Sequence[LiveItemRow]) -> None:
    require_open(event)
    if event.state is EventState.RUNNING or any(item.aired_at for item in items):
        raise Conflict("直播已经开始，不能重新排品；请单独换上或撤下岗位")


def _write(session: StoreSession, event: EventRow, turns: Sequence[tuple[str, Turn]]) -> None:
    """The new items; what is no longer wanted keeps its number and is taken off."""
    repository = LiveRepository(session)
    before = {item.posting_id: item for item in repository.items(event.id)}
    numbers = spoken_numbers(
        [one for one, _ in turns], {one: item.short_no for one, item in before.items()}
    )
    for place, item in enumerate(before.values(), start=1):
        item.seq = -place  # makes room: a place in the order belongs to one item
    session.flush()
    for place, (posting_id, turn) in enumerate(turns, start=1):
        made = LiveItemRow(event_id=event.id, posting_id=posting_id, short_no=numbers[posting_id])
        item = before.pop(posting_id) if posting_id in before else made
        item.seq, item.planned_minute, item.planned_seconds = place, turn.starts_s // 60, turn.seconds
        item.taken_off_at = item.taken_off_because = None
        session.add(item)
    for place, item in enumerate(before.values(), start=len(turns) + 1):
        item.seq = place
        item.taken_off_at, item.taken_off_because = item.taken_off_at or session.now(), "重新排品时换下"
    session.flush()


def _note(event: EventRow, problem: LineupProblem, lineup: Lineup, wishes: int) -> None:
    if event.state is EventState.DRAFT:
        event.state = EventState.PLANNED
    event.figures = {
        **(event.figures or {}),
        LINEUP: {
            "covered": round(_covered(problem, lineup), 4),
            "gap": round(_gap(lineup), 4),
            "short": lineup.short,
            "wishes": wishes,
        },
    }


def _plan(event: EventRow, problem: LineupProblem, lineup: Lineup, wishes: int) -> LineupPlan:
    return LineupPlan(
        event.id,
        event.version,
        len(lineup.chosen),
        _covered(problem, lineup),
        _gap(lineup),
        lineup.short,
        lineup.barred,
        wishes,
    )


def _covered(problem: LineupProblem, lineup: Lineup) -> float:
    return float(problem.weights @ lineup.served) / float(problem.weights.sum())


def _gap(lineup: Lineup) -> float:
    return lineup.bound / lineup.value - 1 if lineup.value else 0.0
