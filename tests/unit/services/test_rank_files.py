"""Ranking two files refuses at once what it could not write."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.errors import InvalidInput
from matcher.ranking.rule_scorer import RuleScorer
from matcher.services.rank_files import rank_files


def test_a_missing_output_folder_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="目录不存在"):
        rank_files(
            tmp_path / "p.jsonl",
            tmp_path / "w.jsonl",
            tmp_path / "nowhere" / "out.jsonl",
            top=3,
            encoder_path=None,
            scorer=RuleScorer(),
            now=datetime(2026, 3, 2, tzinfo=UTC),
        )
