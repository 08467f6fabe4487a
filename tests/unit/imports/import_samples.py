"""Small import files made on the spot (样例)."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl

from matcher.imports.checksums import credit_check_character, id_check_character
from matcher.imports.plan import read_records
from matcher.imports.validate import Record

TODAY = date(2026, 6, 1)


def id_number(sequence: int = 1, *, born: str = "19800305", region: str = "130600") -> str:
    """A sound ID number of nobody: the region code ends in 00, which is given to no resident."""
    body = f"{region}{born}{sequence:03d}"
    return body + id_check_character(body)


def credit_code(sequence: int = 1) -> str:
    """A sound 统一社会信用代码 of nobody."""
    body = f"91130600MA0{sequence:06d}"
    return body + credit_check_character(body)


def records_of(path: Path, **options: object) -> list[Record]:
    """Every record of a file."""
    with read_records(path, today=TODAY, **options) as reading:  # type: ignore[arg-type]
        return list(reading)


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """The path, after writing content to it."""
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


SHEET_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_TAIL = "</sheetData></worksheet>"


def raw_workbook(path: Path, sheet: str | bytes, extra: dict[str, str | bytes] | None = None) -> Path:
    """A workbook whose only sheet is the given XML, deflated; `extra` adds or replaces members."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def inline(reference: str, text: str) -> str:
    """One cell with its text inline."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'
