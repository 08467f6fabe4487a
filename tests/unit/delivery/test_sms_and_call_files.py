"""Files for the SMS operator and the callers, opened again by the program that reads our imports."""

from __future__ import annotations

import csv
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from delivery_samples import item, message, parcel
from openpyxl import load_workbook

from matcher.delivery.call_list import HEADERS as CALL_HEADERS
from matcher.delivery.call_list import CallList, parse_call_results, read_call_results
from matcher.delivery.channels import Failure, Outcome, Parcel
from matcher.delivery.replies import Reply, ReplyKind
from matcher.delivery.sheets import write_csv, write_workbook
from matcher.delivery.sms_file import HEADERS, SmsFile, parse_receipts, read_receipts
from matcher.domain.service_terms import PushState, ResponseReason
from matcher.errors import InvalidInput

FORMULA = item(1, title='=HYPERLINK("http://x.example","点")', employer="@cmd", place="+1+1")


def cells(path: Path) -> list[list[object]]:
    sheet = load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_operator_file_is_private_and_keeps_phones_as_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "out" / f"sms.{ending}"
    receipts = SmsFile(path).deliver([parcel(1), parcel(2, phone="13900000002")])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {receipt.outcome for receipt in receipts} == {Outcome.SENT}
    assert all("明文手机号" in receipt.note for receipt in receipts)
    if ending == "xlsx":
        rows = cells(path)
        assert load_workbook(path).active["B2"].number_format == "@"  # type: ignore[index]
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = [list(row) for row in csv.reader(path.read_text("utf-8-sig").splitlines())]
    assert rows[0] == list(HEADERS)
    assert [row[0] for row in rows[1:]] == ["8-1", "8-2"]
    assert [row[1] for row in rows[1:]] == ["13800000001", "13900000002"]
    assert "300元/天" in str(rows[1][2])


def test_a_person_without_a_usable_number_is_not_in_the_file_and_the_reason_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sms.xlsx"
    receipts = SmsFile(path).deliver([parcel(1, phone=""), parcel(2, phone="0300-5550123"), parcel(3)])
    assert [receipt.failure for receipt in receipts] == [Failure.NO_PHONE, Failure.WRONG_NUMBER, None]
    assert [row[0] for row in cells(path)[1:]] == ["8-3"]


def test_no_message_makes_no_file(tmp_path: Path) -> None:
    assert SmsFile(tmp_path / "sms.csv").deliver([]) == []
    assert SmsFile(tmp_path / "sms.csv").deliver([parcel(phone="")])[0].outcome is Outcome.FAILED
    assert list(tmp_path.iterdir()) == []


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="xlsx"):
        SmsFile(tmp_path / "sms.xls")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"])
def test_nothing_in_a_cell_acts_as_a_formula(tmp_path: Path, start: str) -> None:
    write_csv(tmp_path / "a.csv", ["列"], [[start]])
    write_workbook(tmp_path / "a.xlsx", "表", ["列"], [10], [[start]])
    (row,) = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))[1:]
    assert row[0] == f"'{start}"
    cell = load_workbook(tmp_path / "a.xlsx").active["A2"]  # type: ignore[index]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_a_formula_in_a_posting_stays_text_in_the_call_list(tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    CallList(path).deliver([parcel(1, FORMULA, name="=1+1")])
    sheet = load_workbook(path).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["列"], [["旧"]])

    def broken() -> object:
        yield ["新"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_csv(path, ["列"], broken())  # type: ignore[arg-type]
    assert "旧" in path.read_text("utf-8-sig")
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("status", "reason", "outcome", "failure"),
    [
        ("成功", "", Outcome.DELIVERED, None),
        ("DELIVRD", "", Outcome.DELIVERED, None),
        ("已提交", "", Outcome.SENT, None),
        ("失败", "空号", Outcome.FAILED, Failure.EMPTY_NUMBER),
        ("失败", "用户停机", Outcome.FAILED, Failure.SUSPENDED),
        ("失败", "号码错误", Outcome.FAILED, Failure.WRONG_NUMBER),
        ("未送达", "用户拒收", Outcome.FAILED, Failure.REFUSED),
        ("停机", "", Outcome.FAILED, Failure.SUSPENDED),
        ("失败", "", Outcome.FAILED, Failure.OTHER),
        ("", "", Outcome.UNKNOWN, None),
        ("处理中", "", Outcome.UNKNOWN, None),
        ("不成功", "", Outcome.UNKNOWN, None),
    ],
)
def test_the_words_of_the_operator_become_states(
    status: str, reason: str, outcome: Outcome, failure: Failure | None
) -> None:
    (receipt,) = parse_receipts([{"行编号": " 8-1 ", "状态": status, "原因": reason}])
    assert (receipt.message_id, receipt.outcome, receipt.failure) == ("8-1", outcome, failure)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_receipt_file_is_read_back_and_rows_without_a_key_are_left_out(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"back.{ending}"
    rows = [["8-1", "13800000001", "成功", ""], ["", "", "成功", ""], ["8-2", "13900000002", "失败", "空号"]]
    headers = ["行编号", "手机号", "状态", "原因"]
    if ending == "csv":
        write_csv(path, headers, rows)
    else:
        write_workbook(path, "回执", headers, [10] * 4, rows)
    receipts = read_receipts(path)
    assert [(r.message_id, r.state) for r in receipts] == [
        ("8-1", PushState.DELIVERED),
        ("8-2", PushState.FAILED),
    ]


def test_a_receipt_file_without_its_columns_says_which_are_missing(tmp_path: Path) -> None:
    write_csv(tmp_path / "back.csv", ["行编号", "结果代码"], [["8-1", "0"]])
    with pytest.raises(InvalidInput, match="状态"):
        read_receipts(tmp_path / "back.csv")


def test_the_call_list_is_masked_and_ordered_by_caseworker_and_village(tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    people = [
        parcel(1, caseworker="", village=""), parcel(2, caseworker="干部乙", village="云集村"),
        parcel(3, caseworker="干部甲", village=""), parcel(4, caseworker="干部甲", village="南街村"),
    ]  # fmt: skip
    receipts = CallList(path).deliver(people)
    assert {receipt.state for receipt in receipts} == {PushState.PENDING}
    rows = cells(path)
    assert rows[0] == list(CALL_HEADERS)
    assert [row[-1] for row in rows[1:]] == ["8-4", "8-3", "8-2", "8-1"]
    assert rows[-1][:4] == ["未分配", "未分村", "王*明", "138****0001"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_a_revealing_list_holds_names_and_phones(tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    CallList(path, reveal=True).deliver([parcel(1), parcel(2, phone="")])
    assert [row[2:4] for row in cells(path)[1:]] == [
        ["王小明", "13800000001"],
        ["王小明", "没有电话，请上门"],
    ]


def test_a_filled_list_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    CallList(path).deliver([parcel(number) for number in (1, 2, 3)])
    workbook = load_workbook(path)
    sheet = workbook.active
    assert sheet is not None
    sheet["G2"], sheet["G3"], sheet["H3"] = "1", "都不去", "太远"
    workbook.save(path)
    first, second = read_call_results(path)
    assert (first.row, first.message_id, first.reply) == (1, "8-1", Reply(ReplyKind.INTERESTED, (1,)))
    assert second.reply == Reply(ReplyKind.UNSUITABLE, (1, 2), ResponseReason.TOO_FAR)


@pytest.mark.parametrize(
    ("result", "why", "reached", "refused", "kind"),
    [
        ("没接", "", False, False, None),
        ("空号", "", False, False, None),
        ("拒绝", "本人说不再找工作", True, True, None),
        ("想去第一个", "", True, False, ReplyKind.INTERESTED),
        ("不去", "", True, False, ReplyKind.UNSUITABLE),
        ("再说吧", "", None, False, None),
    ],
)
def test_what_a_caseworker_wrote_is_kept_apart(
    result: str, why: str, reached: bool | None, refused: bool, kind: ReplyKind | None
) -> None:
    row = {"行编号": "8-1", "岗位数": "2", "结果": result, "原因": why}
    (read,) = parse_call_results([row])
    assert (read.reached, read.refused) == (reached, refused)
    assert (read.reply.kind if read.reply else None) is kind


def test_without_the_number_of_postings_a_bare_number_means_nothing() -> None:
    (read,) = parse_call_results([{"行编号": "8-1", "岗位数": "", "结果": "2"}])
    assert read.reply is None
    assert read.note == "2"


def test_a_channel_keeps_the_order_of_its_parcels(tmp_path: Path) -> None:
    parcels = [Parcel(replace(message(), message_id=key), parcel().recipient) for key in ("c", "a", "b")]
    for channel in (SmsFile(tmp_path / "s.csv"), CallList(tmp_path / "c.xlsx")):
        assert [receipt.message_id for receipt in channel.deliver(parcels)] == ["c", "a", "b"]
