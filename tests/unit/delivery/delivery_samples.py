"""Messages and recipients of an obviously fictional county."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from matcher.delivery.channels import Parcel, Recipient
from matcher.delivery.message import MessageItem, PushMessage
from matcher.domain.service_terms import Channel

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = b"k" * 32

BRICKS = MessageItem(
    push_id=71,
    posting_id="P-1",
    number=1,
    title="砌砖工",
    employer="禾汀样例建筑队",
    pay="300元/天",
    settlement="日结",
    place="城关镇南街",
    reach="骑车约12分钟",
    bring=("身份证", "手套"),
    headcount_left=4,
    reason="您会砌墙，日结合您的意",
    valid_to=datetime(2026, 3, 12, 10, 0, tzinfo=UTC),
)
CLEANING = MessageItem(
    push_id=72,
    posting_id="P-2",
    number=2,
    title="保洁员",
    employer="禾汀样例物业",
    pay="2800元/月",
    place="云集镇",
)


def item(number: int = 1, **changes: Any) -> MessageItem:
    """BRICKS as number 1, CLEANING as any other, with changes."""
    base = BRICKS if number == 1 else replace(CLEANING, number=number, push_id=70 + number)
    return replace(base, **changes)


def message(*items: MessageItem, **changes: Any) -> PushMessage:
    """A message of two postings, or of `items`."""
    base = PushMessage(
        message_id="8-71",
        batch_id=8,
        worker_id="W-0001",
        channel=Channel.SMS,
        greeting="王*明",
        items=items or (BRICKS, CLEANING),
        office="禾汀就业",
        office_phone="0300-5550123",
        expires_on=date(2026, 3, 16),
    )
    return replace(base, **changes)


def parcel(number: int = 1, *items: MessageItem, phone: str = "13800000001", **changes: Any) -> Parcel:
    """A message with a key of its own, and where it goes; `changes` are of the recipient."""
    recipient = {"name": "王小明", "town": "城关镇", "village": "南街村", "caseworker": "干部甲"} | changes
    return Parcel(message(*items, message_id=f"8-{number}"), Recipient(phone=phone, **recipient))
