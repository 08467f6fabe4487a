"""Rank postings for workers straight from two files, without a database (文件匹配)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.domain.match import Match
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.errors import InvalidInput
from matcher.imports.mapping import Kind
from matcher.ranking.score import Scorer
from matcher.services.indexing import build_postings, empty_posting_catalogue
from matcher.services.matching import MatchingService
from matcher.services.reading import Entity, Reading, problem_row, read_entities
from matcher.services.whole_files import beside, existing_folder_of, whole_file, write_or_remove, write_rows

Share = Callable[[str, int, float], None]
"""Progress: step name, rows done, share of the step from 0 to 1."""


@dataclass(frozen=True, slots=True)
class RankReport:
    """What a run did. errors: rows that could not be read, all in `errors_path` (None when there are none)."""

    postings: int
    workers: int
    matches: int
    workers_without_match: int
    errors: int
    errors_path: Path | None


def rank_files(
    postings_path: Path,
    workers_path: Path,
    out: Path,
    *,
    top: int,
    encoder_path: Path | None,
    scorer: Scorer,
    now: datetime,
    progress: Share | None = None,
) -> RankReport:
    """Write the best `top` postings of every worker to `out` as JSON lines, by worker then rank.

    The file appears whole or not at all; unreadable rows go to `<out>.errors.jsonl`.
    Raises InvalidInput when a file as a whole cannot be read, or `top` is not positive.
    """
    if top < 1:
        raise InvalidInput("--top 至少为 1")
    existing_folder_of(out)
    report = progress or (lambda step, rows, share: None)
    encoder = Encoder.load(encoder_path)
    catalogue = empty_posting_catalogue(encoder.dim)
    errors: list[dict[str, Any]] = []
    with read_entities(postings_path, Kind.POSTINGS, now, lambda n, s: report("读取岗位", n, s)) as reading:
        build_postings(catalogue, _postings(reading, errors), encoder_path)
    service = MatchingService(encoder, scorer)
    workers = matches = without = 0
    with (
        whole_file(out) as file,
        read_entities(workers_path, Kind.WORKERS, now, lambda n, s: report("匹配求职者", n, s)) as reading,
    ):
        for worker in _workers(reading, errors):
            answer = service.jobs_for_worker(worker, catalogue, top=top, now=now)
            write_rows(file, (match_row(match) for match in answer.matches))
            workers += 1
            matches += len(answer.matches)
            without += not answer.matches
    errors_path = write_or_remove(beside(out, "errors.jsonl"), errors)
    return RankReport(len(catalogue), workers, matches, without, len(errors), errors_path)


def match_row(match: Match) -> dict[str, Any]:
    """One output row."""
    return {
        "worker_id": match.worker_id,
        "rank": match.rank,
        "posting_id": match.posting_id,
        "score": round(match.score, 6),
        "reasons": [line.text for line in match.reasons],
        "gaps": [line.text for line in match.gaps],
    }


def _postings(reading: Reading, errors: list[dict[str, Any]]) -> Iterator[Posting]:
    for entity in _noted(reading, errors):
        if isinstance(entity.value, Posting):
            yield entity.value


def _workers(reading: Reading, errors: list[dict[str, Any]]) -> Iterator[Worker]:
    for entity in _noted(reading, errors):
        if isinstance(entity.value, Worker):
            yield entity.value


def _noted(reading: Reading, errors: list[dict[str, Any]]) -> Iterator[Entity]:
    for entity in reading.entities():
        errors.extend(problem_row(problem, reading.path) for problem in entity.problems)
        yield entity
