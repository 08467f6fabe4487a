"""Words laid over jieba's dictionary (自定义词典)."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"


def domain_words() -> list[tuple[str, int]]:
    """(word, frequency) pairs from `data/words.tsv`, sorted; the frequency is always explicit.

    Source format: one word a line, a tab, a positive integer; `#` starts a comment line.
    """
    pairs = []
    for line in (DATA / "words.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, frequency = line.split("\t")
            pairs.append((word, int(frequency)))
    return sorted(pairs)
