"""The second reader reads what no rule names, never blocks, and refuses a changed model file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.compliance import Severity, check, review, review_by_rules, version
from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.second_reader import SHIPPED, SecondReader, second_reader
from matcher.compliance.shelf import rule_book
from matcher.compliance.windows import MAX_CLAUSE, cut_windows
from matcher.domain.posting import Posting
from matcher.errors import Unavailable
from matcher.text.sealed_weights import MANIFEST

BREACHES = [
    ("用你的银行账户帮忙过账，每笔抽两个点", "illicit"),
    ("交三万能进供电所，不成退款", "guaranteed"),
    ("培训的钱用白条慢慢还，学完上班", "training_loan"),
    ("女的来报名，男的不收", "sex"),
]
LAWFUL = ["女靴加工厂招针车工", "免费发工装，公司出体检费", "共享单车押金退还客服", "泰国料理店招帮厨", "性别", "年龄"]


def reader_findings(text: str) -> list[str]:
    return [reading.ground for reading in second_reader().read([text])]


@pytest.mark.parametrize(("text", "ground"), BREACHES)
def test_a_breach_in_other_words_is_read(text: str, ground: str) -> None:
    assert ground in reader_findings(text)


@pytest.mark.parametrize("text", LAWFUL)
def test_a_lawful_look_alike_is_left_alone(text: str) -> None:
    assert reader_findings(text) == []


def only_the_reader(text: str) -> bool:
    return not review_by_rules(text).findings


def test_a_reader_finding_goes_back_and_never_blocks() -> None:
    text = next(text for text, _ in UNRULED if only_the_reader(text))
    (finding,) = check(text)
    assert finding.rule_id == f"reader.{finding.ground}"
    assert finding.severity is Severity.RETURN
    assert not review(text).blocked
    assert "%" in finding.basis
    rule = next(rule for rule in rule_book().rules if rule.ground == finding.ground)
    assert finding.rewrite == rule.rewrite


UNRULED = [
    ("流水线缺人，男的涨价到21，女的19", "sex"),
    ("护理部招陪护，请女性报名", "sex"),
]


def test_what_a_rule_found_is_not_said_twice() -> None:
    grounds = [finding.ground for finding in check("限女性")]
    assert grounds == ["sex"]


def test_a_lawful_exception_of_the_ground_silences_the_reader() -> None:
    text = "公益性岗位，就近安置，户口须在本镇的村民来报名"
    assert "region" not in {finding.ground for finding in check(text)}


def test_the_span_lies_in_the_field_that_holds_the_words() -> None:
    text = next(text for text, _ in UNRULED if only_the_reader(text))
    (finding,) = check(Posting("p", "普工", duties=f"车间装配。{text}"))
    assert finding.field == "duties"
    assert f"车间装配。{text}"[finding.start : finding.end] in text


def test_the_version_names_rules_and_reader() -> None:
    assert version() == f"{rule_book().version}+{second_reader().model_id}"
    assert review("招普工").version == version()


def test_every_clause_and_every_two_neighbours_make_a_window() -> None:
    texts = ["限女性,包住。月结", "普工"]
    windows, offsets = cut_windows(texts)
    joined = "\n\n".join(texts)
    cut = {joined[a:b] for a, b in zip(windows.starts, windows.ends, strict=True)}
    assert cut == {"限女性", "包住", "月结", "普工", "限女性,包住", "包住。月结"}
    assert offsets.tolist() == [0, len(texts[0]) + 2]


def test_no_window_grows_with_a_text_without_marks() -> None:
    windows, _ = cut_windows(["工" * 5000])
    assert int((windows.ends - windows.starts).max()) <= 2 * MAX_CLAUSE + 1


def test_every_bucket_of_a_window_is_its_own_run() -> None:
    alone, _ = cut_windows(["月结"])
    within, _ = cut_windows(["包住,月结,双休"])
    number = [(a, b) for a, b in zip(within.starts, within.ends, strict=True)].index((3, 5))
    assert np.array_equal(np.sort(alone.buckets(0)), np.sort(within.buckets(number)))


def test_cue_pairs_keep_their_order() -> None:
    cues = CuePairs([["不收"], ["押金"]])
    there = cues.of_window(cues.hits("不收押金"), 0, 4)
    back = cues.of_window(cues.hits("押金不收"), 0, 4)
    assert set(there) & {0, 1} == set(back) & {0, 1} == {0, 1}
    assert set(there) != set(back)
    assert max(*there, *back) < cues.columns


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "artifact"))


def test_a_fresh_process_gives_the_same_probabilities() -> None:
    texts = [text for text, _ in BREACHES] + LAWFUL
    code = (
        "import json, sys; from matcher.compliance.second_reader import second_reader;"
        "r = second_reader(); print(json.dumps([[(x.ground, x.probability) for x in r.read([t])]"
        " for t in json.loads(sys.argv[1])]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, json.dumps(texts)], capture_output=True, text=True, check=True
    )
    here = [[[x.ground, x.probability] for x in second_reader().read([text])] for text in texts]
    assert json.loads(ran.stdout) == here


def test_a_flipped_byte_of_the_weights_is_refused(artifact: Path) -> None:
    path = artifact / "reader.safetensors"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Unavailable, match="校验值不符"):
        SecondReader.load(artifact)


def test_a_changed_threshold_is_refused(artifact: Path) -> None:
    path = artifact / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["thresholds"]["sex"] = 0.999
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(Unavailable, match="校验值不符"):
        SecondReader.load(artifact)


@pytest.mark.parametrize("name", [MANIFEST, "reader.safetensors"])
def test_a_lost_file_is_named_as_unavailable(artifact: Path, name: str) -> None:
    (artifact / name).unlink()
    with pytest.raises(Unavailable, match="缺失"):
        SecondReader.load(artifact)


@pytest.mark.parametrize("text", ["", "。", "\ud800", "工", "，，，\n\n"])
def test_a_text_with_nothing_to_read_has_no_finding(text: str) -> None:
    assert check(text) == []
    assert check(Posting("p", text)) == []
