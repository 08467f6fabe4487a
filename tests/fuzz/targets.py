"""The five doors that strangers' texts come through: posting, pay, sentence, paste, compliance check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from matcher.clock import SHANGHAI
from matcher.compliance import check
from matcher.text.paste import split_messages
from matcher.text.pay import find_pays
from matcher.text.posting_parser import parse_posting
from matcher.text.utterance import parse_utterance

NOW = datetime(2026, 3, 2, 8, tzinfo=SHANGHAI)
TARGETS: dict[str, Callable[[str], object]] = {
    "posting": lambda text: parse_posting(text[:40], text, text[40:], now=NOW),
    "pay": find_pays,
    "utterance": lambda text: parse_utterance(text, near="130629", now=NOW),
    "paste": lambda text: split_messages(text, now=NOW, near="130629"),
    "compliance": check,
}
