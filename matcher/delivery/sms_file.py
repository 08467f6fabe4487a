"""The file for an SMS operator who works by file, and the receipts that come back (短信平台文件).

The operator needs the phone numbers in clear: the file is 0600 and every receipt says what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from matcher.delivery.channels import Failure, Outcome, Parcel, Receipt
from matcher.delivery.sheets import read_rows, write_csv, write_workbook
from matcher.delivery.wording import plain, sms_text
from matcher.errors import InvalidInput

ROW_KEY = "行编号"
STATUS = "状态"
REASON = "原因"
HEADERS = (ROW_KEY, "手机号", "短信内容", "条数", "批次")
_WIDTHS = (28, 16, 90, 8, 10)
_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_SAYS_CLEAR_PHONES = "文件含明文手机号，仅供短信平台使用，用后请删除"

_DELIVERED = frozenset({"成功", "已送达", "送达", "发送成功", "delivrd", "delivered", "1"})
_SENT = frozenset({"已提交", "已发送", "提交成功", "accepted", "sent"})
_FAILED = frozenset(
    {"失败", "发送失败", "未送达", "提交失败", "undeliv", "undelivered", "failed", "rejectd", "0"}
)
_REASONS = (
    (Failure.EMPTY_NUMBER, re.compile("空号|号码不存在|MK:0001", re.IGNORECASE)),
    (Failure.WRONG_NUMBER, re.compile("号码错|号码有误|号码非法|格式错|MK:0000|号码无效", re.IGNORECASE)),
    (Failure.SUSPENDED, re.compile("停机|关机停用|销号|MK:0005", re.IGNORECASE)),
    (Failure.REFUSED, re.compile("拒收|黑名单|退订|拦截", re.IGNORECASE)),
)


class SmsFile:
    """A channel that writes one file for the operator: sent means written, delivered is what they say."""

    def __init__(self, path: Path) -> None:
        """path: .xlsx or .csv. Raises InvalidInput for another ending."""
        if path.suffix.lower() not in {".xlsx", ".csv"}:
            raise InvalidInput(f"短信文件只能是 .xlsx 或 .csv，不能是“{path.suffix}”")
        self._path = path

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Write every parcel that has a mobile number; the others fail with the reason."""
        receipts: list[Receipt] = []
        rows: list[tuple[str, ...]] = []
        for parcel in parcels:
            phone = plain(parcel.recipient.phone)
            message = parcel.message
            if not _PHONE.fullmatch(phone):
                failure = Failure.WRONG_NUMBER if phone else Failure.NO_PHONE
                receipts.append(Receipt(message.message_id, Outcome.FAILED, failure, failure.label))
                continue
            text = sms_text(message)
            rows.append((message.message_id, phone, text.text, str(text.segments), str(message.batch_id)))
            receipts.append(Receipt(message.message_id, Outcome.SENT, note=_SAYS_CLEAR_PHONES))
        if rows:
            self._write(rows)
        return receipts

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        if self._path.suffix.lower() == ".csv":
            write_csv(self._path, HEADERS, rows)
        else:
            write_workbook(self._path, "短信", HEADERS, _WIDTHS, rows)


def read_receipts(path: Path) -> list[Receipt]:
    """The operator's receipt file, .xlsx or .csv with the columns 行编号, 状态 and, if given, 原因."""
    return parse_receipts(read_rows(path, (ROW_KEY, STATUS)))


def parse_receipts(rows: Iterable[Mapping[str, str]]) -> list[Receipt]:
    """One receipt for each row that has a key; a word that is not known stays 不确定."""
    return [_receipt(row) for row in rows if row.get(ROW_KEY, "").strip()]


def _receipt(row: Mapping[str, str]) -> Receipt:
    key, word = row[ROW_KEY].strip(), row.get(STATUS, "").strip().casefold()
    why = row.get(REASON, "").strip()
    if word in _DELIVERED:
        return Receipt(key, Outcome.DELIVERED)
    if word in _SENT:
        return Receipt(key, Outcome.SENT)
    failure = next((failure for failure, said in _REASONS if said.search(f"{word} {why}")), None)
    if failure is None and word in _FAILED:
        failure = Failure.OTHER
    if failure is None:
        return Receipt(key, Outcome.UNKNOWN, note="平台状态看不懂，请人工核对")
    return Receipt(key, Outcome.FAILED, failure, failure.label)
