"""Words laid over jieba's dictionary (自定义词典)."""

from __future__ import annotations

from matcher.errors import InvalidInput
from matcher.lexicon.files import DATA, loaded


@loaded
def _words() -> tuple[tuple[str, int], ...]:
    pairs = []
    for line_number, line in enumerate((DATA / "words.tsv").read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            word, _, frequency = line.partition("\t")
            if not word or not frequency.isdigit() or frequency == "0":
                raise InvalidInput(f"words.tsv 第{line_number}行 须为“词<Tab>正整数”；请重新运行 build_words")
            pairs.append((word, int(frequency)))
    return tuple(sorted(pairs))


def domain_words() -> list[tuple[str, int]]:
    """(word, frequency) pairs from `data/words.tsv`, sorted; the frequency is always explicit.

    Source format: one word a line, a tab, a positive integer; `#` starts a comment line. The file is
    written by `python -m matcher.lexicon.build_words`.
    """
    return list(_words())


@loaded
def words_together() -> frozenset[str]:
    """Words that parsing joins from their pieces, from `data/words_together.tsv` (卸|菜 → 卸菜)."""
    lines = (DATA / "words_together.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@loaded
def words_apart() -> dict[str, tuple[str, ...]]:
    """Word → the words it is cut into for parsing, from `data/words_apart.tsv` (能干 → 能, 干)."""
    lines = (DATA / "words_apart.tsv").read_text(encoding="utf-8").splitlines()
    pieces = [tuple(line.split(" ")) for line in lines if line and not line.startswith("#")]
    return {"".join(cut): cut for cut in pieces}
