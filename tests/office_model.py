"""What an office knows of its postings, written without a look at the store: the truth that tests compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingKind, FindingState

EMPLOYERS = ("样例一厂", "样例二厂")
CLEAN = ("搬运货物", "搬运货物，整理货架")
BLOCKED = ("搬运货物，入职须交押金500元", "整理货架，看管仓库，入职须交押金300元")
TO_REWRITE = "搬运货物，限男性"
REPORTED = {
    "kind": FindingKind.RISK,
    "rule_id": "complaint",
    "field": "context",
    "span_start": 0,
    "span_end": 0,
    "rewrite": None,
}


class LetterModel:
    """Every letter is a direction: deterministic, tiny, and it needs no files."""

    dim = 16

    def encode(self, texts: Sequence[str], batch_size: int) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dim), 0.1, np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % self.dim] += 1
        return vectors


@dataclass
class Known:
    """What the office knows of one posting."""

    employer: str
    text: str
    begins: datetime | None
    ends: datetime | None
    state: PublishState = PublishState.LIVE
    review: ReviewState = ReviewState.PASSED
    absent: bool = False
    left: int | None = None
    rules_say: FindingState | None = None
    person_says: FindingState | None = None

    def shown(self, now: datetime, blacklist: set[str]) -> bool:
        return (
            self.state is PublishState.LIVE
            and self.review is ReviewState.PASSED
            and (self.begins is None or self.begins <= now)
            and (self.ends is None or now < self.ends)
            and self.left != 0
            and self.employer not in blacklist
            and FindingState.OPEN not in (self.rules_say, self.person_says)
        )

    def told_again(self, told: Known) -> Known:
        """What is known once a file has told of the posting again: decisions of the office stay."""
        told.review, told.left, told.person_says = self.review, self.left, self.person_says
        told.state = PublishState.LIVE if self.absent else self.state
        if self.text == told.text and self.rules_say and told.rules_say:
            told.rules_say = self.rules_say
        return told


def first_told(employer: str, text: str, begins: datetime | None, ends: datetime | None) -> Known:
    """What is known of a posting that a file tells of for the first time."""
    return Known(
        employer, text, begins, ends, rules_say=FindingState.OPEN if text in BLOCKED else None
    )
