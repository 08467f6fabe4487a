"""What the public sees of a livestream: the overlay on the screen and the form behind its QR code (直播公开页).

INVARIANTS
- Every look asks the gate; a posting that is gone leaves no word on either page.
- Nothing about a person is shown, and the form answers alike whether or not the phone was known.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.config import Config
from matcher.delivery.links import qr_svg
from matcher.delivery.live_links import DEAD_LINK, KEY_PURPOSE, LiveLinks, LiveScope
from matcher.delivery.renderings import Notice, Sign
from matcher.domain.event_terms import EventState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.live.leads import LeadsTaken, take_leads
from matcher.services.live.run_sheet import card_on_air
from matcher.services.renderings import notices_of
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession

FORM = "live-form"
"""Who acts when a viewer sends the form."""

_GIVEN = ("title", "wage", "place", "employer", "left", "benefits", "shifts", "transport", "insurance", "friendly", "source", "valid")


@dataclass(frozen=True, slots=True)
class OverlayCard:
    """What is on the screen. qr: an SVG element, "" when the office has no public address."""

    short_no: int
    title: str
    wage: str
    place: str
    employer: str
    left: int | None
    lodging: tuple[str, ...]
    more: tuple[str, ...]
    source: str
    valid: str
    qr: str


@dataclass(frozen=True, slots=True)
class FormView:
    """What the form shows. job: None when the posting is gone; the phone is taken all the same."""

    short_no: int
    job: Notice | None
    office: str
    office_phone: str


def live_links(database: Database, config: Config) -> LiveLinks:
    """The links of an installation. Raises InvalidInput for a faulty public address."""
    return LiveLinks(database.keyring.derived_key(KEY_PURPOSE), config.answer_url)


def overlay_card(database: Database, sign: Sign, event_id: int, links: LiveLinks) -> OverlayCard | None:
    """The card that is on air at this moment; None when nothing may be shown. Raises NotFound."""
    with database.reading() as session:
        if LiveRepository(session).event(event_id).state is not EventState.RUNNING:
            return None
        item = card_on_air(session, sign, event_id)
        now = session.now()
    if item is None:
        return None
    card = {name: item.card.get(name) for name in _GIVEN}
    url = links.form_url(event_id, item.short_no, now=now)
    return OverlayCard(
        short_no=item.short_no,
        title=card["title"] or "",
        wage=card["wage"] or "",
        place=card["place"] or "",
        employer=card["employer"] or "",
        left=card["left"],
        lodging=tuple(card["benefits"] or ()),
        more=(*(card["shifts"] or ()), *(card["insurance"] or ()), *(card["transport"] or ()), *(card["friendly"] or ())),
        source=card["source"] or "",
        valid=card["valid"] or "",
        qr=qr_svg(url, scalable=True, correction="q") if url else "",
    )


def form_view(database: Database, sign: Sign, token: str, links: LiveLinks) -> FormView:
    """The form as things stand. Changes nothing: phones open links to preview them. Raises NotFound."""
    with database.reading() as session:
        event_id, short_no = _form_of(session, token, links)
        item = LiveRepository(session).item(event_id, short_no)
        notices, _ = notices_of(session, sign, [item.posting_id], aired=True)
        gone = item.taken_off_at is not None
    job = None if gone else notices.get(item.posting_id)
    return FormView(short_no, job, sign.office, sign.phone)


def send_form(
    database: Database, token: str, links: LiveLinks, *, phone: str, own: bool, question: str
) -> LeadsTaken:
    """Take down a viewer's phone. Raises NotFound for a dead link, InvalidInput for what is no phone, Conflict for a
    livestream that was called off."""
    with database.reading() as session:
        event_id, short_no = _form_of(session, token, links)
        if LiveRepository(session).event(event_id).state is EventState.CANCELLED:
            raise Conflict("这场直播已取消，请拨打 12333")
    words = " ".join(question.split())[:60]
    whose = "" if own else " 不是本人"
    taken = take_leads(database, event_id, f"{short_no}号 {_one_phone(phone)}{whose} {_without_digits(words)}", actor=FORM)
    if not taken.new and not taken.repeated:
        raise InvalidInput("电话号码不对，请填 11 位手机号")
    return taken


def _form_of(session: StoreSession, token: str, links: LiveLinks) -> tuple[int, int]:
    target = links.read(token, now=session.now())
    if target.scope is not LiveScope.FORM:
        raise NotFound(DEAD_LINK)
    return target.event_id, target.short_no


def _one_phone(text: str) -> str:
    """What was typed, on one line."""
    return "".join(c for c in text if c.isdigit() or c in "+- ")[:30]


def _without_digits(text: str) -> str:
    """A remark without digits: the phone and the spoken number are asked for apart."""
    return "".join("" if c.isdigit() or c in "号#" else c for c in text)
