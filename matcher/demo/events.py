"""Events of the sample county after its push batch, each on a readable page of its own (样例活动).

One function an event, so that each can be shown alone. People's answers are drawn at random and the pages say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from matcher.clock import SHANGHAI
from matcher.delivery.renderings import RenderingForm
from matcher.demo.event_pages import ACTOR, DemoEvent, clock_text, event_page
from matcher.demo.fair import fair_in_demo
from matcher.demo.livestream import livestream_in_demo
from matcher.domain.labels import pay_label
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import Conflict, InvalidInput, Unavailable
from matcher.regions.loading import load_pack
from matcher.regions.pack import Office
from matcher.services.instant.answering import answer
from matcher.services.instant.board import Board, gig_board
from matcher.services.instant.calls import Call, Progress, calls_to_make, progress
from matcher.services.instant.freeing import say_free
from matcher.services.instant.opening import open_request
from matcher.services.instant.ranking import ranker_of
from matcher.services.instant.reading import UrgentDraft, read_request
from matcher.services.instant.waves import Wave, next_wave
from matcher.services.output_gate import refusals
from matcher.services.renderings import print_notices, render_posting, sign_of
from matcher.services.runtime import Runtime
from matcher.services.whole_files import whole_bytes
from matcher.store.repositories.workers import WorkerRepository

EMPLOYER = "样例市政工程队"
FREE_PEOPLE = 120
SAYS_YES = 0.6
MOST_WAVES = 5
SIX, EVENING = time(6, 0), time(20, 0)
TEXT_FORMS = (RenderingForm.LED, RenderingForm.SMS, RenderingForm.WECHAT)


@dataclass(frozen=True, slots=True)
class _Round:
    """One wave with the list to call as it was before anybody answered. yes: how many then said yes."""

    wave: Wave
    calls: list[Call]
    yes: int


def events_in_demo(runtime: Runtime, folder: Path, *, place: str, seed: int) -> list[DemoEvent]:
    """Every event in turn; pages go into `folder`. place: a town of the county that people know."""
    return [
        urgent_in_demo(runtime, folder / "urgent.html", place=place, seed=seed),
        livestream_in_demo(runtime, folder / "livestream.html", place=place, seed=seed),
        fair_in_demo(runtime, folder / "fair.html", place=place, seed=seed),
    ]


def urgent_in_demo(runtime: Runtime, page: Path, *, place: str, seed: int) -> DemoEvent:
    """Five labourers for six tomorrow morning: read from words, asked in waves, shown on board and in texts."""
    database, pack = runtime.database, load_pack(runtime.config.region, runtime.config.home)
    now = database.clock.now()
    _some_are_free(runtime, _tomorrow(now, EVENING))
    words = f"明早6点要5个小工 {place} 260一天 日结"
    draft = read_request(words, now=now)
    draft = replace(draft, employer_name=EMPLOYER, need_by=draft.need_by or _tomorrow(now, SIX))
    opened = open_request(database, draft, actor=ACTOR)
    texts, sheet = _told_everywhere(runtime, opened.posting_id, page.with_name("urgent_notice.pdf"))
    rounds = _asked_in_waves(runtime, opened.request_id, pack.office, np.random.default_rng(seed))
    with database.reading() as session:
        stands = progress(session, opened.request_id)
        board = gig_board(session)
    html = event_page("urgent.html").render(
        words=words,
        facts=_facts(draft),
        rounds=rounds,
        stands=stands,
        board=_first_gigs(board),
        texts=texts,
        sheet=sheet.name if sheet else "",
        afterwards=_why_not_shown(runtime, opened.posting_id),
        clock=clock_text,
    )
    page.write_text(html, encoding="utf-8")
    return DemoEvent("明早6点快招", _summary(stands, rounds), page)


def _some_are_free(runtime: Runtime, until: datetime) -> None:
    """People of the county who registered as free for work at once."""
    with runtime.database.reading() as session:
        repository = WorkerRepository(session)
        ids = [worker.worker_id for worker in repository.all_active()]
        free = sorted(repository.active_ids(ids, ConsentPurpose.CONTACT))[:FREE_PEOPLE]
    for worker_id in free:
        say_free(runtime.database, worker_id, until, actor=ACTOR)


def _asked_in_waves(
    runtime: Runtime, request_id: int, office: Office, drawn: np.random.Generator
) -> list[_Round]:
    rank, rounds = ranker_of(runtime), []
    for _ in range(MOST_WAVES):
        wave = next_wave(runtime.database, rank, request_id, office=office, actor=ACTOR)
        if not wave.asked:
            break
        with runtime.database.reading() as session:
            calls = calls_to_make(session, request_id, office)
        yes = sum(_answers(runtime, request_id, one, office, yes=drawn.random() < SAYS_YES) for one in wave.asked)
        rounds.append(_Round(wave, calls, yes))
    return rounds


def _answers(runtime: Runtime, request_id: int, worker_id: str, office: Office, *, yes: bool) -> bool:
    """Whether a yes was taken; whoever answers after the places are filled is told so."""
    try:
        answer(runtime.database, request_id, worker_id, yes=yes, office=office, actor=ACTOR)
    except Conflict:
        return False
    return yes


def _told_everywhere(
    runtime: Runtime, posting_id: str, pdf: Path
) -> tuple[list[tuple[str, str]], Path | None]:
    """The posting for display, phone and group, and as a large sheet where there is a font for it."""
    config = runtime.config
    sign = sign_of(load_pack(config.region, config.home))
    texts = []
    try:
        for form in TEXT_FORMS:
            made = render_posting(runtime.database, sign, posting_id, form)
            texts.append((form.label, "\n".join(made.lines) or made.text))
        sheets = print_notices(
            runtime.database, sign, [posting_id], large=True, font_folder=config.font_folder
        )
    except (Conflict, InvalidInput, Unavailable) as error:
        return [*texts, ("没有输出", error.message)], None
    whole_bytes(pdf, sheets.pdf)
    return texts, pdf


def _why_not_shown(runtime: Runtime, posting_id: str) -> str:
    """What a display gets when it asks again; "" while there are places."""
    with runtime.database.reading() as session:
        against = refusals(session, [posting_id])
    return against[posting_id].text if against else ""


def _facts(draft: UrgentDraft) -> list[tuple[str, str]]:
    found = (
        ("干什么", draft.title),
        ("几个人", f"{draft.needed}人" if draft.needed else ""),
        ("几点前到", clock_text(draft.need_by) if draft.need_by else ""),
        ("在哪里", draft.place.name if draft.place else ""),
        ("多少钱", f"{pay_label(draft.pay)} {draft.settlement.label if draft.settlement else ''}".strip()),
        ("谁家用人", draft.employer_name),
    )
    return [(name, value or "没写，要问") for name, value in found]


def _first_gigs(board: Board) -> list[dict[str, Any]]:
    return [gig.to_json() for gig in board.gigs[:12]]


def _summary(stands: Progress, rounds: list[_Round]) -> str:
    return (
        f"要 {stands.needed} 人，分 {len(rounds)} 批问了 {stands.asked} 人，"
        f"{stands.yes} 人能来，已定 {stands.expected} 人，候补 {stands.reserves} 人"
    )


def _tomorrow(now: datetime, at: time) -> datetime:
    local = now.astimezone(SHANGHAI)
    return datetime.combine(local.date() + timedelta(days=1), at, SHANGHAI)
