"""Claim: the compliance check finds unlawful limits and fraud signs, and how many postings it reads a second on one core.

Scores every gold set apart, rules alone and rules with the second reader, with Wilson intervals; counts findings per rule on the real postings, split by split
(counts only, never a sentence); times the check on texts of 2,000 characters made to be slow. Writes
benchmarks/results/compliance.json. `--final` also scores the set kept for last. Asserts nothing about time.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import recorded, write_result
from benchmarks.shared_postings import shared_rows
from matcher.compliance import Context, Finding, Severity, check, is_risk, review_by_rules, version
from matcher.compliance.shelf import rule_book
from matcher.domain.posting import Posting

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
FINALS = GOLD / "final"
SPLITS = ("train", "dev_in", "dev")
Z = 1.96  # 95 %
SLOW_CHARS = 2_000
SLOW_TEXTS = 300
SEED = 7
READER = "reader."

Counts = Counter[tuple[str, str]]
Checker = Callable[[Posting | str, Context], Iterable[Finding]]


def rules_alone(subject: Posting | str, context: Context) -> tuple[Finding, ...]:
    """What the rules find without the second reader."""
    return review_by_rules(subject, context).findings


CHECKERS: dict[str, Checker] = {"both": check, "rules_alone": rules_alone}


def family(ground: str) -> str:
    """Unlawful limits and risk are scored apart."""
    return "risk" if is_risk(ground) else "unlawful"


def wilson(right: int, of: int) -> list[float]:
    """95 % interval of a share; [0, 1] when nothing was counted."""
    if of == 0:
        return [0.0, 1.0]
    share, spread = right / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * ((share * (1 - share) + spread / 4) / of) ** 0.5
    return [round(middle - half, 3), round(middle + half, 3)]


def gold_counts(path: Path, checker: Checker = check) -> tuple[Counts, Counts]:
    """Right, missed and false (case, ground) pairs, by family and by ground."""
    families: Counts = Counter()
    grounds: Counts = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        subject: Posting | str = case.get("text") or Posting(
            str(case["id"]), case["title"], duties=case.get("duties", ""), quarantined=case.get("quarantined", {})
        )
        got = {finding.ground for finding in checker(subject, Context(**case.get("context", {})))}
        for ground in got | set(case["expect"]):
            kind = "missed" if ground not in got else "right" if ground in case["expect"] else "false"
            families[family(ground), kind] += 1
            grounds[ground, kind] += 1
    return families, grounds


def scores(counts: Counts, name: str) -> dict[str, Any]:
    """Recall and precision of one family or ground, with intervals and the counts they rest on."""
    right, missed, false = (counts[name, kind] for kind in ("right", "missed", "false"))
    return {
        "recall": round(right / (right + missed), 4) if right + missed else None,
        "recall_95": wilson(right, right + missed),
        "precision": round(right / (right + false), 4) if right + false else None,
        "precision_95": wilson(right, right + false),
        "right": right,
        "missed": missed,
        "false": false,
    }


def gold_scores(path: Path, checker: Checker = check) -> dict[str, dict[str, Any]]:
    """Scores of a gold set: unlawful limits and risk apart."""
    families, _ = gold_counts(path, checker)
    return {side: scores(families, side) for side in ("unlawful", "risk")}


def ground_scores(path: Path, checker: Checker = check) -> dict[str, dict[str, Any]]:
    """Scores of a gold set by ground, for the ones it names."""
    _, grounds = gold_counts(path, checker)
    return {ground: scores(grounds, ground) for ground in sorted({ground for ground, _ in grounds})}


def postings_of(split: str) -> Iterator[Posting]:
    """The real postings of a split, their words alone."""
    for row in shared_rows(split):
        yield Posting(
            str(row["id"]),
            row["title"] or "",
            duties=row["description"] or "",
            requirements=row["requirements"] or "",
        )


def real_counts(postings: Iterable[Posting]) -> dict[str, Any]:
    """Postings with a finding, per rule and severity, and postings read a second of processor time."""
    read = list(postings)
    check(read[0])
    started = time.process_time()
    found = [check(posting) for posting in read]
    seconds = time.process_time() - started
    rules: Counter[str] = Counter()
    gravest: Counter[str] = Counter()
    for findings in found:
        rules.update({finding.rule_id for finding in findings})
        if findings:
            gravest[list(Severity)[min(f.severity.ordinal for f in findings)].value] += 1
    return {
        "postings": len(read),
        "postings_per_cpu_second": round(len(read) / seconds),
        "with_a_reader_finding": sum(
            any(finding.rule_id.startswith(READER) for finding in findings) for findings in found
        ),
        "with_a_finding": sum(bool(findings) for findings in found),
        "share_with_a_finding": round(sum(bool(findings) for findings in found) / len(read), 4),
        "gravest": dict(gravest),
        "postings_per_rule": dict(rules.most_common()),
    }


def slowest_ms() -> float:
    """The longest processor time, ms, of texts of 2,000 characters made of the rules' own cues and marks.

    Each text counts with the fastest of three readings: on a busy machine a single one tells of its neighbours.
    """
    draw = random.Random(SEED)
    pieces = [*rule_book().cues, *"男女不限只要岁，。、（）0123456789 \n"]
    texts = [(piece * SLOW_CHARS)[:SLOW_CHARS] for piece in pieces]
    texts += ["".join(draw.choices(pieces, k=SLOW_CHARS))[:SLOW_CHARS] for _ in range(SLOW_TEXTS)]
    return round(max(min(_seconds(text) for _ in range(3)) for text in texts) * 1000, 2)


def _seconds(text: str) -> float:
    """Processor time of one check."""
    started = time.process_time()
    check(text)
    return time.process_time() - started


def kept_for_last() -> Path:
    """The set that nobody has scored yet; ends the run where there is none."""
    found = sorted(FINALS.glob("compliance*.jsonl"))
    if not found:
        raise SystemExit(f"no set is kept for last: {FINALS.relative_to(ROOT)} holds no compliance*.jsonl")
    return found[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="count findings on the shared postings too")
    parser.add_argument("--final", action="store_true", help="score the set kept for last; run it once")
    arguments = parser.parse_args()
    sets = sorted(GOLD.glob("compliance*.jsonl"))
    figures: dict[str, Any] = {
        "rules": version(),
        "gold": {path.name: gold_scores(path) for path in sets},
        "gold_rules_alone": {path.name: gold_scores(path, rules_alone) for path in sets},
        "slowest_of_2000_characters_ms": slowest_ms(),
    }
    figures |= {name: kept for name, kept in recorded("compliance").items() if name.startswith("final")}
    if arguments.final:
        final = kept_for_last()
        figures["final_set"] = final.name
        figures["final"] = {name: gold_scores(final, checker) for name, checker in CHECKERS.items()}
        figures["final_by_ground"] = {name: ground_scores(final, checker) for name, checker in CHECKERS.items()}
    if arguments.real:
        figures["real"] = {split: real_counts(postings_of(split)) for split in SPLITS}
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    write_result("compliance", (__doc__ or "").split("\n", 1)[0], figures)


if __name__ == "__main__":
    main()
