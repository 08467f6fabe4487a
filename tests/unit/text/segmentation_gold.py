"""Reads and scores tests/gold/segmentation*.tsv: sentences cut by hand, words parted by blanks."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache

import jieba
from pay_gold import GOLD

_NUMERALS = "0-9零一二两三四五六七八九十百千万半几"
_NUMBER = re.compile(f"[{_NUMERALS}]+")
_NUMBER_FIRST = re.compile(f"([{_NUMERALS}]+)(?=[^{_NUMERALS}])")


def sentences(name: str) -> list[list[str]]:
    """The words of every sentence."""
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" ") for line in lines if line and not line.startswith("#")]


def spans(words: list[str]) -> set[tuple[int, int]]:
    """Word spans with every number parted from its unit on both sides, where dictionaries differ by chance."""
    pieces: list[str] = []
    for word in words:
        match = _NUMBER_FIRST.match(word)
        for piece in (match.group(), word[match.end() :]) if match else (word,):
            if pieces and _NUMBER.fullmatch(piece) and _NUMBER.fullmatch(pieces[-1]):
                pieces[-1] += piece
            else:
                pieces.append(piece)
    result, reached = set(), 0
    for piece in pieces:
        result.add((reached, reached + len(piece)))
        reached += len(piece)
    return result


def f1(cut: Callable[[str], list[str]], name: str) -> float:
    """F1 of the word spans of a segmenter against a gold file."""
    right = gold_total = cut_total = 0
    for words in sentences(name):
        gold, found = spans(words), spans(cut("".join(words)))
        right += len(gold & found)
        gold_total += len(gold)
        cut_total += len(found)
    return 2 * right / (gold_total + cut_total)


@lru_cache(maxsize=1)
def plain_jieba() -> jieba.Tokenizer:
    """jieba as it comes, with its own dictionary alone."""
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer
