"""/desk/batches: plan, look, approve, send in waves, watch, stop (推送批次)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.downloads import WORKBOOK, ZIP, download, zipped
from api.pages.desk.office import AtDesk, Desk
from api.pages.staff_request import Form, text
from matcher.domain.service_terms import Channel
from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, WorkerCategory
from matcher.errors import Conflict, InvalidInput
from matcher.services.desk.background import Redo, Tell
from matcher.services.desk.batch_desk import (
    CAUSES,
    PlanAsked,
    batch_view,
    batches_of,
    plan_at_desk,
    require_batch,
    sendable,
)
from matcher.services.desk.coverage_file import coverage_file
from matcher.services.desk.letters_now import letters_of
from matcher.services.sending.batch_life import approve_batch, cancel_draft, stop_batch
from matcher.services.sending.batch_status import status_of
from matcher.services.sending.push_lease import BUSY
from matcher.services.sending.push_ways import push_ways
from matcher.services.sending.send_batch import send_batch

router = APIRouter(prefix="/desk/batches")
SENT_AT_ONCE = (Channel.SMS, Channel.PHONE, Channel.VISIT, Channel.LETTER)
MOST_FLOOR, MOST_WAVE = 5, 5_000
PLAN_AGAIN = Redo("/desk/batches", "列表里没有这一批的话，请重新试算")


@router.get("")
def batches(desk: AtDesk) -> Response:
    """The list, newest first, and the form for a new one."""
    with desk.database.reading() as session:
        found = batches_of(session, desk.sight, planner=desk.planner)
    allowed = tuple(one for one in WorkerCategory if one not in RESTRICTED_CATEGORIES)
    return desk.page("batches.html", found=found, categories=allowed, cut_off=desk.jobs().cut_off(desk.actor))


@router.post("")
def plan(desk: AtDesk, form: Form) -> Response:
    """Plan a draft in the background; nothing is sent."""
    asked = PlanAsked(
        name=text(form, "name"),
        categories=tuple(
            WorkerCategory.read(str(one), field="人员类别") for one in form.getlist("category") if one
        ),
        floor=_number(text(form, "floor"), 2, MOST_FLOOR, "每人至少"),
        wave_size=_number(text(form, "wave_size"), 200, MOST_WAVE, "每批人数"),
        not_pushed_days=_number(text(form, "not_pushed_days"), 0, 365, "多少天内没推过", least=0),
    )
    if not asked.name:
        raise InvalidInput("请给批次起个名字")
    runtime, sight, actor = desk.runtime, desk.sight, desk.actor

    def work(tell: Tell) -> str:
        return f"/desk/batches/{plan_at_desk(runtime, sight, asked, tell, actor=actor)}"

    job = desk.jobs().start(f"制定批次：{asked.name}", actor, work, PLAN_AGAIN)
    return desk.turn_to(f"/desk/jobs/{job.job_id}")


@router.get("/{batch_id}")
def batch(desk: AtDesk, batch_id: int) -> Response:
    """Where a batch stands: coverage, shortfall by cause, load per employer, proof, delivery."""
    view = batch_view(desk.database, desk.sight, batch_id, planner=desk.planner)
    with desk.database.reading() as session:
        letters = letters_of(session, batch_id)
    return desk.page(
        "batch.html", view=view, batch=view.status, causes=CAUSES, letters=letters, can_send=sendable(view.status)
    )


@router.get("/{batch_id}/workbook")
def workbook(desk: AtDesk, batch_id: int) -> Response:
    """Coverage and shortfall as a workbook, names masked."""
    files = coverage_file(desk.database, desk.sight, batch_id, planner=desk.planner, actor=desk.actor)
    if len(files) == 1:
        return download(files[0][1], files[0][0], WORKBOOK)
    return download(zipped(files), f"批次{batch_id}-覆盖率.zip", ZIP)


@router.get("/{batch_id}/status")
def status(desk: AtDesk, batch_id: int) -> Response:
    """The delivered counts as they are now, asked for again and again."""
    with desk.database.reading() as session:
        found = status_of(session, require_batch(session, desk.sight, batch_id, planner=desk.planner))
        letters = letters_of(session, batch_id)
    return desk.page("batch_status.html", batch=found, letters=letters, can_send=sendable(found))


@router.post("/{batch_id}/approve")
def approve(desk: AtDesk, batch_id: int) -> Response:
    """Let a draft be sent; whoever planned it may not."""
    _own(desk, batch_id)
    approve_batch(desk.database, batch_id, approver=desk.actor)
    return _back(desk, batch_id)


@router.post("/{batch_id}/cancel")
def cancel(desk: AtDesk, batch_id: int, form: Form) -> Response:
    """Give up a draft."""
    _own(desk, batch_id)
    cancel_draft(desk.database, batch_id, actor=desk.actor, reason=text(form, "reason"))
    return _back(desk, batch_id)


@router.post("/{batch_id}/stop")
def stop(desk: AtDesk, batch_id: int, form: Form) -> Response:
    """Take back what has not left."""
    _own(desk, batch_id)
    stop_batch(desk.database, batch_id, actor=desk.actor, reason=text(form, "reason"))
    return _back(desk, batch_id)


@router.post("/{batch_id}/send")
def send(desk: AtDesk, batch_id: int) -> Response:
    """Send the next wave in the background."""
    _own(desk, batch_id)
    runtime, office, actor = desk.runtime, desk.office(), desk.actor

    def work(tell: Tell) -> str:
        ways = push_ways(runtime.config, runtime.database.clock, SENT_AT_ONCE)
        result = send_batch(runtime.database, batch_id, office, ways, actor=actor, progress=tell)
        if result.busy:
            raise Conflict(BUSY)
        return f"/desk/batches/{batch_id}"

    redo = Redo(f"/desk/batches/{batch_id}", "已经发出的不会再发；请在批次页接着发送")
    job = desk.jobs().start(f"发送批次 {batch_id}", actor, work, redo)
    return desk.turn_to(f"/desk/jobs/{job.job_id}")


def _own(desk: Desk, batch_id: int) -> None:
    """Raises NotFound for a batch that they may not see."""
    with desk.database.reading() as session:
        require_batch(session, desk.sight, batch_id, planner=desk.planner)


def _back(desk: Desk, batch_id: int) -> Response:
    return desk.turn_to(f"/desk/batches/{batch_id}")


def _number(given: str, default: int, most: int, name: str, *, least: int = 1) -> int:
    if not given:
        return default
    if not given.isdecimal() or not least <= int(given) <= most:
        raise InvalidInput(f"“{name}”应为 {least} 到 {most} 的整数，收到“{given[:20]}”")
    return int(given)
