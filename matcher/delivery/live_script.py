"""What a host says about one posting in under forty seconds, from its fields alone (口播稿).

INVARIANTS
- Nothing is said that no field holds. What does not fit is left out by whole clauses, never cut in the middle.
- The six elements of the notice of January 2026 come first: employer, number of people, work, place, pay, conditions.
- No person's phone is in it: viewers answer with the spoken number.
"""

from __future__ import annotations

import re

from matcher.delivery.renderings import Notice
from matcher.delivery.wording import shortened

SCRIPT_CHARS = 180
CHARS_PER_SECOND = 4.5
LONGEST_TITLE, LONGEST_EMPLOYER, LONGEST_PLACE, LONGEST_WORDS = 16, 20, 16, 24

_TITLE_WORDS = re.compile(r"\s+|[（(【\[）)】\]]")
_CLAUSE_ENDS = re.compile(r"[，,。；;、！!？?\n]|\s{2,}|\s(?=\d{1,2}[.、)）])")
_HEADINGS = re.compile(r"(?:岗位职责|工作内容|工作职责|任职要求|岗位要求|职责|要求|内容)\s*[:：]\s*|(?<!\d)\d{1,2}\s*[.、)）]\s*(?!\d)")
"""Headings and numbering of a written list: nobody says them aloud."""

NEVER = (
    "年龄、性别、婚育、户籍、民族、长相的限制",
    "“包过”“保录用”“随便来都要”",
    "任何要求职者交的钱，扣身份证",
    "求职者的姓名和电话",
)
"""Never said, whatever the posting is."""


def live_script(notice: Notice, short_no: int) -> str:
    """At most SCRIPT_CHARS characters, read in forty seconds."""
    head = [
        f"{short_no}号岗位，{_title(notice)}，{shortened(notice.employer, LONGEST_EMPLOYER)}{_people(notice)}。",
        f"工资{notice.wage}。" if notice.wage else "",
        f"在{shortened(notice.place, LONGEST_PLACE)}上班。" if notice.place else "",
        _said("主要是", notice.duties),
        _said("要求", notice.conditions),
    ]
    more = [
        "、".join(notice.benefits) + "。" if notice.benefits else "",
        "、".join(filter(None, (*notice.shifts, notice.hours))) + "。" if notice.shifts or notice.hours else "",
        f"有{'、'.join(notice.insurance)}。" if notice.insurance and "无" not in notice.insurance else "",
        f"来回{'、'.join(notice.transport)}。" if notice.transport else "",
        "、".join(notice.friendly) + "。" if notice.friendly else "",
        f"{notice.valid}。",
    ]
    end = f"想去的打“{short_no}号”，或者扫屏幕上的码。{_from(notice)}不收任何费用。"
    text = "".join(head)
    for fact in more:
        if len(text) + len(fact) + len(end) <= SCRIPT_CHARS:
            text += fact
    return text + end


def script_seconds(script: str) -> int:
    """How long it takes to read aloud."""
    return round(len(script) / CHARS_PER_SECOND)


def unsaid(notice: Notice) -> tuple[str, ...]:
    """What must not be promised because nothing is written about it."""
    tests = (
        (not any("包吃" in one or "餐" in one for one in notice.benefits), "包吃"),
        (not any("住" in one or "房" in one for one in notice.benefits), "包住"),
        (not notice.insurance, "交保险"),
        (not notice.transport, "有班车"),
        (not notice.shifts, "不上夜班"),
        (not notice.settlement, "日结"),
    )
    missing = "、".join(word for absent, word in tests if absent)
    return (f"“{missing}”（岗位没写）",) if missing else ()


def leader_points(notice: Notice, short_no: int) -> tuple[str, ...]:
    """Three bullets for a guest: what it is, what it pays, how to answer."""
    place = f"，在{shortened(notice.place, LONGEST_PLACE)}" if notice.place else ""
    return (
        f"{short_no}号 {_title(notice)}{place}",
        f"工资 {notice.wage}" if notice.wage else "工资以单位公布为准",
        f"想去打“{short_no}号”，不收任何费用",
    )


def _title(notice: Notice) -> str:
    """The words of the title that fit, whole; one long word is shortened."""
    words = [word for word in _TITLE_WORDS.split(notice.title) if word]
    title = words[0] if words else notice.title
    for word in words[1:]:
        if len(title) + 1 + len(word) > LONGEST_TITLE:
            break
        title += f" {word}"
    return shortened(title, LONGEST_TITLE)


def _said(begin: str, text: str) -> str:
    """The first clauses that fit in LONGEST_WORDS, as a sentence; "" when not even the first one does."""
    said = ""
    for clause in _CLAUSE_ENDS.split(_HEADINGS.sub("", text)):
        more = clause.strip()
        if not more:
            continue
        if len(said) + 1 + len(more) > LONGEST_WORDS:
            break
        said += f"，{more}" if said else more
    return f"{begin}{said}。" if said else ""


def _people(notice: Notice) -> str:
    return f"招{notice.left}人" if notice.left is not None else "招人"


def _from(notice: Notice) -> str:
    return f"信息转载自{shortened(notice.source, LONGEST_EMPLOYER)}。" if notice.source else ""
