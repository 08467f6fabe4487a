"""Labelled texts for the second reader: spent sets, rule examples, hand-written clauses, filled forms (训练文本).

Every text says which grounds it breaks; `unsure` are grounds that must not count either way.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.shared_postings import shared_rows
from matcher.compliance.check import review_by_rules
from matcher.compliance.rules import RuleBook
from matcher.compliance.shelf import rule_book
from matcher.text.normalise import fold_case

HERE = Path(__file__).parent
GOLD = Path(__file__).parents[2] / "tests" / "gold"
SLOT = re.compile(r"\{(\w+)\}")
GROUNDS = (
    "sex", "age", "education", "ethnicity", "region", "marriage", "health", "religion", "identity", "deposit", "fee",
    "training_loan", "documents", "brushing", "guaranteed", "overseas", "illicit", "wechat_only", "repost",
)  # fmt: skip
COLUMNS = {"title": "title", "duties": "description", "requirements": "requirements"}
AROUND = 60  # characters beside a judged finding


@dataclass(frozen=True, slots=True)
class Example:
    """A folded text, what it breaks and where it comes from."""

    text: str
    grounds: frozenset[str]
    source: str
    unsure: frozenset[str] = frozenset()
    weight: float = 1.0


def gold_sets() -> list[str]:
    """Names of the spent sets, the first one first."""
    return sorted(path.stem for path in GOLD.glob("compliance*.jsonl"))


def gold_examples(name: str) -> Iterator[Example]:
    """Cases of one spent set that rest on words; facts of the registry are not words."""
    for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text = case.get("text") or "\n".join(filter(None, [case["title"], case.get("duties", "")]))
        if "quarantined" in case or "context" in case:
            continue
        yield Example(fold_case(text), frozenset(case["expect"]) & frozenset(GROUNDS), name)


def rule_examples(book: RuleBook) -> Iterator[Example]:
    """Positive and negative examples of every rule; what other rules say of them is unsure."""
    for rule in (*book.rules, book.age):
        ground = getattr(rule, "ground", "age")
        for text in rule.positive:
            yield _checked(text, frozenset({ground}), "rules")
        for text in rule.negative:
            yield _checked(text, frozenset(), "rules")


def written_examples() -> Iterator[Example]:
    """The clauses written for this model; "-" is lawful, several grounds stand side by side.

    The later files name every ground of a text, so that what a rule finds beside them is false, not unsure.
    """
    for named, text in _rows("clauses.tsv"):
        yield _checked(text, frozenset(named.split()) - {"-"}, "written")
    for name in ("clauses_second.tsv", "clauses_third.tsv"):
        for named, text in _rows(name):
            yield Example(fold_case(text), frozenset(named.split()) - {"-"}, "written")


def word_groups() -> dict[str, list[str]]:
    """Kindred words by group; within a group they may stand for one another."""
    return {name: fold_case(words).split() for name, words in _rows("groups.tsv")}


def filled_forms(groups: Mapping[str, Sequence[str]], *, copies: int, seed: int) -> Iterator[Example]:
    """`copies` fillings of every form, some of them before or behind an everyday clause."""
    draw = random.Random(seed)
    for ground, form in _rows("forms.tsv"):
        for _ in range(copies):
            text = SLOT.sub(lambda slot: draw.choice(groups[slot.group(1)]), form)
            text = _beside(fold_case(text), groups, draw)
            yield replace(_checked(text, frozenset({ground} - {"-"}), "forms"), weight=0.5)


def swapped(
    examples: Iterable[Example], groups: Mapping[str, Sequence[str]], *, copies: int, seed: int
) -> Iterator[Example]:
    """`copies` of each example with words changed for others of their group and clauses in another order."""
    draw = random.Random(seed)
    of_word = {word: words for words in groups.values() for word in words if len(word) > 1}
    pattern = re.compile("|".join(sorted(map(re.escape, of_word), key=len, reverse=True)))
    for example in examples:
        for _ in range(copies):
            text = pattern.sub(lambda found: draw.choice(of_word[found.group()]), example.text)
            clauses = text.split(",")
            if draw.random() < 0.3:
                draw.shuffle(clauses)
            if ",".join(clauses) != example.text:
                yield replace(example, text=",".join(clauses), weight=0.5)


def background(count: int, *, seed: int) -> Iterator[Example]:
    """`count` passages of real training postings in which no rule finds anything, presumed lawful."""
    draw = random.Random(seed)
    rows = [row for row in shared_rows("train") if draw.random() < count / 20_000]
    draw.shuffle(rows)
    seen: set[str] = set()
    for row in rows:
        for text in (row["title"], row["description"], row["requirements"]):
            for passage in _passages(fold_case(text or ""), draw):
                if passage not in seen and not rule_grounds(passage):
                    seen.add(passage)
                    yield Example(passage, frozenset(), "background")
                if len(seen) >= count:
                    return


def judged_findings() -> Iterator[Example]:
    """What an earlier reader found in real training postings, with what is around it, judged by reading it.

    Whoever judged looked for the one ground; the others are unsure.
    """
    rows = {row["id"]: row for row in shared_rows("train")}
    for posting, part, start, end, ground, verdict in _rows("judged.tsv"):
        text = fold_case(rows[posting][COLUMNS[part]])
        around = text[max(0, int(start) - AROUND) : int(end) + AROUND]
        grounds = frozenset({ground}) if verdict == "yes" else frozenset[str]()
        yield Example(around, grounds, "judged", frozenset(GROUNDS) - {ground})


def rule_grounds(text: str) -> frozenset[str]:
    """What the rules alone find in a text."""
    return frozenset(finding.ground for finding in review_by_rules(text).findings)


def _passages(text: str, draw: random.Random) -> list[str]:
    """Up to three sentences of a text."""
    sentences = [part.strip() for part in re.split(r"[。;\n]", text) if 4 <= len(part.strip()) <= 80]
    return draw.sample(sentences, min(3, len(sentences)))


def _beside(text: str, groups: Mapping[str, Sequence[str]], draw: random.Random) -> str:
    if draw.random() < 0.5:
        return text
    other = draw.choice(["{job}", "招{job}", "包吃住", "月结", "两班倒", "{job}一名", "长期稳定", "当天可上岗"])
    other = SLOT.sub(lambda slot: draw.choice(groups[slot.group(1)]), other)
    return f"{other},{text}" if draw.random() < 0.5 else f"{text},{other}"


def _checked(text: str, grounds: frozenset[str], source: str) -> Example:
    folded = fold_case(text)
    return Example(folded, grounds, source, frozenset(rule_grounds(folded)) - grounds)


def _rows(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()[1:]:
        yield line.split("\t")


def all_hand_made() -> list[Example]:
    """Rule examples, written clauses and judged findings."""
    return [*rule_examples(rule_book()), *written_examples(), *judged_findings()]
