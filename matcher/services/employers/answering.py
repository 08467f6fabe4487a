"""What an employer says became of a person who wanted to come, with one tap (单位答复).

It is a statement like any other: `matcher.outcome.evidence` weighs it against what the person says.
"""

from __future__ import annotations

from matcher.clock import local_date
from matcher.domain.labelled import Labelled
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.service_terms import Evidence
from matcher.errors import InvalidInput
from matcher.services.care.outcomes import Statement, record_outcome
from matcher.services.employers.candidates import own_push
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository


class Verdict(Labelled):
    """What the employer taps (单位答复)."""

    MET = "met", "见过面了"
    HIRED = "hired", "录用了"
    ABSENT = "absent", "没有来"
    UNFIT = "unfit", "不合适"


class UnfitReason(Labelled):
    """Why somebody did not suit; nothing that a person is, only what the work asks (不合适原因)."""

    SKILL = "skill", "技能还不够"
    CERTIFICATE = "certificate", "缺证书"
    HOURS = "hours", "时间对不上"
    PAY = "pay", "工资没谈拢"
    FULL = "full", "人已招满"
    OTHER = "other", "其他"


_SAID = {
    Verdict.MET: (OutcomeFact.INTERVIEW, True),
    Verdict.HIRED: (OutcomeFact.HIRED, True),
    Verdict.ABSENT: (OutcomeFact.INTERVIEW, False),
    Verdict.UNFIT: (OutcomeFact.HIRED, False),
}


def answer_person(
    database: Database,
    employer_id: str,
    push_id: int,
    verdict: Verdict,
    reason: UnfitReason | None = None,
    *,
    actor: str,
) -> tuple[str, ...]:
    """Record the verdict on somebody sent by a push; returns notices for the employer, such as 岗位已招满.

    Raises NotFound for a push that is not the employer's, InvalidInput for 不合适 without a reason.
    """
    if verdict is Verdict.UNFIT and reason is None:
        raise InvalidInput("请点一个不合适的原因，方便我们下次推荐得更准")
    fact, said = _SAID[verdict]
    with database.writing(actor) as session:
        push = own_push(session, employer_id, push_id)
        today = local_date(session.now()) if said else None
        done = record_outcome(session, Statement("", fact, said, Evidence.EMPLOYER, push_id=push.id, on=today))
        told = verdict.label if verdict is not Verdict.UNFIT or reason is None else f"{verdict.label}：{reason.label}"
        AuditRepository(session).append(
            action="employer_answer", entity="push", entity_id=str(push.id), reason=told
        )
    return done.notices
