"""A livestream of the sample county on a readable page: run-sheet, viewers' questions, leads (样例直播).

Viewers and their phones are made up; their calls are drawn at random, and the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from matcher.demo.event_pages import ACTOR, DemoEvent, clock_text, event_page
from matcher.domain.event_terms import LeadState
from matcher.errors import Conflict, InvalidInput
from matcher.regions.loading import load_pack
from matcher.services.live.airing import put_on_air
from matcher.services.live.answering import ViewerAnswer, answer_viewer
from matcher.services.live.funnel import Funnel, funnel
from matcher.services.live.leads import LeadsTaken, move_lead, take_leads
from matcher.services.live.planning import LineupPlan, LineupRequest, plan_lineup
from matcher.services.live.run_sheet import RunItem, RunSheet, run_sheet
from matcher.services.live.sessions import create_live, one_live
from matcher.services.live.wishes import typed_wishes
from matcher.services.renderings import sign_of
from matcher.services.runtime import Runtime

ITEMS, MINUTES = 10, 45
CALLERS = ("样例回电一", "样例回电二")
SCRIPTS_SHOWN = 3
_AFTER_A_CALL = (LeadState.REACHED, LeadState.INTERVIEW, LeadState.NOT_REACHED, LeadState.NOT_INTERESTED)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page tells."""

    plan: LineupPlan
    sheet: RunSheet
    answers: list[tuple[str, ViewerAnswer]]
    taken: LeadsTaken
    funnel: Funnel


def livestream_in_demo(runtime: Runtime, page: Path, *, place: str, seed: int) -> DemoEvent:
    """Ten postings for what people around a town ask for; three questions; a chat full of leads."""
    try:
        shown = _played(runtime, place, np.random.default_rng(seed))
    except (Conflict, InvalidInput) as error:
        page.write_text(event_page("livestream.html").render(shown=None, why=error.message), encoding="utf-8")
        return DemoEvent("直播带岗", error.message, page)
    html = event_page("livestream.html").render(
        shown=shown, why="", scripts=_scripts(shown.sheet.items), clock=clock_text
    )
    page.write_text(html, encoding="utf-8")
    return DemoEvent("直播带岗", _summary(shown), page)


def _played(runtime: Runtime, place: str, drawn: np.random.Generator) -> _Shown:
    database, config = runtime.database, runtime.config
    pack, now = load_pack(config.region, config.home), database.clock.now()
    live = create_live(
        database, f"{place}专场直播", now + timedelta(hours=1), minutes=MINUTES, callers=CALLERS, actor=ACTOR
    )
    wishes = typed_wishes(_wishes(place), now=now)
    asked = LineupRequest(ITEMS, MINUTES)
    plan = plan_lineup(runtime, live.event_id, wishes, asked, version=live.version, actor=ACTOR)
    with database.reading() as session:
        first = run_sheet(session, sign_of(pack), live.event_id).items[0].short_no
        seen = one_live(session, live.event_id).version
    put_on_air(database, live.event_id, first, version=seen, actor=ACTOR)
    answers = [(words, answer_viewer(runtime, words, live.event_id, 3)) for words in _questions(place, first)]
    taken = take_leads(database, live.event_id, _chat(runtime, live.event_id), actor=ACTOR)
    for lead in taken.new[:-1]:
        state = _AFTER_A_CALL[int(drawn.integers(len(_AFTER_A_CALL)))]
        move_lead(database, live.event_id, lead.lead_id, state, actor=ACTOR)
    with database.reading() as session:
        return _Shown(
            plan,
            run_sheet(session, sign_of(pack), live.event_id),
            answers,
            taken,
            funnel(session, live.event_id),
        )


def _wishes(place: str) -> list[str]:
    """What the audience is expected to ask for, the more often the more lines."""
    return [
        f"{place}附近 普工 包住", f"{place}附近 保洁", f"{place} 电焊工 日结", f"{place} 保安", "厨师 包吃住", "司机",
        f"{place}附近 长白班", f"{place}附近 不上夜班", "夫妻房", "4000以上", f"{place} 瓦工 日结", "缝纫工",
    ]  # fmt: skip


def _questions(place: str, number: int) -> list[str]:
    return [f"50岁能去吗 {place}附近 长白班", f"{number}号管住吗 能日结吗", "17岁 找个包吃住的活"]


def _chat(runtime: Runtime, event_id: int) -> str:
    """Lines as viewers write them; the numbers belong to nobody."""
    with runtime.database.reading() as session:
        sign = sign_of(load_pack(runtime.config.region, runtime.config.home))
        numbers = [item.short_no for item in run_sheet(session, sign, event_id).items]
    first, second, *_ = (*numbers, *numbers)
    return "\n".join(
        (
            f"{first}号 13800000001",
            f"{first}号，１３８　００００　０００２ 包吃吗",
            f"我要报{second}号:+86-138-0000-0003",
            f"{first}号 138-0000-0001",
            f"{second}号 13800000004 帮我弟问的",
            f"{first}号 怎么去",
            "13800000005 想找个活",
        )
    )


def _scripts(items: Sequence[RunItem]) -> list[RunItem]:
    return [item for item in items if item.script][:SCRIPTS_SHOWN]


def _summary(shown: _Shown) -> str:
    return (
        f"排了 {shown.plan.items} 个岗位，离最好的排法最多差 {shown.plan.gap:.1%}；"
        f"线索 {len(shown.taken.new)} 条，重复 {len(shown.taken.repeated)} 条，要再问 {len(shown.taken.ask_back)} 条"
    )
