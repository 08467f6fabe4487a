"""The paper of a fair, A4: booth sheets, personal slips, wall board (招聘会打印).

INVARIANTS
- Texts reach the template as JSON data, never as markup.
- Names come in masked or not at all; nothing here knows a phone, a document number or a category.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.clock import SHANGHAI
from matcher.delivery.fonts import chinese_fonts
from matcher.delivery.links import qr_svg
from matcher.delivery.typesetting import pdf_of
from matcher.delivery.wording import shortened
from matcher.errors import InvalidInput

TEMPLATE = Path(__file__).parent / "templates" / "fair_pack.typ"
MOST_ITEMS = 3_000
LONGEST_TITLE, LONGEST_EMPLOYER, LONGEST_REASON = 14, 18, 24


@dataclass(frozen=True, slots=True)
class FairHead:
    """What stands on every sheet."""

    title: str
    starts_at: datetime
    place: str
    office: str
    phone: str


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting on a booth's sheet."""

    at: datetime
    number: int | None
    name: str
    title: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class BoothPage:
    """A booth's sheet."""

    number: str
    employer: str
    lines: Sequence[MeetingLine]


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop of a slip."""

    number: int
    at: datetime
    booth: str
    employer: str
    title: str
    pay: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class SlipPage:
    """A person's slip. code: text of its QR code, "" for none."""

    number: int | None
    name: str
    code: str
    stops: Sequence[StopLine]


@dataclass(frozen=True, slots=True)
class WallLine:
    """A posting on the wall. left: None = not said."""

    spoken: str
    title: str
    pay: str
    employer: str
    left: int | None


def booth_pages(head: FairHead, pages: Sequence[BoothPage], *, printed_at: datetime, font_folder: Path | None = None) -> bytes:
    """A PDF with one sheet a booth, longer ones on more pages."""
    items = [
        {
            "number": shortened(page.number, 6),
            "employer": shortened(page.employer, 22),
            "lines": [
                {
                    "at": _clock(line.at), "number": _number(line.number), "name": line.name,
                    "title": shortened(line.title, LONGEST_TITLE),
                    "reasons": shortened("；".join(line.reasons), LONGEST_REASON),
                }
                for line in page.lines
            ],
        }
        for page in pages
    ]  # fmt: skip
    return _pdf("booths", head, items, printed_at, font_folder)


def slip_pages(head: FairHead, pages: Sequence[SlipPage], *, printed_at: datetime, font_folder: Path | None = None) -> bytes:
    """A PDF with two slips a page."""
    items = [
        {
            "number": _number(page.number),
            "name": page.name,
            "code": qr_svg(page.code) if page.code else "",
            "stops": [
                {
                    "number": stop.number, "at": _clock(stop.at), "booth": stop.booth,
                    "employer": shortened(stop.employer, LONGEST_EMPLOYER),
                    "title": shortened(stop.title, LONGEST_TITLE), "pay": stop.pay,
                    "reasons": shortened("；".join(stop.reasons), LONGEST_REASON),
                }
                for stop in page.stops
            ],
        }
        for page in pages
    ]  # fmt: skip
    return _pdf("slips", head, items, printed_at, font_folder)


def wall_pages(head: FairHead, lines: Sequence[WallLine], *, printed_at: datetime, font_folder: Path | None = None) -> bytes:
    """A PDF of the wall board."""
    items = [
        {
            "spoken": line.spoken, "title": shortened(line.title, LONGEST_TITLE), "pay": line.pay,
            "employer": shortened(line.employer, LONGEST_EMPLOYER), "left": f"{line.left}人" if line.left else "问一问",
        }
        for line in lines
    ]  # fmt: skip
    return _pdf("board", head, items, printed_at, font_folder)


def _pdf(
    kind: str, head: FairHead, items: list[dict[str, Any]], printed_at: datetime, font_folder: Path | None
) -> bytes:
    """Raises InvalidInput for nothing or too much to print, Unavailable without a Chinese font."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise InvalidInput(f"一次打印 1 到 {MOST_ITEMS} 份，这里有 {len(items)} 份；岗位可能都已失效")
    local = head.starts_at.astimezone(SHANGHAI)
    printed = printed_at.astimezone(SHANGHAI)
    data = {
        "kind": kind,
        "fonts": list(chinese_fonts(font_folder)),
        "title": shortened(head.title, 26),
        "day": f"{local.month}月{local.day}日 {local:%H:%M}",
        "place": shortened(head.place, 18),
        "office": head.office,
        "phone": head.phone,
        "printed": f"{printed.month}月{printed.day}日 {printed:%H:%M}",
        "items": items,
    }
    return pdf_of(TEMPLATE, data, what="招聘会", font_folder=font_folder)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def _number(number: int | None) -> str:
    return "" if number is None else f"{number}号"
