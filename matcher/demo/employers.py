"""Fictional employers, several to a trade group (用人单位)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.demo.identity import credit_code, phone
from matcher.demo.places import Spot, places
from matcher.demo.wording import Draw

_PREFIXES = (
    "禾丰",
    "麦垄",
    "苇岸",
    "槐荫",
    "柳岸",
    "榆青",
    "枣红",
    "沙鸥",
    "芦白",
    "渡口",
    "汀兰",
    "北塘",
    "田野",
    "晨露",
    "谷满",
    "青禾",
    "石桥",
    "风车",
    "稻香",
    "水车",
)
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "建筑": ("建筑劳务有限公司", "建设工程项目部", "装饰工程队", "市政工程有限公司"),
    "制造": ("电子厂", "机械制造有限公司", "服装厂", "塑料制品厂", "帮扶车间"),
    "餐饮": ("饭店", "农家院", "酒店", "早餐铺", "食堂管理有限公司"),
    "家政照护": ("家政服务部", "养老服务中心", "母婴护理中心", "护理服务有限公司"),
    "保安物业": ("物业服务有限公司", "保安服务公司", "保洁服务部"),
    "物流运输": ("物流有限公司", "快递服务站", "货运服务部", "仓储有限公司"),
    "农业绿化": ("种植专业合作社", "养殖场", "园林绿化有限公司", "环境服务公司"),
    "零售": ("超市", "服装店", "便利店", "美发店", "电器行"),
    "零工": ("劳务服务部", "搬家服务部", "活动策划部", "同城配送站"),
    "办公": ("商贸有限公司", "财税服务部", "托管中心", "电商服务中心", "工程咨询有限公司"),
    "公岗": ("社区服务中心", "便民服务站", "村级服务站"),
}
_KINDS: dict[str, str] = {
    "劳务": "劳务公司",
    "合作社": "合作社/帮扶车间",
    "帮扶车间": "合作社/帮扶车间",
    "社区服务中心": "机关事业",
    "便民服务站": "机关事业",
    "村级服务站": "机关事业",
    "店": "个体工商户",
    "部": "个体工商户",
    "铺": "个体工商户",
    "院": "个体工商户",
    "超市": "个体工商户",
}
EMPLOYERS_PER_GROUP = 16


@dataclass(frozen=True, slots=True)
class SampleEmployer:
    """One employer of the fictional county. generosity: hidden pay factor around 1."""

    name: str
    group: str
    kind: str
    credit_code: str
    contact_name: str
    phone: str
    site: Spot
    generosity: float
    strictness: float


def _kind(name: str) -> str:
    return next((kind for mark, kind in _KINDS.items() if mark in name[-6:]), "企业")


def sample_employers(seed: int) -> dict[str, list[SampleEmployer]]:
    """Employers by trade group, the same for the same seed."""
    draw = Draw(seed, 11)
    spots = places()
    around = (*spots.towns, *spots.sites)
    weights = [spot.weight for spot in around]
    found: dict[str, list[SampleEmployer]] = {}
    number = 0
    for group, suffixes in _SUFFIXES.items():
        found[group] = []
        for i in range(EMPLOYERS_PER_GROUP):
            number += 1
            name = f"样例{_PREFIXES[(i * 7 + number) % len(_PREFIXES)]}{suffixes[i % len(suffixes)]}"
            found[group].append(
                SampleEmployer(
                    name=name,
                    group=group,
                    kind=_kind(name),
                    credit_code=credit_code(number),
                    contact_name=f"样例{draw.pick('王李张刘陈杨赵')}经理",
                    phone=phone(70_000_000 + number * 37),
                    site=draw.weighted(around, weights),
                    generosity=float(min(1.35, max(0.75, draw.normal(1.0, 0.11)))),
                    strictness=draw.normal(0.0, 0.6),
                )
            )
    return found
