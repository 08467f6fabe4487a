"""The one gate through which postings leave, by whatever channel (输出关口).

INVARIANTS
- A channel asks at the moment of output, in the transaction it reads or writes in; what it asked before is void.
- What `cleared` leaves out must not be shown, pushed, printed or read aloud.
- What may be shown may still not be aired: the notice of January 2026 on recruitment information on network
  platforms asks for six elements, a validity and the source of a repost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.labels import pay_label
from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis
from matcher.domain.record_terms import FindingState, Severity, SourceChannel
from matcher.errors import Conflict
from matcher.store.freshness import LiveFacts, why_not_live
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingFindingRow, PostingRow

UNKNOWN = Line("unknown", "岗位已不存在")
NO_SOURCE = Line("no_source", "转载没写来源")
NEGOTIABLE = "面议"
_IDS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class AirFacts:
    """What decides, beside the posting itself, whether it may be aired.

    reposted, source: it was taken over from somebody else, and from whom ("" = not said).
    to_amend: fields in which an open finding asks for other words.
    """

    live: LiveFacts
    reposted: bool = False
    source: str = ""
    to_amend: frozenset[str] = frozenset()


def cleared(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, Posting]:
    """Those of the postings that may be shown at this moment, as they stand now, in the caller's order."""
    wanted = list(dict.fromkeys(posting_ids))
    live = PostingRepository(session).get_live(wanted)
    return {one: live[one] for one in wanted if one in live}


def refusals(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, Line]:
    """Posting → why it may not be shown at this moment; those that may be shown are absent."""
    facts, now = PostingRepository(session).live_facts(posting_ids), session.now()
    found = {one: why_not_live(facts[one], now) if one in facts else UNKNOWN for one in posting_ids}
    return {one: line for one, line in found.items() if line is not None}


def require_cleared(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, Posting]:
    """As `cleared`, for output that makes no sense with some of them missing.

    Raises Conflict that names each posting that may not be shown, and why.
    """
    against = refusals(session, posting_ids)
    if against:
        told = "；".join(f"{one[:40]}：{line.text}" for one, line in against.items())
        raise Conflict(f"现在不能对外展示 {told}")
    return cleared(session, posting_ids)


def on_air_problems(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, tuple[Line, ...]]:
    """Posting → everything that keeps it off the air now; an empty tuple when it may be aired.

    Every id asked for is in the answer, in the caller's order.
    """
    wanted = list(dict.fromkeys(posting_ids))
    postings, facts = PostingRepository(session).get_many(wanted), air_facts(session, wanted)
    now = session.now()
    return {
        one: air_problems(postings[one], facts[one], now) if one in facts and one in postings else (UNKNOWN,)
        for one in wanted
    }


def air_facts(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, AirFacts]:
    """What `air_problems` needs to know of each posting, read afresh; ids that do not exist are absent."""
    live = PostingRepository(session).live_facts(posting_ids)
    to_amend = _fields_to_amend(session, posting_ids)
    row = PostingRow
    found: dict[str, AirFacts] = {}
    for start in range(0, len(posting_ids), _IDS_AT_ONCE):
        part = posting_ids[start : start + _IDS_AT_ONCE]
        query = select(row.posting_id, row.source_channel, row.reposted_from).where(row.posting_id.in_(part))
        for posting_id, channel, source in session.execute(query):
            if posting_id in live:
                reposted = channel is SourceChannel.REPOST or bool(source)
                words = frozenset(to_amend.get(posting_id, ()))
                found[posting_id] = AirFacts(live[posting_id], reposted, (source or "").strip(), words)
    return found


def air_problems(posting: Posting, facts: AirFacts, now: datetime) -> tuple[Line, ...]:
    """Everything against airing a posting: it is not live, an element is missing, the source, the words."""
    dead = why_not_live(facts.live, now)
    against = (
        (bool(facts.to_amend), "words_to_amend", "有说法待改写"),
        (posting.valid_to is None, "no_validity", "没写有效期"),
    )
    lines = [Line(code, text) for failed, code, text in against if failed]
    lines += [NO_SOURCE] if lacks_source(facts) else []
    return (*([dead] if dead else []), *missing_elements(posting), *lines)


def lacks_source(facts: AirFacts) -> bool:
    """Whether it is a repost that does not say where it was taken from."""
    return facts.reposted and not facts.source


def missing_elements(posting: Posting) -> tuple[Line, ...]:
    """The elements of the notice that a posting lacks: employer, number, conditions, work, place, basic pay."""
    pay = pay_label(posting.pay)
    place = posting.place.name.strip() if posting.place else ""
    tests = (
        (not posting.employer_name.strip(), "no_employer", "没写用人单位"),
        (posting.headcount is None, "no_headcount", "没写招聘人数"),
        (not _states_conditions(posting), "no_conditions", "没写招聘条件"),
        (not posting.duties.strip(), "no_duties", "没写工作内容"),
        (not place, "no_place", "没写工作地点"),
        (not pay, "no_pay", "没写基本报酬"),
        (pay == NEGOTIABLE, "pay_negotiable", "只写面议，没写基本报酬"),
    )
    return tuple(Line(code, text) for failed, code, text in tests if failed)


def _states_conditions(posting: Posting) -> bool:
    lawful_age = posting.age is not None and posting.age.basis is not Basis.UNSTATED
    stated = posting.education is not None or posting.experience_years is not None or lawful_age
    return stated or bool(posting.requirements.strip() or posting.certificates)


def _fields_to_amend(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, set[str]]:
    row = PostingFindingRow
    found: dict[str, set[str]] = {}
    for start in range(0, len(posting_ids), _IDS_AT_ONCE):
        query = select(row.posting_id, row.field).where(
            row.posting_id.in_(posting_ids[start : start + _IDS_AT_ONCE]),
            row.severity == Severity.AMEND,
            row.state == FindingState.OPEN,
        )
        for posting_id, name in session.execute(query):
            found.setdefault(posting_id, set()).add(name)
    return found
