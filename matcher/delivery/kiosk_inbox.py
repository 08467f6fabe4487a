"""What a kiosk shows to a person who has identified themselves (自助机收件箱)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime

from matcher.clock import local_date
from matcher.delivery.message import MessageItem, PushMessage


def kiosk_inbox(
    messages: Iterable[PushMessage], *, live_ids: Set[str], now: datetime
) -> tuple[MessageItem, ...]:
    """The postings of a person's messages that may still be shown, newest message first, each posting once.

    messages: of this one person, newest first. live_ids: postings that are live at this moment.
    """
    shown: dict[str, MessageItem] = {}
    for message in messages:
        if message.expires_on < local_date(now):
            continue
        for item in message.items:
            over = item.valid_to is not None and item.valid_to < now
            if item.posting_id in live_ids and not over:
                shown.setdefault(item.posting_id, item)
    return tuple(shown.values())
