"""Phones and spoken numbers in lines that were copied from a chat (线索粘贴).

    3号 138 0000 1234        → 3 with that phone
    ５号、7号：+86-13900001111  → 5 and 7 with that phone
    13700002222 报3号 帮我弟问的  → 3; the phone is somebody else's

Nothing is guessed: a number without a phone, or a phone without a number, is asked back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from matcher.domain.masking import mask_phone
from matcher.errors import InvalidInput
from matcher.store.identity import plain_phone
from matcher.text.numerals import read_number

MOST_LINES, LONGEST_LINE = 500, 300
LONGEST_QUESTION = 120

_PHONE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d){8}(?!\d)|(?<!\d)0\d{2,3}-?[2-9]\d{6,7}(?!\d)")
_NUMBER = re.compile(r"(?<![\d+-])(?P<n>\d{1,3}|[一二三四五六七八九十百]{1,5})\s?号(?!线|楼|院|门|码)|#(?P<h>\d{1,3})(?!\d)")
_OTHER_DIGITS = re.compile(r"(?<!\d)\d(?:[-\s]?\d){6,}(?!\d)")
_NOT_OWN = re.compile(
    r"不是本人|别人|家人|家里人|老婆|老公|媳妇|爱人|对象|[我俺]?(?:妈|爸|爹|娘|儿子|女儿|闺女|哥|弟|姐|妹)|朋友|邻居|同事|亲戚|老乡|"
    r"(?:帮|替|给)[^,，。\s]{0,4}(?:报|问)"
)
_FILLER = re.compile(r"(?:我|俺)?(?:想|要)?(?:报名|报一下|报)|(?:联系)?电话(?:号码)?是?|(?:联系)?方式")
_TIDY = re.compile(r"[\s,，。:：;；、/|]+")

NO_PHONE, NO_NUMBER, BAD_PHONE = "没留电话", "没说几号岗位", "电话位数不对"


@dataclass(frozen=True, slots=True)
class WrittenLead:
    """One phone for one spoken number, as written. phone: digits alone. own: False when the words say that the
    phone is somebody else's. question: the rest of the line, without phones."""

    line: int
    short_no: int
    phone: str = field(repr=False)
    own: bool = True
    question: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AskBack:
    """A line that cannot be used as it is. shown: what stood there, phones masked."""

    line: int
    why: str
    shown: str


@dataclass(frozen=True, slots=True)
class ReadLeads:
    """What a paste holds."""

    leads: tuple[WrittenLead, ...]
    ask_back: tuple[AskBack, ...]


def read_leads(paste: str) -> ReadLeads:
    """Read every line. Raises InvalidInput for a blank or overlong paste."""
    lines = [line for line in unicodedata.normalize("NFKC", paste).splitlines() if line.strip()]
    if not lines:
        raise InvalidInput("没有收到内容；请粘贴“3号 138…”这样的留言，一行一条")
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"一次最多粘贴 {MOST_LINES} 行，收到 {len(lines)} 行；请分几次")
    leads: list[WrittenLead] = []
    asked: list[AskBack] = []
    for number, line in enumerate(lines, start=1):
        found, why = _read_line(number, line[:LONGEST_LINE])
        leads += found
        asked += [AskBack(number, one, _masked(line[:LONGEST_LINE])) for one in why]
    return ReadLeads(tuple(leads), tuple(asked))


def _read_line(number: int, line: str) -> tuple[list[WrittenLead], list[str]]:
    """Leads of one line, and why parts of it cannot be used."""
    phones = [(match.start(), plain_phone(match.group()) or "") for match in _PHONE.finditer(line)]
    rest = _PHONE.sub(lambda match: "\0" * len(match.group()), line)
    why = [BAD_PHONE] if _OTHER_DIGITS.search(rest) else []
    rest = _OTHER_DIGITS.sub(lambda match: "\0" * len(match.group()), rest)
    numbers = [(match.start(), short_no) for match in _NUMBER.finditer(rest) if (short_no := _short_no(match))]
    own, question = _NOT_OWN.search(rest) is None, _question(rest)
    leads = []
    for group_numbers, group_phones in _groups(numbers, phones):
        if not group_phones and not why:
            why.append(NO_PHONE)
        if not group_numbers:
            why.append(NO_NUMBER)
        leads += [
            WrittenLead(number, short_no, phone, own, question)
            for short_no in dict.fromkeys(group_numbers)
            for phone in dict.fromkeys(group_phones)
        ]
    if not numbers and not phones and not why:
        why.append(f"{NO_NUMBER}，也{NO_PHONE}")
    return leads, list(dict.fromkeys(why))


def _groups(
    numbers: list[tuple[int, int]], phones: list[tuple[int, str]]
) -> Iterator[tuple[list[int], list[str]]]:
    """Numbers with the phones that belong to them: what a line begins with also begins each of its groups."""
    marks: list[tuple[int, bool, int | str]] = sorted(
        [(at, False, short_no) for at, short_no in numbers] + [(at, True, phone) for at, phone in phones]
    )
    group: tuple[list[int], list[str]] = ([], [])
    for place, (_, is_phone, value) in enumerate(marks):
        begins = place and is_phone == marks[0][1] and marks[place - 1][1] != is_phone
        if begins:
            yield group
            group = ([], [])
        if is_phone:
            group[1].append(str(value))
        else:
            group[0].append(int(value))
    if marks:
        yield group


def _short_no(match: re.Match[str]) -> int | None:
    written = match["n"] or match["h"]
    read = int(written) if written.isdecimal() else read_number(written)
    return int(read) if read and 1 <= read <= 999 else None


def _question(rest: str) -> str:
    words = _TIDY.sub(" ", _FILLER.sub(" ", _NUMBER.sub(" ", rest).replace("\0", ""))).strip()
    return "".join(c for c in words if c.isprintable())[:LONGEST_QUESTION]


def _masked(line: str) -> str:
    """The line with every long run of digits hidden."""
    shown = _PHONE.sub(lambda match: mask_phone(plain_phone(match.group())), line)
    shown = _OTHER_DIGITS.sub(lambda match: "*" * len(match.group()), shown)
    return "".join(c for c in shown if c.isprintable())[:60]
