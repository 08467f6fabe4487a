"""Urgent requests and the gig board over HTTP (即时快招接口)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.instant_schemas import (
    AnswerAsk,
    AnswerBody,
    ArrivalAsk,
    ArrivalBody,
    CloseAsk,
    FreeAsk,
    UrgentAsk,
    UrgentBody,
    WaveBody,
)
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.errors import InvalidInput
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.instant.answering import answer
from matcher.services.instant.arriving import arrive, no_show
from matcher.services.instant.board import gig_board
from matcher.services.instant.calls import in_progress, progress
from matcher.services.instant.closing import close_over, close_request
from matcher.services.instant.freeing import say_free
from matcher.services.instant.opening import open_request
from matcher.services.instant.ranking import ranker_of
from matcher.services.instant.reading import UrgentDraft, read_place, read_request
from matcher.services.instant.waves import next_wave
from matcher.services.runtime import Runtime
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(tags=["即时快招"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.EVENTS))]
Region = Annotated[str, Query(pattern=r"^(\d{2,12})?$", description="行政区划代码前缀，2–12 位")]


@router.post(
    "/instant/requests",
    summary="发起快招",
    status_code=201,
    responses={200: {"model": UrgentBody, "description": "只读或缺项，没有发起"}},
)
def ask(request: Request, body: UrgentAsk, key: Caller, response: Response) -> UrgentBody:
    """Read the words and open the request when nothing is missing; 200 with `missing` otherwise.

    409 when the same request is open already, 422 when the words break a rule.
    """
    runtime = runtime_of(request)
    draft = _draft(runtime, body)
    if body.draft or draft.missing():
        response.status_code = 200
        return UrgentBody.of(draft, None)
    opened = open_request(
        runtime.database, draft, sure=body.sure, source=body.station, again=body.again, actor=key.name
    )
    return UrgentBody.of(draft, opened)


@router.get("/instant/requests", summary="进行中的快招")
def requests(request: Request, key: Caller) -> list[dict[str, Any]]:
    """Counts, the most urgent first; those whose time is over are closed on the way."""
    database = runtime_of(request).database
    close_over(database, actor=key.name)
    with database.reading() as session:
        return [one.to_json() for one in in_progress(session)]


@router.get("/instant/requests/{request_id}", summary="一个快招的进度")
def one_request(request: Request, request_id: int, _: Caller) -> dict[str, Any]:
    """Counts without people."""
    with runtime_of(request).database.reading() as session:
        return progress(session, request_id).to_json()


@router.post("/instant/requests/{request_id}/waves", summary="叫下一批人")
def wave(request: Request, request_id: int, key: Caller) -> WaveBody:
    """Ask as many as it takes; asked again at once, it asks nobody anew."""
    runtime = runtime_of(request)
    office = _pack(runtime).office
    return WaveBody.of(
        next_wave(runtime.database, ranker_of(runtime), request_id, office=office, actor=key.name)
    )


@router.post("/instant/requests/{request_id}/answers", summary="登记答复")
def answered(request: Request, request_id: int, body: AnswerAsk, key: Caller) -> AnswerBody:
    """The same answer again changes nothing; another one, or one for a closed request, is 409."""
    runtime = runtime_of(request)
    office = _pack(runtime).office
    done = answer(
        runtime.database, request_id, body.worker_id, yes=body.yes, office=office, actor=key.name
    )
    return AnswerBody.of(done)


@router.post("/instant/requests/{request_id}/arrivals", summary="登记到岗或爽约")
def arrivals(request: Request, request_id: int, body: ArrivalAsk, key: Caller) -> ArrivalBody:
    """A worker who does not come makes room for the next reserve; 409 for a closed request."""
    runtime = runtime_of(request)
    database, office = runtime.database, _pack(runtime).office
    who, side = body.worker_id, body.side
    if body.came:
        done = arrive(database, request_id, who, side=side, late=body.late, office=office, actor=key.name)
    else:
        done = no_show(database, request_id, who, side=side, office=office, actor=key.name)
    return ArrivalBody.of(done)


@router.post("/instant/requests/{request_id}/close", summary="关闭快招")
def close(request: Request, request_id: int, body: CloseAsk, key: Caller) -> dict[str, int]:
    """How many were expected, and how many places stayed empty."""
    runtime = runtime_of(request)
    office = _pack(runtime).office
    done = close_request(
        runtime.database, request_id, cancelled=body.cancelled, office=office, actor=key.name
    )
    return {"request_id": done.request_id, "expected": done.expected, "missing": done.missing}


@router.post("/instant/free", summary="登记有空", status_code=204)
def free(request: Request, body: FreeAsk, key: Caller) -> None:
    """Somebody can be asked at once until this moment."""
    say_free(runtime_of(request).database, body.worker_id, body.until, actor=key.name)


@router.get("/gigs/today", summary="今日零工榜")
def gigs_today(request: Request, _: Caller, region: Region = "") -> dict[str, Any]:
    """Gigs that may be shown at this moment, and the stations; the day rolls over at 05:00."""
    with runtime_of(request).database.reading() as session:
        return gig_board(session, region=region).to_json()


def _draft(runtime: Runtime, body: UrgentAsk) -> UrgentDraft:
    near = _pack(runtime).county or None
    now = runtime.database.clock.now()
    read = read_request(body.words, now=now, near=near)
    if not body.station.isprintable():
        raise InvalidInput("岗位来源只能是一行文字")
    return replace(
        read,
        employer_name=body.employer_name or read.employer_name,
        needed=read.needed if body.people is None else body.people,
        need_by=body.need_by or read.need_by,
        ends_at=body.ends_at,
        place=read_place(body.place, near) if body.place else read.place,
        title=body.title or read.title,
    ).checked(now)


def _pack(runtime: Runtime) -> RegionPack:
    return load_pack(runtime.config.region, runtime.config.home)
