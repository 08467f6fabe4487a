"""Version, hot reload and the check of the data files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher import lexicon
from matcher.errors import InvalidInput
from matcher.lexicon import build_words, certificates, files, places, words
from matcher.lexicon.check import check as run_check
from matcher.lexicon.files import LOCAL_GAZETTEER
from matcher.lexicon.occupations import aliases


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data files that may be changed; everything is loaded afresh before and after."""
    copy = tmp_path / "data"
    shutil.copytree(files.DATA, copy)
    for module in (files, places, words, build_words, certificates):
        monkeypatch.setattr(module, "DATA", copy)
    _forget()
    yield copy
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    files._SEEN.clear()
    for loader in files._LOADERS:
        loader.cache_clear()
    for listener in files._LISTENERS:
        listener()


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def test_the_shipped_files_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOCAL_GAZETTEER, raising=False)
    assert run_check() == []


def test_version_is_stable_and_changes_with_the_content(edited: Path) -> None:
    before = lexicon.version()
    assert before == lexicon.version()
    assert len(before) == 16
    append(edited / "aliases.csv", "测试怪词,6-29-01-01,,1,试")
    assert lexicon.version() == before
    assert lexicon.reload() is True
    assert lexicon.version() != before


def test_a_new_alias_works_after_reload_without_restart(edited: Path) -> None:
    assert "测试怪词" not in aliases()
    append(edited / "aliases.csv", "测试怪词,6-29-01-01,,1,试")
    assert lexicon.reload()
    senses = aliases().get("测试怪词")
    assert senses is not None
    assert senses[0].code == "6-29-01-01"
    assert lexicon.reload() is False


def test_a_broken_edit_keeps_the_old_table(edited: Path) -> None:
    count = len(aliases())
    append(edited / "aliases.csv", "测试怪词,6-29-99-99,,1,试")
    with pytest.raises(InvalidInput, match="6-29-99-99"):
        lexicon.reload()
    assert len(aliases()) == count


def test_touching_a_file_is_no_change(edited: Path) -> None:
    aliases()
    (edited / "aliases.csv").touch()
    assert lexicon.reload() is False


PLANTED = [
    ("aliases.csv", "瓦工,6-29-01-01,,1,重复", "duplicate_alias"),
    ("aliases.csv", "月嫂,4-10-01-06,,1,冲突", "conflicting_alias"),
    ("aliases.csv", "怪词,6-29-01-01,,1.5,错权重", "bad_weight"),
    ("aliases.csv", "怪词甲,6-29-01-01,没有的岗位,1,错岗位", "unknown_position"),
    ("aliases.csv", "怪Ａ,6-29-01-01,,1,全角", "bad_alias"),
    ("related.csv", "6-29-01-01,6-29-04-01,0.2,0,冲突", "conflicting_relation"),
    ("related.csv", "6-29-01-01,6-29-01-01,0.2,0,自己", "self_relation"),
    ("words.tsv", "我们的\t10", "word_not_whole"),
    ("words.tsv", "月嫂\t3000", "duplicate_word"),
    ("statutory.csv", "6-29-01-01,,domestic_service,无", "not_statutory"),
    ("gazetteer.csv", "某小区,999999,小区,,,0,,", "unknown_region"),
    ("certificates.csv", "spare,多余的证,焊工,,,0,,,,", "duplicate_stem"),
    ("occupation_clues.csv", "6-29-01-01,怪词", "duplicate_code"),
    ("occupation_clues.csv", "2-02-01-01,怪Ａ", "bad_clue"),
]


def test_check_names_every_planted_fault(edited: Path) -> None:
    for name, line, _ in PLANTED:
        append(edited / name, line)
    found = {(problem.file, problem.code) for problem in run_check()}
    assert found >= {(name, code) for name, _, code in PLANTED}
    assert {code for _, code in found} == {code for _, _, code in PLANTED}


def test_check_survives_what_the_loaders_refuse(edited: Path) -> None:
    append(edited / "aliases.csv", "怪词,0-00-00-00,,1,错码")
    append(edited / "related.csv", "6-29-01-01,0-00-00-00,0.2,0,错码")
    codes = {problem.code for problem in run_check()}
    assert "unknown_code" in codes
    assert "unreadable" in codes


def test_words_file_is_what_build_words_writes() -> None:
    assert words.domain_words() == build_words.build()
