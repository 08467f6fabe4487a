"""Livestreams over HTTP: run-sheet, answers to viewers, signals, leads (直播接口)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.live_schemas import (
    AddAsk,
    CallersAsk,
    EditedBody,
    ItemAsk,
    LeadAsk,
    LeadsBody,
    LineupAsk,
    LiveAsk,
    LiveBody,
    PasteAsk,
    StateAsk,
    ViewerAsk,
)
from api.live_stream import signal_stream
from api.security import allowed
from api.state import runtime_of
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Scope
from matcher.errors import InvalidInput
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.live.airing import add_item, move_item, put_on_air, take_off
from matcher.services.live.answering import answer_viewer
from matcher.services.live.funnel import funnel
from matcher.services.live.leads import hand_lead, leads_of, move_lead, take_leads
from matcher.services.live.planning import LineupRequest, plan_lineup
from matcher.services.live.public_pages import live_links
from matcher.services.live.run_sheet import run_sheet
from matcher.services.live.sessions import all_live, create_live, move_live, one_live, set_callers
from matcher.services.live.wishes import Wish, typed_wishes, wishes_of_population
from matcher.services.renderings import sign_of
from matcher.services.runtime import Runtime
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(prefix="/live", tags=["直播带岗"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.EVENTS))]


@router.post("", summary="登记一场直播", status_code=201)
def create(request: Request, body: LiveAsk, key: Caller) -> LiveBody:
    """A draft without postings."""
    runtime = runtime_of(request)
    made = create_live(
        runtime.database,
        body.name,
        body.starts_at,
        minutes=body.minutes,
        platform=body.platform,
        callers=body.callers,
        region=_pack(runtime).county_code,
        actor=key.name,
    )
    return LiveBody.of(made)


@router.get("", summary="全部直播")
def every(request: Request, _: Caller) -> list[LiveBody]:
    """The newest first."""
    with runtime_of(request).database.reading() as session:
        return [LiveBody.of(one) for one in all_live(session)]


@router.post("/answer", summary="回答观众一句话")
def answer(request: Request, body: ViewerAsk, _: Caller) -> dict[str, Any]:
    """At most five postings, each condition with ✓, ✗ or ?, and the lawful answer about age."""
    return _answer(runtime_of(request), body, None)


@router.get("/{event_id:int}", summary="一场直播")
def one(request: Request, event_id: int, _: Caller) -> LiveBody:
    """State and version."""
    with runtime_of(request).database.reading() as session:
        return LiveBody.of(one_live(session, event_id))


@router.post("/{event_id}/state", summary="开始、结束或取消")
def state(request: Request, event_id: int, body: StateAsk, key: Caller) -> LiveBody:
    """409 for a step that does not follow."""
    return LiveBody.of(move_live(runtime_of(request).database, event_id, body.state, actor=key.name))


@router.post("/{event_id}/callers", summary="设定回电人员")
def callers(request: Request, event_id: int, body: CallersAsk, key: Caller) -> LiveBody:
    """Leads from now on go to them in turn."""
    return LiveBody.of(set_callers(runtime_of(request).database, event_id, body.callers, actor=key.name))


@router.post("/{event_id}/lineup", summary="自动排品")
def lineup(request: Request, event_id: int, body: LineupAsk, key: Caller) -> dict[str, Any]:
    """Choose, order and number postings; gap: how far from the best line-up this one can be at most."""
    runtime = runtime_of(request)
    asked = LineupRequest(
        body.size, body.minutes, body.older_share, body.local_share, _pack(runtime).county
    )
    plan = plan_lineup(
        runtime, event_id, _wishes(runtime, body), asked, version=body.version, actor=key.name
    )
    return {
        "version": plan.version,
        "items": plan.items,
        "covered": round(plan.covered, 4),
        "gap": round(plan.gap, 4),
        "short": plan.short,
        "barred": plan.barred,
        "wishes": plan.wishes,
    }


@router.get("/{event_id}/run-sheet", summary="流程单、口播稿、不得说")
def sheet(request: Request, event_id: int, _: Caller) -> dict[str, Any]:
    """Every item as it stands now; words only of those that may be aired."""
    runtime = runtime_of(request)
    with runtime.database.reading() as session:
        return run_sheet(session, sign_of(_pack(runtime)), event_id).to_json()


@router.post("/{event_id}/air", summary="上播一个岗位")
def air(request: Request, event_id: int, body: ItemAsk, key: Caller) -> EditedBody:
    """409 with every reason when it may not be aired, or when somebody else edited first."""
    database = runtime_of(request).database
    return EditedBody.of(put_on_air(database, event_id, body.short_no, version=body.version, actor=key.name))


@router.post("/{event_id}/off", summary="撤下一个岗位")
def off(request: Request, event_id: int, body: ItemAsk, key: Caller) -> EditedBody:
    """Every console hears it."""
    because = {"because": body.because} if body.because else {}
    database = runtime_of(request).database
    return EditedBody.of(
        take_off(database, event_id, body.short_no, version=body.version, actor=key.name, **because)
    )


@router.post("/{event_id}/move", summary="调整顺序")
def move(request: Request, event_id: int, body: ItemAsk, key: Caller) -> EditedBody:
    """The spoken number stays."""
    database = runtime_of(request).database
    return EditedBody.of(
        move_item(database, event_id, body.short_no, body.place, version=body.version, actor=key.name)
    )


@router.post("/{event_id}/items", summary="加一个岗位", status_code=201)
def add(request: Request, event_id: int, body: AddAsk, key: Caller) -> EditedBody:
    """At the end, with a spoken number of its own."""
    database = runtime_of(request).database
    return EditedBody.of(add_item(database, event_id, body.posting_id, version=body.version, actor=key.name))


@router.post("/{event_id}/answer", summary="回答直播间观众一句话")
def answer_in(request: Request, event_id: int, body: ViewerAsk, _: Caller) -> dict[str, Any]:
    """As /live/answer; what is on the run-sheet comes first where it fits."""
    return _answer(runtime_of(request), body, event_id)


@router.get("/{event_id}/signals", summary="直播信号（SSE）", response_class=StreamingResponse)
def signals(
    request: Request,
    event_id: int,
    _: Caller,
    after: Annotated[int | None, Query(ge=0, description="已有的最后一个信号编号")] = None,
) -> StreamingResponse:
    """Server-sent events: aired, taken_off, headcount, leads, sheet, state; Last-Event-ID catches up."""
    with runtime_of(request).database.reading() as session:
        one_live(session, event_id)
    return signal_stream(request, event_id, after)


@router.post("/{event_id}/leads", summary="粘贴线索")
def leads(request: Request, event_id: int, body: PasteAsk, key: Caller) -> LeadsBody:
    """“3号 138…” a line; the same phone and posting is one lead, what is missing is asked back."""
    return LeadsBody.of(take_leads(runtime_of(request).database, event_id, body.text, actor=key.name))


@router.get("/{event_id}/leads", summary="线索清单（脱敏）")
def lead_list(
    request: Request,
    event_id: int,
    _: Caller,
    only_due: Annotated[bool, Query(description="只看还没打过电话的")] = False,
) -> list[dict[str, Any]]:
    """Those to be called first at the top."""
    with runtime_of(request).database.reading() as session:
        return [lead.to_json() for lead in leads_of(session, event_id, only_due=only_due)]


@router.post("/{event_id}/leads/{lead_id}", summary="登记回电结果或转给别人")
def lead(request: Request, event_id: int, lead_id: int, body: LeadAsk, key: Caller) -> dict[str, Any]:
    """The first result stops the clock; 409 for a step that does not follow."""
    database = runtime_of(request).database
    if body.caller:
        moved = hand_lead(database, event_id, lead_id, body.caller, actor=key.name)
    if body.state is not None:
        moved = move_lead(
            database, event_id, lead_id, body.state, own_phone=body.own_phone, actor=key.name
        )
    if not body.caller and body.state is None:
        raise InvalidInput("请写明回电结果 state，或转给谁 caller")
    return moved.to_json()


@router.get("/{event_id}/funnel", summary="线索漏斗")
def funnel_of(request: Request, event_id: int, _: Caller) -> dict[str, Any]:
    """At once, after 24 hours, after 7 days; what nobody has said is unknown."""
    with runtime_of(request).database.reading() as session:
        return funnel(session, event_id).to_json()


@router.post("/{event_id}/overlay-link", summary="OBS 叠加页地址")
def overlay_link(request: Request, event_id: int, _: Caller) -> dict[str, str]:
    """A path for the browser source; it works for two days and opens nothing but the overlay."""
    runtime = runtime_of(request)
    with runtime.database.reading() as session:
        one_live(session, event_id)
        token = live_links(runtime.database, runtime.config).overlay_token(event_id, now=session.now())
    return {"path": f"/live/{event_id}/overlay?token={token}"}


def _answer(runtime: Runtime, body: ViewerAsk, event_id: int | None) -> dict[str, Any]:
    near = _pack(runtime).county or None
    return answer_viewer(runtime, body.text, event_id, body.top, near=near).to_json()


def _wishes(runtime: Runtime, body: LineupAsk) -> list[Wish]:
    if bool(body.wishes) == (body.population is not None):
        raise InvalidInput("观众需求写 wishes 或 population 其中之一")
    if body.population is not None:
        return wishes_of_population(runtime.database, PopulationQuery.from_json(body.population))
    near = _pack(runtime).county or None
    return typed_wishes(body.wishes, now=runtime.database.clock.now(), near=near)


def _pack(runtime: Runtime) -> RegionPack:
    return load_pack(runtime.config.region, runtime.config.home)
