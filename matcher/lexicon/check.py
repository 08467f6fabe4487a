"""Check the data files after an edit: `check()` lists what is wrong, each with file, row and the fix (词典检查)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import rjieba

from matcher.errors import MatcherError
from matcher.lexicon.certificates import certificates
from matcher.lexicon.cue_words import posting_patterns, skill_words
from matcher.lexicon.files import local_gazetteer, read_table
from matcher.lexicon.occupations import (
    alias_rows,
    aliases,
    occupation_clues,
    occupation_phrases,
    occupations,
    positions,
)
from matcher.lexicon.places import place_of, places
from matcher.lexicon.words import domain_words
from matcher.text.normalise import fold_case

MAX_TOTAL_WEIGHT = 1.001  # 一个词的各种意思加起来不超过 1
BASE_WORDS_MAY_WIN = 10  # 有意压低的词(频率低于此)可以不整切


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. code: stable name of the check; message: Chinese, names what to change."""

    file: str
    row: int | None
    code: str
    message: str


def check() -> list[Problem]:
    """Everything wrong in the data files; empty when they are sound. Never raises for bad data."""
    problems: list[Problem] = []
    for one in (_aliases, _related, _words, _certificates, _statutory, _positions, _places, _phrases, _clues):
        try:
            problems.extend(one())
        except MatcherError as error:
            problems.append(Problem(one.__name__.strip("_"), None, "unreadable", error.message))
    return problems


def _aliases() -> Iterator[Problem]:
    known = {row["code"] for _, row in read_table("occupations.csv", ("code",))}
    leaves = {row["l3"] for _, row in read_table("positions.csv", ("l3",))}
    seen: dict[tuple[str, str], int] = {}
    weights: dict[str, float] = defaultdict(float)
    lines: dict[str, int] = {}
    for line, row in read_table("aliases.csv", ("alias", "code", "position", "weight", "note")):
        alias, code = row["alias"], row["code"]
        if code not in known:
            yield Problem(
                "aliases.csv", line, "unknown_code", f"{alias} 的职业代码 {code} 不存在；请查 occupations.csv"
            )
        if (alias, code) in seen:
            message = f"{alias} 与第{seen[alias, code]}行重复；请删去一行"
            yield Problem("aliases.csv", line, "duplicate_alias", message)
        if len(alias) < 2 or alias != fold_case(alias):
            message = f"“{alias}”须为两个字以上、半角、小写；请改写"
            yield Problem("aliases.csv", line, "bad_alias", message)
        if row["position"] and row["position"] not in leaves:
            message = f"{alias} 的岗位“{row['position']}”不在岗位树；请查 positions.csv 或留空"
            yield Problem("aliases.csv", line, "unknown_position", message)
        weight = _weight(row["weight"])
        if weight is None:
            yield Problem(
                "aliases.csv", line, "bad_weight", f"{alias} 的权重“{row['weight']}”须在 0 到 1 之间"
            )
        seen[alias, code] = line
        weights[alias] += weight or 0.0
        lines[alias] = line
    for alias, total in weights.items():
        if total > MAX_TOTAL_WEIGHT:
            message = f"{alias} 对应多个职业而权重合计 {total:g} 超过 1；请分配权重"
            yield Problem("aliases.csv", lines[alias], "conflicting_alias", message)


def _weight(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value <= 1 else None


def _related() -> Iterator[Problem]:
    known = {row["code"] for _, row in read_table("occupations.csv", ("code",))}
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for line, row in read_table("related.csv", ("from", "to", "weight", "both")):
        first, second = row["from"], row["to"]
        for code in (first, second):
            if code not in known:
                yield Problem(
                    "related.csv", line, "unknown_code", f"职业代码 {code} 不存在；请查 occupations.csv"
                )
        if first == second:
            yield Problem("related.csv", line, "self_relation", f"{first} 与自己相关；请删去")
        if _weight(row["weight"]) is None or float(row["weight"]) >= 1:
            yield Problem("related.csv", line, "bad_weight", f"权重“{row['weight']}”须大于 0 小于 1")
        pairs = [(first, second), (second, first)] if row["both"] == "1" else [(first, second)]
        for pair in pairs:
            if pair in seen:
                word = "冲突" if seen[pair][0] != row["weight"] else "重复"
                message = f"{pair[0]}→{pair[1]} 与第{seen[pair][1]}行{word}；只留一行"
                yield Problem("related.csv", line, "conflicting_relation", message)
            seen[pair] = (row["weight"], line)


def _words() -> Iterator[Problem]:
    cutter = rjieba.Jieba()
    pairs = domain_words()
    for word, frequency in pairs:
        cutter.add_word(word, frequency, None)
    for word, frequency in pairs:
        pieces = list(cutter.cut(word, False))
        if len(pieces) > 1 and frequency >= BASE_WORDS_MAY_WIN:
            message = f"“{word}”被切成 {'/'.join(pieces)}；请重新运行 build_words"
            yield Problem("words.tsv", None, "word_not_whole", message)
    for word, count in Counter(word for word, _ in pairs).items():
        if count > 1:
            yield Problem(
                "words.tsv", None, "duplicate_word", f"“{word}”出现 {count} 次；请重新运行 build_words"
            )


def _certificates() -> Iterator[Problem]:
    table = certificates()
    owners: dict[str, str] = {}
    for certificate in table.certificates:
        for stem in certificate.stems:
            if stem in owners:
                message = f"词干“{stem}”同属 {owners[stem]} 和 {certificate.code}；请只留一处"
                yield Problem("certificates.csv", None, "duplicate_stem", message)
            owners[stem] = certificate.code


def _statutory() -> Iterator[Problem]:
    table = occupations()
    for rule in certificates().rules:
        if rule.occupation not in table:
            yield Problem("statutory.csv", None, "unknown_code", f"职业代码 {rule.occupation} 不存在；请改正")
        for code in rule.certificates:
            if not certificates().entry(code).statutory:
                message = f"{code} 列为法定而 certificates.csv 里 statutory 不是 1；请统一"
                yield Problem("statutory.csv", None, "not_statutory", message)


def _positions() -> Iterator[Problem]:
    table = occupations()
    for position in positions():
        if position.code and position.code not in table:
            message = f"岗位“{position.l3}”的职业代码 {position.code} 不存在；请改正或留空"
            yield Problem("positions.csv", None, "unknown_code", message)
    _ = alias_rows(), aliases()  # 读得出来才算好


def _places() -> Iterator[Problem]:
    places()
    own = local_gazetteer()
    sources: list[str | Path] = ["gazetteer.csv", *([own] if own else [])]
    for source in sources:
        for line, row in read_table(source, ("name", "region", "covers")):
            for code in (row["region"], *row["covers"].split("|")):
                if code and place_of(code) is None:
                    yield Problem(
                        str(source), line, "unknown_region", f"{row['name']} 的区划 {code} 不存在；请改正"
                    )


def _phrases() -> Iterator[Problem]:
    """Phrases of occupations and of postings are read whole by their loaders; skills must not share a word."""
    occupation_phrases()
    posting_patterns()
    owners: dict[str, str] = {}
    for word, skill in skill_words():
        other = owners.setdefault(word, skill)
        if other != skill:
            yield Problem("skills.csv", None, "shared_alias", f"“{word}”同时属于 {other} 和 {skill}；请只留一处")


def _clues() -> Iterator[Problem]:
    codes: set[str] = set()
    for code, clues in occupation_clues():
        if code in codes:
            yield Problem("occupation_clues.csv", None, "duplicate_code", f"{code} 有两行；请并成一行")
        codes.add(code)
        for clue, count in Counter(clues).items():
            if not clue or clue != fold_case(clue) or count > 1:
                message = f"{code} 的“{clue}”须为半角、小写，不空，且只写一次；请改写"
                yield Problem("occupation_clues.csv", None, "bad_clue", message)
