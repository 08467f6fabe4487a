"""Printed letters, one PDF pack a village: a cover sheet to sign, then one A4 page a person (推荐信).

INVARIANTS
- Texts reach the template as JSON data, never as markup.
- The cover shows masked names; neither it nor a letter has an ID number, a phone or a category of the person.
- A PDF is readable by its owner alone and appears whole or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import typst
from pypinyin import lazy_pinyin

from matcher.clock import local_date
from matcher.delivery.channels import NO_VILLAGE, Outcome, Parcel, Receipt
from matcher.delivery.fonts import chinese_fonts
from matcher.delivery.letter_sizes import sizes_for
from matcher.delivery.links import qr_svg
from matcher.delivery.message import PAY_UNKNOWN, MessageItem
from matcher.delivery.sheets import private_file
from matcher.delivery.wording import plain, shortened
from matcher.domain.masking import mask_name
from matcher.errors import Unavailable

TEMPLATE = Path(__file__).parent / "templates" / "letter.typ"
LETTERS_PER_FILE = 50
"""Keeps one PDF handy and its making within memory; a larger village gets several volumes."""

LONGEST_TITLE, LONGEST_FACT = 30, 44  # so that two cards always fit one page
_UNSAFE = re.compile(r"[^\w\-()（）·]+")
_LONGEST_NAME_BYTES = 120


@dataclass(frozen=True, slots=True)
class LetterPack:
    """One PDF that was written. place: town and village as on the cover."""

    path: Path
    place: str
    letters: int


@dataclass(frozen=True, slots=True)
class _Volume:
    """The letters of one file. first: number of its first letter in the village, from 1."""

    place: str
    part: str
    first: int
    parcels: Sequence[Parcel]


class Letters:
    """A channel that prints; sent means printed, delivered is what the signed cover sheet says."""

    def __init__(self, folder: Path, *, printed_on: date, font_folder: Path | None = None) -> None:
        """Raises Unavailable when there is no Chinese font. folder: where the PDFs go."""
        self._folder = folder
        self._printed_on = printed_on
        self._font_folder = font_folder
        self._fonts = chinese_fonts(font_folder)
        self.packs: list[LetterPack] = []

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Print every parcel, by town, village and name; `packs` then lists the files."""
        if not parcels:
            return []
        compiler = typst.Compiler(
            input=str(TEMPLATE),
            root=str(TEMPLATE.parent),
            font_paths=[str(self._font_folder)] if self._font_folder else [],
        )
        files: dict[str, str] = {}
        for number, volume in enumerate(_volumes(parcels), start=1):
            path = self._folder / _file_name(number, volume)
            self._print(compiler, volume, path)
            self.packs.append(LetterPack(path, volume.place, len(volume.parcels)))
            files |= {parcel.message.message_id: path.name for parcel in volume.parcels}
        return [
            Receipt(
                parcel.message.message_id, Outcome.SENT, note=f"已打印：{files[parcel.message.message_id]}"
            )
            for parcel in parcels
        ]

    def _print(self, compiler: typst.Compiler, volume: _Volume, path: Path) -> None:
        data = json.dumps(volume_data(volume, self._printed_on, self._fonts), ensure_ascii=False)
        try:
            pdf = bytes(compiler.compile(format="pdf", sys_inputs={"data": data}))  # type: ignore[arg-type]
        except typst.TypstError:
            raise Unavailable("推荐信排版失败；请检查 typst 版本和字体", detail=path.name) from None
        with private_file(path) as stream:
            stream.write(pdf)


def volume_data(volume: _Volume, printed_on: date, fonts: Sequence[str]) -> dict[str, Any]:
    """What the template is given for one file."""
    sender = volume.parcels[0].message
    numbered = list(enumerate(volume.parcels, start=volume.first))
    return {
        "title": f"岗位推荐信 {volume.place}",
        "office": plain(sender.office),
        "phone": plain(sender.office_phone),
        "place": volume.place,
        "part": volume.part,
        "batch": str(sender.batch_id),
        "printed_on": _day(printed_on),
        "fonts": list(fonts),
        "cover": [
            {
                "number": number,
                "name": mask_name(plain(parcel.recipient.name)),
                "items": len(parcel.message.items),
            }
            for number, parcel in numbered
        ],
        "letters": [_letter(number, parcel) for number, parcel in numbered],
    }


def _letter(number: int, parcel: Parcel) -> dict[str, Any]:
    message = parcel.message
    cards = [_card(item) for item in message.items]
    greeting = shortened(plain(message.greeting), 20)
    office_says = f"{greeting}，您好！{plain(message.office)}给您找到 9 个岗位，请看看合不合适。"
    return {
        "number": number,
        "sizes": asdict(sizes_for(cards, office_says)),
        "greeting": greeting,
        "expires": _day(message.expires_on),
        "qr": qr_svg(message.answer_url) if message.answer_url else "",
        "code": message.letter_code,
        "items": cards,
    }


def _card(item: MessageItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": shortened(plain(item.title), LONGEST_TITLE),
        "employer": shortened(plain(item.employer), LONGEST_FACT),
        "pay": plain(item.pay) or PAY_UNKNOWN,
        "settlement": plain(item.settlement),
        "place": shortened(plain(item.place), LONGEST_FACT),
        "reach": shortened(plain(item.reach), LONGEST_FACT),
        "bring": shortened("、".join(plain(thing) for thing in item.bring), LONGEST_FACT),
        "left": "" if item.headcount_left is None else f"{item.headcount_left} 个",
        "reason": shortened(plain(item.reason), LONGEST_FACT),
        "valid_to": _day(local_date(item.valid_to)) if item.valid_to else "",
    }


def _volumes(parcels: Sequence[Parcel]) -> list[_Volume]:
    """Files to print: villages in order, people by name, large villages in volumes; no village comes last."""
    volumes: list[_Volume] = []
    for _, group in groupby(sorted(parcels, key=_order), key=_village):
        people = list(group)
        starts = range(0, len(people), LETTERS_PER_FILE)
        for position, start in enumerate(starts, start=1):
            part = f"第 {position} 册，共 {len(starts)} 册" if len(starts) > 1 else ""
            chosen = people[start : start + LETTERS_PER_FILE]
            volumes.append(_Volume(_place(people[0]), part, start + 1, chosen))
    return volumes


def _village(parcel: Parcel) -> tuple[str, str]:
    return plain(parcel.recipient.town), plain(parcel.recipient.village)


def _place(parcel: Parcel) -> str:
    town, village = _village(parcel)
    return f"{town} {village or NO_VILLAGE}".strip()


def _order(parcel: Parcel) -> tuple[bool, list[str], str, bool, list[str], str, list[str], str, str]:
    """Village order, then name by pinyin; texts behind the pinyin keep homophones apart."""
    town, village = _village(parcel)
    name = plain(parcel.recipient.name)
    return (
        not town, lazy_pinyin(town), town, not village, lazy_pinyin(village), village,
        lazy_pinyin(name), name, parcel.message.message_id,
    )  # fmt: skip


def _file_name(number: int, volume: _Volume) -> str:
    """`003-城关镇_南街村-第 2 册.pdf`: nothing of a name can leave the folder; the number keeps names apart."""
    place = _UNSAFE.sub("_", volume.place).strip("_") or NO_VILLAGE
    place = place.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore")
    part = f"-{volume.part.partition('，')[0].replace(' ', '')}" if volume.part else ""
    return f"{number:03}-{place}{part}.pdf"


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
