"""Sample postings: a canonical row for the import and the truth behind it (岗位生成)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from matcher.demo.employers import SampleEmployer, sample_employers
from matcher.demo.pay_wording import pay_text
from matcher.demo.places import Spot, moved, places
from matcher.demo.wording import Draw, Trade, Wording, flaws, phrase, trades

Row = dict[str, object]

_GROUP_WEIGHTS = {
    "建筑": 24,
    "制造": 19,
    "餐饮": 12,
    "家政照护": 9,
    "保安物业": 10,
    "物流运输": 10,
    "农业绿化": 6,
    "零售": 7,
    "零工": 5,
    "办公": 6,
    "公岗": 3,
}
_MONTH_FACTOR = {"day": 24.0, "hour": 24.0 * 8.5, "month": 1.0, "order": 24.0 * 38}
_UNIT = {"day": "元/天", "hour": "元/时", "month": "元/月", "order": "元/单"}
_BOARD = {"both": "包吃住", "meals": "包吃", "lodging": "包住", "none": ""}
_INSURANCE = {"five": "五险", "accident": "意外险", "work_injury": "工伤保险", "": ""}
_TRANSPORT = {"shuttle": "班车", "reimbursed": "报销路费", "own": "自理"}
_SETTLE = {
    "daily": "日结",
    "weekly": "周结",
    "monthly": "月结",
    "on_completion": "完工结",
    "piecework": "计件结",
    "half_monthly": "半月结",
}
_SHIFT = {
    "day": "白班",
    "night": "夜班",
    "two_shift": "两班倒",
    "three_shift": "三班倒",
    "long_day": "长白班",
    "six_on_one_off": "做六休一",
    "five_days": "双休",
}


@dataclass(slots=True)
class PostingTruth:
    """What is really so about a posting, whatever the row says. pay_month: true yuan a month."""

    trade: int
    employer: str
    pay_month: float
    lat: float
    lng: float
    away: bool
    settle: str
    shift: str
    board: str
    transport: str
    load: tuple[str, ...]
    certificate: str
    strictness: float
    openings: int
    state: str
    teaches: bool
    flaw: str
    kind: str


def sample_postings(
    seed: int, count: int, *, wording: Wording, today: date
) -> tuple[list[Row], list[PostingTruth]]:
    """`count` postings as rows and truths, in the same order."""
    draw = Draw(seed, 21, 0 if wording == "train" else 1)
    employers = sample_employers(seed)
    by_group: dict[str, list[int]] = {}
    for i, trade in enumerate(trades()):
        by_group.setdefault(trade.group, []).append(i)
    rows: list[Row] = []
    truths: list[PostingTruth] = []
    for number in range(count):
        group = draw.weighted(tuple(_GROUP_WEIGHTS), tuple(_GROUP_WEIGHTS.values()))
        index = draw.pick(by_group[group])
        truth = _truth(draw, index, draw.pick(employers[group]), employers[group])
        truths.append(truth)
        employer = next(e for e in employers[group] if e.name == truth.employer)
        rows.append(_row(draw, number, truth, employer, wording, today))
    return rows, truths


def _truth(draw: Draw, index: int, employer: SampleEmployer, peers: list[SampleEmployer]) -> PostingTruth:
    trade = trades()[index]
    away = trade.group not in {"公岗", "零工", "零售"} and draw.chance(0.07)
    spot = draw.pick(places().away) if away else _work_spot(draw, employer)
    lat, lng = moved(spot.lat, spot.lng, draw.normal(0, 0.5), draw.normal(0, 0.5))
    middle = (trade.pay_low + trade.pay_high) / 2 * employer.generosity * draw.between(0.9, 1.1)
    if away:
        middle *= 1.25
    teaches = draw.chance(0.25)
    kind = "market"
    if trade.group == "公岗":
        kind = "rural_public_welfare" if trade.trade_id == "village_welfare" else "public_welfare"
    elif trade.pay_unit in {"day", "hour", "order"}:
        kind = "gig" if trade.group == "零工" or draw.chance(0.55) else "market"
    elif trade.group in {"办公", "制造"} and draw.chance(0.09):
        kind, middle, teaches = "internship", middle * 0.62, True
    flaw = draw.weighted(("", "unlawful", "fraud"), (92.5, 4.5, 3.0))
    state = draw.weighted(("live", "expired", "withdrawn", "filled"), (91, 4.5, 2, 2.5))
    return PostingTruth(
        trade=index,
        employer=employer.name if employer in peers else peers[0].name,
        pay_month=middle * _MONTH_FACTOR[trade.pay_unit],
        lat=lat,
        lng=lng,
        away=away,
        settle=_settlement(draw, trade, kind),
        shift=_shift(draw, trade),
        board="both" if away else draw.weighted(tuple(_BOARD), (22, 24, 14, 40)),
        transport="reimbursed" if away else draw.weighted(("own", "shuttle", "reimbursed"), (72, 23, 5)),
        load=trade.load,
        certificate=trade.certificate,
        strictness=employer.strictness + draw.normal(0, 0.35) - (0.7 if teaches else 0.0),
        openings=max(1, round(float(draw.rng.lognormal(0.3, 0.85)))),
        state=state,
        teaches=teaches,
        flaw=flaw,
        kind=kind,
    )


def _work_spot(draw: Draw, employer: SampleEmployer) -> Spot:
    if draw.chance(0.7):
        return employer.site
    spots = (*places().towns, *places().sites)
    return draw.weighted(spots, [spot.weight for spot in spots])


def _settlement(draw: Draw, trade: Trade, kind: str) -> str:
    if kind == "gig":
        return draw.weighted(("daily", "weekly", "piecework"), (75, 15, 10))
    if trade.pay_unit == "day":
        ways = ("daily", "weekly", "monthly", "on_completion", "half_monthly")
        return draw.weighted(ways, (34, 14, 28, 16, 8))
    return draw.weighted(("monthly", "piecework", "half_monthly"), (88, 8, 4))


def _shift(draw: Draw, trade: Trade) -> str:
    if "night" in trade.load:
        return draw.weighted(("night", "two_shift", "three_shift", "day"), (25, 40, 20, 15))
    if trade.group == "办公":
        return draw.weighted(("five_days", "six_on_one_off", "long_day"), (60, 25, 15))
    return draw.weighted(("day", "long_day", "six_on_one_off", "two_shift"), (48, 22, 18, 12))


def _row(
    draw: Draw, number: int, truth: PostingTruth, employer: SampleEmployer, wording: Wording, today: date
) -> Row:
    trade = trades()[truth.trade]
    published = today - timedelta(days=draw.whole(0, 25))
    valid_to = today + timedelta(days=draw.whole(5, 60))
    if truth.state == "expired":
        published = today - timedelta(days=draw.whole(70, 120))
        valid_to = today - timedelta(days=draw.whole(1, 30))
    money = "面议" if draw.chance(0.08) else pay_text(draw, trade.pay_unit, _unit_pay(truth, trade), wording)
    row: Row = {
        "external_id": f"YL-{number + 1:05d}",
        "source": "样例县公共就业服务中心",
        "title": _title(draw, trade, truth, wording, money),
        "employer_name": employer.name,
        "credit_code": employer.credit_code,
        "employer_kind": employer.kind,
        "contact_name": employer.contact_name,
        "contact_phone": employer.phone,
        "headcount": truth.openings,
        "kind": _kind_label(truth.kind),
        "source_channel": draw.pick(("窗口登记", "企业自报", "驿站采集", "微信群转载")),
        "published_at": published.isoformat(),
        "verified_at": min(today, published + timedelta(days=draw.whole(0, 6))).isoformat(),
        "valid_to": valid_to.isoformat(),
        "tags": "样例",
    }
    row["duties"], row["requirements"] = _texts(draw, trade, truth, wording, money)
    _add_pay(draw, row, trade, truth, money)
    _add_place(draw, row, truth)
    _add_terms(draw, row, truth)
    if truth.flaw:
        _spoil(draw, row, truth)
    return {key: value for key, value in row.items() if value not in (None, "")}


def _kind_label(kind: str) -> str:
    return {
        "market": "市场化岗位",
        "gig": "零工",
        "internship": "见习",
        "public_welfare": "公益性岗位",
        "rural_public_welfare": "乡村公益性岗位",
    }[kind]


def _unit_pay(truth: PostingTruth, trade: Trade) -> tuple[float, float]:
    middle = truth.pay_month / _MONTH_FACTOR[trade.pay_unit]
    spread = (trade.pay_high - trade.pay_low) / (trade.pay_high + trade.pay_low) * 0.6
    return middle * (1 - spread), middle * (1 + spread)


def _title(draw: Draw, trade: Trade, truth: PostingTruth, wording: Wording, money: str) -> str:
    title = draw.pick(trade.say("titles", wording))
    style = draw.weighted(("plain", "lead", "pay", "count", "note"), (46, 18, 12, 12, 12))
    if style == "lead" and not title.startswith(("急", "招")):
        title = draw.pick(phrase("posting", "lead", wording)) + title
    elif style == "pay" and money != "面议":
        title = f"{title} {money}"
    elif style == "count":
        title = f"{title}{truth.openings}人"
    elif style == "note":
        title += draw.pick(phrase("posting", "note_fake", wording))
    if truth.kind == "internship":
        title = f"见习：{title}"
    return title[:40]


def _extras(draw: Draw, truth: PostingTruth, wording: Wording) -> list[str]:
    """Sentences on terms; each is left out now and then, as people do."""

    def maybe(probability: float, key: str) -> str:
        return draw.pick(phrase("posting", key, wording)) if draw.chance(probability) else ""

    lines = [
        maybe(0.55, f"settle_{truth.settle}"),
        maybe(0.6, f"shift_{truth.shift}"),
        maybe(0.65 if truth.board != "none" else 0.25, f"board_{truth.board}"),
        maybe(0.6 if truth.transport != "own" else 0.12, f"transport_{truth.transport}"),
        maybe(0.7 if truth.teaches else 0.0, "first_aid"),
        maybe(0.08, "welcome_older"),
        maybe(0.06, "welcome_pair"),
        maybe(0.3, "closing"),
    ]
    found = [line for line in lines if line]
    return draw.some(found, len(found), len(found))


def _texts(draw: Draw, trade: Trade, truth: PostingTruth, wording: Wording, money: str) -> tuple[str, str]:
    duties = draw.some(trade.say("duties", wording), 1, 2)
    asks = draw.some(trade.say("asks", wording), 0 if truth.teaches else 1, 2)
    extras = _extras(draw, truth, wording)
    count = draw.pick(phrase("posting", "head", wording)).format(n=truth.openings)
    style = draw.weighted(("list", "blob", "short", "split"), (28, 34, 14, 24))
    if style == "list":
        lines = [f"{i}、{line}" for i, line in enumerate([*duties, *extras], start=1)]
        return "工作内容：\n" + "\n".join(lines), "\n".join(f"{i}.{a}" for i, a in enumerate(asks, start=1))
    if style == "blob":
        mark = draw.pick(("，", "；", " ", "！"))
        parts = [*duties, *asks, *extras]
        parts += [count] if draw.chance(0.5) else []
        parts += [money] if draw.chance(0.4) else []
        return mark.join(parts), ""
    if style == "short":
        return duties[0], asks[0] if asks and draw.chance(0.5) else ""
    welfare = f"\n待遇：{'，'.join(extras)}" if extras else ""
    return "岗位职责：" + "；".join(duties) + "。" + welfare, "；".join(asks)


def _add_pay(draw: Draw, row: Row, trade: Trade, truth: PostingTruth, money: str) -> None:
    style = draw.weighted(("text", "both", "columns", "hidden"), (52, 26, 14, 8))
    if money == "面议" or style in {"text", "both"}:
        row["pay_text"] = money
    if money != "面议" and style in {"both", "columns"}:
        low, high = _unit_pay(truth, trade)
        row["pay_min_yuan"], row["pay_max_yuan"] = round(low), round(high)
        row["pay_unit"] = _UNIT[trade.pay_unit]
    if money != "面议" and style == "hidden":
        row["duties"] = f"{row['duties']}，{money}"


def _add_place(draw: Draw, row: Row, truth: PostingTruth) -> None:
    if draw.chance(0.04):
        return  # sloppy on purpose: no address at all
    spots = places()
    near = min(spots.all, key=lambda s: (s.lat - truth.lat) ** 2 + (s.lng - truth.lng) ** 2)
    row["province"] = "样例省"
    if truth.away:
        row["city"] = near.name
    else:
        row["city"], row["district"] = "样例市", "禾汀县"
        if draw.chance(0.85):
            row["town"] = near.town
    row["address"] = f"{near.name}{draw.pick(('附近', '东侧', '对面', '路口', '院内', ''))}"
    if draw.chance(0.85):
        row["lat"], row["lng"] = round(truth.lat, 5), round(truth.lng, 5)


def _add_terms(draw: Draw, row: Row, truth: PostingTruth) -> None:
    """Columns filled by a careful clerk; most stay empty, the text says it or nobody does."""
    if draw.chance(0.6):
        row["settlement"] = _SETTLE[truth.settle]
    if draw.chance(0.35):
        row["shift"] = _SHIFT[truth.shift]
    if draw.chance(0.4):
        row["board_lodging"] = _BOARD[truth.board]
    if draw.chance(0.3):
        row["transport"] = _TRANSPORT[truth.transport]
    if draw.chance(0.3):
        row["insurance"] = _INSURANCE[draw.weighted(tuple(_INSURANCE), (30, 30, 20, 20))]
    if truth.certificate and draw.chance(0.6):
        row["certificates"] = truth.certificate
    if draw.chance(0.3):
        row["education"] = draw.weighted(("不限", "初中", "高中", "中专/技校", "大专"), (50, 20, 12, 12, 6))
    if draw.chance(0.25):
        row["experience"] = draw.pick(("不限", "1年以上", "2年", "3-5年", "无经验"))
    if draw.chance(0.2):
        row["skills"] = "、".join(trades()[truth.trade].skills)


def _spoil(draw: Draw, row: Row, truth: PostingTruth) -> None:
    case = draw.pick(flaws()[truth.flaw])
    line = draw.pick(case["lines"])
    truth.flaw = f"{truth.flaw}:{case.get('ground') or case.get('sign')}"
    field = "requirements" if truth.flaw.startswith("unlawful") else "duties"
    row[field] = f"{row.get(field) or ''}；{line}".lstrip("；")
