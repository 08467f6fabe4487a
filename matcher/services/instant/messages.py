"""What people are told of an urgent request, queued with the change that caused it (快招消息).

Texts are made of the posting's fields; the posting goes through the gate when the text is made and again when it
is handed over (`matcher.services.instant.calls`).
"""

from __future__ import annotations

import json
from datetime import datetime

from matcher.clock import SHANGHAI
from matcher.delivery.wording import plain, shortened
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.service_terms import Channel
from matcher.regions.pack import Office
from matcher.services.instant.reading import told
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.session import StoreSession

INSTANT_TOPIC = "instant"
LONGEST_TITLE, LONGEST_PLACE = 12, 16


def offer_text(posting: Posting, need_by: datetime, answer_by: datetime, office: Office) -> str:
    """The question: what, where, when, how much, and until when to answer."""
    place = posting.place.name if posting.place else ""
    settlement = f"({posting.settlement.label})" if posting.settlement else ""
    return (
        f"急招{shortened(plain(posting.title), LONGEST_TITLE)}，{told(need_by)}前到"
        f"{shortened(plain(place), LONGEST_PLACE)}，{pay_label(posting.pay)}{settlement}。"
        f"能来回1，来不了回2，{answer_by.astimezone(SHANGHAI):%H:%M}前回。不交钱。{office.name}{office.phone}"
    )


def confirmed_text(posting: Posting, need_by: datetime, office: Office) -> str:
    """They are expected."""
    place = posting.place.name if posting.place else ""
    return f"已给您留位：{told(need_by)}前到{plain(place)}，{plain(posting.title)}。来不了请早说：{office.phone}"


def reserve_text(office: Office) -> str:
    """Thanks, and that they need not set out."""
    return f"谢谢您答应，现在人已够，您排在候补，先不用出发；有空位马上通知您。{office.name}{office.phone}"


def filled_text(office: Office) -> str:
    """The offer is taken back."""
    return f"刚才的急招已经招满，不用再回复，也不用出发。谢谢您。{office.name}{office.phone}"


def called_off_text(office: Office) -> str:
    """The whole request is gone."""
    return f"刚才的急招已取消，请不要出发。打扰您了。{office.name}{office.phone}"


def queue_text(
    session: StoreSession, key: str, text: str, *, request_id: int, worker_id: str, channel: Channel
) -> None:
    """Put a text in the outbox under a key that makes it one message however often this is tried."""
    outbox = OutboxRepository(session)
    if outbox.by_keys([key]):
        return
    payload = json.dumps(
        {"request_id": request_id, "worker_id": worker_id, "text": text}, ensure_ascii=False
    )
    outbox.put(key, payload, batch_id=None, channel=channel, topic=INSTANT_TOPIC)
