"""A caseworker's call list, and the results they write into it (电话清单).

Names and phones are masked; a list with phones in clear is a decision of the service, which logs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypinyin import lazy_pinyin

from matcher.delivery.channels import NO_VILLAGE, Outcome, Parcel, Receipt
from matcher.delivery.message import MOST_ITEMS
from matcher.delivery.replies import Reply, ReplyKind, parse_reply
from matcher.delivery.sheets import read_rows, write_workbook
from matcher.delivery.wording import call_script, plain
from matcher.domain.masking import mask_name, mask_phone
from matcher.domain.service_terms import ResponseReason

NO_CASEWORKER = "未分配"
ROW_KEY, ITEMS, RESULT, WHY = "行编号", "岗位数", "结果", "原因"
HEADERS = ("帮扶干部", "村(社区)", "姓名", "电话", "话术", ITEMS, RESULT, WHY, ROW_KEY)
_WIDTHS = (12, 18, 10, 16, 70, 8, 16, 16, 24)
_NOT_REACHED = frozenset({"没接", "未接", "无人接听", "没人接", "打不通", "停机", "空号", "关机"})
_COUNTS = frozenset(str(count) for count in range(1, MOST_ITEMS + 1))
_REFUSED = frozenset({"拒绝", "拒绝介绍"})


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a caseworker wrote about one call. row: number in the file, header not counted, from 1.

    reply: what the person said, None when nobody was reached or the words are not understood.
    refused: the caseworker wrote 拒绝; `note` then holds their words, which the service must ask for if empty.
    """

    row: int
    message_id: str
    reached: bool | None
    reply: Reply | None = None
    refused: bool = False
    note: str = ""


class CallList:
    """A channel that writes one workbook; a call is made by a person, so nothing is sent yet."""

    def __init__(self, path: Path, *, reveal: bool = False) -> None:
        """reveal: names and phones in clear."""
        self._path = path
        self._reveal = reveal

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Write all parcels, by caseworker and village; a person without a phone is listed for a visit."""
        ordered = sorted(parcels, key=_place_in_list)
        write_workbook(self._path, "电话清单", HEADERS, _WIDTHS, [self._row(parcel) for parcel in ordered])
        return [
            Receipt(parcel.message.message_id, Outcome.NOT_SENT, note="已列入电话清单，等待通话结果")
            for parcel in parcels
        ]

    def _row(self, parcel: Parcel) -> tuple[str, ...]:
        who, message = parcel.recipient, parcel.message
        phone = who.phone if self._reveal else mask_phone(who.phone)
        return (
            who.caseworker or NO_CASEWORKER,
            who.village or NO_VILLAGE,
            plain(who.name) if self._reveal else mask_name(who.name),
            phone or "没有电话，请上门",
            call_script(message),
            str(len(message.items)),
            "",
            "",
            message.message_id,
        )


def read_call_results(path: Path) -> list[CallResult]:
    """The returned workbook; rows whose 结果 is still empty are left out."""
    return parse_call_results(read_rows(path, (ROW_KEY, ITEMS, RESULT, WHY)))


def parse_call_results(rows: Iterable[Mapping[str, str]]) -> list[CallResult]:
    """Results of the rows that have one. 结果 takes the same words as an SMS reply, or 没接, or 拒绝."""
    return [
        _result(number, row)
        for number, row in enumerate(rows, start=1)
        if row.get(ROW_KEY, "").strip() and row.get(RESULT, "").strip()
    ]


def _result(number: int, row: Mapping[str, str]) -> CallResult:
    key, said, why = row[ROW_KEY].strip(), row[RESULT].strip(), row.get(WHY, "").strip()
    if said in _NOT_REACHED:
        return CallResult(number, key, reached=False, note=why)
    if said in _REFUSED:
        return CallResult(number, key, reached=True, refused=True, note=why)
    count = row.get(ITEMS, "").strip()
    reply = parse_reply(said, int(count)) if count in _COUNTS else Reply(ReplyKind.UNREAD)
    if not reply.understood:
        return CallResult(number, key, reached=None, note=f"{said}；{why}" if why else said)
    reason = next((reason for reason in ResponseReason if why == reason.label), reply.reason)
    if reply.kind is ReplyKind.UNSUITABLE:
        reply = Reply(reply.kind, reply.items, reason)
    return CallResult(number, key, reached=True, reply=reply, note=why)


def _place_in_list(parcel: Parcel) -> tuple[bool, list[str], str, bool, list[str], str, str]:
    """By caseworker, then village, both as a Chinese index has them; whoever has none comes last."""
    worker, village = parcel.recipient.caseworker, parcel.recipient.village
    return (
        not worker, lazy_pinyin(worker), worker,
        not village, lazy_pinyin(village), village,
        parcel.message.message_id,
    )  # fmt: skip
