"""A readable, self-contained HTML report of one demo run (样例报告).

The caller fills `DemoReportData` from the services; nothing here computes a match. Pictures are drawn as
inline SVG, so the file opens without a network and prints on A4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from matcher.compliance import Finding, check, ground_label
from matcher.demo.charts import balance_chart, pay_chart, stage_chart, town_map
from matcher.demo.places import distance_km, places
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker

COUNTY_REACH_KM = 45.0
MAX_PROBLEM_KINDS = 14


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file of the import. rows: read; accepted: stored; problems: rows set aside for correction."""

    name: str
    content: str
    encoding: str
    rows: int
    accepted: int
    problems: int


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One cell that could not be used, as the correction workbook names it."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class ComplianceLine:
    """One kind of finding: how many postings have it, what happens to them, and one example."""

    ground: str
    severity: str
    postings: int
    example: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class TownCount:
    """Postings and workers nearest to one town; lat/lng in degrees."""

    name: str
    lat: float
    lng: float
    postings: int
    workers: int


@dataclass(frozen=True, slots=True)
class TradeBalance:
    """Openings offered and people looking in one trade."""

    name: str
    openings: int
    seekers: int


@dataclass(frozen=True, slots=True)
class MatchCard:
    """One match as a person sees it. score in [0, 1]; reasons and gaps are ≤ 20 characters a line."""

    title: str
    subtitle: str
    pay: str
    place: str
    score: float
    reasons: Sequence[str] = ()
    gaps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WorkerExample:
    """A worker, what they said, what was understood, what was widened, and the top matches."""

    name: str
    sentence: str
    facts: Sequence[str]
    matches: Sequence[MatchCard]
    widened: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PostingExample:
    """A posting and the workers who fit it best."""

    title: str
    employer: str
    text: str
    facts: Sequence[str]
    candidates: Sequence[MatchCard]
    widened: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one stage took. items: things handled, 0 when it makes no sense."""

    name: str
    seconds: float
    items: int = 0


@dataclass(frozen=True, slots=True)
class OpenHint:
    """How to go on: what it opens and the command or address."""

    title: str
    command: str
    note: str = ""


@dataclass(slots=True)
class DemoReportData:
    """Everything the report shows. made_at: local date and time as text; pays_yuan: yuan a month."""

    made_at: str
    county: str = "禾汀县（样例）"
    live_postings: int = 0
    workers: int = 0
    households: int = 0
    zero_employment_families: int = 0
    served_workers: int | None = None
    files: Sequence[ImportedFile] = ()
    problems: Sequence[ImportProblem] = ()
    compliance: Sequence[ComplianceLine] = ()
    towns: Sequence[TownCount] = ()
    trades: Sequence[TradeBalance] = ()
    pays_yuan: Sequence[float] = ()
    pay_unknown: int = 0
    worker_examples: Sequence[WorkerExample] = ()
    posting_examples: Sequence[PostingExample] = ()
    stages: Sequence[Stage] = ()
    open_hints: Sequence[OpenHint] = ()
    versions: dict[str, str] = field(default_factory=dict)


def write_report(data: DemoReportData, out: Path) -> Path:
    """Render `data` to one HTML file and return its path; folders are made as needed."""
    environment = Environment(
        loader=PackageLoader("matcher.demo", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda value: f"{value:,}"
    environment.filters["seconds"] = _seconds
    pictures = {
        "map": town_map([(t.name, t.lat, t.lng, t.postings, t.workers) for t in data.towns]),
        "balance": balance_chart([(t.name, t.openings, t.seekers) for t in data.trades]),
        "pay": pay_chart(data.pays_yuan),
        "stages": stage_chart([(s.name, s.seconds, s.items) for s in data.stages]),
    }
    # charts.py escapes every text it draws, so its SVG is safe to inline
    shown = grouped_problems(data.problems)
    safe = {name: Markup(svg) for name, svg in pictures.items()}  # noqa: S704
    page = environment.get_template("report.html").render(data=data, pictures=safe, problems=shown)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    return out


def grouped_problems(problems: Sequence[ImportProblem]) -> list[tuple[ImportProblem, int]]:
    """The first problem of each kind (file, column, reason) with how many there are, rarest kinds first.

    A thousand rows with one and the same problem must not hide the three that differ.
    """
    first: dict[tuple[str, str, str], ImportProblem] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for problem in problems:
        kind = (problem.file, problem.column, problem.reason)
        first.setdefault(kind, problem)
        counts[kind] += 1
    kinds = sorted(first, key=lambda kind: counts[kind])
    return [(first[kind], counts[kind]) for kind in kinds[:MAX_PROBLEM_KINDS]]


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} 毫秒" if value < 1 else f"{value:.1f} 秒"


def town_counts(postings: Sequence[Posting], workers: Sequence[Worker]) -> list[TownCount]:
    """Postings and workers by the nearest town of the fictional county; those with no point are left out."""
    towns = places().towns
    counted: dict[str, list[int]] = {town.name: [0, 0] for town in towns}
    sides = ([posting.place for posting in postings], [worker.place for worker in workers])
    for side, points in enumerate(sides):
        for place in points:
            if place is None or place.lat is None or place.lng is None:
                continue
            lat, lng = place.lat, place.lng
            gaps = [distance_km(lat, lng, town.lat, town.lng) for town in towns]
            if min(gaps) <= COUNTY_REACH_KM:
                counted[towns[gaps.index(min(gaps))].name][side] += 1
    return [TownCount(t.name, t.lat, t.lng, *counted[t.name]) for t in towns]


def trade_balance(
    postings: Sequence[Posting], workers: Sequence[Worker], *, top: int = 14
) -> list[TradeBalance]:
    """Openings and seekers of the `top` busiest occupations, as the occupation coder read them."""
    openings: Counter[str] = Counter()
    seekers: Counter[str] = Counter()
    for posting in postings:
        if posting.occupations:
            openings[posting.occupations[0].name] += posting.headcount or 1
    for worker in workers:
        if worker.occupations:
            seekers[worker.occupations[0].name] += 1
    busiest = (openings + seekers).most_common(top)
    return [TradeBalance(name, openings[name], seekers[name]) for name, _ in busiest]


def monthly_pays_yuan(postings: Sequence[Posting]) -> tuple[list[float], int]:
    """Lower pay bound in yuan a month of every posting that states one, and how many do not."""
    found = [low / 100 for low in (posting.monthly_pay_fen()[0] for posting in postings) if low is not None]
    return found, len(postings) - len(found)


def compliance_lines(postings: Sequence[Posting]) -> list[ComplianceLine]:
    """One line for each ground found in `postings`, gravest and commonest first, with one example each."""
    by_ground: dict[str, list[tuple[Posting, Finding]]] = {}
    for posting in postings:
        gravest: dict[str, Finding] = {}
        for found in check(posting):
            kept = gravest.get(found.ground)
            if kept is None or found.severity.ordinal < kept.severity.ordinal:
                gravest[found.ground] = found
        for ground, found in gravest.items():
            by_ground.setdefault(ground, []).append((posting, found))
    lines: list[tuple[int, int, ComplianceLine]] = []
    for ground, pairs in by_ground.items():
        posting, found = min(pairs, key=lambda pair: pair[1].severity.ordinal)
        text = getattr(posting, found.field, "") or posting.quarantined.get(found.field, "")
        example = text[max(0, found.start - 4) : found.end + 4].strip("；;，,。\n ")
        line = ComplianceLine(
            ground_label(ground), found.severity.label, len(pairs), example, found.rewrite.split("；")[0]
        )
        lines.append((found.severity.ordinal, -len(pairs), line))
    return [line for _, _, line in sorted(lines, key=lambda item: item[:2])]
