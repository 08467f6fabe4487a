"""One posting for a display, a notice board, a WeChat group, a phone or a livestream (岗位多渠道展示).

Each rendering asks the output gate while it is made; a sheet that took time to print is asked about once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matcher.delivery.notices import notice_pdf
from matcher.delivery.renderings import (
    Notice,
    RenderingForm,
    Sign,
    led_lines,
    live_card,
    notice_sms,
    wechat_notice,
)
from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis, Education
from matcher.errors import Conflict, InvalidInput
from matcher.lexicon.certificates import certificates
from matcher.regions.pack import RegionPack
from matcher.services.output_gate import (
    NO_SOURCE,
    AirFacts,
    air_facts,
    air_problems,
    cleared,
    lacks_source,
    refusals,
)
from matcher.store.database import Database
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingRow

MOST_ATTEMPTS = 3
CHANGED = Line("changed", "岗位刚刚变动，请重试")
TITLE_TO_AMEND = Line("title_to_amend", "岗位名称有说法待改写")


@dataclass(frozen=True, slots=True)
class Rendering:
    """One posting in one form. lines: of a display; text: of a message; card: fields of a livestream card."""

    posting_id: str
    form: RenderingForm
    text: str = ""
    lines: tuple[str, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeSheets:
    """A printed notice. posting_ids: what is on it, in order; left_out: posting → why it is not."""

    pdf: bytes
    posting_ids: tuple[str, ...]
    left_out: Mapping[str, Line]


def sign_of(pack: RegionPack) -> Sign:
    """The office as texts for the public name it."""
    return Sign(pack.office.name, pack.office.phone)


def render_posting(database: Database, sign: Sign, posting_id: str, form: RenderingForm) -> Rendering:
    """A posting as text, checked in the transaction it is read in.

    Raises Conflict, with the reason, when it may not be shown now (a card: not be aired), InvalidInput for a
    form that is no text or a posting number too long for an SMS.
    """
    if form is RenderingForm.NOTICE:
        raise InvalidInput("公告栏是 PDF 文件，请用打印公告的功能")
    with database.reading() as session:
        notices, against = notices_of(session, sign, [posting_id], aired=form is RenderingForm.CARD)
    if posting_id not in notices:
        raise _refusal(against)
    notice = notices[posting_id]
    if form is RenderingForm.LED:
        return Rendering(posting_id, form, lines=led_lines(notice))
    if form is RenderingForm.CARD:
        return Rendering(posting_id, form, card=live_card(notice))
    return Rendering(
        posting_id,
        form,
        text=notice_sms(notice).text if form is RenderingForm.SMS else wechat_notice(notice),
    )


def print_notices(
    database: Database,
    sign: Sign,
    posting_ids: Sequence[str],
    *,
    large: bool = False,
    font_folder: Path | None = None,
) -> NoticeSheets:
    """Notice-board sheets of those postings that may be shown; the others are named with the reason.

    Raises Conflict when none may be shown or they kept changing, and what `notice_pdf` raises.
    """
    for _ in range(MOST_ATTEMPTS):
        with database.reading() as session:
            notices, against = notices_of(session, sign, posting_ids)
            now = session.now()
        if not notices:
            raise _refusal(against)
        pdf = notice_pdf(list(notices.values()), printed_at=now, large=large, font_folder=font_folder)
        with database.reading() as session:
            if notices_of(session, sign, list(notices))[0] == notices:
                left_out = {one: lines[0] for one, lines in against.items()}
                return NoticeSheets(pdf, tuple(notices), left_out)
    raise Conflict("打印期间岗位不断变化，没有出公告；请稍后重试")


def notices_of(
    session: StoreSession, sign: Sign, posting_ids: Sequence[str], *, aired: bool = False
) -> tuple[dict[str, Notice], dict[str, tuple[Line, ...]]]:
    """What the public may read of those postings that may be shown now, in the caller's order; and the others
    with everything against them.

    aired: what keeps a posting off the air keeps it out here as well.
    """
    shown = cleared(session, posting_ids)
    facts, numbers = air_facts(session, list(shown)), _numbers(session, list(shown))
    missing = [one for one in posting_ids if one not in shown]
    against: dict[str, tuple[Line, ...]] = {
        one: (line,) for one, line in refusals(session, missing).items()
    }
    notices: dict[str, Notice] = {}
    for one, posting in shown.items():
        told = facts.get(one)
        lines = (CHANGED,) if told is None else _against(posting, told, session.now(), aired=aired)
        if told is None or lines:
            against[one] = lines
            continue
        notices[one] = Notice.of(
            posting,
            sign,
            number=numbers.get(one) or one,
            now=session.now(),
            conditions=stated_conditions(posting),
            source=told.source,
            with_words=not posting.quarantined and not told.to_amend,
        )
    return notices, {one: against.get(one, (CHANGED,)) for one in posting_ids if one not in notices}


def _against(posting: Posting, facts: AirFacts, now: datetime, *, aired: bool) -> tuple[Line, ...]:
    """Everything against a posting that is live: what keeps it off the air, or what no text may lack."""
    if aired:
        return air_problems(posting, facts, now)
    found = ((lacks_source(facts), NO_SOURCE), ("title" in facts.to_amend, TITLE_TO_AMEND))
    return tuple(line for failed, line in found if failed)


def stated_conditions(posting: Posting) -> tuple[str, ...]:
    """What the posting asks of people, from fields; an age limit is told where a law or rule gives it alone."""
    told = []
    if posting.education is not None and posting.education is not Education.NONE:
        told.append(f"{posting.education.label}以上")
    if posting.experience_years:
        told.append(f"有{posting.experience_years:g}年以上经验")
    needed = [certificates().name(one.code) for one in posting.certificates if one.required]
    if needed:
        told.append("要有" + "、".join(needed))
    age = posting.age
    if age is not None and age.basis is not Basis.UNSTATED:
        told += [f"满{age.low}岁"] if age.low else []
        told += [f"不超过{age.high}岁"] if age.high else []
    return tuple(told)


def _refusal(against: Mapping[str, Sequence[Line]]) -> Conflict:
    told = "；".join(
        f"{one[:40]}：{'、'.join(line.text for line in lines)}" for one, lines in list(against.items())[:10]
    )
    return Conflict(f"现在不能对外展示 {told}")


def _numbers(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, str]:
    row = PostingRow
    query = select(row.posting_id, row.posting_no).where(row.posting_id.in_(posting_ids))
    return {posting_id: number for posting_id, number in session.execute(query) if number}
