"""What a kiosk prints: a slip for one job, checked as it is printed (小票).

INVARIANTS
- A slip is made in the transaction that clears its posting; what may not be shown is not printed.
- Nothing on it says who took it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.clock import SHANGHAI
from matcher.delivery.posting_links import KEY_PURPOSE, PostingLinks
from matcher.delivery.renderings import Notice
from matcher.delivery.wording import REMINDERS
from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.errors import Conflict
from matcher.lexicon.certificates import certificates
from matcher.regions.loading import load_pack
from matcher.services.kiosk.jobs import Device, JobCard, job_card
from matcher.services.kiosk.spots import Spot, kiosk_spot
from matcher.services.output_gate import cleared
from matcher.services.renderings import notices_of, sign_of
from matcher.services.runtime import Runtime

GONE = "这个活刚刚招满或撤下了，没有打印；请看看别的"


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip. url: the posting's page, "" where the office has none. bring: what to take along."""

    card: JobCard
    notice: Notice
    bring: tuple[str, ...]
    reminders: tuple[str, ...]
    url: str
    printed_at: datetime
    station: str

    @property
    def number(self) -> str:
        """The posting's number as people name it: without the source before it."""
        return self.notice.number.rpartition(":")[2]

    @property
    def printed(self) -> str:
        """打印时间 as on the paper."""
        local = self.printed_at.astimezone(SHANGHAI)
        return f"{local.month}月{local.day}日 {local:%H:%M}"


def slip_of(runtime: Runtime, posting_id: str, device: Device) -> Slip:
    """The slip of a posting as it stands now. Raises Conflict when it may not be shown."""
    links = posting_links(runtime)
    sign = sign_of(load_pack(runtime.config.region, runtime.config.home))
    with runtime.database.reading() as session:
        notices, against = notices_of(session, sign, [posting_id])
        if posting_id not in notices:
            raise Conflict(GONE, detail=_codes(against))
        posting = cleared(session, [posting_id]).get(posting_id)
        if posting is None:
            raise Conflict(GONE)
        spot = kiosk_spot(session, device.name, device.region_code)
        now = session.now()
    return _slip(posting, notices[posting_id], spot, links.url(posting_id, now), now)


def public_slip(runtime: Runtime, token: str) -> Slip:
    """What the link on a slip opens, as the posting stands now.

    Raises NotFound for a token that opens nothing, Conflict when the posting may not be shown any more.
    """
    posting_id = posting_links(runtime).posting_id(token, runtime.database.clock.now())
    return slip_of(runtime, posting_id, Device("", None))


def posting_links(runtime: Runtime) -> PostingLinks:
    """The links of an installation."""
    key = runtime.database.keyring.derived_key(KEY_PURPOSE)
    return PostingLinks(key, runtime.config.answer_url)


def _slip(posting: Posting, notice: Notice, spot: Spot, url: str, now: datetime) -> Slip:
    needed = [certificates().name(one.code) for one in posting.certificates if one.required]
    return Slip(
        card=job_card(posting, spot, now, reason=""),
        notice=notice,
        bring=("身份证", *needed),
        reminders=REMINDERS,
        url=url,
        printed_at=now,
        station=spot.place.name if spot.place else "",
    )


def _codes(against: Mapping[str, tuple[Line, ...]]) -> str:
    return " ".join(line.code for lines in against.values() for line in lines)
