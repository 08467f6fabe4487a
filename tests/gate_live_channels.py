"""The ways by which postings leave in a livestream, as functions of a small office; see `gate_channels`."""

from __future__ import annotations

from datetime import timedelta

from matcher.delivery.live_links import KEY_PURPOSE, LiveLinks
from matcher.delivery.renderings import Sign
from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, NotFound
from matcher.services.accounts.sight import Sight
from matcher.services.accounts.staff import Staff
from matcher.services.live.airing import put_on_air
from matcher.services.live.answering import answer_viewer
from matcher.services.live.calling import calls_of
from matcher.services.live.leads import take_leads
from matcher.services.live.prompter import prompt
from matcher.services.live.public_pages import form_view, overlay_card
from matcher.services.live.run_sheet import run_sheet
from matcher.services.live.sessions import create_live
from matcher.store.repositories.live import LiveRepository
from matcher.store.tables.live import LiveItemRow
from tests.gate_world import GateWorld
from tests.push_world import posting_id

SIGN = Sign("样例县就业服务中心", "0312-0000000")
ADDRESS = "https://jy.example.test"
PHONE = "13800001234"
CALLER = Staff(1, "bangfu", "样例", Role.CASEWORKER, None, None, Sight(account_id=1), 1)


def live_answer(world: GateWorld) -> None:
    """A viewer asks; what is on the run-sheet of the history's livestream comes first."""
    answer = answer_viewer(world.runtime, f"搬运工 {world.key + 1}号", _livestream(world))
    world.leaves(*(card.card.posting_id for card in answer.cards))


def live_run_sheet(world: GateWorld) -> None:
    """Card, script, what not to say: all of an item, or nothing of it."""
    event_id = _livestream(world)
    with world.database.reading() as session:
        sheet = run_sheet(session, SIGN, event_id)
    world.leaves(*(item.posting_id for item in sheet.items if item.card or item.script or item.not_to_say))


def live_on_air(world: GateWorld) -> None:
    """A host puts a posting on air, and every console hears it."""
    event_id = _livestream(world)
    with world.database.reading() as session:
        version = LiveRepository(session).event(event_id).version
    try:
        put_on_air(world.database, event_id, world.key + 1, version=version, actor="样例甲")
    except (Conflict, NotFound):
        return
    world.leaves(posting_id(world.key))


def live_overlay(world: GateWorld) -> None:
    """The screen asks again whenever this is asked; what is on air was put there long ago."""
    event_id = _livestream(world)
    _all_on_air(world, event_id)
    card = overlay_card(world.database, SIGN, event_id, _live_links(world))
    if card is not None:
        world.leaves(posting_id(card.short_no - 1))


def live_lead_form(world: GateWorld) -> None:
    """The page behind the QR code is opened again whenever this is asked."""
    token = _live_links(world).form_token(_livestream(world), world.key + 1, now=world.clock.at)
    try:
        view = form_view(world.database, SIGN, token, _live_links(world))
    except NotFound:
        return
    if view.job is not None:
        world.leaves(posting_id(world.key))


def live_prompter(world: GateWorld) -> None:
    """The host reads whatever the prompter shows."""
    event_id = _livestream(world)
    _all_on_air(world, event_id)
    with world.database.reading() as session:
        found = prompt(session, SIGN, event_id)
    if found.item is not None:
        world.leaves(found.item.posting_id)


def live_calls(world: GateWorld) -> None:
    """A caller is told the posting that a viewer asked about, days ago perhaps."""
    event_id = _livestream(world)
    take_leads(world.database, event_id, f"{world.key + 1}号 {PHONE}", actor="样例甲")
    with world.database.reading() as session:
        found = calls_of(session, SIGN, CALLER)
    told = {call.lead.short_no for call in found.waiting if call.job is not None}
    world.leaves(*(posting_id(short_no - 1) for short_no in sorted(told)))


def _all_on_air(world: GateWorld, event_id: int) -> None:
    """Every posting is on air, the first one last; put there once, long ago."""
    if not world.kept.get("on_air"):
        with world.database.writing("样例甲") as session:
            repository = LiveRepository(session)
            repository.event(event_id).state = EventState.RUNNING
            for item in repository.items(event_id):
                item.aired_at = world.clock.at - timedelta(minutes=item.seq)
        world.kept["on_air"] = True


def _live_links(world: GateWorld) -> LiveLinks:
    return LiveLinks(world.database.keyring.derived_key(KEY_PURPOSE), ADDRESS)


def _livestream(world: GateWorld) -> int:
    """The livestream of the history; posting k is number k + 1 of it."""
    if "live" not in world.kept:
        starts = world.clock.at + timedelta(hours=1)
        world.kept["live"] = create_live(world.database, "样例直播", starts, actor="样例甲").event_id
    with world.database.writing("样例甲") as session:
        on_it = {item.posting_id for item in LiveRepository(session).items(world.kept["live"])}
        for key in sorted(world.known):
            if posting_id(key) not in on_it:
                session.add(
                    LiveItemRow(
                        event_id=world.kept["live"], seq=key + 1, short_no=key + 1, posting_id=posting_id(key)
                    )
                )
    event_id: int = world.kept["live"]
    return event_id


LIVE_CHANNELS = {
    "live answer": live_answer,
    "live run-sheet": live_run_sheet,
    "live on air": live_on_air,
    "live overlay": live_overlay,
    "live lead form": live_lead_form,
    "live prompter": live_prompter,
    "live calls": live_calls,
}
"""Channel → how it is asked."""
