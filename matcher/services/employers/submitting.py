"""An employer's draft into the store, to be checked by an officer before anybody sees it (提交审核).

INVARIANTS
- What an employer submits waits: 待审 and 未发布, whatever it was before.
- Nothing with a blocking finding or without the six elements and a validity is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from matcher.clock import SHANGHAI, local_date
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingState, Severity, SourceChannel
from matcher.domain.values import Place
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.lexicon.places import resolve_place
from matcher.services.review.reviewing import posting_findings
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingFindingRow, PostingRow
from matcher.text.column_values import Problem
from matcher.text.posting_reader import posting_from_row

SOURCE = "employer"
OFFICER_RULE = "officer.return"
"""Rule id of what an officer wrote on sending a posting back."""

LONGEST_TITLE, LONGEST_TEXT, LONGEST_FIELD = 40, 4_000, 100
LONGEST_VALIDITY_DAYS = 180
_PHONE_DIGITS = range(7, 13)


@dataclass(frozen=True, slots=True)
class PostingForm:
    """The form as filled in; every field is text."""

    title: str
    duties: str
    headcount: str
    pay: str
    place: str
    phone: str
    valid_to: str


def submit_posting(
    database: Database,
    employer_id: str,
    form: PostingForm,
    *,
    actor: str,
    near: str | None = None,
    posting_id: str | None = None,
) -> str:
    """Store a posting to be checked; returns its id.

    posting_id: an earlier one of the same employer that was sent back or still waits, to be replaced.
    Raises InvalidInput that names what is missing or unlawful and the fix, Conflict for a barred employer or a
    posting that is out already, NotFound for one of somebody else.
    """
    with database.writing(actor) as session:
        employer = _employer(session, employer_id)
        external_id = _replaced(session, employer_id, posting_id) if posting_id else new_id()
        posting = _posting(form, employer, external_id, session.now(), near)
        findings = posting_findings(posting)
        _require_lawful(findings)
        row = posting_to_row(
            posting,
            {
                "external_id": external_id,
                "address": posting.place.name if posting.place else None,
                "contact_phone": _phone(form.phone),
                "source_channel": SourceChannel.EMPLOYER,
            },
        )
        repository = PostingRepository(session)
        (outcome,) = repository.upsert([row])
        repository.set_states(
            [outcome.entity_id], review_state=ReviewState.PENDING, publish_state=PublishState.UNPUBLISHED
        )
        FindingRepository(session).replace({outcome.entity_id: findings}, rules_only=True)
        _settle_officers_words(session, outcome.entity_id)
        return outcome.entity_id


def form_of(database: Database, employer_id: str, posting_id: str) -> PostingForm:
    """The form of a stored posting, for its own employer. Raises NotFound for one of somebody else."""
    with database.reading() as session:
        row = session.get(PostingRow, posting_id)
        posting = PostingRepository(session).get_many([posting_id]).get(posting_id)
        if row is None or posting is None or row.employer_id != employer_id:
            raise NotFound("没有这个岗位；请从“我的岗位”进入")
        last = "" if posting.valid_to is None else str(local_date(posting.valid_to - timedelta(microseconds=1)))
        return PostingForm(
            title=posting.title,
            duties=posting.duties,
            headcount="" if posting.headcount is None else str(posting.headcount),
            pay=pay_label(posting.pay),
            place=posting.place.name if posting.place else "",
            phone=row.contact_phone or "",
            valid_to=last,
        )


def _employer(session: StoreSession, employer_id: str) -> EmployerRow:
    row = session.get(EmployerRow, employer_id)
    if row is None:
        raise NotFound("账号没有绑定用人单位；请联系就业服务中心")
    if row.blacklisted_since is not None:
        raise Conflict("单位在限制名单上，不能发布岗位；请联系就业服务中心")
    return row


def _replaced(session: StoreSession, employer_id: str, posting_id: str) -> str:
    """The key of a posting that may be replaced."""
    row = session.get(PostingRow, posting_id)
    if row is None or row.employer_id != employer_id or row.source != SOURCE:
        raise NotFound("没有这个岗位；请从“我的岗位”进入")
    if row.review_state not in (ReviewState.RETURNED, ReviewState.PENDING):
        raise Conflict("这个岗位已经审核过，内容不能再改；要改请撤下后重新发布")
    return row.external_id


def _posting(
    form: PostingForm, employer: EmployerRow, external_id: str, now: datetime, near: str | None
) -> Posting:
    last = _checked(form, now)
    problems: list[Problem] = []
    values: dict[str, Any] = {
        "title": form.title.strip(),
        "description": form.duties.strip(),
        "headcount": form.headcount.strip(),
        "pay_text": form.pay.strip(),
        "employer_id": employer.employer_id,
        "employer_name": employer.name,
        "source": SOURCE,
        "external_id": external_id,
    }
    posting = posting_from_row(values, now=now, problems=problems)
    if posting.headcount is None:
        raise InvalidInput(f"招聘人数“{form.headcount.strip()}”看不懂；应为 1 以上的整数，如 3")
    if problems:
        raise InvalidInput("；".join(f"“{one.value}”{one.reason}，{one.fix}" for one in problems))
    place = resolve_place(form.place, near) or Place("")
    return replace(
        posting,
        place=replace(place, name=form.place.strip()),
        headcount_left=posting.headcount,
        valid_from=now,
        valid_to=datetime.combine(last + timedelta(days=1), time.min, SHANGHAI),
        verified_at=now,
    )


def _checked(form: PostingForm, now: datetime) -> date:
    """The last day of validity. Raises InvalidInput when something is missing or too long."""
    named = (
        ("岗位名称", form.title, LONGEST_TITLE),
        ("工作内容", form.duties, LONGEST_TEXT),
        ("招聘人数", form.headcount, LONGEST_FIELD),
        ("劳动报酬", form.pay, LONGEST_FIELD),
        ("工作地点", form.place, LONGEST_FIELD),
        ("联系电话", form.phone, LONGEST_FIELD),
        ("有效期", form.valid_to, LONGEST_FIELD),
    )
    missing = [label for label, value, _ in named if not value.strip()]
    if missing:
        raise InvalidInput(f"还缺：{'、'.join(missing)}；请补上再提交")
    for label, value, most in named:
        if len(value.strip()) > most:
            raise InvalidInput(f"“{label}”太长，最多 {most} 个字；请缩短")
    _phone(form.phone)
    today = local_date(now)
    try:
        last = date.fromisoformat(form.valid_to.strip())
    except ValueError:
        raise InvalidInput(f"有效期应写成 {today + timedelta(days=30)} 这样的日期") from None
    if not today <= last <= today + timedelta(days=LONGEST_VALIDITY_DAYS):
        raise InvalidInput(f"有效期应在今天到 {LONGEST_VALIDITY_DAYS} 天之内；请改日期")
    return last


def _phone(text: str) -> str:
    digits = "".join(one for one in text if one.isascii() and one.isdigit())
    if len(digits) not in _PHONE_DIGITS:
        raise InvalidInput("联系电话应为 11 位手机号，或带区号的座机号")
    return digits


def _require_lawful(findings: list[dict[str, Any]]) -> None:
    barred = [one for one in findings if one["severity"] is Severity.BLOCK]
    if barred:
        told = "；".join(f"{one['details']['message']}：{one['rewrite']}" for one in barred)
        raise InvalidInput(f"内容违规，不能提交。{told}")


def _settle_officers_words(session: StoreSession, posting_id: str) -> None:
    """What an officer asked for is answered by a new version."""
    row = PostingFindingRow
    session.execute(
        update(row)
        .where(row.posting_id == posting_id, row.rule_id == OFFICER_RULE, row.state == FindingState.OPEN)
        .values(state=FindingState.RESOLVED, decided_by=session.actor)
    )
