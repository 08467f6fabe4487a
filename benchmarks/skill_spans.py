"""How labelled work words and found spans are counted: by overlap, each once (按片段计分)."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int]


def overlap_counts(text: str, found: Sequence[Span], labels: Sequence[str]) -> tuple[int, int, int]:
    """(hits, extra, missed) of found spans against labelled words of one text.

    A label stands wherever its words stand. A span is the label's when both share at least half of the shorter one; the
    best overlaps are paired first, and each counts once. Of spans with the same words the first counts.
    """
    spans = list({text[start:end]: (start, end) for start, end in reversed(found)}.values())
    pairs = sorted(
        ((shared, i, j) for i, span in enumerate(spans) for j, word in enumerate(labels)
         if (shared := _best_share(text, span, word)) > 0),
        reverse=True,
    )  # fmt: skip
    used_spans: set[int] = set()
    used_labels: set[int] = set()
    for _, i, j in pairs:
        if i not in used_spans and j not in used_labels:
            used_spans.add(i)
            used_labels.add(j)
    hits = len(used_spans)
    return hits, len(spans) - hits, len(labels) - hits


def _best_share(text: str, span: Span, word: str) -> float:
    """Characters that the span shares with some mention of the word, of the longer one; 0 when less than half of the shorter."""
    start, end = span
    best, at = 0.0, text.find(word)
    while word and at >= 0:
        shared = min(end, at + len(word)) - max(start, at)
        if shared > 0 and 2 * shared >= min(end - start, len(word)):
            best = max(best, shared / max(end - start, len(word)))
        at = text.find(word, at + 1)
    return best
