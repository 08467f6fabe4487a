"""Show what was read from a text: plain data for JSON, coloured spans for a terminal (解析结果展示)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import TypeVar

from rich.console import Group
from rich.table import Table
from rich.text import Text

from matcher.domain.labelled import Labelled
from matcher.text.found import Found
from matcher.text.paste import DraftPosting
from matcher.text.posting_parser import ParsedPosting

FIELD_LABELS = {
    "pays": "劳动报酬",
    "settlements": "结算方式",
    "shifts": "班次",
    "hours_per_day": "日工时",
    "days_per_month": "月出勤天数",
    "benefits": "食宿",
    "transport": "交通",
    "insurance": "保险",
    "headcount": "招聘人数",
    "start_at": "上工时间",
    "need_by": "最晚到岗",
    "valid_from": "发布时间",
    "valid_to": "有效期至",
    "education": "学历要求",
    "experience_years": "经验(年)",
    "age": "年龄要求",
    "limits": "隔离条件",
    "certificates": "证书要求",
    "skills": "技能",
    "load": "体力强度",
    "friendly_to": "适合",
    "contacts": "联系方式",
    "forms": "用工形式",
    "kinds": "岗位类别",
    "denied": "明确没有",
}
T = TypeVar("T")
_COLOURS = ("green", "cyan", "magenta", "yellow", "blue", "bright_red", "bright_cyan", "bright_magenta")
_QUARANTINED = "limits"
_SURE = 0.5


def parsed_as_data(parsed: ParsedPosting) -> dict[str, object]:
    """JSON-ready values of every field that was found, with span, confidence and source text name."""
    data: dict[str, object] = {}
    for name in FIELD_LABELS:
        value = getattr(parsed, name)
        if isinstance(value, list):
            if value:
                data[name] = [_found_as_data(item) for item in value]
        elif value is not None:
            data[name] = _found_as_data(value)
    return data


def draft_as_data(draft: DraftPosting) -> dict[str, object]:
    """JSON-ready form of a draft posting."""
    return {
        "title": draft.title,
        "text": draft.text,
        "span": [draft.start, draft.end],
        "occupations": [_plain(o) for o in draft.occupations],
        "employer": None if draft.employer is None else _found_as_data(draft.employer),
        "place": None if draft.place is None else _found_as_data(draft.place),
        "fields": parsed_as_data(draft.parsed),
        "missing": list(draft.missing),
    }


def _found_as_data(item: Found[T]) -> dict[str, object]:
    data: dict[str, object] = {
        "value": _plain(item.value),
        "span": [item.start, item.end],
        "confidence": round(item.confidence, 2),
    }
    if item.field:
        data["field"] = item.field
    return data


def _plain(value: object) -> object:
    if isinstance(value, Labelled):
        return {"code": value.value, "label": value.label}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def parsed_view(parsed: ParsedPosting, texts: Mapping[str, str]) -> Group:
    """The source texts with coloured spans over a table of the fields; quarantined limits are struck through.

    texts: source texts by name ("title", "duties", "requirements").
    """
    colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(FIELD_LABELS)}
    painted = []
    for source, text in texts.items():
        if text:
            line = Text(text)
            for name, item in _items(parsed):
                if (item.field or source) == source:
                    style = "strike dim" if name == _QUARANTINED else f"bold {colours[name]}"
                    line.stylize(style, item.start, item.end)
            painted.append(line)
    table = Table("字段", "取值", "原文", "把握", show_lines=False)
    for name, item in _items(parsed):
        source_text = texts.get(item.field, "") or next(iter(texts.values()), "")
        written = source_text[item.start : item.end].replace("\n", " ")
        sure = f"{item.confidence:.2f}" + ("（猜测）" if item.confidence <= _SURE else "")
        table.add_row(Text(FIELD_LABELS[name], style=colours[name]), _shown(item.value), Text(written), sure)
    return Group(*painted, table)


def draft_view(draft: DraftPosting) -> Group:
    """One draft with its spans and what it lacks."""
    head = Text(draft.title, style="bold")
    if draft.missing:
        head.append("  缺：" + "、".join(draft.missing), style="bold red")
    return Group(head, parsed_view(draft.parsed, {"duties": draft.text}))


def _items(parsed: ParsedPosting) -> list[tuple[str, Found[object]]]:
    items: list[tuple[str, Found[object]]] = []
    for name in FIELD_LABELS:
        value = getattr(parsed, name)
        if isinstance(value, list):
            items.extend((name, item) for item in value)
        elif value is not None:
            items.append((name, value))
    return items


def _shown(value: object) -> Text:
    if isinstance(value, Labelled):
        return Text(value.label)
    if is_dataclass(value) and not isinstance(value, type):
        parts = []
        for f in fields(value):
            part = getattr(value, f.name)
            if part not in (None, "", False):
                parts.append(f"{f.name}={part.label if isinstance(part, Labelled) else part}")
        return Text(" ".join(parts))
    return Text(str(value))
