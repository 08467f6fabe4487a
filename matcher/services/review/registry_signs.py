"""What the registry says about a posting beside its words: pay, phone, text and employer (登记迹象).

INVARIANTS
- The registry is read once for an import or a review, never for each posting.
- Only postings that may be shown now count in the pay of an occupation and for an employer.
- Unknown is not a sign: no phone, no place of a job that is not a gig, no code of an occupation count for nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select

from matcher.compliance import Context
from matcher.domain.posting_terms import PostingKind
from matcher.domain.record_terms import SourceChannel
from matcher.domain.values import DEFAULT_DAYS_PER_MONTH, DEFAULT_HOURS_PER_DAY, Pay
from matcher.store.freshness import live_condition
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow
from matcher.text.normalise import fold_case

FEWEST_PAYS = 20  # below this a 95th percentile is an anecdote
PREFECTURE_DIGITS = 4
SHORTEST_TEXT = 40  # characters; shorter duties ("流水线装配，月结") are alike by nature
_ROWS_AT_ONCE = 2_000
_KEYS_AT_ONCE = 1_000

Where = tuple[str, str]  # occupation code, prefecture ("" = everywhere)


@dataclass(frozen=True, slots=True)
class PayLevel:
    """95th percentile of the monthly pay of an occupation, 分, over `count` postings."""

    p95_fen: int
    count: int


@dataclass(frozen=True, slots=True)
class Registry:
    """What all stored postings together say, at one moment.

    phone_employers: keyed hash of a phone → different employers; text_employers: digest → different employers.
    heard_of: employer → when the office first heard of it; live: employer → postings on show.
    since: when the office heard of its first employer; before a month has passed all employers are new.
    """

    now: datetime
    pay: Mapping[Where, PayLevel]
    phone_employers: Mapping[str, int]
    text_employers: Mapping[bytes, int]
    heard_of: Mapping[str, datetime]
    live: Mapping[str, int]
    since: datetime | None


def read_registry(session: StoreSession) -> Registry:
    """Read the whole registry in one pass over light columns of all postings."""
    pays: dict[Where, list[int]] = defaultdict(list)
    phones: dict[str, set[str]] = defaultdict(set)
    texts: dict[bytes, set[str]] = defaultdict(set)
    live: Counter[str] = Counter()
    showing = live_condition(session.now()).label("showing")
    for row in _rows(session, _facts().add_columns(showing)):
        employer = _employer(row)
        if employer and row.contact_phone_hash:
            phones[row.contact_phone_hash].add(employer)
        digest = _text_digest(row.duties)
        if employer and digest:
            texts[digest].add(employer)
        if not row.showing:
            continue
        live[employer] += 1
        pay, code = _month_fen(row), row.occupation_code
        if pay is not None and code:
            pays[code, ""].append(pay)
            if _prefecture(row):
                pays[code, _prefecture(row)].append(pay)
    known = session.execute(select(EmployerRow.employer_id, EmployerRow.created_at))
    return Registry(
        now=session.now(),
        pay={where: _level(found) for where, found in pays.items() if len(found) >= FEWEST_PAYS},
        phone_employers={phone: len(found) for phone, found in phones.items()},
        text_employers={digest: len(found) for digest, found in texts.items()},
        heard_of={one.employer_id: one.created_at for one in known},
        live=live,
        since=session.scalar(select(func.min(EmployerRow.created_at))),
    )


def contexts(session: StoreSession, posting_ids: Sequence[str], registry: Registry) -> dict[str, Context]:
    """The registry facts of each of these postings; ids that do not exist are absent."""
    found: dict[str, Context] = {}
    for start in range(0, len(posting_ids), _KEYS_AT_ONCE):
        part = posting_ids[start : start + _KEYS_AT_ONCE]
        for row in _rows(session, _facts().where(PostingRow.posting_id.in_(part))):
            found[row.posting_id] = _context(row, registry)
    return found


def _context(row: Row[Any], registry: Registry) -> Context:
    employer = _employer(row)
    level, basis = _local_level(row, registry)
    digest = _text_digest(row.duties)
    return Context(
        has_address=False if row.kind is PostingKind.GIG and not row.has_place else None,
        pay_month_fen=_month_fen(row),
        local_p95_fen=None if level is None else level.p95_fen,
        pay_basis=basis,
        employers_with_phone=registry.phone_employers.get(row.contact_phone_hash or ""),
        employers_with_text=registry.text_employers.get(digest) if digest else None,
        source_channel=SourceChannel.REPOST.value if row.source_channel is SourceChannel.REPOST else None,
        reposted_from=row.reposted_from,
        employer_age_days=_age_days(employer, registry),
        employer_live_postings=registry.live.get(employer) if employer else None,
    )


def _local_level(row: Row[Any], registry: Registry) -> tuple[PayLevel | None, str]:
    """The pay level of the occupation in the prefecture, or everywhere when too few are known there."""
    code = row.occupation_code or ""
    for prefecture, where in ((_prefecture(row), "本市"), ("", "各地")):
        level = registry.pay.get((code, prefecture))
        if level is not None and (prefecture or where == "各地"):
            return level, f"{where} {level.count} 个在招岗位"
    return None, ""


def _age_days(employer: str, registry: Registry) -> int | None:
    """Days since the office heard of the employer; None while the registry itself is as young."""
    heard, since = registry.heard_of.get(employer), registry.since
    if heard is None or since is None or heard.date() == since.date():
        return None
    return (registry.now - heard).days


def _facts() -> Select[Any]:
    row = PostingRow
    place = func.coalesce(row.address, row.site_name, row.place_name)
    columns: Sequence[Any] = (
        row.posting_id, row.employer_id, row.employer_name, row.contact_phone_hash, row.occupation_code,
        row.region_code, row.pay_unit, row.pay_min_fen, row.pay_max_fen, row.hours_per_day, row.days_per_month,
        row.kind, row.source_channel, row.reposted_from, row.duties,
        (place.is_not(None) | row.door_address.is_not(None) | row.lat.is_not(None)).label("has_place"),
    )  # fmt: skip
    return select(*columns)


def _rows(session: StoreSession, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from session.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))


def _employer(row: Row[Any]) -> str:
    return str(row.employer_id or row.employer_name or "")


def _prefecture(row: Row[Any]) -> str:
    code = str(row.region_code or "")[:PREFECTURE_DIGITS]
    return "" if code.endswith("00") else code


def _month_fen(row: Row[Any]) -> int | None:
    """The lower bound of the pay as 分 a month; None when it is not known or cannot be turned into months."""
    if row.pay_unit is None:
        return None
    low, high = Pay(row.pay_min_fen, row.pay_max_fen, row.pay_unit).monthly_fen(
        hours_per_day=row.hours_per_day or DEFAULT_HOURS_PER_DAY,
        days_per_month=row.days_per_month or DEFAULT_DAYS_PER_MONTH,
    )
    return high if low is None else low


def _level(pays: Sequence[int]) -> PayLevel:
    return PayLevel(round(float(np.percentile(pays, 95))), len(pays))


def _text_digest(duties: str) -> bytes | None:
    """Digest of the duties, spaces and width apart; None when they are too short to tell anything."""
    text = "".join(fold_case(duties).split())
    if len(text) < SHORTEST_TEXT:
        return None
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
