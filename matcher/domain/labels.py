"""Short Chinese wordings of values, the same on every screen and print (显示文字)."""

from __future__ import annotations

from matcher.domain.values import Pay

FEN_PER_YUAN = 100


def pay_label(pay: Pay | None) -> str:
    """Pay as people read it: 200–300元/天, 底薪3000元/月+提成, 面议; "" when nothing is known."""
    if pay is None:
        return ""
    low, high = _yuan(pay.min_fen), _yuan(pay.max_fen)
    unit = pay.unit.label
    if low and high and low != high:
        text = f"{low}–{high}{unit}"
    elif low and high:
        text = f"{low}{unit}"
    elif low:
        text = f"{low}{unit}起"
    elif high:
        text = f"最高{high}{unit}"
    elif pay.base_fen is not None:
        text = f"底薪{_yuan(pay.base_fen)}{unit}"
    else:
        return "面议" if pay.negotiable else ("提成" if pay.commission else "")
    return f"{text}+提成" if pay.commission else text


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen / FEN_PER_YUAN:g}"
