"""/desk/people/{worker_id}: the file, the recommendations, the timeline, and what is done to the file (个人页)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.office import AtDesk, person_url
from api.pages.staff_request import Form, text
from matcher.domain.record_terms import DossierSection, Informant
from matcher.domain.service_terms import ConsentPurpose, FollowUpMode, ResponseReason, ServiceKind
from matcher.errors import InvalidInput, NotFound
from matcher.services.accounts.reveal import RevealField, reveal
from matcher.services.desk.call_log import Said
from matcher.services.desk.contact_consent import FOLLOWS, NOTICE, agree_to_contact, stop_contact
from matcher.services.desk.due_lines import due_lines
from matcher.services.desk.file_entries import add_entry
from matcher.services.desk.overriding import override_posting
from matcher.services.desk.person_file import open_file
from matcher.services.desk.policy_view import open_hints, sensitive_view
from matcher.services.desk.recommendations import Recommendations, recommendations
from matcher.services.desk.timeline import pushes_of_person, timeline
from matcher.services.desk.welfare_record import welfare_record
from matcher.store.repositories.overrides import OverrideKind, OverrideReason

router = APIRouter(prefix="/desk/people/{worker_id}")
REVEALED = (RevealField.PHONE, RevealField.ID_NUMBER, RevealField.NAME, RevealField.ADDRESS)


@router.get("")
def person(desk: AtDesk, worker_id: str, kind: str = "", done: str = "") -> Response:
    """A person's page. kind: the line of the queue they were opened from; done: what was just done."""
    file = open_file(desk.database, desk.sight, worker_id, actor=desk.actor)
    found: Recommendations | None = None
    problem = ""
    if file.consents[ConsentPurpose.MATCHING] and not file.withdrawn:
        try:
            found = recommendations(desk.runtime, desk.office().terms, desk.sight, worker_id)
        except NotFound as error:
            problem = error.message
    with desk.database.reading() as session:
        return desk.page(
            "person.html",
            file=file,
            found=found,
            problem=problem,
            events=timeline(session, worker_id),
            pushes=pushes_of_person(session, worker_id),
            due=due_lines(session, desk.pack, worker_id),
            hints=open_hints(session, desk.pack, worker_id),
            kind=kind,
            done=DONE.get(done, ""),
            now=desk.database.clock.now(),
            follows=FOLLOWS,
            notice=NOTICE,
            modes=tuple(FollowUpMode),
            said=tuple(Said),
            reasons=tuple(ResponseReason),
            services=tuple(ServiceKind),
            override_reasons=tuple(OverrideReason),
            sections=tuple(DossierSection),
            informants=tuple(Informant),
            revealed=REVEALED,
        )


DONE = {
    "call": "通话已登记",
    "entry": "已写进档案",
    "agreed": "已登记本人同意电话短信联系",
    "stopped": "已退订：从现在起不再发短信、不再列入电话清单",
    "override": "已记下，后面的批次也照此办理",
    "objection": "已登记本人异议，请核实后更正或维持",
    "corrected": "拒绝记录已更正为未回应",
}


@router.post("/reveal")
def show_field(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """One identifying field in clear, for a reason that is logged."""
    field = RevealField.read(text(form, "field"), field="查看哪一项")
    if field not in REVEALED:
        raise InvalidInput("类别请用“人员类别与相关政策”查看")
    value = reveal(desk.database, desk.staff, worker_id, field, text(form, "reason"))
    return desk.page("revealed.html", label=field.label, value=value)


@router.post("/categories")
def show_categories(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """Assistance categories and what rests on them, for a reason that is logged."""
    view = sensitive_view(
        desk.database, desk.pack, desk.sight, worker_id, reason=text(form, "reason"), actor=desk.actor
    )
    return desk.page("categories.html", view=view)


@router.post("/welfare")
def welfare(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """What was tried on the market, as a sheet to print."""
    record = welfare_record(
        desk.database, desk.sight, worker_id, reason=text(form, "reason"), actor=desk.actor
    )
    return desk.page("welfare.html", record=record)


@router.post("/entries")
def entry(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """One more sentence in the file."""
    add_entry(
        desk.database,
        desk.sight,
        worker_id,
        DossierSection.read(text(form, "section"), field="档案栏目"),
        text(form, "text"),
        Informant.read(text(form, "informant"), field="来源"),
        actor=desk.actor,
    )
    return desk.turn_to(f"{person_url(worker_id)}?done=entry")


@router.post("/overrides")
def override(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """Pin, rule out, or take that back."""
    override_posting(
        desk.database,
        desk.sight,
        worker_id,
        text(form, "posting_id"),
        OverrideKind.read(text(form, "kind"), field="干预"),
        OverrideReason.read(text(form, "reason"), field="干预理由"),
        note=text(form, "note"),
        actor=desk.actor,
    )
    return desk.turn_to(f"{person_url(worker_id)}?done=override")


@router.post("/stop-contact")
def stop(desk: AtDesk, worker_id: str) -> Response:
    """退订."""
    stop_contact(desk.database, desk.sight, worker_id, actor=desk.actor)
    return desk.turn_to(f"{person_url(worker_id)}?done=stopped")


@router.post("/agree-contact")
def agree(desk: AtDesk, worker_id: str) -> Response:
    """The person agreed to calls and messages, at the desk."""
    agree_to_contact(desk.database, desk.sight, worker_id, actor=desk.actor)
    return desk.turn_to(f"{person_url(worker_id)}?done=agreed")
