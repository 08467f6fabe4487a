"""A fair of the sample county: planned, held without network, brought back, on one readable page (样例招聘会)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np

from matcher.clock import SHANGHAI
from matcher.demo.event_pages import ACTOR, DemoEvent, clock_text, event_page
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import ResponseReason
from matcher.errors import Conflict, InvalidInput, Unavailable
from matcher.regions.loading import load_pack
from matcher.services.fairs.arriving import check_in
from matcher.services.fairs.inviting import invite
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.merging import Merged
from matcher.services.fairs.offline import export_fair, laptop_home, merge_fair
from matcher.services.fairs.opening import FairDraft, add_booth, create_fair
from matcher.services.fairs.planning import Planned, plan_fair
from matcher.services.fairs.printing import PrintKind, print_pack
from matcher.services.fairs.views import FairView, booth_sheets, fair_view, route_slips, wall_board
from matcher.services.installation import open_database
from matcher.services.runtime import Runtime
from matcher.services.whole_files import whole_bytes
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository

BOOTHS, SLOTS, MINUTES, CAPACITY = 8, 12, 10, 60
COMES = 0.7
RESULTS = (
    (ShortlistState.MET, 0.25), (ShortlistState.INTENT, 0.35), (ShortlistState.INTERVIEW, 0.15),
    (ShortlistState.HIRED, 0.05), (ShortlistState.NO_FIT, 0.2),
)  # fmt: skip
PASSPHRASE = "样例县脱网办会口令"  # noqa: S105 - of a made-up county
NINE = time(9, 0)
PRINTS = ((PrintKind.BOOTHS, "展位单"), (PrintKind.SLIPS, "个人路线小票"), (PrintKind.BOARD, "墙上大表"))


def fair_in_demo(runtime: Runtime, page: Path, *, place: str, seed: int) -> DemoEvent:
    """Eight employers, sixty guests, held out of one file; who came and what came of it is drawn at random."""
    database, pack = runtime.database, load_pack(runtime.config.region, runtime.config.home)
    event_id = _set_up(database, place)
    planned = plan_fair(database, event_id, runtime.scorer, pack, actor=ACTOR)
    invited = invite(database, event_id, actor=ACTOR)
    papers = _printed(runtime, event_id, page)
    with database.reading() as session:
        sheets, slips = booth_sheets(session, event_id), route_slips(session, event_id)
        board = wall_board(session, event_id)
    merged = _held_without_network(database, event_id, page.with_name("fair.bin"), np.random.default_rng(seed))
    with database.reading() as session:
        view = fair_view(session, event_id)
    html = event_page("fair.html").render(
        view=view, planned=planned, invited=invited, merged=merged, sheet=sheets[0], slips=slips[:3],
        board=board[:12], papers=papers, clock=clock_text, hour=_hour,
    )  # fmt: skip
    page.write_text(html, encoding="utf-8")
    return DemoEvent("专场招聘会", _summary(view, planned, merged), page)


def _set_up(database: Database, place: str) -> int:
    """A fair in a week at the employers with most places."""
    day = database.clock.now().astimezone(SHANGHAI).date() + timedelta(days=7)
    draft = FairDraft(
        f"{place}专场招聘会", datetime.combine(day, NINE, SHANGHAI), SLOTS, MINUTES,
        place_name=f"{place}文化广场", capacity=CAPACITY,
    )  # fmt: skip
    event_id = create_fair(database, draft, actor=ACTOR)
    with database.reading() as session:
        places: Counter[str] = Counter()
        for posting in PostingRepository(session).all_live():
            if posting.employer_id:
                places[posting.employer_id] += posting.headcount_left or 1
    booths = 0
    for employer_id, _ in sorted(places.items(), key=lambda one: (-one[1], one[0])):
        if booths == BOOTHS:
            break
        try:
            add_booth(database, event_id, booth_no=str(booths + 1), employer_id=employer_id, tables=2, actor=ACTOR)
        except Conflict:
            continue
        booths += 1
    return event_id


def _held_without_network(
    database: Database, event_id: int, file: Path, drawn: np.random.Generator
) -> Merged:
    """The day on a laptop: people come, booths mark, the file goes home."""
    export_fair(database, event_id, file, PASSPHRASE, actor=ACTOR)
    with laptop_home(file, PASSPHRASE) as config:
        laptop = open_database(config, database.clock)
        try:
            _day(laptop, event_id, drawn)
        finally:
            laptop.close()
    merged = merge_fair(database, file, PASSPHRASE, actor=ACTOR)
    file.unlink()
    return merged


def _day(laptop: Database, event_id: int, drawn: np.random.Generator) -> None:
    states, chances = [state for state, _ in RESULTS], [chance for _, chance in RESULTS]
    with laptop.reading() as session:
        slips = route_slips(session, event_id)
    for slip in slips:
        if not slip.code or drawn.random() > COMES:
            continue
        check_in(laptop, event_id, slip.code, actor=ACTOR)
        for stop in slip.stops:
            state = states[int(drawn.choice(len(states), p=chances))]
            reason = ResponseReason.LOW_PAY if state is ShortlistState.NO_FIT else None
            mark_meeting(laptop, event_id, slip.worker_id, stop.posting_id, state, reason=reason, actor=ACTOR)


def _printed(runtime: Runtime, event_id: int, page: Path) -> list[tuple[str, str]]:
    """(what, file name) of every paper that could be printed here."""
    config, made = runtime.config, []
    office = load_pack(config.region, config.home).office
    for kind, name in PRINTS:
        try:
            pdf = print_pack(runtime.database, event_id, kind, office=office, font_folder=config.font_folder)
        except (InvalidInput, Unavailable):
            continue
        out = page.with_name(f"fair_{kind.value}.pdf")
        whole_bytes(out, pdf)
        made.append((name, out.name))
    return made


def _summary(view: FairView, planned: Planned, merged: Merged) -> str:
    return (
        f"{len(view.booths)} 个展位，{planned.met} 人排上 {planned.meetings} 次洽谈，离最好至多差 {planned.gap:.2%}；"
        f"邀约 {view.invited} 人，脱网签到 {view.checked_in} 人，合回 {merged.taken} 处，有意向 {view.interested} 次"
    )


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
