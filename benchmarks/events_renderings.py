"""Claim: every real posting renders within its limits; what keeps real postings off the air, counted.

Real postings, read from the shared file without a store: liveness and findings are not part of it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import percentiles_ms
from benchmarks.shared_postings import read_shared_postings
from matcher.delivery.notices import notice_pdf
from matcher.delivery.renderings import LED_CHARS, Notice, Sign, led_lines, notice_sms, wechat_notice
from matcher.domain.posting import Posting
from matcher.services.output_gate import missing_elements
from matcher.services.renderings import stated_conditions

SIGN = Sign("样例县就业服务中心", "0312-0000000")
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ON_A_BOARD = 12


def figures() -> dict[str, Any]:
    """Counts of elements that are missing, texts within their limits, and how long a text and a sheet take."""
    postings = read_shared_postings()
    lacking = [frozenset(line.code for line in missing_elements(posting)) for posting in postings]
    seconds: list[float] = []
    facts_in_sms: Counter[str] = Counter()
    too_long = 0
    for number, posting in enumerate(postings):
        start = time.perf_counter()
        notice = _notice(posting, number)
        sms, lines = notice_sms(notice), led_lines(notice)
        wechat_notice(notice)
        seconds.append(time.perf_counter() - start)
        too_long += sms.segments > 1 or any(len(line) > LED_CHARS for line in lines)
        facts = {"pay": notice.wage, "place": notice.place, "employer": notice.employer, "phone": notice.phone}
        facts_in_sms.update(name for name, value in facts.items() if value and value in sms.text)
    return {
        "postings": len(postings),
        "with_all_six_elements": sum(not lines for lines in lacking),
        "lacking": dict(Counter(code for lines in lacking for code in lines).most_common()),
        "texts_over_their_limit": too_long,
        "facts_kept_in_sms": dict(facts_in_sms),
        "three_texts": percentiles_ms(seconds),
        "board_of_12_s": _sheet_s(postings[:ON_A_BOARD], large=False),
        "large_sheets_of_12_s": _sheet_s(postings[:ON_A_BOARD], large=True),
    }


def _notice(posting: Posting, number: int) -> Notice:
    conditions = stated_conditions(posting)
    return Notice.of(posting, SIGN, number=f"{number:06d}", now=NOW, conditions=conditions, with_words=True)


def _sheet_s(postings: list[Posting], *, large: bool) -> float:
    start = time.perf_counter()
    notice_pdf([_notice(one, n) for n, one in enumerate(postings)], printed_at=NOW, large=large)
    return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    print(json.dumps(figures(), ensure_ascii=False, indent=1))
