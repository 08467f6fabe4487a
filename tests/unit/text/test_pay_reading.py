from __future__ import annotations

import pytest
from pay_gold import read_pay_gold

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.text.pay import MAX_CHARS, find_pays, primary_pay, read_pay_field


def test_the_frozen_pay_strings_are_read_exactly() -> None:
    gold = read_pay_gold("pay.tsv")
    wrong = [(text, expected) for text, expected in gold if [f.value for f in find_pays(text)] != expected]
    assert len(gold) >= 600
    assert len(wrong) <= 0.01 * len(gold), wrong


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("pay_second.tsv", 0.99),
        ("pay_third.tsv", 0.99),
        ("pay_fourth.tsv", 0.98),
        ("pay_fifth.tsv", 0.99),
        ("pay_sixth.tsv", 0.92),
        ("pay_seventh.tsv", 0.98),
    ],
)
def test_later_strings_stay_read(name: str, share: float) -> None:
    gold = read_pay_gold(name)
    wrong = [(text, expected) for text, expected in gold if [f.value for f in find_pays(text)] != expected]
    assert len(wrong) <= (1 - share) * len(gold), wrong


def test_a_text_with_a_blank_after_each_character_keeps_its_spans() -> None:
    text = "招 工 ， 月 薪 3 9 5 0 元 ， 包 住"
    found = find_pays(text)
    assert [item.value for item in found] == [Pay(395_000, 395_000, PayUnit.MONTH)]
    assert text[found[0].start : found[0].end] == "月 薪 3 9 5 0 元"


@pytest.mark.parametrize("text", ["老三干活利索", "在厂里干5年了", "三干活的来", "早上4干到晚上8点"])
def test_dry_work_is_no_thousand(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("托底岗位，补贴2150元/月", Pay(215_000, 215_000, PayUnit.MONTH)),
        ("停车费15元/天", None),
        ("监考费150元/天", Pay(15_000, 15_000, PayUnit.DAY)),
        ("雇主险每年200元公司交", None),
        ("办证费用80元", None),
        ("钉扣子一件七分钱", Pay(7, 7, PayUnit.PIECE)),
        ("码砖一块5毛", Pay(50, 50, PayUnit.PIECE)),
        ("扎拖把2元/把", Pay(200, 200, PayUnit.PIECE)),
        ("日结，二百一", Pay(21_000, 21_000, PayUnit.DAY)),
        ("一天一清一百九", Pay(19_000, 19_000, PayUnit.DAY)),
        ("拉一车土给九十", Pay(9_000, 9_000, PayUnit.TRIP)),
        ("计件，上不封顶，平均5800元/月", Pay(580_000, 580_000, PayUnit.MONTH)),
        ("扣完社保到卡里5100元/月", Pay(510_000, 510_000, PayUnit.MONTH)),
        ("底薪3k+提成=6k-9k", Pay(600_000, 900_000, PayUnit.MONTH, commission=True, base_fen=300_000)),
        ("薪金4 200-5 100元/月", Pay(420_000, 510_000, PayUnit.MONTH)),
        ("待遇优厚，来店面谈", Pay(negotiable=True)),
        ("电话139****5500", None),
        ("延时费平时20元/时", None),
        ("平时上一天175", Pay(17_500, 17_500, PayUnit.DAY)),
        ("平时一小时15，周末加班20", None),
        ("包饺子，一个三分五", Pay(4, 4, PayUnit.PIECE)),
        ("考了八十分五", None),
        ("刮大白一平二十六", Pay(2600, 2600, PayUnit.SQUARE_METRE)),
        ("织手套，一条一块", Pay(100, 100, PayUnit.PIECE)),
        ("唱一场堂会七百", Pay(70_000, 70_000, PayUnit.ORDER)),
        ("一节课50分钟，85元", Pay(8500, 8500, PayUnit.ORDER)),
        ("20元×7小时", Pay(2000, 2000, PayUnit.HOUR)),
        ("7×24小时值守，5×8小时上班", None),
        ("一礼拜一千六", Pay(160_000, 160_000, PayUnit.WEEK)),
        ("一年干十个月，四万八", Pay(4_800_000, 4_800_000, PayUnit.YEAR)),
        ("4000-5200可议", Pay(400_000, 520_000, PayUnit.MONTH, negotiable=True)),
        ("月薪4300元，年终奖另议", Pay(430_000, 430_000, PayUnit.MONTH)),
        ("底3200提成另算，能拿七八千", Pay(700_000, 800_000, PayUnit.MONTH, commission=True, base_fen=320_000)),
        ("劳务那边返1200块", None),
        ("意外险每人每年90元", None),
        ("发传单半日工六十元", None),
        ("5.2k~6.8k 单休", Pay(520_000, 680_000, PayUnit.MONTH)),
        ("全勤保底四千三", Pay(430_000, None, PayUnit.MONTH)),
        ("6200一个月，发十三个半月", Pay(620_000, 620_000, PayUnit.MONTH, 13.5)),
        ("年终奖一般在6000到9000之间", None),
        ("三轮可租，一天12元", None),
        ("岗位补贴：一级800元、二级1200元、三级1600元", None),
        ("铺床一间8元", Pay(800, 800, PayUnit.PIECE)),
        ("串珠子，一个3分", Pay(3, 3, PayUnit.PIECE)),
        ("操作题3分", None),
        ("水电工300-360/天", Pay(30_000, 36_000, PayUnit.DAY)),
        ("罐车底薪4200，拉一方提成4元", Pay(420_000, None, PayUnit.MONTH, commission=True, base_fen=420_000)),
        ("挖藕点工240，超出每小时30元", Pay(24_000, 24_000, PayUnit.DAY)),
    ],
)
def test_everyday_wording_of_pay_is_read(text: str, expected: Pay | None) -> None:
    found = find_pays(text)
    assert [item.value for item in found] == ([] if expected is None else [expected])
    assert all(0 <= item.start < item.end <= len(text) for item in found)


def test_each_trade_of_a_list_keeps_its_pay() -> None:
    found = find_pays("大工三百五，油漆工三百一，小工二百二，天天结")
    assert [(item.value.min_fen, item.value.unit) for item in found] == [
        (35_000, PayUnit.DAY),
        (31_000, PayUnit.DAY),
        (22_000, PayUnit.DAY),
    ]


def test_a_short_clause_of_the_same_size_goes_on_with_the_list() -> None:
    assert [item.value.min_fen for item in find_pays("木工日工资三百八，贴砖四百二")] == [38_000, 42_000]
    assert [item.value.min_fen for item in find_pays("木工日工资三百八，全勤四百二")] == [38_000]


def test_the_span_of_a_pay_is_the_words_that_say_it() -> None:
    text = "招保洁，月薪２０００元，包吃"
    found = find_pays(text)[0]
    assert text[found.start : found.end] == "月薪２０００元"


def test_a_guess_has_low_confidence_and_a_plain_statement_high() -> None:
    assert find_pays("月入过万")[0].confidence < 0.5
    assert find_pays("月薪5000元")[0].confidence > 0.9


def test_text_beyond_the_limit_is_not_read() -> None:
    assert find_pays("字" * MAX_CHARS + "月薪5000元") == []


def test_the_confirmed_pay_stands_before_the_trial_pay_and_negotiable() -> None:
    found = primary_pay(find_pays("面议，试用期4000元，转正月薪5000元"))
    assert found is not None
    assert found.value.min_fen == 500_000


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("8-12K·13薪", None, None, Pay(800_000, 1_200_000, PayUnit.MONTH, 13)),
        ("8-12K·13薪", 8000, 12000, Pay(800_000, 1_200_000, PayUnit.MONTH, 13)),
        ("200-300元/天", 200, 300, Pay(20_000, 30_000, PayUnit.DAY)),
        ("面议", None, None, Pay(negotiable=True)),
        ("", 5000, None, Pay(500_000, None)),
        ("", 7000, 5000, Pay(500_000, 700_000)),
        (None, None, None, None),
        ("乱写", None, None, None),
        ("面议", 0, 0, Pay(negotiable=True)),
    ],
)
def test_columns_and_pay_text_are_read_together(
    text: str | None, low: float | None, high: float | None, expected: Pay | None
) -> None:
    assert read_pay_field(text, low, high) == expected
