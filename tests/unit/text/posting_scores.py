"""Prints how well the parser reads a posting gold file, field by field: posting_scores.py [FILE …] [-v]."""

from __future__ import annotations

import sys

from posting_gold import Tally, posting_gold_names, score_postings


def main(names: list[str], *, differences: bool) -> None:
    for name in names:
        print(f"## {name}")
        for field, tally in score_postings(name).items():
            print(_row(field, tally))
            if differences:
                print("".join(f"    {line}\n" for line in tally.errors), end="")


def _row(field: str, tally: Tally) -> str:
    found = tally.hits + tally.extra
    precision = tally.hits / found if found else 1.0
    labels = tally.hits + tally.missed
    return f"{field:18} {labels:4} labels  P {precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main([a for a in arguments if a != "-v"] or posting_gold_names(), differences="-v" in arguments)
