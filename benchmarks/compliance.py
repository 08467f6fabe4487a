"""Claim: the compliance check finds unlawful limits and fraud signs, and reads ≥ 5,000 postings a second on one core.

Scores the gold sets; with --postings FILE also counts findings per rule on real postings (counts only, never
a sentence). Writes benchmarks/results/compliance.json. Asserts nothing about time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import subprocess
import time
from collections import Counter
from pathlib import Path

from matcher.compliance import Context, Severity, check, version
from matcher.domain.posting import Posting

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
UNLAWFUL = {"sex", "age", "education", "ethnicity", "region", "marriage", "health", "religion", "identity"}


def gold_scores(path: Path) -> dict[str, dict[str, float]]:
    """Recall and precision of (case, ground) pairs, unlawful limits and risk apart."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        subject: Posting | str = case.get("text") or Posting(
            case["id"], case["title"], duties=case.get("duties", ""), quarantined=case.get("quarantined", {})
        )
        got = {finding.ground for finding in check(subject, Context(**case.get("context", {})))}
        for ground in got | set(case["expect"]):
            side = "unlawful" if ground in UNLAWFUL else "risk"
            kind = "missed" if ground not in got else "right" if ground in case["expect"] else "false"
            counts[side, kind] += 1
    return {
        side: {
            "recall": round(counts[side, "right"] / (counts[side, "right"] + counts[side, "missed"]), 4),
            "precision": round(counts[side, "right"] / (counts[side, "right"] + counts[side, "false"]), 4),
        }
        for side in ("unlawful", "risk")
    }


def real_counts(path: Path) -> dict[str, object]:
    """Postings with a finding, per rule and severity, and postings read a second of processor time."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    postings = [
        Posting(
            r["id"], r["title"] or "", duties=r["description"] or "", requirements=r["requirements"] or ""
        )
        for r in rows
    ]
    check(postings[0])
    started = time.process_time()
    found = [check(posting) for posting in postings]
    seconds = time.process_time() - started
    rules: Counter[str] = Counter()
    gravest: Counter[str] = Counter()
    for findings in found:
        rules.update({finding.rule_id for finding in findings})
        if findings:
            gravest[list(Severity)[min(f.severity.ordinal for f in findings)].value] += 1
    return {
        "postings": len(postings),
        "postings_per_cpu_second": round(len(postings) / seconds),
        "with_a_finding": sum(bool(findings) for findings in found),
        "gravest": dict(gravest),
        "per_rule": dict(rules.most_common()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=Path, help="postings.jsonl.gz to count findings on")
    arguments = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    ).stdout.strip()
    result: dict[str, object] = {
        "rules": version(),
        "commit": commit,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "gold": {path.name: gold_scores(path) for path in sorted(GOLD.glob("compliance*.jsonl"))},
    }
    if arguments.postings:
        result["real"] = real_counts(arguments.postings)
    out = ROOT / "benchmarks" / "results" / "compliance.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
