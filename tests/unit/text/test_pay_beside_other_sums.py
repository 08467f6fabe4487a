"""Pay beside social contributions, settling-in money, numbers of doors and counts of parcels."""

from __future__ import annotations

import pytest

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.text.pay import find_pays
from matcher.text.posting_parser import parse_posting


def _month(low: int | None, high: int | None, **more: object) -> Pay:
    """A monthly pay in yuan."""
    return Pay(low and low * 100, high and high * 100, PayUnit.MONTH, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工资5600，公积金每月850", _month(5600, 5600)),
        ("月薪8200元，公积金缴存额1400元/月", _month(8200, 8200)),
        ("到手4900元，住房公积金每个月620元", _month(4900, 4900)),
        ("月薪6100元，单位缴存公积金每月900元", _month(6100, 6100)),
        ("公积金月缴1500元左右，月薪9000元", _month(9000, 9000)),
        ("薪资5300元，社保个人部分每月约460元", _month(5300, 5300)),
        ("薪资7400元，公积金双边合计1776元/月", _month(7400, 7400)),
        ("公积金个人缴存每月730元", None),
        ("缴社保公积金，每月6000元", _month(6000, 6000)),
        ("五险公积金，月薪5200元", _month(5200, 5200)),
    ],
)
def test_social_contributions_are_no_pay(text: str, expected: Pay | None) -> None:
    assert [item.value for item in find_pays(text)] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    "text",
    [
        "教授年薪40万元，科研启动经费50万元",
        "年薪40万元，启动资金30万元，家属可安排工作",
        "年薪40万元，安家补助12万元",
        "年薪40万元，购房款20万元分三次拨付",
        "年薪40万元，另拨科研经费15万元",
        "年薪40万元，签约金3万元",
        "年薪40万元，提供30万元科研启动金",
        "年薪40万元，10万元安家费，事业编制",
        "年薪40万元，人才引进费8万元",
    ],
)
def test_money_to_settle_in_is_no_second_pay(text: str) -> None:
    assert [item.value for item in find_pays(text)] == [Pay(40_000_000, 40_000_000, PayUnit.YEAR)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一天最少180，忙起来能到300", Pay(18_000, 30_000, PayUnit.DAY)),
        ("每天保底200，手快的能拿到350", Pay(20_000, 35_000, PayUnit.DAY)),
        ("一个月最少四千，旺季能到六千五", _month(4000, 6500)),
        ("最低5000元/月，好的时候可达9000元", _month(5000, 9000)),
        ("日薪至少260元，赶工时能达到380元", Pay(26_000, 38_000, PayUnit.DAY)),
        ("保底4800，干得好可以到8000", _month(4800, 8000)),
        ("一小时最少18，晚高峰能到26", Pay(1800, 2600, PayUnit.HOUR)),
        ("月薪不低于4500元，单多的月份能到7500元", _month(4500, 7500)),
        ("保洁最少3000。主管能到5000", None),
    ],
)
def test_what_it_can_come_to_closes_the_open_bound(text: str, expected: Pay | None) -> None:
    found = [item.value for item in find_pays(text)]
    assert found == [expected] if expected is not None else len(found) != 1


@pytest.mark.parametrize(
    "text",
    [
        "找李师傅，房号2600",
        "面试到前台登记，房间号3200",
        "联系赵主任，办公室门牌3500号",
        "来厂找王班长，工位号4000",
        "货车车牌号5200",
        "岗位编号：4500",
        "乘车去厂里，手机尾号5000",
        "电话转分机号3600",
        "订单号6000，等会来取",
    ],
)
def test_the_number_of_a_door_or_an_order_is_no_pay(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "干满60天有2500元返费",
        "做够两个月给1800块返现",
        "工时满200小时，拿3500返费",
        "满45天可领2200元返款",
        "在职满三个月，领4000元返费",
        "进厂满月，另有1200元入职返现",
        "报到就有1500元签约金",
        "打卡满26天，有2000元差价补",
    ],
)
def test_money_that_the_agency_gives_back_is_no_pay(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "网点日均3800票，招两名快递员",
        "淡季每天2500票，忙不过来",
        "分拨中心日操作6000票以上",
        "食堂中午接待1200桌",
        "化验室每日检测1500例",
        "苗圃每天出苗4000株",
        "窗口日办件1300笔",
        "车间日产3000枚",
        "发行部每天投递2400份",
    ],
)
def test_parcels_and_tables_of_a_day_are_counted_not_paid(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "画册设计一次性付清2800元",
        "拆棚子的活，整体包干3600元",
        "网站改版一次性打包5000元",
        "墙面翻新，全部包干4200元",
        "写剧本一集，一次买断1600元",
        "搬厂房，一次性给1900元",
        "整单打包2600元，三天内做完",
        "这批活总包6500元",
    ],
)
def test_a_lump_for_one_job_is_no_pay(text: str) -> None:
    assert find_pays(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("护林员一年2.4万包干", Pay(2_400_000, 2_400_000, PayUnit.YEAR)),
        ("看大棚，每月包干3200元", _month(3200, 3200)),
        ("票务员月薪3900元", _month(3900, 3900)),
        ("快递一票八毛", Pay(80, 80, PayUnit.ORDER)),
        ("每月15号发工资4000元", _month(4000, 4000)),
        ("月薪4200元，工作满一年涨200元", _month(4200, 4200)),
        ("月薪4600元，满半年涨300", _month(4600, 4600)),
        ("月薪4600元，每季度上调150元", _month(4600, 4600)),
        ("前期底薪4200，加团购提成，新人首月6500起", _month(6500, None, commission=True, base_fen=420_000)),
        ("底薪3800+提成，新人第一个月5000以上", _month(5000, None, commission=True, base_fen=380_000)),
        ("送货上门收款。每单提成，月综合6800-9200元", _month(6800, 9200, commission=True)),
        ("洗车打蜡。每台提成，月收入5000-7000元", _month(5000, 7000, commission=True)),
        ("导购有提成。文员月薪4000元", _month(4000, 4000)),
    ],
)
def test_wages_that_look_like_these_sums_are_read(text: str, expected: Pay) -> None:
    assert [item.value for item in find_pays(text)] == [expected]


def test_piece_work_without_a_price_adds_nothing_to_the_wage_of_another_text() -> None:
    parsed = parse_posting("平车工", "月薪4800-6800元", "会拷边，熟手计件")
    assert [item.value for item in parsed.pays] == [_month(4800, 6800)]
    assert [item.value for item in parse_posting("平车工", "做童装", "熟手计件").pays] == [Pay(unit=PayUnit.PIECE)]
