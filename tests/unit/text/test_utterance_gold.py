"""The frozen worker sentences: every field keeps the figure it has reached."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest
from utterance_scores import NEAR, NOW, Score, score_file, table

from matcher.lexicon.certificates import certificates
from matcher.text.utterance import parse_utterance

GOLD = Path(__file__).parents[2] / "gold" / "utterances.jsonl"

FLOORS = {  # F1, a little under what is reached; see tests/gold/utterances.md
    "occupations": 0.88,
    "refused_occupations": 0.80,
    "skills": 0.90,
    "place": 0.90,
    "wish_text": 0.93,
    "pay_floor": 0.97,
    "settlements": 0.97,
    "shifts": 0.97,
    "refused_shifts": 0.999,
    "constraints": 0.97,
    "needs": 0.97,
    "transport": 0.97,
    "insurance": 0.97,
    "kinds": 0.97,
    "forms": 0.97,
    "max_minutes": 0.999,
    "travel_mode": 0.999,
    "near_home": 0.95,
    "out_of_town": 0.90,
    "education": 0.95,
    "experience_years": 0.95,
    "age": 0.97,
    "start": 0.95,
    "group_size": 0.97,
    "free_times": 0.95,
    "is_question": 0.95,
    "guess": 0.80,
}


@lru_cache(maxsize=1)
def scores() -> dict[str, Score]:
    return score_file(GOLD)


@lru_cache(maxsize=1)
def later_scores() -> dict[str, Score]:
    return score_file(GOLD.with_name("utterances_third.jsonl"))


def test_the_gold_set_is_large_enough_and_its_codes_exist() -> None:
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 300
    assert len({row["text"] for row in rows}) == len(rows)
    assert all(code in certificates() for row in rows for code in row["certificates"])


def test_the_table_of_figures_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + table(scores()))


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_a_field_keeps_its_f1(field: str, floor: float) -> None:
    score = scores()[field]
    assert score.f1 >= floor, "\n".join([f"{field}: {score.f1:.3f} < {floor}", *score.errors])


@pytest.mark.parametrize(
    "field", ["settlements", "shifts", "refused_shifts", "constraints", "forms", "near_home", "out_of_town", "guess"]
)
def test_the_later_sentences_keep_what_was_weak_in_them(field: str) -> None:
    score = later_scores()[field]
    assert score.f1 >= 0.90, "\n".join([f"{field}: {score.f1:.3f}", *score.errors])


def test_no_certificate_that_is_held_is_missed() -> None:
    score = scores()["certificates"]
    assert score.recall >= 0.99, "\n".join(score.errors)
    assert score.precision >= 0.97, "\n".join(score.errors)


def test_the_first_occupation_is_right() -> None:
    assert scores()["occupation_top1"].recall >= 0.88, "\n".join(scores()["occupation_top1"].errors)


NEGATIONS = [
    ("不干夜班", {"refused_shifts": ["night"], "shifts": []}),
    ("夜班也行,不怕累", {"refused_shifts": [], "shifts": ["night"]}),
    ("夜班不是不行,得加钱", {"refused_shifts": [], "shifts": ["night"]}),
    ("早班可以,晚班不行", {"refused_shifts": ["night"], "shifts": ["day"]}),
    ("我不是不想上夜班,是孩子小上不了", {"refused_shifts": ["night"], "shifts": []}),
    ("不是不想干保安,就是离家远", {"occupations": ["4-07-05-01"], "refused_occupations": []}),
    ("通宵的不干", {"refused_shifts": ["night"], "shifts": []}),
    ("不包住不去", {"needs": ["lodging"]}),
    ("没有夫妻房就不去了", {"needs": ["couple_room"]}),
    ("也不是非要包住", {"needs": []}),
    ("包吃不包住也行", {"needs": ["meals"]}),
    ("有没有包住的", {"needs": ["lodging"]}),
    ("不怕高,什么都能干", {"constraints": []}),
    ("不能爬高", {"constraints": ["no_height"]}),
    ("不用接孩子了", {"constraints": []}),
    ("不是中介就行", {"occupations": [], "refused_occupations": []}),
    ("除了保安都行", {"occupations": [], "refused_occupations": ["4-07-05-01"]}),
    ("保安、保洁都不干", {"occupations": [], "refused_occupations": ["4-07-05-01", "4-09-08-01"]}),
    ("不干保安,想干保洁", {"occupations": ["4-09-08-01"], "refused_occupations": ["4-07-05-01"]}),
    ("没干过保安,想试试", {"occupations": ["4-07-05-01"], "refused_occupations": []}),
    ("有叉车证", {"certificates": ["forklift"]}),
    ("没有叉车证", {"certificates": []}),
    ("叉车证过期了", {"certificates": []}),
    ("叉车证不过期", {"certificates": ["forklift"]}),
    ("正在考叉车证", {"certificates": []}),
    ("叉车证丢了", {"certificates": []}),
    ("有焊工证,没有叉车证", {"certificates": ["welding"]}),
    ("健康证可以办", {"certificates": []}),
    ("需要叉车证吗", {"certificates": []}),
]


@pytest.mark.parametrize(("text", "expected"), NEGATIONS)
def test_every_negation_is_read_right(text: str, expected: dict[str, list[str]]) -> None:
    parsed = parse_utterance(text, near=NEAR, now=NOW)
    for field, values in expected.items():
        found = [getattr(f.value, "code", str(f.value)) for f in getattr(parsed, field)]
        assert sorted(set(found)) == sorted(values), field
