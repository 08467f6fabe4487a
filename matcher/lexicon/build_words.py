"""Write `data/words.tsv` from the other tables: `python -m matcher.lexicon.build_words`.

A word gets the smallest frequency that makes both segmenters cut it out whole (jieba's own rule). Long names
that already fall into good short words (养老|护理员) are left out: retrieval wants the short words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import jieba

from matcher.lexicon.certificates import certificates
from matcher.lexicon.cue_words import SKILL_DECOY, listed_skill_words
from matcher.lexicon.files import DATA, read_table
from matcher.lexicon.occupations import alias_rows
from matcher.text.normalise import fold_case

MIN_FREQUENCY = 3
MAX_LENGTH = 6
_HEADS = frozenset("工员师手匠嫂证长")
_SHOPS = frozenset("厂店场馆")
_VERBS = frozenset(
    "开做看学骑修喂养种摘卖装跑送招找去来干当会想能加打离用懂有无没不刷扫洗铺贴搭拉搬卸收割拔挖栽接剪带照教"
)
_VERB_WORDS = frozenset(
    {
        "打灰",
        "打药",
        "打荷",
        "打包",
        "刷碗",
        "洗碗",
        "贴砖",
        "铺砖",
        "刷墙",
        "看门",
        "带娃",
        "送餐",
        "收银",
        "装卸",
        "搬家",
        "割草",
    }
    | {"剪枝", "扫地", "洗车", "接活", "打杂", "装车", "卸车", "卸货", "拉货"}
)
_WHOLE = re.compile(r"[\u4e00-\u9fffa-z0-9+#.]+")


class _Cutter:
    """jieba's dictionary with words added one by one; knows what frequency keeps a word whole."""

    def __init__(self) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        self.base: dict[str, int] = dict(self._jieba.FREQ)

    def cut(self, word: str) -> list[str]:
        return list(self._jieba.cut(word, HMM=False))

    def frequency_for(self, word: str, floor: int) -> int:
        """Smallest frequency at which `word` beats any division of it, not below `floor` or the base dictionary."""
        frequency, total = 1.0, float(self._jieba.total)
        for piece in self.cut(word):
            frequency *= self._jieba.FREQ.get(piece) or 1
            frequency /= total
        needed = math.floor(frequency * total) + 2
        return max(needed, floor, int(self.base.get(word, 0) or 0))

    def add(self, word: str, frequency: int) -> None:
        self._jieba.add_word(word, frequency)


def candidate_words() -> dict[str, str]:
    """Word → where it comes from, before the test for good cuts."""
    words: dict[str, str] = {}
    for alias in alias_rows():
        if alias.note in {"手写", "大典名称", "岗位树", "名称拆分"}:
            words.setdefault(alias.alias, "alias")
    for certificate in certificates().certificates:
        for stem in certificate.stems:
            if len(stem) <= 5:
                words.setdefault(stem + "证", "certificate")
    for letter in ("a1", "a2", "a3", "b1", "b2", "c1", "c2", "c5", "c6", "d", "e"):
        words[f"{letter}驾照"] = words[f"{letter}驾驶证"] = "licence"
    for written, name in listed_skill_words():
        if name != SKILL_DECOY:
            words.setdefault(fold_case(written.strip()), "skill")
    for _, row in read_table("divisions.csv", ("adcode", "level", "name", "short")):
        words.setdefault(row["name"], "place")
        words.setdefault(row["short"], "place short")
    return words


def extra_words() -> tuple[dict[str, int], frozenset[str]]:
    """(word → frequency or 0, words to keep out) from words_extra.tsv."""
    wanted: dict[str, int] = {}
    unwanted: set[str] = set()
    for line in (DATA / "words_extra.tsv").read_text(encoding="utf-8").splitlines():
        word, _, frequency = line.strip().partition("\t")
        if not word or word.startswith("#"):
            continue
        if word.startswith("-"):
            unwanted.add(word[1:])
        else:
            wanted[fold_case(word)] = int(frequency) if frequency else 0
    return wanted, frozenset(unwanted)


def _is_wanted(word: str, origin: str, cutter: _Cutter) -> bool:
    if not 2 <= len(word) <= MAX_LENGTH or not _WHOLE.fullmatch(word) or word.isascii():
        return False
    if origin in {"licence", "certificate"}:
        return True
    pieces = cutter.cut(word)
    if len(pieces) == 1:
        return False  # 结巴词典或短词已能整切
    if word[0] in _VERBS and word[-1] not in _HEADS and len(cutter.cut(word[1:])) == 1:
        return len(word) == 2 and word in _VERB_WORDS
    if origin == "place":
        return True
    if origin == "place short":
        return len(word) == 2
    if origin == "skill":
        return len(word) <= 4 and word[0] not in _VERBS and any(len(piece) == 1 for piece in pieces)
    if word[-1] in _SHOPS:
        return False  # 玩具厂, 奶茶店: 厂店之前的词才是要紧的
    if len(word) == 2:
        return word in _VERB_WORDS or word[0] not in _VERBS
    if len(word) == 3:
        return True
    return word[-1] in _HEADS and len(pieces[-1]) == 1


def build() -> list[tuple[str, int]]:
    """(word, frequency) of every word, sorted."""
    cutter = _Cutter()
    extra, unwanted = extra_words()
    chosen: dict[str, int] = {}

    def take(word: str, floor: int) -> None:
        frequency = cutter.frequency_for(word, floor)
        cutter.add(word, frequency)
        chosen[word] = frequency

    for word, frequency in extra.items():
        if frequency:  # set by hand, also to weaken a word of jieba's that spoils cuts (招安 in 招安全员)
            cutter.add(word, frequency)
            chosen[word] = frequency
    fixed = frozenset(chosen)
    for word in sorted(extra.keys() - fixed, key=lambda w: (len(w), w)):
        take(word, MIN_FREQUENCY)
    candidates = candidate_words()
    for word in sorted(candidates, key=lambda w: (len(w), w)):
        if word not in chosen and word not in unwanted and _is_wanted(word, candidates[word], cutter):
            take(word, MIN_FREQUENCY)
    _settle(cutter, chosen, fixed)
    return sorted(chosen.items())


def _settle(cutter: _Cutter, chosen: dict[str, int], fixed: frozenset[str]) -> None:
    """Raise what later words pushed apart until every word but the fixed ones is cut out whole."""
    for _ in range(10):
        broken = [word for word in chosen if word not in fixed and len(cutter.cut(word)) > 1]
        if not broken:
            return
        for word in broken:
            chosen[word] = max(cutter.frequency_for(word, MIN_FREQUENCY), chosen[word] * 2)
            cutter.add(word, chosen[word])


def write(pairs: Iterable[tuple[str, int]]) -> int:
    """Write words.tsv; returns the number of words."""
    lines = [f"{word}\t{frequency}" for word, frequency in pairs]
    header = (
        "# Written by python -m matcher.lexicon.build_words; edit words_extra.tsv instead. word\tfrequency"
    )
    (DATA / "words.tsv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return len(lines)


if __name__ == "__main__":
    print(f"写入 {write(build())} 个词")
