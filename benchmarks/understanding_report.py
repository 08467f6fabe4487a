"""The figures of reading as tables for people: benchmarks/results/understanding.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

GOALS = (
    ("pay exact", "pay", "exact", 0.99),
    ("certificate recall", "postings", "certificate codes.recall", 0.99),
    ("skill span F1", "postings", "skill spans.f1", 0.90),
    ("occupation top-1", "occupations", "top_1", 0.85),
    ("occupation top-3", "occupations", "top_3", 0.95),
    ("segmentation F1", "segmentation", "f1", 0.95),
    ("unlawful limits, recall", "compliance", "unlawful.recall", 0.97),
    ("unlawful limits, precision", "compliance", "unlawful.precision", 0.95),
    ("risk, recall", "compliance", "risk.recall", 0.95),
    ("risk, precision", "compliance", "risk.precision", 0.90),
)
"""Goal, kind of gold set, path of the figure, least value."""
PARSE_GOAL = 2000
Table = list[list[str]]


def report(figures: Mapping[str, Any]) -> str:
    """The whole page in Markdown."""
    parts = ["# Reading postings, sentences and titles\n", "Written by `python -m benchmarks.understanding`.\n"]
    if "final" in figures:
        parts += ["## Final sets (written after the readers, scored once)\n", *_gold(figures["final"])]
    parts += ["## Development sets (readers were tuned on them)\n", *_gold(figures["gold"])]
    if "real" in figures:
        parts += ["## Real postings (48,584; apart from the gold sets)\n", *_real(figures["real"])]
    return "\n".join(parts)


def _gold(kinds: Mapping[str, Any]) -> list[str]:
    parts = [_markdown(["goal", "least", "file", "figure", ""], _goals(kinds))]
    for kind in ("postings", "utterances"):
        for name, fields in kinds.get(kind, {}).items():
            parts.append(f"### {name}, field by field\n")
            parts.append(_markdown(["field", "labels", "precision", "recall", "F1"], _fields(fields)))
    return parts


def _goals(kinds: Mapping[str, Any]) -> Table:
    rows = []
    for label, kind, path, least in GOALS:
        for name, figures in kinds.get(kind, {}).items():
            value = _at(figures, path)
            if value is not None:
                beside = f" (plain jieba {figures['plain_jieba_f1']:.3f})" if kind == "segmentation" else ""
                reached = "reached" if value >= least else "**missed**"
                rows.append([label, f"{least:.2f}", name, f"{value:.3f}{beside}", reached])
    return rows


def _at(figures: Mapping[str, Any], path: str) -> float | None:
    """The figure under a dotted path; None where the set has none."""
    found: Any = figures
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _fields(fields: Mapping[str, Mapping[str, float]]) -> Table:
    return [
        [name, str(f["labels"]), *(f"{f[key]:.3f}" for key in ("precision", "recall", "f1"))]
        for name, f in fields.items()
    ]


def _real(real: Mapping[str, Any]) -> list[str]:
    speed, pay = real["speed"], real["pay_columns"]
    groups = {name: figures for name, figures in real.items() if "share_with_field" in figures}
    return [
        "### Speed on one core\n",
        f"{speed['parse_postings_per_s']} postings/s (goal {PARSE_GOAL}; {speed['characters_each']} characters "
        f"each), {speed['parse_to_jieba']} times a plain jieba pass over the same text in the same run "
        f"({speed['plain_jieba_postings_per_s']}/s); slowest posting {speed['parse']['max_ms']} ms.\n",
        "### Pay against the number columns\n",
        f"The pay column read as text equals the numbers in {pay['pay_text_equals_columns']:.2%} of "
        f"{pay['rows_with_pay_text']} rows.\n",
        _markdown(["pay column against numbers", "rows"], _counts(pay["pay_text_against_columns"])),
        f"Pay found in the free text agrees in {pay['free_text_agrees']:.1%} of {pay['free_text_compared']} "
        "postings; the rest by type:\n",
        _markdown(["free text against columns", "postings"], _counts(pay["free_text_pay_against_columns"])),
        "### Share of postings whose text gives a field\n",
        _markdown(["field", *(f"{n} ({g['postings']})" for n, g in groups.items())], _share_rows(groups)),
    ]


def _counts(counts: Mapping[str, int]) -> Table:
    return [[name, str(n)] for name, n in counts.items()]


def _share_rows(groups: Mapping[str, Any]) -> Table:
    names = next(iter(groups.values()))["share_with_field"]
    return [[name, *(f"{g['share_with_field'][name]:.3f}" for g in groups.values())] for name in names]


def _markdown(heads: Iterable[str], rows: Table) -> str:
    lines = [list(heads)]
    lines.append(["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in [*lines, *rows]) + "\n"
