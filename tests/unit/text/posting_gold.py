"""Reads tests/gold/postings*.jsonl and scores a parse against its labels, field by field.

Labels name what the text says; an absent field means the parser must find nothing there. pay: notation of pay.tsv;
age: "18-45", "-60", "18-!" (! = statutory basis); certificates: code with ! = required, ? = preferred;
skills: the words as they stand in the text; limits: kinds; start, valid_to: dates in Shanghai.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pay_gold import GOLD, _pay

from matcher.clock import SHANGHAI, local_date
from matcher.domain.posting_terms import Basis
from matcher.text.posting_parser import ParsedPosting, parse_posting

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
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

    def add(self, expected: set[Any], got: set[Any], where: str) -> None:
        self.hits += len(expected & got)
        self.extra += len(got - expected)
        self.missed += len(expected - got)
        if expected != got:
            self.errors.append(f"{where}: 应为 {sorted(map(str, expected))} 得到 {sorted(map(str, got))}")


def read_posting_gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines() if line]


def score_postings(name: str) -> dict[str, Tally]:
    """Tally of each field over the gold file."""
    tallies: dict[str, Tally] = {}
    for row in read_posting_gold(name):
        parsed = parse_posting(row["title"], row["duties"], row["requirements"], now=NOW)
        for key, (expected, got) in _compared(row, parsed).items():
            tallies.setdefault(key, Tally()).add(expected, got, f"{row['title']}")
    return tallies


def _compared(row: dict[str, Any], parsed: ParsedPosting) -> dict[str, tuple[set[Any], set[Any]]]:
    labels = row["labels"]
    pairs: dict[str, tuple[set[Any], set[Any]]] = {
        "pay": ({_pay(p) for p in labels.get("pay", [])}, {f.value for f in parsed.pays}),
        "age": (_one(labels, "age"), set() if parsed.age is None else {_age(parsed)}),
        "education": (_one(labels, "education"), _value(parsed.education)),
        "start": (
            _one(labels, "start"),
            set() if parsed.start_at is None else {str(local_date(parsed.start_at.value))},
        ),
        "valid_to": (
            _one(labels, "valid_to"),
            set() if parsed.valid_to is None else {str(local_date(parsed.valid_to.value))},
        ),
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
        "skills": (set(map(str.lower, labels.get("skills", []))), _words(row, parsed)),
    }
    for key, name in LISTS.items():
        pairs[key] = (set(labels.get(key, [])), {f.value.value for f in getattr(parsed, name)})
    for key, name in SINGLES.items():
        pairs[key] = (_one(labels, key), _value(getattr(parsed, name)))
    return pairs


def _one(labels: dict[str, Any], key: str) -> set[Any]:
    return {labels[key]} if key in labels else set()


def _value(found: Any) -> set[Any]:
    return set() if found is None else {found.value}


def _age(parsed: ParsedPosting) -> str:
    assert parsed.age is not None
    limit = parsed.age.value
    low, high = limit.low or "", limit.high or ""
    return f"{low}-{high}" + ("!" if limit.basis is Basis.STATUTORY else "")


def _words(row: dict[str, Any], parsed: ParsedPosting) -> set[str]:
    return {row[f.field][f.start : f.end].lower() for f in parsed.skills}
