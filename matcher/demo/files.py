"""The county as files an office would hand over, sloppy in the ways real files are (样例文件)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from matcher.demo.places import gazetteer_rows
from matcher.demo.wording import Draw, sample_headers

if TYPE_CHECKING:
    from matcher.demo.county import County

POSTING_HEADERS = sample_headers("posting")
WORKER_HEADERS = sample_headers("worker")
_AS_TEXT = frozenset(
    {"external_id", "id_number", "phone", "contact_phone", "credit_code", "region", "hukou_region"}
)
_MESSY_SHARE = 12
_NOTE = "样例数据：本表全部为虚构，供试用"


def write_files(county: County, folder: Path) -> list[Path]:
    """Write every file into `folder` (made if absent) and return the paths.

    postings.xlsx and workers.xlsx are clean; postings_messy.csv is GB18030 with a few bad rows on purpose;
    postings.jsonl holds the rest; gazetteer.csv names the fictional places; no row is in two files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = county.posting_rows
    messy = rows[::_MESSY_SHARE]
    lined = rows[1::_MESSY_SHARE]
    taken = {row["external_id"] for row in (*messy, *lined)}
    clean = [row for row in rows if row["external_id"] not in taken]
    return [
        write_workbook(folder / "postings.xlsx", "岗位", POSTING_HEADERS, clean),
        write_workbook(folder / "workers.xlsx", "劳动者", WORKER_HEADERS, county.worker_rows),
        write_messy_csv(folder / "postings_messy.csv", messy, seed=county.seed),
        _write_lines(folder / "postings.jsonl", lined),
        _write_gazetteer(folder / "gazetteer.csv"),
    ]


def write_workbook(
    path: Path, sheet_name: str, headers: Mapping[str, str], rows: Sequence[Mapping[str, object]]
) -> Path:
    """A spreadsheet with Chinese headers; columns that look like numbers but are not stay text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheet_name
    book.properties.title = _NOTE
    sheet.append(list(headers.values()))
    for row in rows:
        sheet.append([row.get(key) for key in headers])
    for number, (key, header) in enumerate(headers.items(), start=1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"].font = Font(bold=True)
        wide = key in {"duties", "requirements", "text", "address"}
        sheet.column_dimensions[letter].width = 40 if wide else max(10, len(header) * 2 + 4)
        if key in _AS_TEXT:
            for cell in sheet[letter]:
                cell.number_format = "@"
                cell.alignment = Alignment(horizontal="left")
    sheet.freeze_panes = "A2"
    book.save(path)
    return path


def write_messy_csv(path: Path, rows: Sequence[Mapping[str, object]], *, seed: int) -> Path:
    """A GB18030 file with other headers, stray blanks, a repeated row and rows that cannot be used."""
    draw = Draw(seed, 51)
    other = {"title": "招聘岗位", "duties": "岗位描述", "contact_phone": "电话", "pay_text": "工资"}
    headers = {**POSTING_HEADERS, **other}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f" {name} " if draw.chance(0.1) else name for name in headers.values()])
    lines = [[_messy_value(draw, key, row.get(key)) for key in headers] for row in rows]
    for line in [*lines, *_bad_lines(list(headers), lines)]:
        writer.writerow(line)
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def _messy_value(draw: Draw, key: str, value: object) -> str:
    text = "" if value is None else str(value)
    if text and draw.chance(0.05):
        text = f"  {text} "
    if key not in _AS_TEXT and draw.chance(0.03):
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    return text


def _bad_lines(keys: list[str], lines: list[list[str]]) -> list[list[str]]:
    """A repeated row, no title, a bad date, a bad number, a bad kind, a formula and a short row."""
    if not lines:
        return []

    def broken(number: int, **changes: str) -> list[str]:
        line = list(lines[number % len(lines)])
        line[keys.index("external_id")] = f"YL-BAD{number}"
        for key, value in changes.items():
            line[keys.index(key)] = value
        return line

    return [
        list(lines[0]),
        broken(1, title=""),
        broken(2, valid_to="2026年13月45日"),
        broken(3, headcount="好几个"),
        broken(4, kind="神秘岗位"),
        broken(5, title='=HYPERLINK("http://example.invalid","样例点我")'),
        ["YL-BAD6", "样例县公共就业服务中心"],
    ]


def _write_lines(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _write_gazetteer(path: Path) -> Path:
    rows = gazetteer_rows()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
