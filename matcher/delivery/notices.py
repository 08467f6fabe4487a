"""Postings printed for a notice board, A4 (公告栏打印).

Texts reach the template as JSON data, never as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.clock import SHANGHAI
from matcher.delivery.fonts import chinese_fonts
from matcher.delivery.renderings import Notice, labelled_facts
from matcher.delivery.typesetting import pdf_of
from matcher.delivery.wording import REMINDERS, shortened
from matcher.errors import InvalidInput

TEMPLATE = Path(__file__).parent / "templates" / "notice.typ"
MOST_NOTICES = 200
LONGEST_TITLE, LONGEST_FACT, LONGEST_TEXT = 40, 40, 110
_READ_FROM_AFAR = ("地点", "单位", "还招", "班次", "食宿")
"""What a large sheet tells beside title and pay: what makes somebody come closer."""
_SENTENCES = ("条件", "内容")


def notice_pdf(
    notices: Sequence[Notice], *, printed_at: datetime, large: bool = False, font_folder: Path | None = None
) -> bytes:
    """Sheets to hang up: several postings a page, or with `large` one a page to be read from three metres.

    Raises InvalidInput for no notice or too many, Unavailable without a Chinese font.
    """
    if not 1 <= len(notices) <= MOST_NOTICES:
        raise InvalidInput(f"一次打印 1 到 {MOST_NOTICES} 个岗位，这里有 {len(notices)} 个")
    data = notice_data(notices, printed_at=printed_at, large=large, fonts=chinese_fonts(font_folder))
    return pdf_of(TEMPLATE, data, what="公告", font_folder=font_folder)


def notice_data(
    notices: Sequence[Notice], *, printed_at: datetime, large: bool, fonts: Sequence[str]
) -> dict[str, Any]:
    """What the template is given."""
    moment = printed_at.astimezone(SHANGHAI)
    return {
        "large": large,
        "fonts": list(fonts),
        "office": notices[0].office,
        "phone": notices[0].phone,
        "printed": f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}",
        "reminders": list(REMINDERS),
        "notices": [_sheet(notice, large=large) for notice in notices],
    }


def _sheet(notice: Notice, *, large: bool) -> dict[str, Any]:
    facts = [(name, value) for name, value in labelled_facts(notice) if name != "工资"]
    if large:
        facts = [(name, value) for name, value in facts if name in _READ_FROM_AFAR]
    return {
        "title": shortened(notice.title, LONGEST_TITLE),
        "pay": notice.pay or notice.settlement,
        "settlement": notice.settlement if notice.wage != notice.pay and notice.pay else "",
        "number": notice.number,
        "valid": notice.valid,
        "source": f"转载自{notice.source}" if notice.source else "",
        "facts": [[name, shortened(value, LONGEST_FACT)] for name, value in facts if name not in _SENTENCES],
        "texts": [[name, shortened(value, LONGEST_TEXT)] for name, value in facts if name in _SENTENCES],
    }
