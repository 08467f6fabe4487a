"""Every way by which a posting leaves, as a function of a small office; and who else reads postings, and why.

A module that reads postings and is on neither list fails a test: whoever adds one has to say what leaves by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, update

from matcher.clock import local_date
from matcher.delivery.channels import Outcome, Parcel, Receipt
from matcher.delivery.letter_codes import KEY_PURPOSE as LETTER_CODE
from matcher.delivery.letter_codes import letter_code
from matcher.delivery.links import KEY_PURPOSE, AnswerLinks, LinkScope
from matcher.delivery.renderings import RenderingForm, Sign
from matcher.domain.posting import Posting
from matcher.domain.service_terms import Channel
from matcher.domain.worker_terms import ContactPreference
from matcher.errors import Conflict, NotFound
from matcher.regions.loading import load_pack
from matcher.regions.pack import Office
from matcher.services import renderings
from matcher.services.accounts.sight import Sight
from matcher.services.answers import jobs_for_worker, workers_for_job
from matcher.services.care.push_answers import offer
from matcher.services.desk import letters_now, push_by_hand
from matcher.services.desk.hand_batch import Chosen
from matcher.services.desk.recommendations import recommendations
from matcher.services.instant import handing_over
from matcher.services.instant.board import gig_board
from matcher.services.instant.calls import calls_to_make
from matcher.services.instant.messages import queue_text
from matcher.services.kiosk.inbox import jobs_of_letter
from matcher.services.kiosk.jobs import Device, all_jobs, cards_of, first_cards
from matcher.services.kiosk.slips import slip_of
from matcher.services.overview import labour_figures
from matcher.services.overview.catalogue import rows_page
from matcher.services.overview.view import View
from matcher.services.renderings import print_notices, render_posting
from matcher.services.sending.batch_life import approve_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.push_terms import PushOffice, PushTerms
from matcher.services.sending.send_batch import send_batch
from matcher.services.sending.send_wave import send_wave
from matcher.services.swaps.out_of_town import out_of_town
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow
from tests.gate_fair_channels import FAIR_CHANNELS, FAIR_INSIDE, FAIR_MODULES
from tests.gate_live_channels import LIVE_CHANNELS
from tests.gate_world import POSTINGS, GateWorld
from tests.push_world import APPROVER, PlainJudge, plan, posting_id, worker_id

SIGN = Sign("样例县就业服务中心", "0312-0000000")
_WISHES = {Channel.WECHAT: ContactPreference.WECHAT, Channel.VISIT: ContactPreference.VISIT}
OFFICE = Office(SIGN.office, SIGN.phone)
ADDRESS = "https://jy.example.test"
Ask = Callable[[GateWorld], None]


def matches_of_a_worker(world: GateWorld) -> None:
    answer = jobs_for_worker(world.runtime, worker_id(0), top=20)
    world.leaves(*(match.posting_id for match in answer.matches), *answer.cards)


def workers_of_a_posting(world: GateWorld) -> None:
    try:
        answer = workers_for_job(world.runtime, posting_id(world.key), top=20)
    except NotFound:
        return
    world.leaves(*{match.posting_id for match in answer.matches}, *answer.cards)


class Gateway:
    """Takes what is handed over, and tells the world at that moment."""

    def __init__(self, world: GateWorld) -> None:
        self._world = world

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        for parcel in parcels:
            self._world.leaves(*(item.posting_id for item in parcel.message.items))
        return [Receipt(parcel.message.message_id, Outcome.SENT) for parcel in parcels]


def push_by(channel: Channel, *, by_file: bool = False, by_hand: bool = False) -> Ask:
    """A batch is planned, sent and handed over; the files of letters and calls are made of the same parcels."""

    def ask(world: GateWorld) -> None:
        batch_id, office = _batch(world, channel)
        if batch_id is None:
            return
        way = Way(lambda number: Gateway(world), by_file=by_file, by_hand=by_hand)
        send_batch(world.database, batch_id, office, {channel: way})

    return ask


def push_queued_long_ago(world: GateWorld) -> None:
    """Messages wait in the outbox from one question to the next; then they are handed over."""
    batch_id, office = _batch(world, Channel.SMS)
    if batch_id is None:
        return
    if not world.kept.get("queued"):
        world.kept["queued"] = send_wave(world.database, batch_id, office).messages
        return
    deliver_outbox(world.database, {Channel.SMS: Way(lambda number: Gateway(world))}, office)


def answer_page(world: GateWorld) -> None:
    """The link of an SMS is opened again whenever this is asked."""
    batch_id, office = _batch(world, Channel.SMS)
    if batch_id is None:
        return
    if not world.kept.get("page"):
        way = Way(lambda number: Gateway(world))
        send_batch(world.database, batch_id, office, {Channel.SMS: way})
        world.kept["page"] = True
    links = AnswerLinks(world.database.keyring.derived_key(KEY_PURPOSE), ADDRESS)
    for push_id in world.kept["pushes"]:
        token = links.token(LinkScope.PUSH, batch_id, push_id, now=world.clock.at)
        try:
            view = offer(world.database, token)
        except NotFound:
            continue
        world.leaves(*(item.shown.posting_id for item in view.items if item.shown))


def _batch(world: GateWorld, channel: Channel) -> tuple[int | None, PushOffice]:
    """One approved batch of the history, of the postings that are known when it is first asked for."""
    terms = PushTerms(SIGN.office, SIGN.phone, channels=frozenset({channel}))
    links = AnswerLinks(world.database.keyring.derived_key(KEY_PURPOSE), ADDRESS)
    office = PushOffice(terms, PlainJudge(len(world.known)), links)
    if not world.known:
        return None, office
    if "batch" not in world.kept:
        keys = sorted(world.known)
        with world.database.writing("样例甲") as session:
            wish = _WISHES.get(channel)
            session.execute(update(WorkerRow).values(contact_preference=wish, version=WorkerRow.version + 1))
            batch_id = plan(session, {0: keys[:2], 1: keys[-2:]})
        approve_batch(world.database, batch_id, approver=APPROVER)
        world.kept |= {"batch": batch_id, "pushes": _pushes_of(world, batch_id)}
    return world.kept["batch"], office


def _pushes_of(world: GateWorld, batch_id: int) -> list[int]:
    with world.database.reading() as session:
        return list(session.scalars(select(PushRow.id).where(PushRow.batch_id == batch_id)))


def rendered(form: RenderingForm) -> Ask:
    def ask(world: GateWorld) -> None:
        try:
            made = render_posting(world.database, SIGN, posting_id(world.key), form)
        except Conflict:
            return
        world.leaves(made.posting_id)

    return ask


def notice_board(world: GateWorld) -> None:
    ids = [posting_id(key) for key in range(POSTINGS)]
    with patch.object(renderings, "notice_pdf", lambda notices, **_: b"%PDF"):
        try:
            sheets = print_notices(world.database, SIGN, ids)
        except Conflict:
            return
    world.leaves(*sheets.posting_ids)


def gig_station_board(world: GateWorld) -> None:
    with world.database.reading() as session:
        board = gig_board(session)
    world.leaves(*(gig.posting_id for gig in board.gigs))


def urgent_calls(world: GateWorld) -> None:
    """Offers of an urgent request wait; the list to call is made again whenever this is asked."""
    if not world.known:
        return
    request_id, wanted = _request(world)
    with world.database.reading() as session:
        calls = calls_to_make(session, request_id, OFFICE)
    if calls:
        world.leaves(wanted)


def urgent_offers(world: GateWorld) -> None:
    """The first question queues an offer; the next ones hand over what is still in the outbox."""
    if not world.known:
        return
    if "request" not in world.kept:
        _request(world)
        return
    wanted = world.kept["request"][1]
    with patch.object(handing_over, "_write", lambda out, rows: world.leaves(*(wanted for _ in rows))):
        handing_over.hand_over(world.database, world.folder / "offers.csv", reason="样例", actor="样例甲")


def _request(world: GateWorld) -> tuple[int, str]:
    """One urgent request of the history with one offer that waits for its answer, and its posting."""
    if "request" not in world.kept:
        wanted, now = posting_id(sorted(world.known)[0]), world.clock.at
        with world.database.writing("样例甲") as session:
            repository = UrgentRepository(session)
            request = repository.add(
                wanted,
                need_by=now + timedelta(hours=30),
                needed=2,
                sure=0.9,
                occupation_code=None,
                region_code=None,
            )
            until = now + timedelta(hours=24)
            offer = repository.add_offer(
                request.id, worker_id(0), wave=1, channel=Channel.PHONE, answer_by=until
            )
            key = f"instant:{offer.id}:offer"
            queue_text(
                session, key, "样例", request_id=request.id, worker_id=worker_id(0), channel=Channel.PHONE
            )
            world.kept["request"] = (request.id, wanted)
    found: tuple[int, str] = world.kept["request"]
    return found


def out_of_town_list(world: GateWorld) -> None:
    with world.database.reading() as session:
        world.leaves(*(one.posting_id for one in out_of_town(session, ["11"])))


def overview_openings(world: GateWorld) -> None:
    """The rows behind the manager's number of open places."""
    pack, view = load_pack("default"), View.read({}, local_date(world.clock.at))

    def leaving(posting: Posting, row: Any) -> tuple[str, ...]:
        world.leaves(posting.posting_id)
        return (posting.title,)

    with patch.object(labour_figures, "_opening", leaving):
        rows_page(world.database, pack, view, "openings", 1, actor="样例甲")


def kiosk_cards(world: GateWorld) -> None:
    """A list is kept from one question to the next, as while somebody reads the cards."""
    device = Device("样例自助机", None)
    listed = world.kept.setdefault("listed", all_jobs(world.runtime).listed)
    world.leaves(*(card.posting_id for card in cards_of(world.database, listed, device)))
    cards, _ = first_cards(world.database, listed, device)
    world.leaves(*(card.posting_id for card in cards))


def kiosk_slip(world: GateWorld) -> None:
    try:
        slip = slip_of(world.runtime, posting_id(world.key), Device("样例自助机", None))
    except Conflict:
        return
    world.leaves(slip.card.posting_id)


def kiosk_letter(world: GateWorld) -> None:
    """The number on a letter of the batch is typed again whenever this is asked."""
    batch_id, office = _batch(world, Channel.SMS)
    if batch_id is None:
        return
    if not world.kept.get("page"):
        send_batch(world.database, batch_id, office, {Channel.SMS: Way(lambda number: Gateway(world))})
        world.kept["page"] = True
    key = world.database.keyring.derived_key(LETTER_CODE)
    for push_id in world.kept["pushes"]:
        jobs = jobs_of_letter(world.database, letter_code(key, push_id))
        cards = cards_of(world.database, jobs.listed, Device("样例自助机", None))
        world.leaves(*(card.posting_id for card in cards))


def push_by_the_desk(world: GateWorld) -> None:
    """A caseworker sends one posting to one person; what died since it was chosen stops the push."""
    if world.key not in world.known:
        return
    terms = PushTerms(SIGN.office, SIGN.phone, contacts_per_week=1_000, repeat_days=0)
    links = AnswerLinks(world.database.keyring.derived_key(KEY_PURPOSE), ADDRESS)
    office = PushOffice(terms, PlainJudge(len(world.known)), links)
    ways = {Channel.SMS: Way(lambda number: Gateway(world))}
    with patch.object(push_by_hand, "push_ways", lambda *_: ways):
        try:
            push_by_hand.push_by_hand(
                world.database, world.runtime.config, office, Sight(everyone=True), worker_id(0),
                [Chosen(posting_id(world.key))], actor="样例甲",
            )  # fmt: skip
        except Conflict:
            return


class PaperTray:
    """Takes the letters that a person prints, and tells the world at that moment."""

    packs: Sequence[Any] = ()

    def __init__(self, world: GateWorld) -> None:
        self._gateway = Gateway(world)

    def deliver(self, parcels: Sequence[Parcel]) -> None:
        self._gateway.deliver(parcels)


def letters_printed_again(world: GateWorld) -> None:
    """Letters left long ago; they are printed anew whenever this is asked."""
    batch_id, office = _batch(world, Channel.LETTER)
    if batch_id is None:
        return
    if not world.kept.get("letters"):
        way = Way(lambda number: Gateway(world), by_file=True)
        send_batch(world.database, batch_id, office, {Channel.LETTER: way})
        world.kept["letters"] = True
    with patch.object(letters_now, "Letters", lambda *_, **__: PaperTray(world)):
        try:
            letters_now.print_letters(
                world.database, world.runtime.config, Sight(everyone=True), batch_id, actor="样例甲"
            )
        except Conflict:
            return


def recommendations_at_the_desk(world: GateWorld) -> None:
    terms = PushTerms(SIGN.office, SIGN.phone)
    found = recommendations(world.runtime, terms, Sight(everyone=True), worker_id(0))
    world.leaves(*(item.card.posting_id for item in found.items), *(card.posting_id for card, _ in found.banned))


CHANNELS: dict[str, Ask] = {
    "matches of a worker": matches_of_a_worker,
    "workers of a posting": workers_of_a_posting,
    "push by SMS": push_by(Channel.SMS),
    "push by call list": push_by(Channel.PHONE, by_file=True, by_hand=True),
    "push by visit list": push_by(Channel.VISIT, by_file=True, by_hand=True),
    "push by letter": push_by(Channel.LETTER, by_file=True),
    "push by WeChat": push_by(Channel.WECHAT),
    "push queued long ago": push_queued_long_ago,
    "push by the desk": push_by_the_desk,
    "push letters printed again": letters_printed_again,
    "recommendations at the desk": recommendations_at_the_desk,
    "answer page": answer_page,
    "LED lines": rendered(RenderingForm.LED),
    "WeChat text": rendered(RenderingForm.WECHAT),
    "SMS text": rendered(RenderingForm.SMS),
    "livestream card": rendered(RenderingForm.CARD),
    "notice board": notice_board,
    "gig station board": gig_station_board,
    "urgent calls": urgent_calls,
    "urgent offers handed over": urgent_offers,
    "out of town": out_of_town_list,
    "kiosk cards": kiosk_cards,
    "kiosk slip": kiosk_slip,
    "kiosk letter": kiosk_letter,
    **LIVE_CHANNELS,
    "openings of the overview": overview_openings,
    **FAIR_CHANNELS,
}
"""Channel → how it is asked."""

COSTLY = frozenset(
    {"matches of a worker", "workers of a posting", "answer page", "kiosk letter", "recommendations at the desk"}
    | {n for n in CHANNELS if n.startswith("push")}
)
WEIGHTS = [0.02 if name in COSTLY else 1.0 for name in CHANNELS]
"""A push takes twenty transactions, a text one: the cheap ones are asked more often."""

BY_CHANNEL = {
    "matcher.services.desk.push_by_hand": "push by the desk",
    "matcher.services.desk.hand_batch": "push by the desk",
    "matcher.services.desk.letters_now": "push letters printed again",
    "matcher.services.desk.recommendations": "recommendations at the desk",
    "matcher.services.answers": "matches of a worker, workers of a posting",
    "api.routers.matching": "matches of a worker, workers of a posting",
    "matcher.cli.match_commands": "matches of a worker, workers of a posting",
    "matcher.services.instant.board": "gig station board",
    "matcher.services.instant.calls": "urgent calls",
    "matcher.services.instant.handing_over": "urgent offers handed over",
    "matcher.services.care.push_answers": "answer page",
    "matcher.services.kiosk.jobs": "kiosk cards",
    "matcher.services.kiosk.slips": "kiosk slip",
    "matcher.services.kiosk.inbox": "kiosk letter",
    "matcher.services.sending.outbox_claim": "every push",
    "matcher.services.swaps.out_of_town": "out of town",
    "matcher.services.overview.labour_figures": "openings of the overview",
    "matcher.services.live.answering": "live answer",
    "matcher.services.renderings": "LED lines, WeChat text, SMS text, livestream card, notice board",
    **FAIR_MODULES,
}
"""Modules by which postings leave, with the channels that hold them to it."""

NOT_AN_OUTPUT = {
    "matcher.services.accounts.objects": "whether a posting is in somebody's sight; yes or no",
    "matcher.services.demo.demo_accounts": "finds the sample employer with most postings",
    "matcher.services.fairs.booth_choice": "employers by name, and why postings are hidden, without the postings",
    "matcher.services.desk.overriding": "writes a caseworker's word on a posting",
    "matcher.services.desk.timeline": "what happened to a person, for their caseworker: history, no offer",
    "matcher.services.desk.welfare_record": "what was tried for a person: history, no offer",
    "matcher.services.kiosk.leave_phone": "takes a phone; a posting that has gone is not named in the call",
    "api.routers.records": "one record with its state, for who may read the register; says itself that it is gone",
    "matcher.cli.service_commands": "counts",
    "matcher.services.allocate_files": "works on two files, without a store",
    "matcher.services.allocate_input": "works on two files, without a store",
    "matcher.services.sending.batch_life": "states of batches",
    "matcher.services.care.employer_record": "an employer's own record, for the desk",
    "matcher.services.employers.candidates": "people for an employer's own posting, which is checked; no posting",
    "matcher.services.employers.own_postings": "an employer's own postings with their states; writes them",
    "matcher.services.employers.posting_review": "what an officer has to decide on",
    "matcher.services.employers.submitting": "takes in",
    "matcher.services.imports.import_file": "takes in",
    "matcher.services.learning.graded_pairs": "pairs to learn from",
    "matcher.services.instant.answering": "takes an answer",
    "matcher.services.instant.arriving": "takes down who came",
    "matcher.services.instant.closing": "ends a request",
    "matcher.services.instant.opening": "takes in a request",
    "matcher.services.instant.standing": "counts and settles a request",
    "matcher.services.instant.waves": "writes offers in the transaction that clears them",
    "matcher.services.live.watching": "takes off what is gone; its signals carry numbers alone",
    "matcher.services.live_index": "fills the index; answers are checked after it",
    "matcher.services.overview.catalogue": "the title of a posting that figures are narrowed to",
    "matcher.services.overview.event_figures": "counts",
    "matcher.services.overview.load_figures": "counts, with the names of what was pushed",
    "matcher.services.reports.monthly_figures": "counts",
    "matcher.services.review.open_findings": "what is wrong with postings, for the desk",
    "matcher.services.care.outcomes": "writes what became of a placement",
    "matcher.services.output_gate": "the gate",
    "matcher.services.planning.plan_batch": "writes a draft; sending checks again",
    "matcher.services.planning.plan_settings": "settings",
    "matcher.services.care.push_answering": "takes an answer, and none for what is gone",
    "matcher.services.care.push_calls": "takes in results of calls",
    "matcher.services.sending.push_message": "writes to the outbox, which is checked when it is claimed",
    "matcher.services.sending.push_moves": "writes states",
    "matcher.services.sending.push_receipts": "takes in receipts",
    "matcher.services.care.push_replies": "takes in replies",
    "matcher.services.review.registry_signs": "signs of fraud for the rules",
    "matcher.services.sending.replace_push": "writes pushes; sending checks again",
    "matcher.services.planning.replay_batch": "plans again, to compare",
    "matcher.services.review.review_all": "looks for findings",
    "matcher.services.demo.run_demo": "shows the made-up county by the channels above",
    "matcher.services.demo.examples": "shows the made-up county by the channels above",
    "matcher.services.sending.stale_push": "says what must not leave",
    **FAIR_INSIDE,
}
"""Modules that read postings and let none out, each with what it does."""
