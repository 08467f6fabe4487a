"""Push batches over HTTP: plan, look, approve, send, stop (推送批次接口)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from api.idempotency import OnceKey, answered, kept_answer, plain_body, replayed, request_key
from api.push_schemas import (
    ApproveRequest,
    BatchBody,
    BatchesBody,
    CoverageBody,
    PlanRequest,
    PushBody,
    PushesBody,
    ReasonRequest,
    SentBody,
    ShortfallBody,
    ShortfallsBody,
    StoppedBody,
)
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Channel, PushState, Scope
from matcher.errors import Conflict
from matcher.regions.loading import load_pack
from matcher.services.planning.batch_page import batch_page
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.runtime import Runtime
from matcher.services.sending import batch_life
from matcher.services.sending.batch_status import status_of
from matcher.services.sending.push_lease import BUSY
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_ways import push_ways
from matcher.services.sending.send_batch import send_batch
from matcher.store.repositories.api_keys import ApiKey
from matcher.store.repositories.idempotency import IN_PROGRESS, IdempotencyRepository, RequestKey
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession

router = APIRouter(prefix="/push-batches", tags=["推送批次"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.PUSH))]
BatchId = Annotated[int, Path(ge=1, le=2**62, description="批次编号")]
After = Annotated[int, Query(ge=0, le=2**62, description="从这个编号之后开始")]
Limit = Annotated[int, Query(ge=1, le=500)]
SENT_AT_ONCE = (Channel.SMS, Channel.PHONE, Channel.VISIT)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""The page is one file with its styles in it, and no script."""


@router.post("", summary="制定批次（草稿，不发送）", status_code=201, response_model=BatchBody)
def plan(request: Request, body: PlanRequest, caller: Caller, key: OnceKey) -> JSONResponse:
    """Plan and prove a batch for everybody the query means; it is sent only after approval."""
    runtime = runtime_of(request)
    asked = request_key(request, caller, key, body)
    if found := kept_answer(runtime.database, asked):
        return replayed(found)

    def keep(session: StoreSession, batch_id: int) -> None:
        planned = BatchBody.of(status_of(session, PushBatchRepository(session).get(batch_id)))
        IdempotencyRepository(session).keep(asked, 201, plain_body(planned))

    pack = load_pack(runtime.config.region, runtime.config.home)
    made = plan_batch(
        runtime,
        body.population.to_query(),
        name=body.name,
        settings=body.to_settings(pack),
        actor=caller.name,
        seed=body.seed,
        kept=keep,
    )
    return answered(201, BatchBody.of(batch_life.batch_status(runtime.database, made.batch_id)))


@router.get("", summary="批次列表")
def batches(
    request: Request,
    _: Caller,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="只要编号更小的")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BatchesBody:
    """Newest first."""
    found = batch_life.list_batches(runtime_of(request).database, before=before, limit=limit)
    more = found[-1].batch_id if len(found) == limit else None
    return BatchesBody(batches=[BatchBody.of(one) for one in found], next_before=more)


@router.get("/{batch_id}", summary="一个批次")
def batch(request: Request, batch_id: BatchId, _: Caller) -> BatchBody:
    """Where it stands now."""
    return BatchBody.of(batch_life.batch_status(runtime_of(request).database, batch_id))


@router.get("/{batch_id}/coverage", summary="覆盖、公平与证书")
def coverage(request: Request, batch_id: BatchId, _: Caller) -> CoverageBody:
    """What planning measured and proved."""
    figures = batch_life.batch_figures(runtime_of(request).database, batch_id)
    proof = figures.pop("certificate")
    return CoverageBody(batch_id=batch_id, figures=figures, certificate=proof)


@router.get("/{batch_id}/shortfalls", summary="缺口名单")
def shortfalls(
    request: Request, batch_id: BatchId, _: Caller, after: After = 0, limit: Limit = 100
) -> ShortfallsBody:
    """Who gets too little, why, and what would change it."""
    with runtime_of(request).database.reading() as session:
        repository = PushBatchRepository(session)
        repository.get(batch_id)
        rows = repository.shortfalls(batch_id, after=after, limit=limit)
    more = rows[-1].id if len(rows) == limit else None
    return ShortfallsBody(shortfalls=[ShortfallBody.of(row) for row in rows], next_after=more)


@router.get("/{batch_id}/pushes", summary="推送明细（不含身份）")
def pushes(
    request: Request,
    batch_id: BatchId,
    _: Caller,
    after: After = 0,
    limit: Limit = 100,
    state: Annotated[PushState | None, Query(description="只看这个状态")] = None,
) -> PushesBody:
    """Pushes in the order they were made."""
    with runtime_of(request).database.reading() as session:
        PushBatchRepository(session).get(batch_id)
        rows = PushRepository(session).page(batch_id, after=after, limit=limit, state=state)
    more = rows[-1].id if len(rows) == limit else None
    return PushesBody(pushes=[PushBody.of(row) for row in rows], next_after=more)


@router.get("/{batch_id}/page", summary="覆盖页（HTML）", response_class=HTMLResponse)
def page(request: Request, batch_id: BatchId, _: Caller) -> HTMLResponse:
    """The coverage page with its pictures, names masked."""
    html = batch_page(runtime_of(request).database, batch_id)
    return HTMLResponse(html, headers={"Content-Security-Policy": PAGE_POLICY})


@router.post("/{batch_id}/approve", summary="批准", response_model=BatchBody)
def approve(
    request: Request, batch_id: BatchId, body: ApproveRequest, caller: Caller, key: OnceKey
) -> JSONResponse:
    """Let a draft be sent; 409 unless it is one."""
    runtime, asked = runtime_of(request), request_key(request, caller, key, body)
    if found := kept_answer(runtime.database, asked):
        return replayed(found)
    status = batch_life.approve_batch(
        runtime.database,
        batch_id,
        approver=caller.name,
        wave_size=body.wave_size,
        kept=lambda session, now: _keep(session, asked, plain_body(BatchBody.of(now))),
    )
    return answered(200, BatchBody.of(status))


@router.post("/{batch_id}/cancel", summary="取消草稿", response_model=BatchBody)
def cancel(
    request: Request, batch_id: BatchId, body: ReasonRequest, caller: Caller, key: OnceKey
) -> JSONResponse:
    """Give up a draft."""
    runtime, asked = runtime_of(request), request_key(request, caller, key, body)
    if found := kept_answer(runtime.database, asked):
        return replayed(found)
    status = batch_life.cancel_draft(
        runtime.database,
        batch_id,
        actor=caller.name,
        reason=body.reason,
        kept=lambda session, now: _keep(session, asked, plain_body(BatchBody.of(now))),
    )
    return answered(200, BatchBody.of(status))


@router.post("/{batch_id}/stop", summary="叫停", response_model=StoppedBody)
def stop(
    request: Request, batch_id: BatchId, body: ReasonRequest, caller: Caller, key: OnceKey
) -> JSONResponse:
    """Take back what has not left, and say what has."""
    runtime, asked = runtime_of(request), request_key(request, caller, key, body)
    if found := kept_answer(runtime.database, asked):
        return replayed(found)
    stopped = batch_life.stop_batch(
        runtime.database,
        batch_id,
        actor=caller.name,
        reason=body.reason,
        kept=lambda session, now: _keep(session, asked, plain_body(StoppedBody.of_stop(now))),
    )
    return answered(200, StoppedBody.of_stop(stopped))


@router.post("/{batch_id}/send", summary="发下一批", response_model=SentBody)
def send(request: Request, batch_id: BatchId, caller: Caller, key: OnceKey) -> JSONResponse:
    """Send the next wave. A request cut short and repeated finishes its own wave and never begins another."""
    runtime, asked = runtime_of(request), request_key(request, caller, key, None)
    found = kept_answer(runtime.database, asked)
    if found and not found.in_progress:
        return replayed(found)
    wave = found.answer["wave"] if found else _begun(runtime, batch_id, asked)
    result = send_batch(
        runtime.database,
        batch_id,
        push_office(runtime),
        push_ways(runtime.config, runtime.database.clock, SENT_AT_ONCE),
        through_wave=wave,
        actor=caller.name,
    )
    if result.busy:
        raise Conflict(f"{BUSY}；请稍后用同一个 Idempotency-Key 再试")
    sent = SentBody.of(result)
    with runtime.database.writing(caller.name) as session:
        _keep(session, asked, plain_body(sent))
    return answered(200, sent)


def _begun(runtime: Runtime, batch_id: int, asked: RequestKey) -> int | None:
    """Note which wave this request sends. Raises NotFound, Conflict when the batch may not be sent."""
    with runtime.database.writing() as session:
        batches = PushBatchRepository(session)
        state = batches.get(batch_id).state
        if state in batch_life.SENDABLE:
            wave = batches.next_wave(batch_id)
            IdempotencyRepository(session).keep(asked, IN_PROGRESS, {"wave": wave})
            return wave
    raise Conflict(f"批次现在是“{state.label}”，不能发送；只有已批准或推送中的批次可以")


def _keep(session: StoreSession, asked: RequestKey, answer: dict[str, Any]) -> None:
    IdempotencyRepository(session).keep(asked, 200, answer)
