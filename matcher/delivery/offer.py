"""What the public answer page shows and takes: postings read live, no personal data (答复页内容)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.delivery.message import MessageItem
from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import ResponseReason


class AnswerChoice(Labelled):
    """What a person can say on the page (答复)."""

    INTERESTED = "interested", "我想去"
    UNSUITABLE = "unsuitable", "不合适"
    CALL_ME = "call_me", "请联系我"


@dataclass(frozen=True, slots=True)
class OfferItem:
    """One posting of the offer as it stands now.

    shown: None when the posting is withdrawn, filled, expired or barred: nothing of it may be told any more.
    choice, reason: what the person answered before, None = nothing yet.
    """

    number: int
    shown: MessageItem | None
    choice: AnswerChoice | None = None
    reason: ResponseReason | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """The whole page. expires_on: last day of the link. call_wanted: the person asked to be called."""

    items: tuple[OfferItem, ...]
    office: str
    office_phone: str
    expires_on: date
    call_wanted: bool = False
