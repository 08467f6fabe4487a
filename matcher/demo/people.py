"""Sample households and workers: rows for the import and the truth behind them (劳动者生成)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from matcher.demo.identity import id_number, phone, sample_name
from matcher.demo.pay_wording import rounded_pay
from matcher.demo.places import Spot, places
from matcher.demo.sentences import worker_sentence
from matcher.demo.wording import Draw, Trade, Wording, trade_index, trades
from matcher.domain.service_terms import ConsentPurpose

Row = dict[str, object]

_LEAN_FEMALE = frozenset({"家政照护", "餐饮", "零售"})
_LEAN_MALE = frozenset({"建筑", "物流运输"})
_GROUP_WEIGHTS = {
    "建筑": 25,
    "制造": 17,
    "餐饮": 12,
    "家政照护": 13,
    "保安物业": 12,
    "物流运输": 9,
    "农业绿化": 7,
    "零售": 6,
    "零工": 4,
    "办公": 6,
    "公岗": 4,
}
_EDUCATION = ("未上学", "小学", "初中", "高中", "中专/技校", "大专", "本科")
_CONSTRAINT_LABELS = {
    "child_pickup": "接送孩子",
    "elder_care": "照料老人",
    "no_night": "不能夜班",
    "no_height": "不能高处",
    "no_heavy": "不能重活",
    "no_vehicle": "无交通工具",
    "no_outdoor": "不能露天",
    "no_dust": "怕粉尘",
    "no_reading": "识字少",
}
MATCHING_ONLY, CONTACT_TOO = ConsentPurpose.MATCHING.label, ConsentPurpose.CONTACT.label
_OTHER_CATEGORIES = {"长期失业": 0.12, "脱贫人口": 0.06, "低保对象": 0.03, "残疾人": 0.03, "退役军人": 0.03}
_MONTH_FACTOR = {"day": 24.0, "hour": 204.0, "month": 1.0, "order": 912.0}


@dataclass(slots=True)
class WorkerTruth:
    """What is really so about a person. levels: trade index → years; reservation: yuan a month."""

    levels: dict[int, float]
    wish: int
    age: int
    lat: float
    lng: float
    reservation: float
    constraints: tuple[str, ...]
    certificates: tuple[tuple[str, bool], ...]
    out_of_town: bool
    vehicle: str
    needs_cash: bool
    wants_lodging: bool
    education: int
    schooling_reads: bool
    companions: int
    zero_employment: bool
    spoken: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Household:
    number: str
    home: Spot
    size: int
    zero_employment: bool
    surname: int


def sample_people(
    seed: int, count: int, *, wording: Wording, today: date
) -> tuple[list[Row], list[WorkerTruth]]:
    """`count` workers in households as rows and truths, in the same order."""
    draw = Draw(seed, 31, 0 if wording == "train" else 1)
    rows: list[Row] = []
    truths: list[WorkerTruth] = []
    household = 0
    while len(rows) < count:
        household += 1
        family = _family(draw, household)
        for _ in range(min(family.size, count - len(rows))):
            truth = _truth(draw, family)
            truths.append(truth)
            rows.append(_row(draw, len(rows), truth, family, wording, today))
    return rows, truths


def _family(draw: Draw, number: int) -> _Household:
    spots = places()
    estate = draw.chance(0.72)
    pool = spots.estates if estate else spots.villages
    home = draw.weighted(pool, [spot.weight for spot in pool])
    size = draw.weighted((1, 2, 3), (48, 40, 12))
    return _Household(f"YLH{number:05d}", home, size, draw.chance(0.05), draw.whole(0, 19))


def _truth(draw: Draw, family: _Household) -> WorkerTruth:
    table = trades()
    main = _main_trade(draw)
    age = round(min(66.0, max(17.0, draw.normal(43, 11))))
    years = min(max(0.2, float(draw.rng.exponential(6.0))), max(0.3, age - 17.0))
    levels = {main: years}
    for name in draw.some(table[main].near, 0, 2):
        levels[trade_index()[name]] = draw.between(0.2, years)
    novice = draw.chance(0.12)
    trade = table[main]
    typical = (trade.pay_low + trade.pay_high) / 2 * _MONTH_FACTOR[trade.pay_unit]
    education = int(min(6, max(0, round(draw.normal(2.4 + (0.8 if age < 35 else 0), 1.1)))))
    return WorkerTruth(
        levels={} if novice else levels,
        wish=main if draw.chance(0.85) else trade_index()[draw.pick(table[main].near)],
        age=age,
        lat=family.home.lat + draw.normal(0, 0.003),
        lng=family.home.lng + draw.normal(0, 0.003),
        reservation=max(1500.0, typical * float(draw.rng.lognormal(-0.12, 0.22))),
        constraints=_constraints(draw, age),
        certificates=_certificates(draw, trade, novice),
        out_of_town=draw.chance(0.18 if age < 40 else 0.08),
        vehicle=draw.weighted(("foot", "ebike", "car"), (18, 62, 20)),
        needs_cash=family.zero_employment or draw.chance(0.25),
        wants_lodging=draw.chance(0.08),
        education=education,
        schooling_reads=education > 0,
        companions=draw.weighted((1, 2, 3, 5), (90, 7, 2, 1)),
        zero_employment=family.zero_employment,
    )


def _main_trade(draw: Draw) -> int:
    table = trades()
    counts = Counter(trade.group for trade in table)
    weights = [_GROUP_WEIGHTS[trade.group] / counts[trade.group] for trade in table]
    return draw.weighted(range(len(table)), weights)


def _constraints(draw: Draw, age: int) -> tuple[str, ...]:
    chances = {
        "child_pickup": 0.18 if 24 <= age <= 45 else 0.03,
        "elder_care": 0.10 if age >= 38 else 0.02,
        "no_night": 0.14,
        "no_height": 0.05 + max(0, age - 45) * 0.006,
        "no_heavy": 0.03 + max(0, age - 45) * 0.012,
        "no_vehicle": 0.06,
        "no_outdoor": 0.04,
        "no_dust": 0.04,
    }
    return tuple(name for name, chance in chances.items() if draw.chance(chance))


def _certificates(draw: Draw, trade: Trade, novice: bool) -> tuple[tuple[str, bool], ...]:
    """(name, still valid) pairs; mostly of the own trade, with a few others."""
    found: list[tuple[str, bool]] = []
    if trade.certificate and not novice and draw.chance(0.82):
        found.append((trade.certificate, not draw.chance(0.12)))
    if draw.chance(0.10):
        found.append((draw.pick(("驾驶证C1", "健康证", "保安员证", "低压电工证")), True))
    return tuple(dict(found).items())


def _row(
    draw: Draw, number: int, truth: WorkerTruth, family: _Household, wording: Wording, today: date
) -> Row:
    male = draw.chance(_male_share(truth))
    birth = today.replace(year=today.year - truth.age, day=1) - timedelta(days=draw.whole(1, 364))
    silent = draw.chance(0.07)
    row: Row = {
        "external_id": f"YLR-{number + 1:05d}",
        "source": "样例县劳动力资源库",
        "name": sample_name(number, surname=family.surname),
        "id_number": id_number(birth, number, male=male),
        "gender": "男" if male else "女",
        "birth_date": birth.isoformat(),
        "nation": draw.weighted(("汉族", "回族", "满族"), (94, 4, 2)),
        "hukou_region": "999001",
        "region": family.home.code,
        "town": family.home.town,
        "address": f"{family.home.name}{'' if family.home.kind == 'village' else f'{draw.whole(1, 28)}号楼'}",
        "lat": round(truth.lat, 5),
        "lng": round(truth.lng, 5),
        "household_no": family.number,
        "job_status": draw.weighted(("未就业有意愿", "灵活就业", "未就业暂无意愿"), (84, 10, 6)),
        "categories": "、".join(_categories(draw, truth, family)),
        "consent": MATCHING_ONLY if number % 15 == 7 else f"{MATCHING_ONLY}、{CONTACT_TOO}",
        "text": "" if silent else worker_sentence(draw, truth, family.home, wording),
    }
    _add_contact(draw, row, number)
    _add_columns(draw, row, truth, today, fill=1.0 if silent and draw.chance(0.6) else 0.42)
    return {key: value for key, value in row.items() if value not in (None, "")}


def _male_share(truth: WorkerTruth) -> float:
    group = trades()[truth.wish].group
    return 0.25 if group in _LEAN_FEMALE else 0.82 if group in _LEAN_MALE else 0.5


def _categories(draw: Draw, truth: WorkerTruth, family: _Household) -> list[str]:
    found = ["征迁群众/安置人口"] if family.home.kind == "estate" else ["农村转移劳动力"]
    if truth.zero_employment:
        found.append("零就业家庭成员")
    if truth.age >= 50:
        found.append("大龄")
    if truth.age <= 24:
        found.append("16–24岁失业青年")
    for label, chance in _OTHER_CATEGORIES.items():
        if draw.chance(chance):
            found.append(label)
    return found


def _add_contact(draw: Draw, row: Row, number: int) -> None:
    if draw.chance(0.08):
        row["no_phone"], row["contact_pref"] = "是", draw.pick(("上门", "村广播/张贴"))
        return
    row["phone"] = phone(10_000_000 + number)
    row["phone_owner"] = draw.weighted(("本人", "家人", "村干部"), (88, 10, 2))
    row["contact_pref"] = draw.pick(("电话", "短信", "微信"))


def _add_columns(draw: Draw, row: Row, truth: WorkerTruth, today: date, *, fill: float) -> None:
    """Columns a caseworker filled in; each is there with probability `fill`."""
    wish = trades()[truth.wish]
    if draw.chance(0.75):
        row["education"] = _EDUCATION[truth.education]
    if draw.chance(fill):
        row["wish"] = wish.name
    if draw.chance(fill) and truth.levels:
        row["skills"] = "、".join(skill for i in truth.levels for skill in trades()[i].skills[:2])
        row["experience"] = f"{max(truth.levels.values()):.0f}年"
    if truth.certificates and draw.chance(0.7):
        lines = []
        for name, valid in truth.certificates:
            days = draw.whole(60, 1500) if valid else -draw.whole(20, 400)
            lines.append(f"{name}，有效期至{(today + timedelta(days=days)).isoformat()}")
        row["certificates"] = "；".join(lines)
    if draw.chance(fill * 0.7):
        unit = "month" if wish.pay_unit in {"hour", "order"} else wish.pay_unit
        floor = rounded_pay(unit, truth.reservation / _MONTH_FACTOR[unit])
        row["pay_floor"] = f"{floor}{'元/天' if unit == 'day' else '元/月'}"
    if draw.chance(fill * 0.6):
        row["settlement"] = "日结" if truth.needs_cash else "月结"
    if truth.constraints and draw.chance(fill):
        row["constraints"] = "、".join(_CONSTRAINT_LABELS[name] for name in truth.constraints)
    if draw.chance(fill * 0.6):
        row["max_minutes"] = draw.pick((15, 20, 30, 40, 60))
    if draw.chance(fill * 0.5):
        row["out_of_town"] = "是" if truth.out_of_town else "否"
    if truth.wants_lodging and draw.chance(fill):
        row["needs"] = "包住"
    if draw.chance(0.3):
        row["unemployed_since"] = (today - timedelta(days=draw.whole(20, 900))).isoformat()
    if not truth.schooling_reads:
        row["literacy"] = draw.pick(("不识字", "识少量"))
    if draw.chance(0.2):
        row["training_wish"] = draw.pick(("电工", "焊工", "家政", "叉车", "养老护理", "电商"))
