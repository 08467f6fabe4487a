"""The many ways people write one amount of money (工资写法)."""

from __future__ import annotations

from matcher.demo.wording import Draw, Wording

_DIGITS = "零一二三四五六七八九"
_FORMS: dict[tuple[str, Wording], tuple[str, ...]] = {
    ("day", "train"): ("{l}-{h}元/天", "{l}到{h}一天", "日薪{l}-{h}", "{m}一天", "每天{m}元"),
    ("day", "test"): ("{l}~{h}/天", "一天{l}—{h}元", "日工资{m}", "{m}块一天", "{m}/工"),
    ("hour", "train"): ("{l}-{h}元/小时", "每小时{m}元", "{m}一小时"),
    ("hour", "test"): ("时薪{l}~{h}", "{m}/h", "一个钟头{m}块"),
    ("month", "train"): ("{l}-{h}元/月", "{lk}k-{hk}k", "月薪{l}~{h}", "{c}左右一个月", "{l}—{h}"),
    ("month", "test"): ("{l}至{h}元", "{lk}-{hk}千/月", "一月{m}上下", "综合工资{l}-{h}", "{c}起"),
    ("order", "train"): ("每单{l}-{h}元", "{l}到{h}元一单"),
    ("order", "test"): ("{l}~{h}元/单", "单价{l}-{h}块"),
}


def chinese_thousands(yuan: int) -> str:
    """6500 → 六千五; whole hundreds between 1,000 and 19,900."""
    thousands, hundreds = yuan // 1000, yuan % 1000 // 100
    tail = _DIGITS[hundreds] if hundreds else ""
    if thousands >= 10:
        rest = f"{_DIGITS[thousands % 10]}" if thousands % 10 else ""
        return f"一万{rest}" if rest else "一万"
    return f"{_DIGITS[thousands]}千{tail}"


def rounded_pay(unit: str, yuan: float) -> int:
    """To the step people quote: 10 a day, 100 a month, 1 an hour or an order."""
    step = {"day": 10, "month": 100}.get(unit, 1)
    return max(step, round(yuan / step) * step)


def pay_text(draw: Draw, unit: str, bounds: tuple[float, float], wording: Wording) -> str:
    """`bounds` yuan per `unit` in the words of one half."""
    low, high = (rounded_pay(unit, yuan) for yuan in bounds)
    high = max(low, high)
    middle = rounded_pay(unit, (low + high) / 2)
    form = draw.pick(_FORMS[(unit, wording)])
    chinese = chinese_thousands(middle) if unit == "month" and 1000 <= middle < 20000 else str(middle)
    return form.format(l=low, h=high, m=middle, lk=f"{low / 1000:g}", hk=f"{high / 1000:g}", c=chinese)
