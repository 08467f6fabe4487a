"""Claim: postings are read into every field, pay exactly, at 2,000 postings a second on one core.

`python -m benchmarks.understanding` scores the development sets and, where the shared postings are, counts on them.
`--final` also scores tests/gold/final, which is meant to happen once; its figures stay in understanding_final.json.
Only aggregates are written, no text.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks.measure import POSTINGS, RESULTS, write_result
from benchmarks.shared_postings import shared_rows
from benchmarks.understanding_gold import gold_figures
from benchmarks.understanding_real import real_figures
from benchmarks.understanding_report import report

CLAIM = (__doc__ or "").splitlines()[0]
FINAL = "understanding_final"


def main() -> None:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--final", action="store_true", help="also score the final sets, once")
    parser.add_argument("--gold-only", action="store_true", help="leave the real postings out")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"gold": gold_figures()}
    if arguments.final:
        write_result(FINAL, CLAIM, _first_figures(gold_figures("final")))
    if (RESULTS / f"{FINAL}.json").exists():
        figures["final"] = _kept(FINAL)
    if arguments.gold_only or not POSTINGS.exists():
        print("real postings left out")
    else:
        figures["real"] = real_figures(list(shared_rows()))
    page = report(figures)
    print(page)
    if "real" in figures:
        write_result("understanding", CLAIM, figures)
        (RESULTS / "understanding.md").write_text(page, encoding="utf-8")


def _first_figures(scored: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The figures of every file at its first scoring: what is recorded stays, what is new is added."""
    kept: dict[str, dict[str, Any]] = _kept(FINAL) if (RESULTS / f"{FINAL}.json").exists() else {}
    return {kind: scored.get(kind, {}) | kept.get(kind, {}) for kind in [*kept, *(scored.keys() - kept.keys())]}


def _kept(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["figures"]


if __name__ == "__main__":
    main()
