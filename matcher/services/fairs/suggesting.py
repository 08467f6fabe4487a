"""Whom to invite to a specialised fair, and which small fairs reach most people (专场建议)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matcher.allocation.fairs.coverage import most_covering
from matcher.domain.population import PopulationQuery
from matcher.domain.posting import Posting
from matcher.domain.values import Occupation
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput
from matcher.services.fairs.views import OFTEN
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.populations import PopulationRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

TOWN_DIGITS = 9
THEME_PARTS = 2  # "6-18": mechanical manufacturing; finer than that and no hall fills
MOST_FAIRS = 30


@dataclass(frozen=True, slots=True)
class EmployerSuggestion:
    """An employer for a theme. places: open places of the theme, None = not said; postings: worth showing."""

    employer_id: str
    name: str
    postings: tuple[str, ...]
    places: int | None
    wanted_by: int
    old_face: bool
    new: bool


@dataclass(frozen=True, slots=True)
class SmallFair:
    """A small fair worth holding. town: leading digits of the region code. reaches: people it adds."""

    town: str
    theme: str
    reaches: int


@dataclass(frozen=True, slots=True)
class SmallFairs:
    """fairs: in the order of what they add. reached, bound: people, and what no choice of so many could pass."""

    fairs: tuple[SmallFair, ...]
    people: int
    reached: int
    bound: float


def suggest_employers(
    session: StoreSession, occupations: Sequence[str], region: str, population: PopulationQuery, *, top: int = 40
) -> tuple[EmployerSuggestion, ...]:
    """Employers with live postings of the theme, those wanted by most people first.

    occupations: codes or beginnings of codes; region: leading digits of the place of work, "" = anywhere.
    Raises InvalidInput without a theme.
    """
    if not occupations:
        raise InvalidInput("请写专场的职业，如 6-18-02-04")
    people = _people(session, population)
    by_employer: dict[str, list[Posting]] = {}
    for posting in PostingRepository(session).all_live():
        code = (posting.place.region_code or "") if posting.place else ""
        if posting.employer_id and code.startswith(region) and _of_theme(posting.occupations, occupations):
            by_employer.setdefault(posting.employer_id, []).append(posting)
    repository, now = EventRepository(session), session.now()
    attended = repository.attended(list(by_employer), now)
    hired = repository.hired_at_fairs(list(by_employer))
    found = []
    for employer_id, postings in by_employer.items():
        codes = [one.code for posting in postings for one in posting.occupations]
        known = [one.headcount_left for one in postings if one.headcount_left is not None]
        found.append(
            EmployerSuggestion(
                employer_id, postings[0].employer_name, tuple(one.posting_id for one in postings),
                sum(known) if known else None, sum(_wants(person, codes) for person in people),
                attended.get(employer_id, 0) >= OFTEN and employer_id not in hired, employer_id not in attended,
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.old_face, -one.wanted_by, -(one.places or 0), one.employer_id))
    return tuple(found[:top])


def small_fairs(session: StoreSession, population: PopulationQuery, count: int) -> SmallFairs:
    """At most `count` small fairs (town × theme with live postings) that together reach most of the people.

    Raises InvalidInput for an impossible count.
    """
    if not 1 <= count <= MOST_FAIRS:
        raise InvalidInput(f"场次须在 1 到 {MOST_FAIRS} 之间，收到 {count}")
    people = _people(session, population)
    offered = {_theme(one) for posting in PostingRepository(session).all_live() for one in posting.occupations}
    reaches: dict[tuple[str, str], list[int]] = {}
    for row, person in enumerate(people):
        town = ((person.place.region_code or "") if person.place else "")[:TOWN_DIGITS]
        for theme in {_theme(one) for one in person.occupations} & offered:
            if len(town) == TOWN_DIGITS:
                reaches.setdefault((town, theme), []).append(row)
    candidates = sorted(reaches)
    matrix = csr_matrix((len(candidates), len(people)), dtype=np.bool_)
    if candidates:
        rows = np.concatenate([np.full(len(reaches[one]), row) for row, one in enumerate(candidates)])
        columns = np.concatenate([reaches[one] for one in candidates])
        matrix = csr_matrix((np.ones(len(rows), np.bool_), (rows, columns)), matrix.shape)
    found = most_covering(matrix, count)
    chosen = tuple(
        SmallFair(*candidates[row], added) for row, added in zip(found.chosen, found.added, strict=True)
    )
    return SmallFairs(chosen, len(people), found.reached, found.bound)


def _people(session: StoreSession, population: PopulationQuery) -> list[Worker]:
    ids = [one for one, _ in PopulationRepository(session).population(population).people]
    return list(WorkerRepository(session).get_many(ids).values())


def _theme(occupation: Occupation) -> str:
    return "-".join(occupation.code.split("-")[:THEME_PARTS])


def _of_theme(occupations: Sequence[Occupation], codes: Sequence[str]) -> bool:
    return any(one.code.startswith(code) for one in occupations for code in codes)


def _wants(person: Worker, codes: Sequence[str]) -> bool:
    themes = {"-".join(code.split("-")[:THEME_PARTS]) for code in codes}
    return any(_theme(one) in themes for one in person.occupations)
