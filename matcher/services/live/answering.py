"""Answer a viewer's line of chat with at most a handful of postings, each condition ticked off (直播答问).

INVARIANTS
- A posting leaves only if the gate clears it in the transaction in which the answer is put together.
- Work that the law keeps from a person of the named age is not in the answer, whatever else fits.
- What is on the run-sheet of the livestream comes first where nothing it says contradicts what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.lineup import MOST_ITEMS
from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.errors import InvalidInput
from matcher.ranking.travel import great_circle_km
from matcher.retrieval.candidates import occupation_affinity, wanted_affinity
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import ALWAYS, PostingColumns, WorkerColumns
from matcher.retrieval.tokens import worker_tokens
from matcher.services.answers import PostingCard
from matcher.services.live.conditions import NO, YES, lawful_for_age, marks
from matcher.services.live.lawful_age import age_answer
from matcher.services.live.plain import plain_values
from matcher.services.live.ticks import Tick, tick
from matcher.services.live.viewer_words import ViewerAsk, read_viewer
from matcher.services.output_gate import air_facts, air_problems, cleared
from matcher.services.runtime import Runtime
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession

MOST_CARDS = 5
SPARE = 15  # rows beyond the answer, in case some may not be shown any more
RELATED = 0.5  # an occupation this close to the wanted one answers the wish
NEAR_KM = 30.0
UNDER_AGE = 16
NOTHING_FITS = "没有找到合适的岗位；可以少说一个条件再问，或留电话由工作人员帮着找"
NO_SUCH_NUMBER = "流程单上没有这个号，或这个岗位已经撤下"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ViewerCard:
    """One posting of the answer. short_no: its spoken number, None when it is not on the run-sheet.

    not_on_air: why it may be told to this viewer but not shown on the screen; empty when it may.
    """

    card: PostingCard
    ticks: tuple[Tick, ...]
    short_no: int | None
    aired: bool
    not_on_air: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewerAnswer:
    """What the host sees. asked: the conditions as they were understood; why_empty: why there is no card.

    age: the lawful answer to a named age, "" when none was named.
    """

    asked: tuple[str, ...] = ()
    age: str = ""
    cards: tuple[ViewerCard, ...] = ()
    why_empty: str = ""
    trades: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return plain_values(self)


@dataclass(frozen=True, slots=True)
class _OnSheet:
    """Spoken numbers of the event's postings, and which have been on air."""

    numbers: Mapping[str, int]
    aired: frozenset[str]


def answer_viewer(
    runtime: Runtime, text: str, event: int | None = None, top: int = MOST_CARDS, *, near: str | None = None
) -> ViewerAnswer:
    """The postings for one line of chat. event: the livestream it was said in. near: region of the office.

    A line that asks nothing gets an empty answer with the reason. Raises InvalidInput for a `top` out of range,
    NotFound for an event that is no livestream.
    """
    if not 1 <= top <= MOST_CARDS:
        raise InvalidInput(f"一次最多回答 {MOST_CARDS} 个岗位，收到 {top}")
    now = runtime.database.clock.now()
    ask = read_viewer(text, now=now, near=near)
    age = age_answer(ask.worker.age, near or "")
    if ask.worker.age is not None and ask.worker.age < UNDER_AGE:
        return ViewerAnswer(_labels(ask), age, why_empty=age)
    if ask.why_empty:
        return ViewerAnswer(age=age, why_empty=ask.why_empty)
    sheet = _on_sheet(runtime, event)
    runtime.index.refresh()
    with runtime.index.reading() as (catalogue, _):
        found = _found(catalogue, ask, sheet, now, top + SPARE)
    with runtime.database.reading() as session:
        cards = _cards(session, ask, found, sheet, top)
    trades = tuple(one.name for one in ask.worker.occupations[:2])
    empty = "" if cards else NO_SUCH_NUMBER if ask.number else NOTHING_FITS
    return ViewerAnswer(_labels(ask), age, cards, empty, trades)


def _labels(ask: ViewerAsk) -> tuple[str, ...]:
    return tuple(one.label for one in ask.asks)


def _on_sheet(runtime: Runtime, event: int | None) -> _OnSheet:
    if event is None:
        return _OnSheet({}, frozenset())
    with runtime.database.reading() as session:
        repository = LiveRepository(session)
        repository.event(event)
        items = [one for one in repository.items(event) if one.taken_off_at is None]
    return _OnSheet(
        {one.posting_id: one.short_no for one in items},
        frozenset(one.posting_id for one in items if one.aired_at),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Postings in the order of the answer. marks: (k, conditions) as `conditions.marks` gives them."""

    ids: list[str]
    marks: NDArray[np.int8]


def _found(
    catalogue: Catalogue[PostingColumns], ask: ViewerAsk, sheet: _OnSheet, now: datetime, most: int
) -> _Found:
    columns, worker = catalogue.columns, ask.worker
    possible = catalogue.alive & _open_now(columns, now) & lawful_for_age(worker.age, columns)
    possible &= _about(catalogue, ask, sheet)
    matrix = np.zeros((len(columns), len(ask.asks)), np.int8)
    for place, one in enumerate(ask.asks):
        matrix[:, place] = marks(one, columns, worker, now)
    value = _value(catalogue, ask, matrix, now)
    _raise_sheet(catalogue, sheet, matrix, value)
    value[~possible] = -np.inf
    rows = np.argpartition(-value, min(4 * most, len(value) - 1))[: 4 * most] if len(value) else np.zeros(0, int)
    rows = rows[np.argsort(-value[rows], kind="stable")]
    rows = rows[np.isfinite(value[rows])]
    _, first = np.unique(catalogue.groups[rows], return_index=True)
    kept = rows[np.sort(first)][:most]
    return _Found([catalogue.ids[row] for row in kept], matrix[kept])


def _open_now(columns: PostingColumns, now: datetime) -> NDArray[np.bool_]:
    at = int(now.timestamp())
    begun = (columns.valid_from == ALWAYS) | (columns.valid_from <= at)
    found: NDArray[np.bool_] = begun & (columns.valid_to > at) & (columns.headcount_left != 0)
    return found


def _about(catalogue: Catalogue[PostingColumns], ask: ViewerAsk, sheet: _OnSheet) -> NDArray[np.bool_]:
    """(rows,) what the question is about: the number they named, else the trade, else the words, else anything."""
    if ask.number is not None and ask.number in sheet.numbers.values():
        named = [catalogue.row(one) for one, number in sheet.numbers.items() if number == ask.number]
        about = np.zeros(len(catalogue.ids), np.bool_)
        about[[row for row in named if row is not None]] = True
        return about
    if ask.number is not None and not ask.asks and not ask.worker.occupations:
        return np.zeros(len(catalogue.ids), np.bool_)
    affinity = wanted_affinity(ask.worker.occupations)
    if affinity is not None:
        related: NDArray[np.bool_] = (
            occupation_affinity(affinity, catalogue.columns.occ, catalogue.columns.occ_conf) >= RELATED
        )
        return related
    if ask.worker.wish_text and not ask.asks:
        weights = dict.fromkeys(worker_tokens(ask.worker), 1.0)
        spoken: NDArray[np.bool_] = catalogue.lexical.weighted_scores(weights) > 0
        return spoken
    return np.ones(len(catalogue.ids), np.bool_)


def _value(
    catalogue: Catalogue[PostingColumns], ask: ViewerAsk, matrix: NDArray[np.int8], now: datetime
) -> Floats:
    """(rows,) a contradiction outweighs every tick, a tick the trade, the trade the way there."""
    ticks, against = (matrix == YES).sum(axis=1), (matrix == NO).sum(axis=1)
    value: Floats = 2.0 * ticks - 2.0 * (len(ask.asks) + 1) * against
    affinity = wanted_affinity(ask.worker.occupations)
    value += occupation_affinity(affinity, catalogue.columns.occ, catalogue.columns.occ_conf)
    home = WorkerColumns.of([ask.worker], now=now)
    km = great_circle_km(home.lat[:1], home.lng[:1], catalogue.columns.lat, catalogue.columns.lng)
    value += 0.5 * np.exp(-np.nan_to_num(km, nan=4 * NEAR_KM) / NEAR_KM)
    return value + 0.1 * ~np.isnan(catalogue.columns.pay_high_yuan)


def _raise_sheet(
    catalogue: Catalogue[PostingColumns], sheet: _OnSheet, matrix: NDArray[np.int8], value: Floats
) -> None:
    """Put what is on the run-sheet and contradicts nothing before all else; what was aired first, then by ticks."""
    for place, one in enumerate(sheet.numbers):
        row = catalogue.row(one)
        if row is not None and not (matrix[row] == NO).any():
            value[row] = round(value[row]) + 1_000.0 + 500.0 * (one in sheet.aired) - place / MOST_ITEMS


def _cards(
    session: StoreSession, ask: ViewerAsk, found: _Found, sheet: _OnSheet, top: int
) -> tuple[ViewerCard, ...]:
    shown = cleared(session, found.ids)
    rows = {one: place for place, one in enumerate(found.ids)}
    chosen = list(shown)[:top]
    facts = air_facts(session, chosen)
    return tuple(
        ViewerCard(
            PostingCard.of(shown[one]),
            _ticks(ask, found.marks[rows[one]], shown[one]),
            sheet.numbers.get(one),
            one in sheet.aired,
            air_problems(shown[one], facts[one], session.now()) if one in facts else (),
        )
        for one in chosen
    )


def _ticks(ask: ViewerAsk, found: Sequence[int] | NDArray[np.int8], posting: Posting) -> tuple[Tick, ...]:
    return tuple(tick(one, int(mark), posting) for one, mark in zip(ask.asks, found, strict=True))
