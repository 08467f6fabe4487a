"""The jobs behind three taps: found once, asked about again whenever a card is drawn (岗位卡片).

INVARIANTS
- A list holds ids and reasons alone; facts are read, through the gate, at the moment they are shown.
- The list without recommendation knows nothing of what was tapped: newest first, the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matcher.clock import SHANGHAI, local_date
from matcher.delivery.message import NEGOTIABLE, PAY_UNKNOWN
from matcher.delivery.wording import plain
from matcher.domain.labels import pay_label
from matcher.domain.match import Match
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Transport
from matcher.regions.loading import load_pack
from matcher.services.answers import jobs_for_worker
from matcher.services.kiosk.spots import Spot, kiosk_spot, way_text
from matcher.services.kiosk.trades import TradeTile, busiest_trades
from matcher.services.kiosk.wishes import Wish, wished_worker
from matcher.services.output_gate import cleared
from matcher.services.runtime import Runtime
from matcher.store.database import Database
from matcher.store.session import StoreSession

MOST_JOBS = 30
MOST_OF_ALL = 300
CARDS = 3
SHOWN_ANYWAY = ("走路约", "骑车约")
_AMOUNT = re.compile(r"(?:底薪|最高)?[\d.]+(?:–[\d.]+)?")


@dataclass(frozen=True, slots=True)
class Device:
    """The machine that asks. name: of its account; region_code: where it stands."""

    name: str
    region_code: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list. reason: why it is offered, "" where nothing was asked for.

    push_id: the push behind it, on the list of a letter alone.
    """

    posting_id: str
    reason: str = ""
    push_id: int | None = None


@dataclass(frozen=True, slots=True)
class Jobs:
    """A list and, in words for the person, what was loosened to get it and what one change would open."""

    listed: tuple[Listed, ...]
    widened: tuple[str, ...] = ()
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class JobCard:
    """One job as it stands now; "" and None mean unknown and are left out.

    pay, unit: the number and what it is for, apart, so that the number can be drawn large; pay may be 面议.
    when: when to be there or to begin. way: 走路约12分钟. left: places still open.
    """

    posting_id: str
    title: str
    pay: str
    unit: str
    settlement: str
    employer: str
    place: str
    when: str
    way: str
    left: int | None
    facts: tuple[str, ...]
    reason: str

    @property
    def spoken(self) -> str:
        """What is read aloud: facts of the job, nothing of the person."""
        told = (
            self.title,
            f"{self.pay}{self.unit}".replace("–", "到").replace("/", "每"),
            self.settlement,
            f"在{self.place}" if self.place else "",
            self.way,
            self.when,
            f"还要{self.left}人" if self.left else "",
            self.reason,
        )
        return "，".join(filter(None, told))


def trade_tiles(runtime: Runtime) -> tuple[TradeTile, ...]:
    """The trades with the most work at this moment."""
    runtime.index.refresh()
    with runtime.index.reading() as (postings, _):
        return busiest_trades(postings, runtime.database.clock.now())


def find_jobs(runtime: Runtime, wish: Wish, device: Device) -> Jobs:
    """Jobs for what was tapped or written, best first. Raises what `jobs_for_worker` raises."""
    with runtime.database.reading() as session:
        spot = kiosk_spot(session, device.name, device.region_code)
    circle = load_pack(runtime.config.region, runtime.config.home).reach
    person = wished_worker(wish, spot.place, circle, runtime.database.clock.now())
    answer = jobs_for_worker(runtime, person, top=MOST_JOBS)
    listed = tuple(Listed(match.posting_id, _reason(match)) for match in answer.matches)
    unlock = next((line.text for line in answer.unlocks), "")
    return Jobs(listed, tuple(line.text for line in answer.widened), unlock)


def all_jobs(runtime: Runtime) -> Jobs:
    """Everything that may be shown, the last checked or published first; at most MOST_OF_ALL."""
    runtime.index.refresh()
    now = int(runtime.database.clock.now().timestamp())
    with runtime.index.reading() as (postings, _):
        columns = postings.columns
        rows = np.flatnonzero(postings.alive & (columns.valid_from <= now) & (columns.valid_to > now))
        newest = rows[np.argsort(-columns.verified[rows].astype(np.float64), kind="stable")]
        _, first = np.unique(postings.groups[newest], return_index=True)
        kept = newest[np.sort(first)][:MOST_OF_ALL]
        return Jobs(tuple(Listed(postings.ids[row]) for row in kept))


def cards_of(database: Database, listed: Sequence[Listed], device: Device) -> tuple[JobCard, ...]:
    """Cards of those entries that may be shown at this moment, in order."""
    with database.reading() as session:
        return read_cards(session, listed, kiosk_spot(session, device.name, device.region_code))


def first_cards(
    database: Database, listed: Sequence[Listed], device: Device, *, most: int = CARDS
) -> tuple[tuple[JobCard, ...], tuple[Listed, ...]]:
    """Up to `most` cards from the front of a list, and what is left of the list after them.

    Entries that may not be shown any more are passed over and are in neither.
    """
    rest = tuple(listed)
    found: list[JobCard] = []
    with database.reading() as session:
        spot = kiosk_spot(session, device.name, device.region_code)
        while rest and len(found) < most:
            wanted = most - len(found)
            found += read_cards(session, rest[:wanted], spot)
            rest = rest[wanted:]
    return tuple(found), rest


def read_cards(session: StoreSession, listed: Iterable[Listed], spot: Spot) -> tuple[JobCard, ...]:
    """As `cards_of`, inside a transaction of the caller."""
    entries = list(listed)
    shown = cleared(session, [one.posting_id for one in entries])
    now = session.now()
    return tuple(
        job_card(shown[one.posting_id], spot, now, reason=one.reason)
        for one in entries
        if one.posting_id in shown
    )


def job_card(posting: Posting, spot: Spot, now: datetime, *, reason: str = "") -> JobCard:
    """The card of a posting that was cleared."""
    pay, unit = pay_parts(plain(pay_label(posting.pay)))
    left = posting.headcount if posting.headcount_left is None else posting.headcount_left
    carried = [one for one in posting.transport if one is not Transport.OWN]
    facts = (*posting.shifts[:1], *posting.benefits[:2], *carried[:1], *posting.insurance[:1])
    return JobCard(
        posting_id=posting.posting_id,
        title=plain(posting.title),
        pay=pay,
        unit=unit,
        settlement=posting.settlement.label if posting.settlement else "",
        employer=plain(posting.employer_name),
        place=plain(posting.place.name) if posting.place else "",
        when=when_text(posting, now),
        way=way_text(spot, posting.place),
        left=left,
        facts=tuple(one.label for one in facts),
        reason=reason,
    )


def _reason(match: Match) -> str:
    """The strongest reason that the card does not show anyway."""
    told = [line.text for line in match.reasons]
    return next((text for text in told if not text.startswith(SHOWN_ANYWAY)), "")


def pay_parts(label: str) -> tuple[str, str]:
    """("200–300", "元/天"); ("面议", "") without an amount, and a sentence where nothing is known."""
    if not label:
        return PAY_UNKNOWN, ""
    if label == NEGOTIABLE:
        return label, ""
    found = _AMOUNT.match(label)
    return (found.group(), label[found.end() :]) if found else (label, "")


def when_text(posting: Posting, now: datetime) -> str:
    """今天6:30到 or 12月3日开工; "" when no moment is stated or it has passed."""
    moment = posting.need_by or posting.start_at
    if moment is None or moment < now:
        return ""
    local = moment.astimezone(SHANGHAI)
    days = (local.date() - local_date(now)).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    if (local.hour, local.minute) == (0, 0):
        return f"{day}开工"
    return f"{day}{local.hour}:{local.minute:02}到"
