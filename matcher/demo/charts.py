"""Small inline SVG pictures with Chinese labels; every text is escaped (图)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

INK, SOFT, RULE = "#2e2822", "#7a6f63", "#e3dacb"
JOBS, PEOPLE = "#b5532a", "#2f6f73"


def _text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">'
        f"{escape(words)}</text>"
    )


def _svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def _legend(x: float, y: float) -> list[str]:
    return [
        f'<circle cx="{x}" cy="{y - 4}" r="6" fill="{JOBS}" fill-opacity=".8"/>',
        _text(x + 11, y, "岗位", fill=SOFT),
        f'<circle cx="{x + 58}" cy="{y - 4}" r="6" fill="{PEOPLE}" fill-opacity=".8"/>',
        _text(x + 69, y, "劳动者", fill=SOFT),
    ]


def town_map(towns: Sequence[tuple[str, float, float, int, int]]) -> str:
    """Two half discs for each (name, lat, lng, postings, workers); areas in proportion to the counts."""
    if not towns:
        return ""
    width, height, margin = 720, 500, 70
    lats, lngs = [t[1] for t in towns], [t[2] for t in towns]
    shrink = math.cos(math.radians(sum(lats) / len(lats)))
    span_x = max((max(lngs) - min(lngs)) * shrink, 1e-6)
    span_y = max(max(lats) - min(lats), 1e-6)
    scale = min((width - 2 * margin) / span_x, (height - 2 * margin) / span_y)
    left = (width - span_x * scale) / 2
    top = (height - span_y * scale) / 2
    largest = max(1, max(max(t[3], t[4]) for t in towns))
    body = _map_ground(width, height)
    for name, lat, lng, jobs, people in sorted(towns, key=lambda t: -(t[3] + t[4])):
        x = left + (lng - min(lngs)) * shrink * scale
        y = top + (max(lats) - lat) * scale
        for count, colour, sweep in ((jobs, JOBS, 0), (people, PEOPLE, 1)):
            r = 40 * math.sqrt(count / largest)
            body.append(
                f'<path d="M{x:.1f} {y - r:.1f}A{r:.1f} {r:.1f} 0 0 {sweep} {x:.1f} {y + r:.1f}Z" '
                f'fill="{colour}" fill-opacity=".78"/>'
            )
        reach = 40 * math.sqrt(max(jobs, people) / largest)
        body.append(_text(x, y + reach + 15, name, size=13, anchor="middle"))
        body.append(_text(x, y + reach + 29, f"{jobs} 岗 · {people} 人", size=11, anchor="middle", fill=SOFT))
    body += _legend(16, 24)
    body.append(_text(width - 14, height - 12, "示意图：坐标为虚构", size=11, anchor="end", fill=SOFT))
    return _svg(width, height, "各乡镇岗位与劳动者", body)


def _map_ground(width: int, height: int) -> list[str]:
    body = [f'<rect width="{width}" height="{height}" rx="10" fill="#f4eee2"/>']
    body += [f'<path d="M{x} 0V{height}" stroke="#e9e0cf" stroke-width="1"/>' for x in range(60, width, 60)]
    body += [f'<path d="M0 {y}H{width}" stroke="#e9e0cf" stroke-width="1"/>' for y in range(60, height, 60)]
    return body


def balance_chart(trades: Sequence[tuple[str, int, int]]) -> str:
    """Paired bars for each (trade, openings, seekers): openings to the left, seekers to the right."""
    if not trades:
        return ""
    width, row, top = 720, 25, 34
    height = top + row * len(trades) + 10
    middle, reach = 360, 215
    largest = max(1, max(max(a, b) for _, a, b in trades))
    body = [
        _text(middle - 76, 18, "在招人数", anchor="end", fill=JOBS),
        _text(middle + 76, 18, "求职人数", fill=PEOPLE),
    ]
    for number, (name, openings, seekers) in enumerate(trades):
        y = top + number * row
        left, right = reach * openings / largest, reach * seekers / largest
        if number:
            body.append(f'<path d="M0 {y - 3.5}H{width}" stroke="{RULE}" stroke-width=".6"/>')
        body.append(
            f'<rect x="{middle - 72 - left:.1f}" y="{y}" width="{left:.1f}" height="17" rx="2" fill="{JOBS}"/>'
        )
        body.append(
            f'<rect x="{middle + 72}" y="{y}" width="{right:.1f}" height="17" rx="2" fill="{PEOPLE}"/>'
        )
        body.append(_text(middle, y + 13, _short(name, 10), size=13, anchor="middle"))
        body.append(_text(middle - 78 - left, y + 13, str(openings), size=11, anchor="end", fill=SOFT))
        body.append(_text(middle + 78 + right, y + 13, str(seekers), size=11, fill=SOFT))
    return _svg(width, height, "各工种供需", body)


def _short(name: str, limit: int) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"


def pay_chart(pays_yuan: Sequence[float]) -> str:
    """Histogram of monthly pay in steps of 1,000 yuan, the last bar being everything above."""
    if not pays_yuan:
        return ""
    width, height, base = 720, 210, 170
    steps = 13
    counts = [0] * steps
    for pay in pays_yuan:
        counts[min(steps - 1, max(0, int(pay // 1000)))] += 1
    largest = max(counts)
    slot = (width - 20) / steps
    body = [f'<path d="M10 {base}H{width - 10}" stroke="{INK}" stroke-width="1"/>']
    for number, count in enumerate(counts):
        tall = 130 * count / largest
        x = 10 + number * slot
        label = "12千以上" if number == steps - 1 else f"{number}–{number + 1}千"
        body.append(
            f'<rect x="{x + 4:.1f}" y="{base - tall:.1f}" width="{slot - 8:.1f}" height="{tall:.1f}" '
            f'rx="2" fill="{JOBS}" fill-opacity=".85"/>'
        )
        if count:
            body.append(_text(x + slot / 2, base - tall - 6, str(count), size=11, anchor="middle", fill=SOFT))
        body.append(_text(x + slot / 2, base + 17, label, size=11, anchor="middle", fill=SOFT))
    middle = sorted(pays_yuan)[len(pays_yuan) // 2]
    body.append(_text(width - 12, 20, f"一半岗位不低于 {middle:,.0f} 元/月", size=13, anchor="end"))
    body.append(
        _text(width - 12, height - 8, "元/月，按岗位写明的最低数折算", size=11, anchor="end", fill=SOFT)
    )
    return _svg(width, height, "工资分布", body)


def stage_chart(stages: Sequence[tuple[str, float, int]]) -> str:
    """One bar for each (stage, seconds, items), widths in proportion to time."""
    if not stages:
        return ""
    width, row = 720, 28
    height = row * len(stages) + 8
    longest = max(seconds for _, seconds, _ in stages) or 1.0
    body: list[str] = []
    for number, (name, seconds, items) in enumerate(stages):
        y = 4 + number * row
        wide = max(2.0, 330 * seconds / longest)
        told = f"{seconds * 1000:.0f} 毫秒" if seconds < 1 else f"{seconds:.1f} 秒"
        if items and seconds > 0:
            told += f"，{items:,} 条，每秒 {items / seconds:,.0f} 条"
        body.append(_text(128, y + 15, name, size=13, anchor="end"))
        body.append(
            f'<rect x="138" y="{y + 2}" width="{wide:.1f}" height="17" rx="2" '
            f'fill="{PEOPLE}" fill-opacity=".85"/>'
        )
        body.append(_text(146 + wide, y + 15, told, size=12, fill=SOFT))
    return _svg(width, height, "各步用时", body)
