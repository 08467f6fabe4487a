"""Reads tests/gold/postings*.jsonl and scores a parse against its labels, field by field.

Labels name what the text says; an absent field means the parser must find nothing there. pay: notation of pay.tsv;
age: "18-45", "-60", "18-!" (! = statutory basis); certificates: code with ! = required, ? = preferred;
skills: the words as they stand in the text. "skill spans": these against what the reader of work words finds, by overlap
(benchmarks/skill_spans.py); "skills": the named skills of the word list alone, by name. limits: kinds;
start, valid_to: dates in Shanghai.
Rows with an id (postings_more.jsonl) also label need_by, valid_from, levels ("code:level") and place (leading digits
of the region code). tests/gold/postings.md: the conventions.
Rows with "labelled" are labelled in these fields alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pay_gold import GOLD, _pay

from benchmarks.skill_spans import overlap_counts
from matcher.clock import SHANGHAI, local_date
from matcher.domain.posting_terms import Basis
from matcher.domain.worker_terms import SkillLevel
from matcher.lexicon.cue_words import SKILL_DECOY, skill_words
from matcher.lexicon.places import find_places
from matcher.text.joined_texts import JoinedTexts
from matcher.text.normalise import fold_case
from matcher.text.posting_parser import ParsedPosting, parse_posting
from matcher.text.work_words import work_reader

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
OFFICE = "130629"  # 容城县: near which a bare town name is looked for
LISTS = {
    "settlements": "settlements",
    "shifts": "shifts",
    "benefits": "benefits",
    "transport": "transport",
    "insurance": "insurance",
    "load": "load",
    "friendly": "friendly_to",
    "form": "forms",
    "kind": "kinds",
    "denied": "denied",
}
SINGLES = {
    "hours": "hours_per_day",
    "days": "days_per_month",
    "headcount": "headcount",
    "experience": "experience_years",
}


@dataclass
class Tally:
    """True positives, false positives, false negatives."""

    hits: int = 0
    extra: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.extra + self.missed
        return 1.0 if total == 0 else 2 * self.hits / total

    @property
    def recall(self) -> float:
        return 1.0 if self.hits + self.missed == 0 else self.hits / (self.hits + self.missed)

    @property
    def precision(self) -> float:
        return 1.0 if self.hits + self.extra == 0 else self.hits / (self.hits + self.extra)

    def add(self, expected: set[Any], got: set[Any], where: str) -> None:
        self.hits += len(expected & got)
        self.extra += len(got - expected)
        self.missed += len(expected - got)
        if expected != got:
            self.errors.append(f"{where}: 应为 {sorted(map(str, expected))} 得到 {sorted(map(str, got))}")


def posting_gold_names() -> list[str]:
    """The posting gold files that may be looked at while the parser is improved; final ones are left out."""
    return sorted(path.name for path in GOLD.glob("postings*.jsonl") if "final" not in path.name)


def read_posting_gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines() if line]


def score_postings(name: str) -> dict[str, Tally]:
    """Tally of each field over the gold file."""
    tallies: dict[str, Tally] = {}
    for row in read_posting_gold(name):
        where = f"{row.get('id', '')} {row['title']}".strip()
        parsed = parse_posting(row["title"], row["duties"], row["requirements"], now=NOW, reader=work_reader())
        for key, (expected, got) in _compared(row, parsed).items():
            tallies.setdefault(key, Tally()).add(expected, got, where)
        if "skills" in row.get("labelled", ("skills",)):
            _add_spans(tallies.setdefault("skill spans", Tally()), row, parsed, where)
    return tallies


def _add_spans(tally: Tally, row: dict[str, Any], parsed: ParsedPosting, where: str) -> None:
    """Work words found against those labelled, by overlap."""
    joined = JoinedTexts({part: row[part] for part in ("title", "duties", "requirements")})
    starts = dict(zip(joined.names, joined.starts, strict=True))
    found = [(starts[task.field] + task.start, starts[task.field] + task.end) for task in parsed.tasks]
    labels = list(dict.fromkeys(fold_case(word) for word in row["labels"].get("skills", [])))
    hits, extra, missed = overlap_counts(joined.text, found, labels)
    tally.hits, tally.extra, tally.missed = tally.hits + hits, tally.extra + extra, tally.missed + missed
    if extra or missed:
        tally.errors.append(f"{where}: 应为 {labels} 得到 {[task.value for task in parsed.tasks]}")


def _compared(row: dict[str, Any], parsed: ParsedPosting) -> dict[str, tuple[set[Any], set[Any]]]:
    labels = row["labels"]
    pairs: dict[str, tuple[set[Any], set[Any]]] = {
        "pay": ({_pay(p) for p in labels.get("pay", [])}, {f.value for f in parsed.pays}),
        "age": (_one(labels, "age"), set() if parsed.age is None else {_age(parsed)}),
        "education": (_one(labels, "education"), _value(parsed.education)),
        "start": (_one(labels, "start"), _day(parsed.start_at)),
        "valid_to": (_one(labels, "valid_to"), _day(parsed.valid_to)),
        "contacts": (
            {labels["contacts"]} if "contacts" in labels else set(),
            {len(parsed.contacts)} if parsed.contacts else set(),
        ),
        "limits": (set(labels.get("limits", [])), {f.value.kind for f in parsed.limits}),
        "certificates": (
            set(labels.get("certificates", [])),
            {f.value.code + ("!" if f.value.required else "?") for f in parsed.certificates},
        ),
        "certificate codes": (
            {c[:-1] for c in labels.get("certificates", [])},
            {f.value.code for f in parsed.certificates},
        ),
        "skills": (set(map(_skill, labels.get("skills", []))), {f.value for f in parsed.skills}),
    }
    for key, name in LISTS.items():
        pairs[key] = (set(labels.get(key, [])), {f.value.value for f in getattr(parsed, name)})
    for key, name in SINGLES.items():
        pairs[key] = (_one(labels, key), _value(getattr(parsed, name)))
    if "id" in row:
        pairs |= _later_fields(row, parsed)
    return pairs if "labelled" not in row else {key: pairs[key] for key in row["labelled"]}


def _later_fields(row: dict[str, Any], parsed: ParsedPosting) -> dict[str, tuple[set[Any], set[Any]]]:
    labels = row["labels"]
    return {
        "need_by": (_one(labels, "need_by"), _day(parsed.need_by)),
        "valid_from": (_one(labels, "valid_from"), _day(parsed.valid_from)),
        "levels": (
            set(labels.get("levels", [])),
            {f"{f.value.code}:{f.value.level}" for f in parsed.certificates if f.value.level != SkillLevel.NONE},
        ),
        "place": (_one(labels, "place"), _region(row)),
    }


def _skill(word: str) -> str:
    """The skill that the longest known word inside names; the word itself where none is known yet."""
    known = [(len(alias), name) for alias, name in skill_words() if alias in word.lower() and name != SKILL_DECOY]
    return max(known)[1] if known else word


def _day(found: Any) -> set[Any]:
    return set() if found is None else {str(local_date(found.value))}


def _region(row: dict[str, Any]) -> set[Any]:
    """The most specific region the text names; the label itself where the region lies inside it."""
    text = "\n".join((row["title"], row["duties"], row["requirements"]))
    codes = [place.region_code or "" for _, _, place in find_places(text, OFFICE)]
    if not codes:
        return set()
    deepest = max(codes, key=lambda code: len(code.rstrip("0")))
    label = row["labels"].get("place", "")
    return {label} if label and deepest.startswith(label) else {deepest.rstrip("0")}


def _one(labels: dict[str, Any], key: str) -> set[Any]:
    return {labels[key]} if key in labels else set()


def _value(found: Any) -> set[Any]:
    return set() if found is None else {found.value}


def _age(parsed: ParsedPosting) -> str:
    assert parsed.age is not None
    limit = parsed.age.value
    low, high = limit.low or "", limit.high or ""
    return f"{low}-{high}" + ("!" if limit.basis is Basis.STATUTORY else "")
