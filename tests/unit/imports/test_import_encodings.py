"""The strict encoding chain: right text or refusal, never mojibake."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from import_samples import records_of, written

from matcher.errors import InvalidInput

TABLE = "岗位名称,工资,备注\n焊工,6000元/月,㐂喆𠮷\n电工,5500,夜班\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("gb18030", "\ufeff".encode("gb18030")),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_every_allowed_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = written(tmp_path / "a.csv", mark + TABLE.encode(encoding))
    titles = [(r.values["title"], r.extra.get("备注")) for r in records_of(path)]
    assert titles == [("焊工", "㐂喆𠮷"), ("电工", "夜班")]


def test_six_characters_of_gbk_are_not_guessed_wrong(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位,工资\n焊工,日结\n", "gbk")
    assert records_of(path)[0].values["title"] == "焊工"


def test_big5_is_refused_and_not_read_as_gb18030(tmp_path: Path) -> None:
    text = '{"title": "電焊工程師傅", "duties": "負責廠區設備維護與電氣線路檢修工作須持證上崗經驗優先"}\n'
    path = written(tmp_path / "a.jsonl", text, "big5")
    with pytest.raises(InvalidInput):
        records_of(path)


def test_one_broken_byte_in_utf8_is_refused_with_its_offset(tmp_path: Path) -> None:
    good = ("岗位名称,工资\n" + "焊工,6000\n" * 2000).encode()
    cut = good.rindex("焊".encode()) + 1
    path = written(tmp_path / "a.csv", good[:cut] + good[cut + 1 :])
    with pytest.raises(InvalidInput) as caught:
        records_of(path)
    assert f"第 {cut - 1} 字节" in caught.value.message
    assert "第 2001 行" in caught.value.message


def test_an_offset_behind_the_first_block_is_exact(tmp_path: Path) -> None:
    start = b"id,title\n" + b"1,abcdefgh\n" * 200_000
    chinese = "2,焊工\n".encode() * 40
    path = written(tmp_path / "a.csv", start + chinese + b"3,\xff\n")
    with pytest.raises(InvalidInput) as caught:
        records_of(path)
    assert f"第 {len(start) + len(chinese) + 2} 字节" in caught.value.message


@pytest.mark.parametrize("content", [b"\x80\x81\xff\xfe\xff\x00\x01", b"\x00" * 64, b"a,b\n\xff\xff\xff\n"])
def test_binary_rubbish_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        records_of(written(tmp_path / "a.csv", content))


def test_mixed_utf8_and_gbk_is_refused(tmp_path: Path) -> None:
    mixed = ("岗位名称,工资\n" + "焊工,1\n" * 20).encode() + "电工,日结\n".encode("gbk")
    with pytest.raises(InvalidInput):
        records_of(written(tmp_path / "a.csv", mixed))


def test_two_byte_text_that_is_valid_both_ways_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"title,b\n\xc2\xa0\xc2\xb7,1\n")
    with pytest.raises(InvalidInput, match="无法确定"):
        records_of(path)
