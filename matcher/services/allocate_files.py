"""Allocate pushes from two files of anyone's own scores, without a database (文件分配)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matcher.allocation.certificate import Certificate, certify
from matcher.allocation.fairness import Fairness, fairness
from matcher.allocation.flow import Allocation, allocate
from matcher.allocation.gap import GapSummary, gap_summary
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem
from matcher.allocation.shortfall import Shortfall, shortfalls
from matcher.errors import InvalidInput, Unavailable
from matcher.services.allocate_input import (
    MOST_COUNTED,
    CandidateRows,
    PostingRows,
    RowErrors,
    read_candidate_rows,
    read_posting_rows,
)
from matcher.services.whole_files import beside, existing_folder_of, whole_file, write_or_remove, write_rows

Share = Callable[[str, int, float], None]
"""Progress: step name, rows done, share of the step from 0 to 1."""
MOST_FLOOR = 10
MOST_CEILING = 50
MOST_RATIO = 1000.0


@dataclass(frozen=True, slots=True)
class AllocateOptions:
    """floor: pushes everybody should get; ceiling: most pushes a person gets, None = the floor;
    ratio: pushes an opening may receive where the posting states no cap."""

    floor: int = 2
    ceiling: int | None = None
    ratio: float = 3.0

    def checked(self) -> AllocateOptions:
        """The options; raises InvalidInput that names the one and its range."""
        if not 1 <= self.floor <= MOST_FLOOR:
            raise InvalidInput(f"--floor 须在 1 到 {MOST_FLOOR} 之间，现在是 {self.floor}")
        if self.ceiling is not None and not self.floor <= self.ceiling <= MOST_CEILING:
            raise InvalidInput(f"--ceiling 须在 {self.floor}（--floor）到 {MOST_CEILING} 之间")
        if not 0 < self.ratio <= MOST_RATIO:
            raise InvalidInput(f"--ratio 须大于 0，最多 {MOST_RATIO:g}，现在是 {self.ratio:g}")
        return self


@dataclass(frozen=True, slots=True)
class AllocateReport:
    """What a run did. errors: rows left out, in `errors_path` (None when there are none)."""

    workers: int
    postings: int
    pairs: int
    pushes: int
    short: int
    without: int
    certificate: Certificate
    fairness: Fairness
    gap: GapSummary
    errors: int
    errors_path: Path | None
    shortfall_path: Path
    summary_path: Path


def allocate_files(
    candidates_path: Path,
    postings_path: Path,
    out: Path,
    *,
    options: AllocateOptions,
    policy: AllocationPolicy,
    progress: Share | None = None,
) -> AllocateReport:
    """Write who is sent what to `out`, by worker then rank; shortfalls, bad rows and a summary beside it.

    `out` is written last, and only when the certificate holds: it appears whole or not at all.
    Raises InvalidInput when a file as a whole cannot be used, Unavailable when the certificate does not hold.
    """
    options, policy = options.checked(), policy.checked()
    existing_folder_of(out)
    report = progress or (lambda step, rows, share: None)
    errors = RowErrors()
    postings = read_posting_rows(postings_path, errors, lambda n, s: report("读取岗位", n, s))
    candidates = read_candidate_rows(
        candidates_path, postings.ids, errors, lambda n, s: report("读取候选", n, s)
    )
    problem = _problem(candidates, postings, options)
    report("分配", 0, 0.0)
    allocation = allocate(problem, policy)
    report("分配", problem.pairs, 1.0)
    certificate = certify(problem, policy, allocation)
    report("验证", problem.pairs, 1.0)
    if not certificate.holds:
        raise Unavailable("分配结果没有通过验证，没有写出；请把输入文件交给管理员", detail=str(certificate))
    distinct = policy.distinct_employers
    short = shortfalls(problem, allocation, distinct_employers=distinct)
    gap = gap_summary(problem, allocation, short, distinct_employers=distinct)
    made = AllocateReport(
        workers=problem.workers,
        postings=problem.postings,
        pairs=problem.pairs,
        pushes=int(allocation.chosen.sum()),
        short=len(short),
        without=int((allocation.found == 0).sum()),
        certificate=certificate,
        fairness=fairness(problem, allocation),
        gap=gap,
        errors=errors.count,
        errors_path=write_or_remove(beside(out, "errors.jsonl"), errors.rows),
        shortfall_path=beside(out, "shortfall.jsonl"),
        summary_path=beside(out, "summary.json"),
    )
    with whole_file(made.shortfall_path) as file:
        write_rows(file, (_shortfall_row(one, candidates, postings) for one in short))
    with whole_file(made.summary_path) as file:
        json.dump(_summary(made, postings, options, policy), file, ensure_ascii=False, indent=1)
    with whole_file(out) as file:
        write_rows(file, _push_rows(problem, allocation, candidates, postings))
    return made


def _problem(
    candidates: CandidateRows, postings: PostingRows, options: AllocateOptions
) -> AllocationProblem:
    people = len(candidates.worker_ids)
    by_ratio = np.floor(postings.openings * options.ratio + 1e-9).astype(np.int64)
    capacity = np.where(postings.cap >= 0, postings.cap, np.minimum(by_ratio, MOST_COUNTED))
    return AllocationProblem(
        wi=candidates.wi,
        pj=candidates.pj,
        score=candidates.score,
        capacity=capacity,
        openings=postings.openings,
        employer=postings.employer,
        need=np.full(people, options.floor),
        room=np.full(people, options.ceiling or options.floor),
        priority=candidates.priority,
        kept=np.zeros(len(candidates.wi), np.bool_),
    )


def _push_rows(
    problem: AllocationProblem, allocation: Allocation, candidates: CandidateRows, postings: PostingRows
) -> Iterator[dict[str, Any]]:
    rows = np.flatnonzero(allocation.chosen)
    rows = rows[np.lexsort((problem.pj[rows], -problem.score[rows], problem.wi[rows]))]
    last, rank = -1, 0
    for row in rows.tolist():
        worker = int(problem.wi[row])
        rank = rank + 1 if worker == last else 1
        last = worker
        yield {
            "worker_id": candidates.worker_ids[worker],
            "posting_id": postings.ids[problem.pj[row]],
            "rank": rank,
            "score": round(float(problem.score[row]), 6),
        }


def _shortfall_row(short: Shortfall, candidates: CandidateRows, postings: PostingRows) -> dict[str, Any]:
    return {
        "worker_id": candidates.worker_ids[short.worker],
        "missing": short.missing,
        "cause": short.cause.value,
        "cause_text": short.cause.label,
        "sentence": short.sentence(),
        "candidates": short.candidates,
        "employers": short.employers,
        "rivals": short.rivals,
        "wanted": short.wanted,
        "places": short.places,
        "postings": [postings.ids[row] for row in short.postings],
    }


def _summary(
    report: AllocateReport, postings: PostingRows, options: AllocateOptions, policy: AllocationPolicy
) -> dict[str, Any]:
    counts = ("workers", "postings", "pairs", "pushes", "short", "without", "errors")
    return {
        "counts": {name: getattr(report, name) for name in counts},
        "options": asdict(options),
        "policy": asdict(policy),
        "certificate": report.certificate.to_json(),
        "fairness": report.fairness.to_json(),
        "gap": {
            "missing": report.gap.missing,
            "places_that_close_the_crowding": report.gap.crowded,
            "people_by_cause": {cause.value: count for cause, count in report.gap.people.items()},
            "cuts": [
                {
                    "people": cut.people,
                    "rivals": cut.rivals,
                    "wanted": cut.wanted,
                    "places": cut.places,
                    "places_to_add": {postings.ids[row]: count for row, count in cut.places_to_add},
                }
                for cut in report.gap.cuts
            ],
        },
    }
