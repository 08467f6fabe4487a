"""A pasted message as drafts: what each lacks of the six elements, and what is unlawful with its rewrite (粘贴发岗).

Nothing is stored here: the message travels with the page until the employer submits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matcher.clock import local_date
from matcher.compliance import Finding, Severity, review
from matcher.domain.labels import pay_label
from matcher.errors import InvalidInput
from matcher.services.employers.rewriting import rewritten
from matcher.text.found import Found
from matcher.text.paste import MANDATORY_ELEMENTS, DraftPosting, split_messages
from matcher.text.pay import primary_pay

LONGEST_MESSAGE = 4_000
MOST_DRAFTS = 10
_NOT_DIGITS = re.compile(r"[^\d]")
_CONTACT_LABEL = re.compile(r"[,，;；、\s]*(?:联系)?(?:电话|手机|热线|微信)(?:号码?)?\s*[:：]?\s*$")
_EMPLOYER_ELEMENT, _CONTACT_ELEMENT = MANDATORY_ELEMENTS[0][1], MANDATORY_ELEMENTS[-1][1]


@dataclass(frozen=True, slots=True)
class Breach:
    """One unlawful or doubtful wording of the message. number: its place in the list, for applying its rewrite.

    advice: what the rule says to write. after: the words as they would read in place, None where no rewording helps.
    """

    number: int
    words: str
    message: str
    advice: str
    severity: Severity
    start: int
    end: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """One job of the message, as the form shows it; "" = the message does not say. missing: elements in Chinese."""

    title: str
    duties: str
    headcount: str
    pay: str
    place: str
    phone: str
    valid_to: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """What was made of a message."""

    text: str
    breaches: tuple[Breach, ...]
    drafts: tuple[Draft, ...]

    @property
    def blocked(self) -> bool:
        """Whether something in it keeps it from being submitted."""
        return any(one.severity is Severity.BLOCK for one in self.breaches)


def read_message(text: str, *, now: datetime, near: str | None = None) -> ReadMessage:
    """Breaches and drafts of a message. near: region of the office. Raises InvalidInput for an empty or too long one."""
    message = _checked(text)
    breaches = tuple(_breach(number, message, one) for number, one in enumerate(distinct(review(message).findings)))
    drafts = [_draft(one, now) for one in split_messages(message, now=now, near=near)[:MOST_DRAFTS]]
    return ReadMessage(message, breaches, tuple(_with_shared_phone(drafts)))


def apply_rewrite(text: str, number: int) -> str:
    """The message with one breach reworded. Raises InvalidInput when the breach is not there or cannot be reworded."""
    message = _checked(text)
    findings = distinct(review(message).findings)
    if not 0 <= number < len(findings):
        raise InvalidInput("这处问题已经改过了；请看现在的提示")
    changed = rewritten(message, findings[number])
    if changed is None:
        raise InvalidInput(f"这处不能自动改写：{findings[number].rewrite}；请直接修改文字")
    return changed


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of a text in order; of those of one ground that overlap, the one with the fewest words."""
    chosen: list[Finding] = []
    for one in sorted(findings, key=lambda found: (found.end - found.start, found.start)):
        if not any(one.ground == other.ground and _overlap(one, other) for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: (one.start, one.rule_id))


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


def _checked(text: str) -> str:
    message = text.replace("\r\n", "\n").strip()
    if not message:
        raise InvalidInput("还没有内容；请把招工消息贴进来")
    if len(message) > LONGEST_MESSAGE:
        raise InvalidInput(f"消息有 {len(message)} 个字，一次最多 {LONGEST_MESSAGE} 个字；请分几次贴")
    return message


def _breach(number: int, message: str, finding: Finding) -> Breach:
    changed = rewritten(message, finding)
    return Breach(
        number=number,
        words=message[finding.start : finding.end].strip("，,、；; \n"),
        message=finding.message,
        advice=finding.rewrite,
        severity=finding.severity,
        start=finding.start,
        end=finding.end,
        after=None if changed is None else _in_place(message, changed, finding),
    )


def _in_place(before: str, after: str, finding: Finding) -> str:
    """What stands in the place of the words now; "" when they are simply gone."""
    start = 0
    while start < min(finding.start, len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    most = min(len(before) - finding.end, len(after) - start)
    while end < most and before[-1 - end] == after[-1 - end]:
        end += 1
    return after[start : len(after) - end].strip("，,、；; \n")


def _draft(draft: DraftPosting, now: datetime) -> Draft:
    parsed = draft.parsed
    pay = primary_pay(parsed.pays)
    return Draft(
        title=draft.title,
        duties=_without_contacts(draft.text, parsed.contacts),
        headcount=str(parsed.headcount.value) if parsed.headcount else "",
        pay=pay_label(pay.value) if pay else "",
        place=draft.place.value.name if draft.place else "",
        phone=_phone(draft.text, parsed.contacts),
        valid_to=_last_day(parsed.valid_to or parsed.need_by, now),
        missing=tuple(one for one in draft.missing if one != _EMPLOYER_ELEMENT),
    )


def _with_shared_phone(drafts: list[Draft]) -> list[Draft]:
    """The only phone of a message is that of every job in it."""
    phones = {one.phone for one in drafts if one.phone}
    if len(phones) != 1:
        return drafts
    (phone,) = phones
    return [
        replace(one, phone=phone, missing=tuple(label for label in one.missing if label != _CONTACT_ELEMENT))
        for one in drafts
    ]


def _last_day(found: Found[datetime] | None, now: datetime) -> str:
    """The last day of validity as a date field takes it; a moment of midnight belongs to the day before."""
    if found is None or found.value <= now:
        return ""
    return local_date(found.value - timedelta(microseconds=1)).isoformat()


def _phone(text: str, contacts: list[Found[str]]) -> str:
    """The first phone as digits."""
    numbers = (_NOT_DIGITS.sub("", text[one.start : one.end]) for one in contacts)
    return next((number for number in numbers if len(number) >= 7), "")


def _without_contacts(text: str, contacts: list[Found[str]]) -> str:
    """The text without phones: they are kept sealed, and the public text names none."""
    kept = text
    for one in sorted(contacts, key=lambda found: -found.start):
        kept = _CONTACT_LABEL.sub("", kept[: one.start]) + kept[one.end :]
    return kept.strip("，,、；; \n")
