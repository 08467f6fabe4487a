"""Which column means what: header synonyms, and a mapping file per source that overrides them (列对应).

The same code means different things in different provinces (aca111 is 职业 in one system and 岗位要求 in
another), so a mapping file belongs to one source and wins over every built-in synonym.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from matcher.errors import InvalidInput, NotFound
from matcher.text.normalise import fold_case

EXTRA = "extra"
RECORD_KEY = "record_key"
RECORD_KEY_HEADER = "系统编号"
ROW_NUMBER_HEADER, STATE_HEADER, PROBLEM_HEADER, FIX_HEADER = "原行号", "导入状态", "问题", "修改建议"
IGNORED_HEADERS = frozenset({ROW_NUMBER_HEADER, STATE_HEADER, PROBLEM_HEADER, FIX_HEADER})
"""Columns of our own correction workbook, passed over when it is imported again."""

MAPPING_BYTES = 1 << 20
SYNONYMS_SHOWN = 8
_NOTE = re.compile(r"[(\[{（【<《]([^)\]}）】>》]*)[)\]}）】>》]?")
_NOISE = re.compile(r"[\s*:：、，,。./\\?？!！#\"'“”‘’|_-]+")
_PAY_KEYS = frozenset({"pay_text", "pay_min_yuan", "pay_max_yuan", "pay_floor"})


class Kind(StrEnum):
    """What the rows of a file are."""

    POSTINGS = "postings"
    WORKERS = "workers"

    @property
    def label(self) -> str:
        """岗位 or 劳动者."""
        return "岗位" if self is Kind.POSTINGS else "劳动者"


MANDATORY = {
    Kind.POSTINGS: ("title",),
    Kind.WORKERS: ("name", "text", "external_id", "id_number", "wish"),
}
"""A file needs at least one of these columns, and a row a value in one of them."""

TELLING = {
    Kind.POSTINGS: frozenset(
        {"title", "employer_name", "headcount", "pay_text", "pay_min_yuan", "duties", "valid_to"}
    ),
    Kind.WORKERS: frozenset({"name", "id_number", "wish", "text", "pay_floor", "job_status", "categories"}),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """What a header means. pay_unit: unit the header implies; scale: yuan per 1 of the numbers below."""

    key: str
    preference: int = 0
    pay_unit: str = ""
    scale: int = 1


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One source's own columns and codes.

    columns: header as written → canonical key, or "extra" to keep it aside, or "" to drop it.
    values:  canonical key → local value → national code.
    """

    source: str = ""
    kind: Kind | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_mapping(path: Path) -> SourceMapping:
    """Read a mapping file, TOML or JSON by extension.

    Raises NotFound without the file, InvalidInput naming the entry that does not fit and what is allowed.
    """
    if not path.is_file():
        raise NotFound(f"找不到对应表文件 {path.name}")
    if path.stat().st_size > MAPPING_BYTES:
        raise InvalidInput(f"对应表文件 {path.name} 超过 1 MB，不像对应表")
    try:
        text = path.read_text("utf-8-sig")
        content = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"对应表 {path.name} 须为 UTF-8 的 .toml 或 .json：{error}") from error
    return parse_mapping(content, name=path.name)


def parse_mapping(content: object, *, name: str = "对应表") -> SourceMapping:
    """Check the content of a mapping file. Raises InvalidInput."""
    if not isinstance(content, dict) or not content.get("source"):
        raise InvalidInput(f'{name} 里缺少 source（来源名称），例如 source = "county_a"')
    unknown = set(content) - {"source", "kind", "columns", "values"}
    if unknown:
        strange = "、".join(sorted(map(str, unknown)))
        raise InvalidInput(f"{name} 里有不认识的项：{strange}；可用：source、kind、columns、values")
    stated = str(content.get("kind") or "")
    kind = Kind(stated) if stated in set(Kind) else None
    if stated and kind is None:
        raise InvalidInput(f"{name} 的 kind 只能是 postings（岗位）或 workers（劳动者）")
    columns = _texts(content.get("columns", {}), name, "columns")
    allowed = set().union(*(canonical_keys(k) for k in ([kind] if kind else Kind)))
    for header, key in columns.items():
        if key not in allowed | {EXTRA, ""}:
            known = "、".join(sorted(allowed))
            raise InvalidInput(f"{name} 把“{header}”对应到“{key}”，没有这个项；可用：{known}")
    values = content.get("values", {})
    if not isinstance(values, dict):
        raise InvalidInput(f"{name} 的 values 应为 {{项: {{本地值: 标准值}}}}")
    for key in values:
        if key not in allowed:
            raise InvalidInput(f"{name} 的 values 里没有“{key}”这个项；可用：{'、'.join(sorted(allowed))}")
    return SourceMapping(
        source=str(content["source"]),
        kind=kind,
        columns=columns,
        values={str(key): _texts(table, name, f"values.{key}") for key, table in values.items()},
    )


def _texts(table: object, name: str, part: str) -> dict[str, str]:
    if not isinstance(table, dict):
        raise InvalidInput(f"{name} 的 {part} 应为一张“名称 = 值”的表")
    return {str(key).strip(): str(value).strip() for key, value in table.items()}


@lru_cache(maxsize=1)
def _synonyms() -> dict[Kind, dict[str, Placement]]:
    tables: dict[Kind, dict[str, Placement]] = {kind: {} for kind in Kind}
    text = (files("matcher.imports") / "data" / "headers.csv").read_text("utf-8")
    for order, row in enumerate(csv.DictReader(text.splitlines())):
        unit = row["implies"].removeprefix("pay_unit=")
        tables[Kind(row["kind"])].setdefault(header_form(row["header"]), Placement(row["key"], order, unit))
    for table in tables.values():
        table[header_form(RECORD_KEY_HEADER)] = Placement(RECORD_KEY)
    return tables


@lru_cache(maxsize=1)
def _unit_notes() -> dict[str, tuple[str, int]]:
    text = (files("matcher.imports") / "data" / "unit_notes.csv").read_text("utf-8")
    return {row["note"]: (row["pay_unit"], int(row["scale"])) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=4)
def canonical_keys(kind: Kind) -> frozenset[str]:
    """Every canonical key a column of this kind may have."""
    return frozenset(place.key for place in _synonyms()[kind].values()) - {RECORD_KEY}


def synonyms_of(kind: Kind, key: str) -> list[str]:
    """Chinese headers that mean `key`, most usual first."""
    places = _synonyms()[kind].items()
    return [h for h, place in places if place.key == key and not h.isascii()][:SYNONYMS_SHOWN]


def header_form(header: str) -> str:
    """A header without spaces, line breaks, marks, bracketed notes and letter case, for looking it up."""
    folded = fold_case(header)
    bare = _NOISE.sub("", _NOTE.sub("", folded))
    return bare or _NOISE.sub("", folded)


def place_header(header: str, kind: Kind) -> Placement | None:
    """The built-in meaning of a header, with the pay unit of its note: 工资(元/天), 月薪（千元）."""
    place = _synonyms()[kind].get(header_form(header))
    if place is None or place.key not in _PAY_KEYS:
        return place
    for note in _NOTE.findall(fold_case(header)):
        unit = _unit_notes().get(re.sub(r"\s|单位:?", "", note))
        if unit is not None:
            return Placement(place.key, place.preference, unit[0] or place.pay_unit, unit[1])
    return place


def is_known_header(text: str, mapping: SourceMapping | None = None) -> bool:
    """Whether `text` is a header of either kind, or one that the mapping names."""
    if mapping is not None and text.strip() in mapping.columns:
        return True
    return len(text) <= 60 and any(header_form(text) in table for table in _synonyms().values())


def detect_kind(headers: Iterable[str], mapping: SourceMapping | None = None) -> Kind:
    """Whether the columns describe postings or workers. Raises InvalidInput when they tell neither."""
    if mapping is not None and mapping.kind is not None:
        return mapping.kind
    names = list(headers)
    scores = {}
    for kind in Kind:
        keys = {place.key for name in names if (place := placed_header(name, kind, mapping)) is not None}
        scores[kind] = len(keys) + 3 * len(keys & TELLING[kind]) if keys else 0
    best = max(scores, key=lambda kind: scores[kind])
    if scores[Kind.POSTINGS] == scores[Kind.WORKERS]:
        raise InvalidInput(
            f"从列名（{'、'.join(names[:12])}）看不出是岗位还是劳动者。请指明类别，"
            "或至少写出“岗位名称”（岗位）或“姓名、身份证号”（劳动者）一列"
        )
    return best


def placed_header(header: str, kind: Kind, mapping: SourceMapping | None) -> Placement | None:
    """Meaning of a header, the mapping file first; its key is "extra" or "" where the mapping says so."""
    if mapping is not None and header.strip() in mapping.columns:
        key = mapping.columns[header.strip()]
        built_in = place_header(header, kind)
        if built_in is not None and built_in.key == key:
            return Placement(key, -1, built_in.pay_unit, built_in.scale)
        return Placement(key, -1)
    return place_header(header, kind)
