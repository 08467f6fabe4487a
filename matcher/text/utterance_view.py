"""Show what was understood of a worker's sentence: data for JSON, coloured spans for a terminal (一句话的展示)."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from matcher.text.utterance import ParsedUtterance
from matcher.text.view import COLOURS, Item, found_as_data, harmless, spans_view

FIELD_LABELS = {
    "occupations": "想干的职业",
    "refused_occupations": "不干的职业",
    "skills": "技能",
    "certificates": "持有证书",
    "expired_certificates": "过期证书",
    "lacking_certificates": "没有的证书",
    "no_certificates": "没有任何证",
    "pay_floor": "最低报酬",
    "settlements": "结算方式",
    "shifts": "班次",
    "refused_shifts": "不上的班次",
    "constraints": "限制",
    "needs": "食宿要求",
    "transport": "交通",
    "insurance": "保险",
    "kinds": "岗位类别",
    "forms": "用工形式",
    "place": "地点",
    "reach": "单程路程",
    "near_home": "离家近",
    "out_of_town": "愿去外地",
    "education": "学历",
    "experience_years": "经验(年)",
    "age": "年龄",
    "earliest_start": "最早上工",
    "free_times": "有空的时间",
    "group_size": "同行人数",
}


def utterance_as_data(parsed: ParsedUtterance) -> dict[str, object]:
    """JSON-ready values of every field that was said, with span and confidence."""
    values = {name: getattr(parsed, name) for name in FIELD_LABELS}
    return {
        "text": parsed.text,
        "wish_text": harmless(parsed.wish_text),
        "fields": {
            name: [found_as_data(item) for item in value] if isinstance(value, list) else found_as_data(value)
            for name, value in values.items()
            if value not in (None, [])
        },
        "guess": parsed.guess,
        "is_question": parsed.is_question,
        "truncated": parsed.truncated,
    }


def utterance_view(parsed: ParsedUtterance) -> Group:
    """The sentence with coloured spans over a table of what was understood, and what to ask again."""
    items: list[Item] = []
    for n, (name, label) in enumerate(FIELD_LABELS.items()):
        value = getattr(parsed, name)
        found = value if isinstance(value, list) else [] if value is None else [value]
        items.extend((label, COLOURS[n % len(COLOURS)], item) for item in found)
    notes = [
        text
        for said, text in (
            (parsed.guess, "职业是按读音猜的，请再问一句"),
            (parsed.is_question, "这是一句提问，取值是问到的条件"),
            (parsed.truncated, "太长，后面的没有读"),
        )
        if said
    ]
    wish = Text(f"求职意向：{harmless(parsed.wish_text) or '没有说'}")
    return Group(spans_view({"": parsed.text}, items), wish, *(Text(note, style="yellow") for note in notes))
