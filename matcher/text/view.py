"""Show what was read from a text: plain data for JSON, coloured spans for a terminal (解析结果展示)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from rich.console import Group
from rich.table import Table
from rich.text import Text

from matcher.domain.labelled import Labelled
from matcher.text.found import Found
from matcher.text.paste import DraftPosting
from matcher.text.posting_parser import ParsedPosting
from matcher.text.value_labels import value_label

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
    "tasks": "工作内容",
    "load": "体力强度",
    "friendly_to": "适合",
    "contacts": "联系方式",
    "forms": "用工形式",
    "kinds": "岗位类别",
    "denied": "明确没有",
}
T = TypeVar("T")
Item = tuple[str, str, Found[Any]]
"""Chinese label, colour and value of one field that was found."""
COLOURS = ("green", "cyan", "magenta", "yellow", "blue", "bright_red", "bright_cyan", "bright_magenta")
_QUARANTINED = "limits"
_SURE = 0.5
_FORMULA_SIGNS = "=+-@\t\r\n \u3000＝＋－＠"
_NO_TAGS = str.maketrans("<>", "‹›")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def parsed_as_data(parsed: ParsedPosting) -> dict[str, object]:
    """JSON-ready values of every field that was found, with span, confidence and source text name."""
    data: dict[str, object] = {}
    for name in FIELD_LABELS:
        value = getattr(parsed, name)
        if isinstance(value, list):
            if value:
                data[name] = [found_as_data(item) for item in value]
        elif value is not None:
            data[name] = found_as_data(value)
    return data


def draft_as_data(draft: DraftPosting) -> dict[str, object]:
    """JSON-ready form of a draft posting."""
    return {
        "title": harmless(draft.title),
        "text": draft.text,
        "span": [draft.start, draft.end],
        "occupations": [plain(o) for o in draft.occupations],
        "employer": None if draft.employer is None else found_as_data(draft.employer),
        "place": None if draft.place is None else found_as_data(draft.place),
        "fields": parsed_as_data(draft.parsed),
        "missing": list(draft.missing),
    }


def found_as_data(item: Found[T]) -> dict[str, object]:
    """JSON-ready form of one value with its span and confidence."""
    data: dict[str, object] = {
        "value": plain(item.value),
        "span": [item.start, item.end],
        "confidence": round(item.confidence, 2),
    }
    if item.field:
        data["field"] = item.field
    return data


def harmless(text: str) -> str:
    """A parsed text as it may be put into a cell or a page: no formula sign in front, no tag, no control character.

    The source text itself is shown as it is written, because spans count its characters; who prints that escapes it.
    """
    cleaned = _CONTROL.sub(" ", text).translate(_NO_TAGS)
    return cleaned.lstrip(_FORMULA_SIGNS)


def plain(value: object) -> object:
    """JSON-ready form of a domain value; a labelled one keeps its Chinese label."""
    if isinstance(value, Labelled):
        return {"code": value.value, "label": value.label}
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value


def spans_view(texts: Mapping[str, str], items: Sequence[Item]) -> Group:
    """Texts by name with the spans of `items` painted, over a table of their values."""
    painted = []
    for source, text in texts.items():
        if text:
            line = Text(text)
            for _, style, item in items:
                if (item.field or source) == source:
                    line.stylize(style if "strike" in style else f"bold {style}", item.start, item.end)
            painted.append(line)
    table = Table("字段", "取值", "原文", "把握", show_lines=False)
    for label, style, item in items:
        source_text = texts.get(item.field, "") or next(iter(texts.values()), "")
        written = source_text[item.start : item.end].replace("\n", " ")
        sure = f"{item.confidence:.2f}" + ("（猜测）" if item.confidence <= _SURE else "")
        table.add_row(Text(label, style=style), Text(harmless(value_label(item.value))), Text(written), sure)
    return Group(*painted, table)


def draft_view(draft: DraftPosting) -> Group:
    """One draft with its spans and what it lacks."""
    head = Text(harmless(draft.title), style="bold")
    if draft.occupations:
        head.append(f"  {value_label(draft.occupations[0])}", style="not bold")
    if draft.missing:
        head.append("  缺：" + "、".join(draft.missing), style="bold red")
    items: list[Item] = []
    if draft.employer is not None:
        items.append(("招用单位", COLOURS[-1], draft.employer))
    if draft.place is not None:
        items.append(("工作地点", COLOURS[-2], draft.place))
    return Group(head, spans_view({"duties": draft.text}, items + _items(draft.parsed)))


def _items(parsed: ParsedPosting) -> list[Item]:
    items: list[Item] = []
    for n, (name, label) in enumerate(FIELD_LABELS.items()):
        style = "strike dim" if name == _QUARANTINED else COLOURS[n % len(COLOURS)]
        value = getattr(parsed, name)
        found = value if isinstance(value, list) else [] if value is None else [value]
        items.extend((label, style, item) for item in found)
    return items
