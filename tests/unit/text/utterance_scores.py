"""Scores the utterance parser on a gold file, field by field (一句话解析评分)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matcher.clock import local_date
from matcher.text.utterance import ParsedUtterance, parse_utterance

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)  # a Tuesday morning in Shanghai, as the gold sets assume
NEAR = "130629"  # the office of the gold sets: 容城县
Gold = dict[str, Any]


@dataclass
class Score:
    """Counts of one field. hit: right values; wrong: values not in the gold; missed: gold values not found."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.wrong) if self.hit + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.hit + self.wrong + self.missed
        return 2 * self.hit / total if total else 1.0


def _codes(found: list[Any]) -> set[str]:
    return {str(f.value) for f in found}


def _one(value: object) -> set[str]:
    return set() if value is None or value is False else {str(value)}


def _pay(p: ParsedUtterance) -> set[str]:
    return _one(p.pay_floor and f"{p.pay_floor.value.min_fen}/{p.pay_floor.value.unit}")


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _times(p: ParsedUtterance) -> set[str]:
    return {
        "weekend" if f.value.weekend else f"{_clock(f.value.start)}-{_clock(f.value.end)}"
        for f in p.free_times
    }


def _start(p: ParsedUtterance) -> set[str]:
    return set() if p.earliest_start is None else {str((p.earliest_start.value - local_date(NOW)).days)}


Reader = tuple[Callable[[Gold], set[str]], Callable[[ParsedUtterance], set[str]]]
FIELDS: dict[str, Reader] = {
    "certificates": (lambda g: set(g["certificates"]), lambda p: {f.value.code for f in p.certificates}),
    "pay_floor": (lambda g: _one(g["pay"] and f"{g['pay']['min_fen']}/{g['pay']['unit']}"), _pay),
    "settlements": (lambda g: set(g["settlements"]), lambda p: _codes(p.settlements)),
    "shifts": (lambda g: set(g["shifts"]), lambda p: _codes(p.shifts)),
    "refused_shifts": (lambda g: set(g["refused_shifts"]), lambda p: _codes(p.refused_shifts)),
    "constraints": (lambda g: set(g["constraints"]), lambda p: _codes(p.constraints)),
    "needs": (lambda g: set(g["needs"]), lambda p: _codes(p.needs)),
    "transport": (lambda g: set(g["transport"]), lambda p: _codes(p.transport)),
    "insurance": (lambda g: set(g["insurance"]), lambda p: _codes(p.insurance)),
    "kinds": (lambda g: set(g["kinds"]), lambda p: _codes(p.kinds)),
    "forms": (lambda g: set(g["forms"]), lambda p: _codes(p.forms)),
    "max_minutes": (lambda g: _one(g["max_minutes"]), lambda p: _one(p.reach and p.reach.value.minutes)),
    "travel_mode": (lambda g: _one(g["travel_mode"]), lambda p: _one(p.reach and p.reach.value.mode)),
    "near_home": (lambda g: _one(g["near_home"]), lambda p: _one(p.near_home and True)),
    "out_of_town": (
        lambda g: set() if g["out_of_town"] is None else {str(g["out_of_town"])},
        lambda p: set() if p.out_of_town is None else {str(p.out_of_town.value)},
    ),
    "education": (lambda g: _one(g["education"]), lambda p: _one(p.education and p.education.value)),
    "experience_years": (
        lambda g: set() if g["experience_years"] is None else {str(g["experience_years"])},
        lambda p: set() if p.experience_years is None else {str(p.experience_years.value)},
    ),
    "age": (lambda g: _one(g["age"]), lambda p: _one(p.age and p.age.value)),
    "start": (lambda g: _one(None if g["start_in_days"] is None else str(g["start_in_days"])), _start),
    "group_size": (
        lambda g: _one(g["group_size"] if g["group_size"] > 1 else None),
        lambda p: _one(p.group_size and p.group_size.value),
    ),
    "free_times": (lambda g: set(g["times"]), _times),
    "is_question": (lambda g: _one(g["is_question"]), lambda p: _one(p.is_question)),
    "guess": (lambda g: _one(g["guess"]), lambda p: _one(p.guess)),
}
"""Fields compared as sets of strings."""


def _fits(wanted: Gold, code: str, surface: str) -> bool:
    return code in wanted["codes"] or any(s in surface or surface in s for s in wanted.get("surface", ()))


def _score_occupations(name: str, gold: list[Gold], found: list[Any], text: str, score: Score) -> None:
    """A gold occupation is met by any found code it allows; a span that meets none is wrong, once."""
    met = [any(_fits(w, f.value.code, text[f.start : f.end]) for f in found) for w in gold]
    score.hit += sum(met)
    score.missed += len(met) - sum(met)
    spans = {(f.start, f.end) for f in found}
    right = {
        (f.start, f.end) for f in found if any(_fits(w, f.value.code, text[f.start : f.end]) for w in gold)
    }
    score.wrong += len(spans - right)
    if not all(met) or spans - right:
        shown = [f"{text[f.start : f.end]}={f.value.code}{f.value.name}" for f in found]
        score.errors.append(f"{text} | {gold} | {shown}")


def _score_top(gold: Gold, parsed: ParsedUtterance, score: Score) -> None:
    if not gold["occupations"]:
        return
    top = parsed.occupations[:1]
    if any(_fits(gold["occupations"][0], f.value.code, parsed.text[f.start : f.end]) for f in top):
        score.hit += 1
    else:
        score.missed += 1
        score.errors.append(f"{parsed.text} | {gold['occupations'][0]} | {[f.value for f in top]}")


def _score_skills(gold: Gold, parsed: ParsedUtterance, score: Score) -> None:
    """A skill is met by a found span that overlaps it."""
    text = parsed.text
    wanted = [(text.index(s), text.index(s) + len(s)) for s in gold["skills"]]
    found = [(f.start, f.end) for f in parsed.skills]
    met = [any(a < e and s < b for a, b in found) for s, e in wanted]
    wrong = [f for f in found if not any(f[0] < e and s < f[1] for s, e in wanted)]
    score.hit += sum(met)
    score.missed += len(met) - sum(met)
    score.wrong += len(wrong)
    if wrong or not all(met):
        score.errors.append(f"{text} | {gold['skills']} | {[text[a:b] for a, b in found]}")


def _score_place(gold: Gold, parsed: ParsedUtterance, score: Score) -> None:
    code = parsed.place.value.region_code or "" if parsed.place else ""
    if gold["place"] is None:
        score.wrong += bool(code)
    elif any(code.startswith(p) for p in gold["place"].split(",")):
        score.hit += 1
    else:
        score.missed += 1
        score.wrong += bool(code)
    if bool(code) != bool(gold["place"]) or (
        code and not any(code.startswith(p) for p in gold["place"].split(","))
    ):
        score.errors.append(f"{parsed.text} | {gold['place']} | {parsed.place and parsed.place.value}")


def _score_wish(gold: Gold, parsed: ParsedUtterance, score: Score) -> None:
    """Every named trade is in the wish; a sentence without one has an empty wish."""
    wish = parsed.wish_text
    good = all(w in wish for w in gold["wish"]) if gold["wish"] else wish == ""
    score.hit += good
    score.missed += not good
    if not good:
        score.errors.append(f"{parsed.text} | {gold['wish']} | {wish}")


def score_file(path: Path) -> dict[str, Score]:
    """Score of every field over the sentences of a gold file."""
    scores = {
        name: Score()
        for name in (
            "occupation_top1",
            "occupations",
            "refused_occupations",
            "skills",
            "place",
            "wish_text",
            *FIELDS,
        )
    }
    for line in path.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        parsed = parse_utterance(gold["text"], near=NEAR, now=NOW)
        _score_top(gold, parsed, scores["occupation_top1"])
        for name in ("occupations", "refused_occupations"):
            _score_occupations(name, gold[name], getattr(parsed, name), parsed.text, scores[name])
        _score_skills(gold, parsed, scores["skills"])
        _score_place(gold, parsed, scores["place"])
        _score_wish(gold, parsed, scores["wish_text"])
        for name, (of_gold, of_parsed) in FIELDS.items():
            wanted, found = of_gold(gold), of_parsed(parsed)
            score = scores[name]
            score.hit += len(wanted & found)
            score.missed += len(wanted - found)
            score.wrong += len(found - wanted)
            if wanted != found:
                score.errors.append(f"{gold['text']} | {sorted(wanted)} | {sorted(found)}")
    return scores


def table(scores: dict[str, Score]) -> str:
    """The figures as a fixed-width table."""
    lines = [f"{'field':<22}{'gold':>6}{'P':>8}{'R':>8}{'F1':>8}"]
    lines += [
        f"{name:<22}{s.hit + s.missed:>6}{s.precision:>8.3f}{s.recall:>8.3f}{s.f1:>8.3f}"
        for name, s in scores.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(table(score_file(Path(path))))
