"""Answer a matching request from the database and the live index, fresh at the moment of output (匹配应答)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.labels import pay_label
from matcher.domain.match import Line, Match
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, PostingKind, Settlement, Shift
from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.values import Pay
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput, NotFound
from matcher.lexicon import version as lexicon_version
from matcher.retrieval.catalogue import Catalogue
from matcher.services.job_unlocks import still_open
from matcher.services.matching import MOST_RESULTS, Answer
from matcher.services.output_gate import cleared, refusals
from matcher.services.review.reviewing import blocking
from matcher.services.runtime import Runtime
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

SPARE = 10  # matches beyond `top`, in case some went stale since the index was read
REGION_DIGITS = 12
FEN_PER_YUAN = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What the asker adds to the person's own wishes; None or empty adds nothing.

    region: leading digits of a 行政区划代码 (2 to 12). max_minutes: one way. pay_floor_yuan: a month.
    """

    region: str = ""
    max_minutes: int | None = None
    pay_floor_yuan: float | None = None
    settlements: tuple[Settlement, ...] = ()
    shifts: tuple[Shift, ...] = ()
    kinds: tuple[PostingKind, ...] = ()


@dataclass(frozen=True, slots=True)
class PostingCard:
    """What is shown of a posting beside its reasons; no contact, no person."""

    posting_id: str
    title: str
    employer: str
    pay: str
    settlement: str
    place: str
    headcount_left: int | None

    @classmethod
    def of(cls, posting: Posting) -> PostingCard:
        return cls(
            posting_id=posting.posting_id,
            title=posting.title,
            employer=posting.employer_name,
            pay=pay_label(posting.pay),
            settlement=posting.settlement.label if posting.settlement else "",
            place=posting.place.name if posting.place else "",
            headcount_left=posting.headcount_left,
        )


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """Matches with the cards of their postings, and what was done to get them.

    versions: lexicon, encoder and ranker that answered, so that the answer can be replayed.
    unlocks: what one change of the person would open, counted over what may be shown now.
    """

    matches: tuple[Match, ...]
    cards: dict[str, PostingCard]
    widened: tuple[Line, ...]
    eligible: int
    vetoes: dict[str, int]
    degraded: bool
    versions: dict[str, str] = field(default_factory=dict)
    unlocks: tuple[Line, ...] = ()


def jobs_for_worker(
    runtime: Runtime,
    worker: str | Worker,
    *,
    top: int = 10,
    filters: Filters | None = None,
    personalised: bool = True,
) -> MatchAnswer:
    """Postings for a stored worker (by id) or for one described in the request.

    personalised: False leaves the person's wishes and history out (个人信息保护法 24 条); the law still holds.
    Raises NotFound for an unknown id, InvalidInput for a bad filter or `top`.
    """
    _require_top(top)
    person = _stored_worker(runtime, worker) if isinstance(worker, str) else worker
    if not personalised:
        person = Worker(
            worker_id=person.worker_id, certificates=person.certificates, birth_date=person.birth_date
        )
    wishes = filters or Filters()
    now = runtime.database.clock.now()
    runtime.index.refresh()
    with runtime.index.reading() as (postings, _):
        answer = runtime.matching.jobs_for_worker(
            _with_filters(person, wishes),
            postings,
            top=top + SPARE,
            now=now,
            allowed=_region_mask(postings, wishes.region),
            with_unlocks=personalised,
        )
    return _fresh(runtime, answer, top)


def workers_for_job(
    runtime: Runtime, posting: str | Posting, *, top: int = 10, filters: Filters | None = None
) -> MatchAnswer:
    """Workers for a stored posting (by id) or for one described in the request; ids only, no identity.

    A stored posting that may not be shown gets no workers. Raises NotFound for an unknown id, InvalidInput for
    a described posting that the compliance rules block, with what to write instead.
    """
    _require_top(top)
    job = _stored_posting(runtime, posting) if isinstance(posting, str) else _allowed(posting)
    region = filters.region if filters else ""
    now = runtime.database.clock.now()
    runtime.index.refresh()
    with runtime.index.reading() as (_, workers):
        answer = runtime.matching.workers_for_job(
            job, workers, top=top, now=now, allowed=_region_mask(workers, region)
        )
    if isinstance(posting, str):
        return _fresh(runtime, answer, top)
    return _packed(runtime, answer, answer.matches, {job.posting_id: PostingCard.of(job)})


def _fresh(runtime: Runtime, answer: Answer, top: int) -> MatchAnswer:
    """Keep what the database says may be shown at this very moment."""
    ids = list(dict.fromkeys(match.posting_id for match in answer.matches))
    opened = [key for unlock in answer.unlocks for key in unlock.posting_ids]
    with runtime.database.reading() as session:
        found = cleared(session, ids)
        closed = refusals(session, opened)
    kept = [match for match in answer.matches if match.posting_id in found][:top]
    ranked = tuple(replace(match, rank=place) for place, match in enumerate(kept, start=1))
    cards = {key: PostingCard.of(posting) for key, posting in found.items()}
    packed = _packed(runtime, answer, ranked, cards)
    return replace(packed, unlocks=tuple(unlock.line for unlock in still_open(answer.unlocks, closed)))


def _packed(
    runtime: Runtime, answer: Answer, matches: Sequence[Match], cards: dict[str, PostingCard]
) -> MatchAnswer:
    shown = {match.posting_id for match in matches}
    return MatchAnswer(
        matches=tuple(matches),
        cards={key: card for key, card in cards.items() if key in shown},
        widened=answer.widened,
        eligible=answer.eligible,
        vetoes=answer.vetoes,
        degraded=answer.degraded,
        versions={
            "lexicon": lexicon_version(),
            "encoder": runtime.encoder.model_id,
            "ranker": runtime.scorer.model_id,
        },
    )


def _with_filters(worker: Worker, filters: Filters) -> Worker:
    """The worker with the filters in place of their own wishes."""
    changes: dict[str, Any] = {}
    if filters.max_minutes is not None:
        changes["max_minutes"] = filters.max_minutes
    if filters.pay_floor_yuan is not None:
        changes["pay_floor"] = Pay(min_fen=round(filters.pay_floor_yuan * FEN_PER_YUAN), unit=PayUnit.MONTH)
    for name in ("settlements", "shifts", "kinds"):
        if getattr(filters, name):
            changes[name] = getattr(filters, name)
    return replace(worker, **changes)


def _region_mask(catalogue: Catalogue[Any], region: str) -> NDArray[np.bool_] | None:
    """Rows whose region begins with the digits; a row without a region stays in."""
    if not region:
        return None
    if not region.isdecimal() or not 2 <= len(region) <= REGION_DIGITS:
        raise InvalidInput(f"region 应为 2 到 12 位行政区划代码，收到“{region[:20]}”")
    column = catalogue.columns.region
    inside: NDArray[np.bool_] = column // 10 ** (REGION_DIGITS - len(region)) == int(region)
    inside |= column == 0
    return inside


def _stored_worker(runtime: Runtime, worker_id: str) -> Worker:
    with runtime.database.reading() as session:
        repository = WorkerRepository(session)
        found = repository.get_many(list(repository.active_ids([worker_id], ConsentPurpose.MATCHING)))
    if worker_id not in found:
        raise NotFound(f"没有这个劳动者，或本人未同意匹配：{worker_id[:40]}")
    return found[worker_id]


def _stored_posting(runtime: Runtime, posting_id: str) -> Posting:
    with runtime.database.reading() as session:
        found = PostingRepository(session).get_many([posting_id])
    if posting_id not in found:
        raise NotFound(f"没有这个岗位：{posting_id[:40]}")
    return found[posting_id]


def _allowed(posting: Posting) -> Posting:
    """The posting, unless a rule keeps it out of every output."""
    for finding in blocking(posting):
        raise InvalidInput(f"岗位信息违规，不参与匹配：{finding.message}；{finding.rewrite}")
    return posting


def _require_top(top: int) -> None:
    if not 1 <= top <= MOST_RESULTS - SPARE:
        raise InvalidInput(f"top 应在 1 到 {MOST_RESULTS - SPARE} 之间，收到 {top}")
