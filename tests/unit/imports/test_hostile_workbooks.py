"""Workbooks that are not what they say: refused in Chinese, quickly, with the parent untouched."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from import_samples import SHEET_HEAD, SHEET_TAIL, inline, raw_workbook, records_of, workbook, written

from matcher.errors import InvalidInput
from matcher.imports.limits import DEFAULT_LIMITS, MIB
from matcher.imports.readers import workbook as workbook_reader

REFUSED_WITHIN_CPU_S = 2.0
PARENT_MAY_GROW_BYTES = 10 * MIB
HEADER = "<row r='1'>" + inline("A1", "岗位名称") + inline("B1", "工资") + "</row>"


def refusal(path: Path) -> str:
    """The message of the refusal, after checking that it came fast and cost the parent nothing."""
    process = psutil.Process()
    memory, started = process.memory_info().rss, time.monotonic()
    spent = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        records_of(path)
    assert time.process_time() - spent < REFUSED_WITHIN_CPU_S
    assert time.monotonic() - started < 10 * REFUSED_WITHIN_CPU_S  # the wall clock of a busy machine
    assert process.memory_info().rss - memory < PARENT_MAY_GROW_BYTES
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.message)
    return caught.value.message


def test_a_steep_zip_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    bomb = SHEET_HEAD + HEADER + "<row>" + "<c/>" * 5_000_000 + "</row>" + SHEET_TAIL
    assert "炸弹" in refusal(raw_workbook(tmp_path / "a.xlsx", bomb))


@pytest.mark.parametrize("claimed_bytes", [1_000, 1 << 16])
def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, claimed_bytes: int) -> None:
    row = "<row>" + inline("A2", "焊工") * 200 + "</row>"
    path = raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + HEADER + row * 2_000 + SHEET_TAIL)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes().replace(size.to_bytes(4, "little"), claimed_bytes.to_bytes(4, "little"))
    refusal(written(path, content))


@pytest.mark.parametrize("limited", [True, False], ids=["by CPU time", "by the wall clock"])
def test_a_child_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limited: bool
) -> None:
    folder = str(workbook_reader.CHILD.parent)
    limit = f"import sys; sys.path.insert(0, {folder!r}); import workbook_child as w; w.limit_this_process(1 << 30, 1, 1)"
    endless = written(tmp_path / "endless.py", (limit if limited else "import time") + "\nwhile True: pass\n")
    monkeypatch.setattr(workbook_reader, "CHILD", endless)
    if not limited:
        monkeypatch.setattr(workbook_reader, "WALL_PER_CPU", 0)
    path = workbook(tmp_path / "a.xlsx", [["岗位名称"], ["焊工"]])
    with pytest.raises(InvalidInput, match="超时") as caught:
        records_of(path, limits=replace(DEFAULT_LIMITS, child_cpu_s=0.0))
    assert caught.value.detail == ("child ended with SIGXCPU" if limited else "wall clock")


def test_a_shared_string_bomb_is_stopped(tmp_path: Path) -> None:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = f"<sst {main}><si><t>{'焊' * 32_000}</t></si></sst>"
    cells = "".join(f"<row r='{n}'>" + f"<c r='A{n}' t='s'><v>0</v></c>" + "</row>" for n in range(2, 8_000))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    extra: dict[str, str | bytes] = {"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": relations}
    refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + HEADER + cells + SHEET_TAIL, extra))


def test_a_far_away_cell_cannot_fill_the_memory(tmp_path: Path) -> None:
    far = "<row r='1048576'>" + inline("DD1048576", "x") + "</row>"
    assert "内存" in refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + HEADER + far + SHEET_TAIL))


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    far = "<row r='2'>" + inline("BDWGN2", "x") + "</row>"
    refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + HEADER + far + SHEET_TAIL))


def test_more_columns_than_allowed_are_counted(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["岗位名称", *(f"列{n}" for n in range(500))], ["焊工"]])
    assert "列" in refusal(path)


def test_a_hundred_thousand_sheets_are_refused(tmp_path: Path) -> None:
    extra: dict[str, str | bytes] = {f"xl/worksheets/s{n}.xml": "<x/>" for n in range(1_200)}
    assert "部件" in refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + SHEET_TAIL, extra))


@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE x>"]
)
def test_external_entities_are_refused(tmp_path: Path, declaration: str) -> None:
    sheet = SHEET_HEAD.replace("?>", "?>" + declaration, 1) + HEADER + SHEET_TAIL
    assert "实体" in refusal(raw_workbook(tmp_path / "a.xlsx", sheet))


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/x.xml", "xl/../../x.xml", "C:\\x.xml"])
def test_member_names_that_escape_are_refused(tmp_path: Path, name: str) -> None:
    assert "恶意" in refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + SHEET_TAIL, {name: "x"}))


def test_macros_are_refused(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + SHEET_TAIL, {"xl/vbaProject.bin": b"\x00"})
    assert "宏" in refusal(path)


def test_an_encrypted_or_old_workbook_is_named(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
    encrypted = ole + "EncryptedPackage".encode("utf-16-le")
    assert "密码" in refusal(written(tmp_path / "a.xlsx", encrypted))
    assert ".xls" in refusal(written(tmp_path / "b.xlsx", ole))


def test_an_encrypted_zip_is_named(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + HEADER + SHEET_TAIL)
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert "密码" in refusal(written(path, bytes(content)))


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "岗位名称,工资".encode(), b""]
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    refusal(written(tmp_path / "a.xlsx", content))


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [["岗位名称", "工资"], ["焊工", 6000]]).read_bytes()
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.999):
        refusal(written(tmp_path / "b.xlsx", whole[: int(len(whole) * share)]))


def test_a_plain_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "不是" in refusal(tmp_path / "a.xlsx")


def test_broken_xml_inside_a_sound_zip_is_refused(tmp_path: Path) -> None:
    refusal(raw_workbook(tmp_path / "a.xlsx", SHEET_HEAD + "<row><c"))


def test_a_workbook_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["岗位名称"], ["焊工"]])
    with pytest.raises(InvalidInput, match="上限"):
        records_of(path, limits=replace(DEFAULT_LIMITS, workbook_bytes=100))


def test_an_empty_workbook_is_refused_with_a_reason(tmp_path: Path) -> None:
    assert "空" in refusal(workbook(tmp_path / "a.xlsx", []))
