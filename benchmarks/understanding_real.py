"""What is read out of the shared real postings: shares, pay against its columns, speed. Counts only, no text."""

from __future__ import annotations

import csv
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from benchmarks.measure import SHARED, percentiles_ms
from matcher.clock import SHANGHAI
from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.lexicon.places import find_places
from matcher.text.found import Found
from matcher.text.occupation import code_occupation
from matcher.text.pay import find_pays, primary_pay, read_pay_field
from matcher.text.posting_parser import ParsedPosting, parse_posting
from matcher.text.posting_reader import posting_from_row
from matcher.text.view import FIELD_LABELS

Row = dict[str, Any]
TIMED_POSTINGS = 6000
ROWS_TIMED = 2000
SURE = 0.8
_TOLERANCE = 0.05
_NEAR = 0.25
_MONTHLY_FROM_YUAN = 1000
"""Columns whose upper bound is lower hold hour or day pay."""


def real_figures(rows: list[Row]) -> dict[str, Any]:
    """All figures over the shared postings."""
    figures: dict[str, Any] = {"speed": _speed(rows), "pay_columns": _pay_columns(rows)}
    for name, chosen in _groups(rows):
        figures[name] = _shares(chosen)
    return figures


def _groups(rows: list[Row]) -> Iterable[tuple[str, list[Row]]]:
    with (SHARED / "data" / "postings_aux.csv").open(encoding="utf-8") as file:
        blue = {(r["source"], r["id"]) for r in csv.DictReader(file) if r["blue_collar"] == "1"}
    for split in ("train", "dev_in", "dev"):
        yield split, [r for r in rows if r["split"] == split]
    chosen = [r for r in rows if (r["source"], r["id"]) in blue]
    yield "train, blue collar", [r for r in chosen if r["split"] == "train"]
    yield "dev and dev_in, blue collar", [r for r in chosen if r["split"] != "train"]


def texts_of(row: Row) -> tuple[str, str, str]:
    """Title, duties and requirements of a raw row."""
    return row["title"] or "", row["description"] or "", row["requirements"] or ""


def _speed(rows: list[Row]) -> dict[str, Any]:
    """Processor seconds of this one-threaded process, so that other work on the machine does not count."""
    import jieba

    plain = jieba.Tokenizer()
    plain.initialize()
    sample = [texts_of(row) for row in rows[:: max(1, len(rows) // TIMED_POSTINGS)]]
    _rate(lambda texts: parse_posting(*texts), sample[:200])
    parse = _rate(lambda texts: parse_posting(*texts), sample)
    jieba_pass = _rate(lambda texts: [list(plain.cut(t)) for t in texts], sample)
    figures: dict[str, Any] = {
        "postings": len(sample),
        "characters_each": round(sum(sum(map(len, t)) for t in sample) / len(sample)),
        "parse_postings_per_s": parse,
        "plain_jieba_postings_per_s": jieba_pass,
        "parse_to_jieba": round(parse / jieba_pass, 1),
        "parse_and_code_occupation_per_s": _rate(_parse_and_code, sample),
        "rows_to_postings_per_s": _rate(posting_from_row, rows[:: max(1, len(rows) // ROWS_TIMED)]),
        "find_pays_per_s": _rate(lambda texts: [find_pays(t) for t in texts], sample),
    }
    times = []
    for texts in sample:
        start = time.process_time()
        parse_posting(*texts)
        times.append(time.process_time() - start)
    figures["parse"] = percentiles_ms(times)
    return figures


def _parse_and_code(texts: tuple[str, str, str]) -> None:
    parse_posting(*texts)
    code_occupation(texts[0], texts[1])


def _rate(work: Callable[[Any], object], items: list[Any]) -> int:
    gc.collect()
    start = time.process_time()
    for item in items:
        work(item)
    return round(len(items) / (time.process_time() - start))


def _pay_columns(rows: list[Row]) -> dict[str, Any]:
    """The pay text against the number columns, and pay found in free text against both."""
    kinds: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for row in rows:
        low, high = row["salary_min"], row["salary_max"]
        kinds[agreement(read_pay_field(row["salary_raw"]), low, high, row["salary_raw"])] += 1
        found = [f for text in texts_of(row) for f in find_pays(text) if f.confidence >= SURE]
        best = primary_pay(found)
        if best is not None:
            free[relation(best.value, found, low, high)] += 1
    stated = sum(kinds.values()) - kinds["no pay text"]
    compared = sum(n for kind, n in free.items() if kind not in (_NO_COLUMNS, _NO_MONTH))
    agree = sum(n for kind, n in free.items() if kind.startswith("agrees"))
    return {
        "rows_with_pay_text": stated,
        "pay_text_equals_columns": round(kinds["equal"] / max(1, stated), 5),
        "pay_text_against_columns": dict(kinds.most_common()),
        "free_text_compared": compared,
        "free_text_agrees": round(agree / max(1, compared), 4),
        "free_text_pay_against_columns": dict(free.most_common()),
    }


_NO_COLUMNS = "not compared: columns empty"
_NO_MONTH = "not compared: piece rate or 面议"


def agreement(pay: Pay | None, low: float | None, high: float | None, raw: str | None) -> str:
    """How a pay column read as text relates to the two number columns of the same row (yuan)."""
    if not raw:
        return "no pay text"
    if pay is None:
        return "not read: unit cannot be told (20-25元)"
    want = tuple(None if v is None else round(v * 100) for v in (low, high))
    if (pay.min_fen, pay.max_fen) == want:
        return "equal"
    if pay.min_fen == want[0] or pay.max_fen == want[1]:
        return "one bound equal"
    return "different"


def relation(pay: Pay, found: list[Found[Pay]], low: float | None, high: float | None) -> str:
    """Why the pay a text names does or does not agree with the posting's columns (yuan)."""
    if low is None or high is None:
        return _NO_COLUMNS
    if _month(pay) is None:
        return _NO_MONTH
    if high < _MONTHLY_FROM_YUAN:
        same_unit = any(_meets((_yuan(f.value)), low, high, _TOLERANCE) for f in found)
        return f"{'agrees' if same_unit else 'differs'}: columns hold hour or day pay"
    if _meets(_month(pay), low, high, _TOLERANCE):
        return "agrees" if pay.unit is PayUnit.MONTH else f"agrees: {pay.unit.value} pay turned into months"
    if any(_meets(_month(f.value), low, high, _TOLERANCE) for f in found):
        return "agrees: another pay of the same text"
    return f"differs: {_reason(pay, low, high)}"


def _reason(pay: Pay, low: float, high: float) -> str:
    if pay.base_fen is not None:
        return "the text gives the base, the columns the whole"
    if _meets(_month(pay), low, high, _NEAR):
        return "within a quarter"
    if pay.unit in (PayUnit.HOUR, PayUnit.DAY, PayUnit.WEEK):
        return "hour or day pay, working days unknown"
    if pay.unit is PayUnit.YEAR:
        return "a yearly sum, often with bonus"
    bounds = _month(pay) or (0.0, 0.0)
    return "the text promises more" if bounds[0] > high else "the text promises less"


def _yuan(pay: Pay) -> tuple[float, float] | None:
    bounds = [fen / 100 for fen in (pay.min_fen, pay.max_fen) if fen is not None]
    return (bounds[0], bounds[-1]) if bounds else None


def _month(pay: Pay) -> tuple[float, float] | None:
    """Lower and upper bound in yuan a month, an open side standing wide open; None without any."""
    low, high = pay.monthly_fen()
    if low is None and high is None:
        return None
    return (0.0 if low is None else low / 100, 1e9 if high is None else high / 100)


def _meets(bounds: tuple[float, float] | None, low: float, high: float, slack: float) -> bool:
    return bounds is not None and bounds[0] <= high * (1 + slack) and bounds[1] >= low * (1 - slack)


def _shares(rows: list[Row]) -> dict[str, Any]:
    """Share of postings in which the text alone gave each field."""
    counts: Counter[str] = Counter()
    for row in rows:
        title, duties, requirements = texts_of(row)
        parsed = parse_posting(title, duties, requirements, now=_seen(row))
        counts.update(name for name in FIELD_LABELS if _has(parsed, name))
        counts["occupation"] += bool(code_occupation(title, f"{duties}\n{requirements}"))
        counts["place"] += bool(find_places(f"{title}\n{duties}"))
    total = max(1, len(rows))
    names = ("occupation", "place", *FIELD_LABELS)
    return {
        "postings": len(rows),
        "share_with_field": {name: round(counts[name] / total, 4) for name in names},
    }


def _seen(row: Row) -> datetime | None:
    """When the posting was met, which dates without a year are counted from."""
    text = row["seen"] or row["posted"]
    if not text:
        return None
    day = text[:10] if len(text) >= len("2024-01-01") else f"{text}-01"
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)


def _has(parsed: ParsedPosting, name: str) -> bool:
    value = getattr(parsed, name)
    return bool(value) if isinstance(value, list) else value is not None
