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
        ("pay_seventh.tsv", 0.985),
        ("pay_eighth.tsv", 0.99),
        ("pay_ninth.tsv", 0.99),
        ("pay_tenth.tsv", 0.985),
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


@pytest.mark.parametrize(
    "text",
    [
        "出售旧冰柜两台，1300元",
        "转手水果店，设备连货18000元",
        "帮忙抬一架钢琴下楼，260块钱搞定",
        "剪一条宣传片，打包价2600元",
        "老板还差我三千二没结",
        "上家厂欠我们工钱，一共九千",
        "火车票自己买，大概一百八",
        "洗车月卡每月199元",
        "换电套餐每月279元",
        "一人一天二十块路费",
        "服务商户4000余家",
        "现有职工900余人",
        "日均场观3万",
        "中央厨房日供餐2500份",
        "分管80万元以内的采购申请",
        "单位为个人承担公积金约700元",
        "清凉补贴6-8月发放，每月260",
        "取暖补助一年一发，1200元封顶",
        "油费实报，上限300元/月",
        "企业每招一人，每人每月补400元",
        "一千块砖七十",
        "手快的一天剪八九十只",
        "2500元/15天",
        "学徒间一间，每月150水电",
        "每年提供一次三甲医院体检",
        "每周加班一般不超过两天，每次不超过9点",
        "加班另算，25元/小时",
        "交460元买资料的都是骗子",
        "年终视利润发分红，去年人均2万",
        "员工持股计划，最低出资1万元",
        "生产线一台9万，学会操作才上岗",
        "入职送200元购物卡",
        "清运费每户每月6元",
    ],
)
def test_other_money_and_counts_are_no_pay(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工资从不拖欠，月薪4700", Pay(470_000, 470_000, PayUnit.MONTH)),
        ("工资:5200/月  住宿:免费", Pay(520_000, 520_000, PayUnit.MONTH)),
        ("一双鞋底一块三", Pay(130, 130, PayUnit.PIECE)),
        ("每件派费0.8元", Pay(80, 80, PayUnit.PIECE)),
        ("一个点十七块五", Pay(1750, 1750, PayUnit.HOUR)),
        ("按小时算，十九块", Pay(1900, 1900, PayUnit.HOUR)),
        ("木工按天算，四百一", Pay(41_000, 41_000, PayUnit.DAY)),
        ("按平米9元", Pay(900, 900, PayUnit.SQUARE_METRE)),
        ("陪读一小时六十到一百一", Pay(6000, 11_000, PayUnit.HOUR)),
        ("十五到二十万一年", Pay(15_000_000, 20_000_000, PayUnit.YEAR)),
        ("一天十二小时两百四，夜里干", Pay(24_000, 24_000, PayUnit.DAY)),
        ("平时24元/小时，节假日不变", Pay(2400, 2400, PayUnit.HOUR)),
        ("网约车一天能跑四五百", Pay(40_000, 50_000, PayUnit.DAY)),
        ("村级保洁员，年报酬4200元", Pay(420_000, 420_000, PayUnit.YEAR)),
        ("固定工资4600+业绩提成", Pay(460_000, 460_000, PayUnit.MONTH, commission=True)),
        ("固定工资3000+绩效，综合4600", Pay(460_000, 460_000, PayUnit.MONTH, base_fen=300_000)),
        ("工资5200-9000元，含提成", Pay(520_000, 900_000, PayUnit.MONTH, commission=True)),
        ("高提成，月入过万不难", Pay(1_000_000, None, PayUnit.MONTH, commission=True)),
        ("6000-8000，懂行的可以面议", Pay(600_000, 800_000, PayUnit.MONTH, negotiable=True)),
        ("底薪3600加提成，上个月最少的拿了七千", Pay(360_000, None, PayUnit.MONTH, commission=True, base_fen=360_000)),
        ("一天260，来回车票老板买，大概三百块", Pay(26_000, 26_000, PayUnit.DAY)),
        ("整理问卷0.7元/份", Pay(70, 70, PayUnit.PIECE)),
        ("盒饭十二元一份", None),
        ("不到四千五，活轻", Pay(None, 450_000, PayUnit.MONTH)),
        ("修剪果树，每棵3元5角", Pay(350, 350, PayUnit.PIECE)),
        ("装车缺人，一百四一晚上，装完就给", Pay(14_000, 14_000, PayUnit.DAY)),
        ("老人能自理，5300一个月", Pay(530_000, 530_000, PayUnit.MONTH)),
        ("底薪5500加提成，能干的过万", Pay(1_000_000, None, PayUnit.MONTH, commission=True, base_fen=550_000)),
        ("护林员，每年7000元补助，巡山防火", Pay(700_000, 700_000, PayUnit.YEAR)),
        ("年薪9万-14万，可谈", Pay(9_000_000, 14_000_000, PayUnit.YEAR, negotiable=True)),
        ("薪资待遇：电话详谈", Pay(negotiable=True)),
        ("日结350+包吃住", Pay(35_000, 35_000, PayUnit.DAY)),
        ("缝包工4900", Pay(490_000, 490_000, PayUnit.MONTH)),
        ("底薪2700，每车提成3元，平均4600元/月", Pay(460_000, 460_000, PayUnit.MONTH, commission=True, base_fen=270_000)),
        ("喂牛挤奶，一个人五千三", Pay(530_000, 530_000, PayUnit.MONTH)),
    ],
)
def test_plain_offers_are_read_beside_other_money(text: str, expected: Pay | None) -> None:
    assert [item.value for item in find_pays(text)] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    "text",
    [
        "文秘月薪4200元；外勤底薪3000元+提成",
        "配菜4200元/月；送气工4名，上门安装，底薪3000元+每瓶提成5元",
    ],
)
def test_the_base_of_another_trade_is_not_joined_to_the_wage_before_it(text: str) -> None:
    assert [(item.value.min_fen, item.value.base_fen) for item in find_pays(text)] == [(420_000, None), (300_000, 300_000)]


def test_weekends_by_the_hour_are_pay_beside_ordinary_days_but_overtime_beside_a_base() -> None:
    assert [item.value.min_fen for item in find_pays("平时18元/时，周末22元/时")] == [1800, 2200]
    assert [item.value.min_fen for item in find_pays("基本工资2490，平时21元/时，周末28元/时")] == [249_000]


def test_a_raise_by_the_hour_is_read_after_the_first_rate() -> None:
    assert [item.value.min_fen for item in find_pays("工价18元/小时起，干满三个月19元，满半年20元")] == [1800, 1900, 2000]
    assert [item.value.min_fen for item in find_pays("时薪二十一，做满一个月二十二，包吃住")] == [2100, 2200]


@pytest.mark.parametrize("text", ["钣金师傅8000起｜喷漆师傅9000起｜洗车工3000+提成", "瓦工450元/天，水电460元/天，小工230元/天"])
def test_every_trade_of_a_row_is_read(text: str) -> None:
    found = find_pays(text)
    assert len(found) == 3
    assert [item.value.commission for item in found[:2]] == [False, False]


def test_the_pay_after_the_first_month_is_read_too() -> None:
    assert [item.value.min_fen for item in find_pays("薪资：首月4200元，次月起5000元")] == [420_000, 500_000]


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
