"""What sending needs beside the database, handed in so that it runs without models too (推送条件)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.domain.service_terms import Channel
from matcher.domain.worker import Worker
from matcher.store.repositories.pushes import PlacesFacts

LEASE_SECONDS = 120.0  # longer than a silent gateway can keep one handful of messages waiting
MOST_ATTEMPTS = 6
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
_PLANNED = ("referral_ratio", "unknown_headcount", "repeat_days")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A posting that could take the place of one that is gone. score in [0, 1]."""

    posting_id: str
    score: float
    reasons: tuple[Line, ...] = ()


class Judge(Protocol):
    """Decides about pairs with the facts of this moment."""

    def eligible(self, worker: Worker, postings: Sequence[Posting], now: datetime) -> list[bool]:
        """For each posting, whether it may be offered to the person."""
        ...

    def alternatives(self, worker: Worker, now: datetime) -> list[Alternative]:
        """Other postings for the person, best first; asked outside of any transaction."""
        ...

    def waiving_wishes(self) -> Judge:
        """The same judge for a batch that may go beyond the reach and pay a person named."""
        ...


class Links(Protocol):
    """Writes the address of the answer page."""

    def message_url(self, batch_id: int, push_id: int, now: datetime) -> str:
        """The address for all postings of one message, "" when the office has no such page."""
        ...


@dataclass(frozen=True, slots=True)
class PushTerms:
    """The office's rules of sending; from the region pack and the configuration.

    contacts_per_week: messages with pushes that one person gets in seven days at most.
    channels: ways out that this office has; a wish for another falls back to one of these.
    lease_seconds: how long a sender may be silent before another takes over.
    """

    office: str
    office_phone: str
    referral_ratio: float = 3.0
    unknown_headcount: int = 1
    repeat_days: int = 30
    contacts_per_week: int = 2
    link_days: int = 14
    answer_days: int = 7
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.PHONE, Channel.VISIT, Channel.LETTER})
    lease_seconds: float = LEASE_SECONDS
    most_attempts: int = MOST_ATTEMPTS

    def pushes_allowed(self, facts: PlacesFacts) -> int:
        """Open pushes that one posting may have at a time (推荐比例)."""
        places = self.unknown_headcount if facts.openings is None else facts.openings
        allowed = int(places * (facts.referral_ratio or self.referral_ratio))
        return allowed if facts.referral_cap is None else min(allowed, facts.referral_cap)


@dataclass(frozen=True, slots=True)
class PushOffice:
    """Everything that sending needs beside the database."""

    terms: PushTerms
    judge: Judge
    links: Links

    def of_batch(self, policy: Mapping[str, Any]) -> PushOffice:
        """As this batch was planned: its own ratio, headcount and repeat days stand over the office's."""
        planned = {name: policy[name] for name in _PLANNED if policy.get(name) is not None}
        judge = self.judge.waiving_wishes() if policy.get("waive_wishes") else self.judge
        return replace(self, terms=replace(self.terms, **planned), judge=judge)


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts, from 1: doubling, up to LONGEST_RETRY."""
    doublings = min(attempts - 1, LONGEST_RETRY // FIRST_RETRY)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
