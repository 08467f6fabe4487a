"""From the first question to the cards: what, which trade, how far, three jobs a page (自助机选岗)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.pages.kiosk.visitor import AtKiosk, Visitor, newcomer
from matcher.errors import InvalidInput
from matcher.services.kiosk.jobs import (
    CARDS,
    Jobs,
    Listed,
    all_jobs,
    cards_of,
    find_jobs,
    first_cards,
    trade_tiles,
)
from matcher.services.kiosk.trades import trade_of
from matcher.services.kiosk.wishes import LONGEST_WORDS, Aim, Reach, Wish

router = APIRouter()
START_AGAIN = "时间到了，请从头选"
EXAMPLES = ("会贴砖，就近，日结", "会做饭，包吃住，夫妻一起", "不上夜班，骑车半小时内", "没手艺，今天就想干")
PIECES = (
    "会贴砖", "会做饭", "会电焊", "会开车", "打扫卫生", "看大门", "工地小工", "进厂",
    "就近", "日结", "包吃住", "长白班", "不上夜班", "夫妻一起", "没手艺",
)  # fmt: skip
AIMS = (
    (Aim.TODAY, "sun", "零工，日结"),
    (Aim.STEADY, "briefcase", "全日制，签合同"),
    (Aim.NEAR, "home", "家门口干活"),
    (Aim.BOARD, "bowl-chopsticks", "吃住都管"),
    (Aim.FAMILY, "users", "不上夜班，能接孩子"),
)
REACH_ICONS = {Reach.WALK: "walk", Reach.CIRCLE: "trees", Reach.RIDE_30: "bike", Reach.ANYWHERE: "world"}


@router.get("/kiosk")
def kiosk(request: Request) -> Response:
    """The machine as a newcomer finds it."""
    return start_screen(newcomer(request))


@router.post("/kiosk/aim")
def aim(here: AtKiosk, aim: Annotated[str, Form()] = "") -> Response:
    """The first answer; asks for the trade."""
    if not here.token:
        return start_again(here)
    here.change(wish=Wish(aim=Aim.read(aim, field="想找什么活")), everything=False)
    return _trades(here)


@router.post("/kiosk/trade")
def trade(here: AtKiosk, trade: Annotated[str, Form()] = "") -> Response:
    """The second answer; asks how far."""
    if not here.token:
        return start_again(here)
    here.change(wish=replace(here.visit.wish, trade=trade_of(trade)))
    return _reach(here)


@router.post("/kiosk/reach")
def reach(here: AtKiosk, reach: Annotated[str, Form()] = "") -> Response:
    """The third answer; shows jobs."""
    if not here.token:
        return start_again(here)
    wish = replace(here.visit.wish, reach=Reach.read(reach, field="最远走多久"))
    return _found(here, wish)


@router.post("/kiosk/words")
def words(here: AtKiosk, words: Annotated[str, Form()] = "") -> Response:
    """The person's own words instead of three taps; without any, the box to write them in."""
    if not here.token:
        return start_again(here)
    said = " ".join(words.split())[:LONGEST_WORDS]
    return _found(here, Wish(words=said)) if said else _words(here)


@router.post("/kiosk/all")
def everything(here: AtKiosk) -> Response:
    """Everything, newest first, whatever was tapped before (个人信息保护法 24 条)."""
    if not here.token:
        return start_again(here)
    return show_list(here, all_jobs(here.runtime), everything=True)


@router.post("/kiosk/for-me")
def for_me(here: AtKiosk) -> Response:
    """Back from everything to what was asked for."""
    if not here.token:
        return start_again(here)
    return _found(here, here.visit.wish) if here.visit.wish != Wish() else start_screen(here)


@router.post("/kiosk/more")
def more(here: AtKiosk) -> Response:
    """The next three."""
    if not here.token:
        return start_again(here)
    return _next_page(here)


@router.post("/kiosk/another")
def another(here: AtKiosk, posting: Annotated[str, Form()] = "") -> Response:
    """One card gives way to the next of the list, in its place."""
    if not here.token:
        return start_again(here)
    visit = here.visit
    cards, rest = first_cards(here.runtime.database, visit.rest, here.device, most=1)
    shown: list[Listed] = []
    for one in visit.shown:
        if one.posting_id != posting:
            shown.append(one)
        elif cards:
            shown += [each for each in visit.rest if each.posting_id == cards[0].posting_id][:1]
    here.change(shown=tuple(shown), rest=rest)
    return jobs_screen(here)


@router.post("/kiosk/back")
def back(here: AtKiosk, to: Annotated[str, Form()] = "") -> Response:
    """A screen that was there before."""
    if not here.token or to == "start":
        return start_again(here, "") if not here.token else start_screen(here)
    screens = {"trade": _trades, "reach": _reach, "words": _words, "jobs": jobs_screen}
    if to not in screens:
        raise InvalidInput("没有这一步；请从头选")
    return screens[to](here)


def start_screen(here: Visitor, notice: str = "") -> Response:
    """The six pictures."""
    return here.screen("start", step=1, aims=AIMS, notice=notice)


def start_again(here: Visitor, notice: str = START_AGAIN) -> Response:
    """The first screen for somebody whose visit is over."""
    return start_screen(newcomer(here.request), notice)


def show_list(here: Visitor, jobs: Jobs, *, everything: bool) -> Response:
    """The first page of a new list."""
    here.change(jobs=jobs, rest=jobs.listed, shown=(), everything=everything)
    return _next_page(here)


def jobs_screen(here: Visitor, notice: str = "") -> Response:
    """The cards of this page as they stand now; what has gone since leaves its place to the next."""
    visit = here.visit
    cards = cards_of(here.runtime.database, visit.shown, here.device)
    if len(cards) < len(visit.shown):
        wanted = CARDS - len(cards)
        fresh, rest = first_cards(here.runtime.database, visit.rest, here.device, most=wanted)
        kept = {card.posting_id for card in (*cards, *fresh)}
        known = (*visit.shown, *visit.rest)
        cards = (*cards, *fresh)
        here.change(shown=tuple(one for one in known if one.posting_id in kept), rest=rest)
    return _jobs(here, cards, notice)


def _next_page(here: Visitor) -> Response:
    visit = here.visit
    cards, rest = first_cards(here.runtime.database, visit.rest, here.device)
    by_id = {one.posting_id: one for one in visit.rest}
    here.change(shown=tuple(by_id[card.posting_id] for card in cards), rest=rest)
    return _jobs(here, cards)


def _jobs(here: Visitor, cards: object, notice: str = "") -> Response:
    visit = here.visit
    return here.screen(
        "jobs",
        step=4,
        cards=cards,
        total=len(visit.jobs.listed),
        more=bool(visit.rest),
        widened=() if visit.everything else visit.jobs.widened,
        notice=notice,
        asked=visit.wish != Wish(),
        empty=not visit.jobs.listed,
        way_back="words" if visit.wish.words else "reach" if visit.wish.reach else "start",
    )


def _found(here: Visitor, wish: Wish) -> Response:
    here.change(wish=wish)
    return show_list(here, find_jobs(here.runtime, wish, here.device), everything=False)


def _trades(here: Visitor) -> Response:
    return here.screen("trade", step=2, tiles=trade_tiles(here.runtime))


def _reach(here: Visitor) -> Response:
    return here.screen("reach", step=3, ways=[(one, REACH_ICONS[one]) for one in Reach])


def _words(here: Visitor) -> Response:
    return here.screen(
        "words", step=1, examples=EXAMPLES, pieces=PIECES, longest=LONGEST_WORDS, said=here.visit.wish.words
    )
