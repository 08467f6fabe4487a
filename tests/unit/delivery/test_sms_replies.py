"""What an SMS reply is taken to mean, and what is left to a caseworker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery.replies import Reply, ReplyKind, parse_reply
from matcher.domain.service_terms import ResponseReason as Why

YES, NO = ReplyKind.INTERESTED, ReplyKind.UNSUITABLE


@pytest.mark.parametrize(
    "text", ["1", "１", "一", " 1 ", "1。", "1号", "第一个", "回1", "想去", "我要去1", "1 谢谢", "您好，1"]
)
def test_one_posting_is_wanted(text: str) -> None:
    assert parse_reply(text, 1) == Reply(YES, (1,))


@pytest.mark.parametrize(
    "text", ["2", "２", "二", "不去", "不去了", "1不去", "不想去第一个", "不合适", "去不了"]
)
def test_one_posting_does_not_suit(text: str) -> None:
    assert parse_reply(text, 1) == Reply(NO, (1,))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1", (1,)),
        ("2", (2,)),
        ("第二个", (2,)),
        ("2号", (2,)),
        ("要2", (2,)),
        ("1和2", (1, 2)),
        ("1、2", (1, 2)),
        ("都去", (1, 2)),
    ],
)
def test_with_two_postings_a_number_is_a_posting(text: str, items: tuple[int, ...]) -> None:
    assert parse_reply(text, 2) == Reply(YES, items)


@pytest.mark.parametrize("text", ["3", "三", "都不去", "都不合适", "不去了", "不想去"])
def test_with_two_postings_three_and_no_mean_neither(text: str) -> None:
    assert parse_reply(text, 2) == Reply(NO, (1, 2))


@pytest.mark.parametrize("text", ["3", "请联系我", "打电话给我", "麻烦给我回个电话"])
def test_a_wish_to_be_called_is_understood(text: str) -> None:
    assert parse_reply(text, 1) == Reply(ReplyKind.CALL_ME)


@pytest.mark.parametrize("text", ["td", "TD", "ＴＤ", "退订", "别发了", "不要再发短信了", "T"])
@pytest.mark.parametrize("items", [1, 2])
def test_a_stop_is_about_consent_and_answers_no_posting(text: str, items: int) -> None:
    assert parse_reply(text, items) == Reply(ReplyKind.STOP)


@pytest.mark.parametrize("text", ["多少钱", "一天多少钱", "在哪里", "管饭吗？", "几点上班"])
def test_a_question_is_a_question_and_no_answer(text: str) -> None:
    assert parse_reply(text, 2) == Reply(ReplyKind.QUESTION)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("太远", Why.TOO_FAR), ("太远了", Why.TOO_FAR), ("钱太少", Why.LOW_PAY), ("没证", Why.NO_CERTIFICATE), ("干不了", Why.TOO_HARD),
     ("不上夜班", Why.HOURS), ("已经上班了", Why.EMPLOYED), ("家里走不开", Why.FAMILY), ("骗人的", Why.NOT_GENUINE)],
)  # fmt: skip
def test_a_reason_is_kept_as_a_reason(text: str, reason: Why) -> None:
    assert parse_reply(text, 1) == Reply(NO, (1,), reason)


def test_with_two_postings_a_reason_needs_its_number_unless_it_is_about_the_person() -> None:
    assert parse_reply("2太远", 2) == Reply(NO, (2,), Why.TOO_FAR)
    assert parse_reply("都太远", 2) == Reply(NO, (1, 2), Why.TOO_FAR)
    assert parse_reply("有工作了", 2) == Reply(NO, (1, 2), Why.EMPLOYED)
    unclear = parse_reply("太远", 2)
    assert not unclear.understood
    assert unclear.items == ()
    assert unclear.reason is Why.TOO_FAR


@pytest.mark.parametrize("items", [1, 2])
@pytest.mark.parametrize(
    "text",
    ["", " ", "11", "12", "一一", "0", "9", "100", "13800000001", "1元", "3000", "1️⃣", "😀", "好的", "收到", "可以", "上班", "有活吗",
     "不能不去", "想去但是太远", "第一个太远，去第二个", "<script>1</script>", "=1+1", "1;drop table", "1' or '1'='1",
     "中奖了点击http://x.example领1", "1" * 500, "第九个", "@1", "{{1}}", "1\x00", "不是1"],
)  # fmt: skip
def test_whatever_is_not_wholly_clear_goes_to_a_caseworker(text: str, items: int) -> None:
    assert not parse_reply(text, items).understood


def test_with_two_postings_a_bare_yes_is_not_clear() -> None:
    assert not parse_reply("想去", 2).understood


@given(st.text(max_size=200), st.integers(1, 7))
def test_any_text_gives_a_reply_about_postings_that_exist(text: str, items: int) -> None:
    reply = parse_reply(text, items)
    assert set(reply.items) <= set(range(1, items + 1))
    assert bool(reply.items) == (reply.kind in (YES, NO))


@given(st.text(alphabet="123一二第个号去不想要都太远了钱少和、, 回", max_size=12), st.integers(1, 3))
def test_words_of_no_never_become_a_yes(text: str, items: int) -> None:
    reply = parse_reply(text, items)
    if "不" in text or "太" in text:
        assert reply.kind is not YES
