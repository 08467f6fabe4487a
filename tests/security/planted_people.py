"""A thousand values that belong to nobody and occur nowhere else, in the files that an office imports (植入的个人信息)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from matcher.demo.county import County
from matcher.demo.files import POSTING_HEADERS, WORKER_HEADERS, write_workbook

RARE = "龑龒龓龕龖龗龘龝龞龡龢龣龤龥驫麤鱻犇猋羴贔靐飍骉厵嚞垚"
"""Characters that no template, trade or place of the sample county is written with."""


class Planted(StrEnum):
    """What kind of value it is."""

    NAME = "姓名"
    ID_NUMBER = "证件号"
    PHONE = "电话"
    ADDRESS = "住址"
    CARD = "银行卡"
    NOTE = "类别备注"
    CONTACT_NAME = "单位联系人"
    CONTACT_PHONE = "单位电话"
    STRANGER = "来访者电话"


@dataclass
class Plants:
    """Every planted value with its kind, and the files they are in. people: one dict of kind → value each."""

    values: dict[str, Planted] = field(default_factory=dict)
    people: list[dict[Planted, str]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def add(self, kind: Planted, value: str) -> str:
        """Note a value. Two of the same would make a hit ambiguous."""
        if value in self.values:
            raise ValueError(f"planted twice: {kind}")
        self.values[value] = kind
        return value

    def write(self, folder: Path, *, workers: int, postings: int, broken: int = 6) -> tuple[Path, Path]:
        """The workbooks of postings and people; the last `broken` people have rows that cannot be read."""
        county = County.generate(5, workers, postings, today=datetime.now(UTC).date())
        folder.mkdir(parents=True, exist_ok=True)
        people = [self._person(number, dict(row)) for number, row in enumerate(county.worker_rows)]
        for row in people[-broken:]:
            row["birth_date"] = "某年某月"
        jobs = [self._posting(number, dict(row)) for number, row in enumerate(county.posting_rows)]
        self.strangers = [self.add(Planted.STRANGER, f"15496{number:06d}") for number in range(12)]
        return (
            write_workbook(folder / "postings.xlsx", "岗位", POSTING_HEADERS, jobs),
            write_workbook(folder / "workers.xlsx", "劳动者", WORKER_HEADERS, people),
        )

    def write_more(self, folder: Path, count: int) -> Path:
        """One more workbook of people, every second row of which cannot be read."""
        county = County.generate(6, count, 1, today=datetime.now(UTC).date())
        folder.mkdir(parents=True, exist_ok=True)
        first = len(self.people)
        rows = [self._person(first + number, dict(row)) for number, row in enumerate(county.worker_rows)]
        for number, row in enumerate(rows):
            row["external_id"] = f"YLX-{number:05d}"
            row["birth_date"] = "某年某月" if number % 2 else row["birth_date"]
        return write_workbook(folder / "more.xlsx", "劳动者", WORKER_HEADERS, rows)

    def _person(self, number: int, row: dict[str, object]) -> dict[str, object]:
        person = {
            Planted.NAME: f"样{_rare(number)}",
            Planted.ID_NUMBER: str(row["id_number"]),
            Planted.PHONE: f"15498{number:06d}",
            Planted.ADDRESS: f"青禾里{87_000 + number}号",
            Planted.CARD: f"62179990000000{number:05d}",
            Planted.NOTE: f"低保材料丙{number:04d}号",
        }
        for kind, value in person.items():
            self.add(kind, value)
        self.people.append(person)
        told = f"{row.get('text') or '想找附近的活'}，工资打到{person[Planted.CARD]}"
        return row | {
            "name": person[Planted.NAME],
            "phone": person[Planted.PHONE],
            "phone_owner": "本人",
            "no_phone": None,
            "address": f"{row.get('address') or ''}{person[Planted.ADDRESS]}",
            "text": told,
            "training_wish": f"愿意，见{person[Planted.NOTE]}",
            "consent": "岗位匹配与推送、电话短信联系",
        }

    def _posting(self, number: int, row: dict[str, object]) -> dict[str, object]:
        name = self.add(Planted.CONTACT_NAME, f"联{_rare(number)}")
        return row | {"contact_name": name, "contact_phone": self.add(Planted.CONTACT_PHONE, f"15497{number:06d}")}


def _rare(number: int) -> str:
    return RARE[number % len(RARE)] + RARE[number // len(RARE) % len(RARE)]
