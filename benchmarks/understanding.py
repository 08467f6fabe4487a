"""Claim: postings are read into every field, pay exactly, at 2,000 postings a second on one core.

Gold sets and real postings are reported apart. Only aggregates are written, no text.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.measure import SHARED, percentiles_ms, write_result
from benchmarks.shared_postings import shared_rows
from matcher.domain.values import Pay
from matcher.text.pay import find_pays, primary_pay, read_pay_field
from matcher.text.posting_parser import ParsedPosting, parse_posting
from matcher.text.posting_reader import posting_from_row
from matcher.text.view import FIELD_LABELS

TESTS = Path(__file__).parents[1] / "tests" / "unit" / "text"
TIMED_POSTINGS = 6000
ROWS_TIMED = 2000
SURE = 0.8


def main() -> None:
    """Print and write the figures."""
    figures: dict[str, Any] = {"gold": _gold()}
    if not (SHARED / "data" / "postings.jsonl.gz").exists():
        print("no shared postings here: gold figures only")
    else:
        rows = list(shared_rows())
        figures["speed"] = _speed(rows)
        figures["pay_columns"] = _pay_columns(rows)
        blue = _blue_collar_ids()
        for name, chosen in _groups(rows, blue):
            figures[f"real: {name}"] = _shares(chosen)
    _print(figures)
    write_result("understanding", (__doc__ or "").splitlines()[0], figures)


def _gold() -> dict[str, Any]:
    sys.path.insert(0, str(TESTS))
    from pay_gold import GOLD, read_pay_gold
    from posting_gold import score_postings

    figures: dict[str, Any] = {}
    for name in ("pay.tsv", "pay_second.tsv"):
        if (GOLD / name).exists():
            gold = read_pay_gold(name)
            right = sum([f.value for f in find_pays(text)] == expected for text, expected in gold)
            figures[name] = {"strings": len(gold), "exact": round(right / len(gold), 4)}
    for name in ("postings.jsonl", "postings_second.jsonl"):
        if (GOLD / name).exists():
            figures[name] = {
                field: {
                    "f1": round(tally.f1, 3),
                    "recall": round(tally.recall, 3),
                    "labels": tally.hits + tally.missed,
                }
                for field, tally in score_postings(name).items()
            }
    return figures


def _blue_collar_ids() -> set[tuple[str, str]]:
    import csv

    with (SHARED / "data" / "postings_aux.csv").open(encoding="utf-8") as file:
        return {(r["source"], r["id"]) for r in csv.DictReader(file) if r["blue_collar"] == "1"}


def _groups(
    rows: list[dict[str, Any]], blue: set[tuple[str, str]]
) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for split in ("train", "dev_in", "dev"):
        yield split, [r for r in rows if r["split"] == split]
    yield "train, blue collar", [r for r in rows if r["split"] == "train" and (r["source"], r["id"]) in blue]
    yield (
        "dev and dev_in, blue collar",
        [r for r in rows if r["split"] != "train" and (r["source"], r["id"]) in blue],
    )


def _texts(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["title"] or "", row["description"] or "", row["requirements"] or ""


def _speed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Processor seconds of this one-threaded process, so that other work on the machine does not count."""
    step = max(1, len(rows) // TIMED_POSTINGS)
    sample = [_texts(row) for row in rows[::step]]
    _rate(lambda texts: parse_posting(*texts), sample[:200])
    figures: dict[str, Any] = {
        "postings": len(sample),
        "characters_each": round(sum(sum(map(len, t)) for t in sample) / len(sample)),
        "parse_postings_per_s": _rate(lambda texts: parse_posting(*texts), sample),
        "rows_to_postings_per_s": _rate(posting_from_row, rows[:: len(rows) // ROWS_TIMED]),
        "find_pays_per_s": _rate(lambda texts: [find_pays(t) for t in texts], sample),
    }
    times = []
    for texts in sample:
        start = time.process_time()
        parse_posting(*texts)
        times.append(time.process_time() - start)
    figures["parse"] = percentiles_ms(times)
    return figures


def _rate(work: Callable[[Any], object], items: list[Any]) -> int:
    gc.collect()
    start = time.process_time()
    for item in items:
        work(item)
    return round(len(items) / (time.process_time() - start))


def _pay_columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The pay text against the number columns, and pay found in free text against both."""
    kinds: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for row in rows:
        low, high = row["salary_min"], row["salary_max"]
        kinds[_agreement(read_pay_field(row["salary_raw"]), low, high, row["salary_raw"])] += 1
        found = primary_pay([f for text in _texts(row) for f in find_pays(text) if f.confidence >= SURE])
        if found is not None:
            free[_overlap(found.value, low, high)] += 1
    stated = sum(kinds.values()) - kinds["no pay text"]
    return {
        "rows_with_pay_text": stated,
        "pay_text_equals_columns": round(kinds["equal"] / stated, 5),
        "pay_text_against_columns": dict(kinds),
        "free_text_pay_against_columns": dict(free),
    }


def _agreement(pay: Pay | None, low: float | None, high: float | None, raw: str | None) -> str:
    if not raw:
        return "no pay text"
    if pay is None:
        return "pay text not read"
    want = tuple(None if v is None else round(v * 100) for v in (low, high))
    if (pay.min_fen, pay.max_fen) == want:
        return "equal"
    if pay.min_fen == want[0] or pay.max_fen == want[1]:
        return "one bound equal"
    return "different"


def _overlap(pay: Pay, low: float | None, high: float | None) -> str:
    """How pay named in the text relates to the posting's own monthly columns."""
    if low is None or high is None:
        return "columns empty"
    a, b = pay.monthly_fen()
    if a is None and b is None:
        return "no month equivalent (piece rate or 面议)"
    a, b = (a if a is not None else 0), (b if b is not None else 10**9)
    if a / 100 <= high * 1.05 and b / 100 >= low * 0.95:
        return f"overlaps ({'month' if pay.unit.value == 'month' else 'converted from ' + pay.unit.value})"
    ratio = (a or b) / 100 / low if low else 0
    side = "text below columns" if b / 100 < low else "text above columns"
    return f"{side}{', more than threefold' if ratio > 3 or 0 < ratio < 1 / 3 else ''}"


def _shares(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Share of postings in which the text alone gave each field."""
    counts: Counter[str] = Counter()
    for row in rows:
        parsed = parse_posting(*_texts(row))
        counts.update(name for name in FIELD_LABELS if _has(parsed, name))
    total = max(1, len(rows))
    return {
        "postings": len(rows),
        "share_with_field": {name: round(counts[name] / total, 4) for name in FIELD_LABELS},
    }


def _has(parsed: ParsedPosting, name: str) -> bool:
    value = getattr(parsed, name)
    return bool(value) if isinstance(value, list) else value is not None


def _print(figures: dict[str, Any], indent: int = 0) -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            print("  " * indent + f"{name}:")
            _print(value, indent + 1)
        else:
            print("  " * indent + f"{name}: {value}")


if __name__ == "__main__":
    main()
