"""What one person is told about the postings chosen for them (推送内容).

INVARIANTS
- Facts of postings and a greeting only: no ID number, sex, category, disability or poverty has a field here.
- A message survives `to_json` → `from_json` unchanged; that JSON is what the outbox seals.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.service_terms import Channel
from matcher.errors import InvalidInput

MOST_ITEMS = 7  # a reply is one digit, and two more answers follow those of the postings
NEGOTIABLE = "面议"
PAY_UNKNOWN = "工资未写明，请先问清"


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One posting as the person is told of it; "" or None means unknown and is left out, never guessed.

    number: 1, 2, … as the person answers it. reach: "走路约12分钟". bring: what to take along.
    """

    push_id: int
    posting_id: str
    number: int
    title: str
    employer: str = ""
    pay: str = ""
    settlement: str = ""
    place: str = ""
    reach: str = ""
    bring: tuple[str, ...] = ()
    headcount_left: int | None = None
    reason: str = ""
    valid_to: datetime | None = None

    @classmethod
    def of(
        cls,
        posting: Posting,
        *,
        push_id: int,
        number: int,
        reach: str = "",
        bring: Sequence[str] = (),
        reason: str = "",
    ) -> MessageItem:
        """The item of a posting; `reach`, `bring` and `reason` come from the match."""
        return cls(
            push_id=push_id,
            posting_id=posting.posting_id,
            number=number,
            title=posting.title,
            employer=posting.employer_name,
            pay=pay_label(posting.pay),
            settlement=posting.settlement.label if posting.settlement else "",
            place=posting.place.name if posting.place else "",
            reach=reach,
            bring=tuple(bring),
            headcount_left=posting.headcount_left,
            reason=reason,
            valid_to=posting.valid_to,
        )


@dataclass(frozen=True, slots=True)
class PushMessage:
    """The postings of one batch for one person.

    message_id: key that sends it once (the outbox's idempotency key); operators see it, so it should be made
    of numbers of our own, not of a person's. greeting: as the caller wants the person
    addressed, masked where others may read it. answer_url: "" = no link. expires_on: last day to answer.
    letter_code: what opens the postings at a kiosk, "" = nothing does.
    Raises InvalidInput for no item, too many, or numbers that are not 1, 2, …
    """

    message_id: str
    batch_id: int
    worker_id: str
    channel: Channel
    greeting: str
    items: tuple[MessageItem, ...]
    office: str
    office_phone: str
    expires_on: date
    answer_url: str = ""
    letter_code: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= MOST_ITEMS:
            raise InvalidInput(f"一条推送要有 1 到 {MOST_ITEMS} 个岗位，这里有 {len(self.items)} 个")
        if [item.number for item in self.items] != list(range(1, len(self.items) + 1)):
            raise InvalidInput("推送里的岗位编号要从 1 开始依次排列，否则回复数字对不上")

    @property
    def push_id(self) -> int:
        """The first push of the message; it stands for the person in links and row keys."""
        return self.items[0].push_id

    def without(self, posting_ids: frozenset[str]) -> PushMessage | None:
        """The message less postings that are no longer live, renumbered; None when nothing is left."""
        kept = [item for item in self.items if item.posting_id not in posting_ids]
        items = tuple(replace(item, number=number) for number, item in enumerate(kept, start=1))
        return replace(self, items=items) if items else None

    def to_json(self) -> str:
        """One line of JSON with every field."""
        content = asdict(self)
        for item in content["items"]:
            item["valid_to"] = item["valid_to"].isoformat() if item["valid_to"] else None
        content["expires_on"] = self.expires_on.isoformat()
        return json.dumps(content, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> PushMessage:
        """Read `to_json`. Raises InvalidInput when it is anything else; the text itself is never repeated."""
        try:
            content: dict[str, Any] = json.loads(text)
            content["items"] = tuple(_item(item) for item in content["items"])
            content["channel"] = Channel.read(content["channel"], field="渠道")
            content["expires_on"] = date.fromisoformat(content["expires_on"])
            return cls(**content)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidInput):
            raise InvalidInput("外发内容已损坏，无法读出；请重新生成这条推送") from None


def _item(content: dict[str, Any]) -> MessageItem:
    moment = content["valid_to"]
    fields = content | {
        "bring": tuple(content["bring"]),
        "valid_to": datetime.fromisoformat(moment) if moment else None,
    }
    return MessageItem(**fields)
