"""The reader of work words: what it finds beyond the list, and how its weights are guarded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_tensors

from matcher.errors import Unavailable
from matcher.text.paste import split_messages
from matcher.text.posting_parser import parse_posting
from matcher.text.sealed_weights import MANIFEST
from matcher.text.work_words import (
    BEGINS,
    SHIPPED,
    WorkReader,
    _spans,
    gram_buckets,
    listed_marks,
    work_reader,
)
from models.skills.student import BITS, GRAMS, Student, grams_of
from models.skills.texts import LONGEST, STEP, gold_texts
from models.skills.train import sealed

TEXT = "换模,穿模,巡线"


def tasks(title: str, duties: str = "", requirements: str = "") -> list[str]:
    return [task.value for task in parse_posting(title, duties, requirements, reader=work_reader()).tasks]


def test_items_of_a_list_are_read_though_no_list_holds_them() -> None:
    assert {"换模", "穿模"} <= set(tasks("拉丝工", "岗位职责:换模、穿模、巡线,做好交接班记录。月薪6200元"))
    assert "更换熔断器" in tasks("光伏运维员", "巡检组件、更换熔断器、清洗光伏板,抄表")


def test_pay_and_comforts_are_no_work_words() -> None:
    assert tasks("急招", "月薪6000-8000元,包吃住,双休,缴五险一金,年终奖,电话13x") == []


def test_spans_lie_in_their_own_text_and_a_word_stands_once() -> None:
    parsed = parse_posting("焊工", "负责焊接、打磨", "会焊接,能看懂图纸", reader=work_reader())
    texts = {"title": "焊工", "duties": "负责焊接、打磨", "requirements": "会焊接,能看懂图纸"}
    assert parsed.tasks
    for task in parsed.tasks:
        assert texts[task.field][task.start : task.end] == task.value
        assert 0 < task.confidence <= 1
    values = [task.value for task in parsed.tasks]
    assert len(values) == len(set(values))


def test_only_a_reader_reads_them() -> None:
    assert parse_posting("拉丝工", "换模、穿模、巡线").tasks == []


def test_the_paste_door_shows_them_and_knows_what_is_to_be_done() -> None:
    (draft,) = split_messages("诚招2人,搭花门、布置会场,日结200,电话13800000000")
    assert "搭花门" in [task.value for task in draft.parsed.tasks]
    assert "工作内容" not in draft.missing


@pytest.mark.parametrize("text", ["", " ", "\ud800", "😀😀", "a" * 4000, "、" * 300, "招" + "\u0301" * 3000])
def test_any_text_is_read_and_no_heap_of_marks_is_a_work_word(text: str) -> None:
    assert work_reader().read(text, 0, []) == []


def log_chances(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.log(np.array(rows, dtype=np.float32))


def test_a_word_goes_on_only_where_one_began() -> None:
    none, begin, on = (0.9, 0.05, 0.05), (0.1, 0.8, 0.1), (0.2, 0.1, 0.7)
    assert _spans(log_chances(none, on, begin, on), 0.0) == [(2, 4)]
    assert _spans(log_chances(on), 0.0) == []
    assert _spans(log_chances(none, begin, on, none), 0.0) == [(1, 3)]


def test_the_lean_finds_more() -> None:
    doubtful = log_chances((0.6, 0.3, 0.1), (0.6, 0.1, 0.3))
    assert _spans(doubtful, 0.0) == []
    assert _spans(doubtful, 1.0) == [(0, 2)]


def test_words_side_by_side_stay_two() -> None:
    begin, on = (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)
    assert _spans(log_chances(begin, on, begin, on), 0.0) == [(0, 2), (2, 4)]


def test_listed_words_are_marked_where_they_begin_and_go_on() -> None:
    assert listed_marks(6, [(0, 2), (2, 5)]).tolist() == [2, 1, 2, 1, 1, 0]


def test_the_artifact_reads_as_torch_does(tmp_path: Path) -> None:
    torch.manual_seed(3)
    student = Student().eval()
    manifest, data = sealed(student)
    reader = WorkReader(load_tensors(data), manifest)
    marks = listed_marks(len(TEXT), [(0, 2)])
    title = (np.arange(len(TEXT)) < 3).astype(np.int64)
    inputs = (torch.from_numpy(rows)[None] for rows in (grams_of(TEXT), marks, title))
    with torch.inference_mode():
        wanted = student(*inputs, torch.ones(1, len(TEXT)))[0].numpy()
    read = reader.scores(TEXT, 3, [(0, 2)])
    assert np.abs(read - wanted).max() < 0.01
    assert np.abs(reader.scores(TEXT, 0, []) - wanted).max() > 0.02


def test_buckets_depend_on_the_neighbours_alone() -> None:
    here, there = gram_buckets("换模", BITS), gram_buckets("要换模了", BITS)
    assert here.shape == (GRAMS, 2)
    assert here[0].tolist() == there[0, 1:3].tolist()
    assert here[1, 0] == there[1, 1]
    assert here[2, 0] != there[2, 1]
    assert (there < 1 << BITS).all()


@pytest.mark.parametrize("spoilt", ["weights", "manifest", "absent"])
def test_changed_weights_are_refused(tmp_path: Path, spoilt: str) -> None:
    folder = tmp_path / "artifact"
    shutil.copytree(SHIPPED, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if spoilt == "weights":
        weights = folder / manifest["file"]
        weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    elif spoilt == "manifest":
        (folder / MANIFEST).write_text(json.dumps({**manifest, "lean": 9.0}), encoding="utf-8")
    else:
        (folder / manifest["file"]).unlink()
    with pytest.raises(Unavailable, match="工作内容识别"):
        WorkReader.load(folder)


def test_marks_of_the_gold_sets_are_their_labels() -> None:
    texts = [one for one in gold_texts() if one.source == "postings_eighth"]
    words = [one.text.text[start : start + 1] for one in texts for start in np.flatnonzero(one.tags == BEGINS)]
    labels = [label for one in texts for label in one.labels]
    assert 0.97 * len(labels) <= len(words) <= len(labels)
    assert all(any(label.startswith(word) for label in labels) for word in words)


def test_sets_without_labelled_work_words_teach_nothing() -> None:
    assert not [one for one in gold_texts() if one.source == "postings_tenth"]


def test_long_texts_are_cut_into_overlapping_pieces() -> None:
    text = next(iter(gold_texts())).text
    cuts = list(type(text)("字" * 700, text.listed, text.title).pieces())
    assert [cut.start for cut in cuts] == [0, STEP, 2 * STEP]
    assert cuts[-1].start + LONGEST >= 700
