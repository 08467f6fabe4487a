"""One interface of all channels, what they are given and what they report back; which one to choose (渠道)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from matcher.delivery.message import PushMessage
from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import Channel, PushState
from matcher.domain.worker_terms import ContactPreference, Literacy

NO_VILLAGE = "未分村"


class Outcome(Labelled):
    """What a channel knows about a message after it has tried (外发结果)."""

    SENT = "sent", "已发"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "失败"
    NOT_SENT = "not_sent", "未发出"
    UNKNOWN = "unknown", "不确定"


class Failure(Labelled):
    """Why a message did not arrive (失败原因)."""

    WRONG_NUMBER = "wrong_number", "号码错"
    EMPTY_NUMBER = "empty_number", "空号"
    SUSPENDED = "suspended", "停机"
    REFUSED = "refused", "拒收"
    NO_PHONE = "no_phone", "没有电话"
    REJECTED = "rejected", "平台拒绝"
    OTHER = "other", "其他"


_STATE = {
    Outcome.SENT: PushState.SENT,
    Outcome.DELIVERED: PushState.DELIVERED,
    Outcome.FAILED: PushState.FAILED,
    Outcome.NOT_SENT: PushState.PENDING,
    Outcome.UNKNOWN: PushState.PENDING,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes; held in memory for one delivery, never logged. "" = unknown."""

    name: str = ""
    phone: str = ""
    town: str = ""
    village: str = ""
    caseworker: str = ""

    def __repr__(self) -> str:
        return "Recipient(…)"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and its recipient."""

    message: PushMessage
    recipient: Recipient

    def __repr__(self) -> str:
        return f"Parcel({self.message.message_id!r})"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened to one message. note: Chinese, without personal data. provider_id: the operator's number.

    retry_after_s: the earliest sensible next try, when the other side named one.
    """

    message_id: str
    outcome: Outcome
    failure: Failure | None = None
    note: str = ""
    provider_id: str = ""
    retry_after_s: float | None = None

    @property
    def state(self) -> PushState:
        """Where the push stands now: what is not known to have left stays 待发."""
        return _STATE[self.outcome]


class DeliveryChannel(Protocol):
    """A way out. One receipt for each parcel, in their order; never raises for a single bad parcel."""

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]: ...


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What decides how a person is reached; None = not known. consent: to being contacted about postings."""

    consent: bool | None
    has_phone: bool = False
    has_wechat: bool = False
    has_village: bool = False
    sms_stopped: bool = False
    literacy: Literacy | None = None
    preference: ContactPreference | None = None


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """The chosen channel, None when there must be no push, and why, in a few words."""

    channel: Channel | None
    reason: str


_PREFERRED = {
    ContactPreference.PHONE: Channel.PHONE,
    ContactPreference.SMS: Channel.SMS,
    ContactPreference.WECHAT: Channel.WECHAT,
    ContactPreference.VISIT: Channel.VISIT,
}
"""A village notice cannot carry what is meant for one person, so that wish falls through to a letter."""


def choose_channel(facts: ContactFacts) -> ChannelChoice:
    """Consent first, then whether the person can read, then their wish, then what is at hand."""
    if not facts.consent:
        return ChannelChoice(None, "未同意联系" if facts.consent is False else "是否同意联系不明")
    if facts.literacy is Literacy.NONE:
        spoken = Channel.PHONE if facts.has_phone else Channel.VISIT
        if facts.preference is ContactPreference.VISIT:
            spoken = Channel.VISIT
        return ChannelChoice(spoken, "不识字，要当面或电话说")
    possible = _possible(facts)
    wished = _PREFERRED.get(facts.preference) if facts.preference else None
    if wished in possible:
        return ChannelChoice(wished, "本人选择")
    if facts.preference is ContactPreference.VILLAGE_NOTICE and Channel.LETTER in possible:
        return ChannelChoice(Channel.LETTER, "本人选村里通知，改发信函")
    for channel, reason in _BY_DEFAULT:
        if channel in possible:
            return ChannelChoice(channel, reason)
    return ChannelChoice(Channel.VISIT, "没有电话和地址，只能上门")


_BY_DEFAULT = (
    (Channel.SMS, "有电话"),
    (Channel.LETTER, "没有可用的短信，送信到村"),
    (Channel.PHONE, "已退订短信，打电话"),
)


def _possible(facts: ContactFacts) -> set[Channel]:
    channels = {Channel.VISIT}
    if facts.has_phone:
        channels.add(Channel.PHONE)
    if facts.has_phone and not facts.sms_stopped:
        channels.add(Channel.SMS)
    if facts.has_wechat:
        channels.add(Channel.WECHAT)
    if facts.has_village:
        channels.add(Channel.LETTER)
    return channels
