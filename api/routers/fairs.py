"""Fairs over HTTP (招聘会接口). Names are masked in every answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.fair_schemas import (
    BoothAsk,
    CheckinAsk,
    DecisionAsk,
    FairAsk,
    MarkAsk,
    NewcomerAsk,
    PersonAsk,
    ReplyAsk,
)
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight
from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor
from matcher.services.fairs.inviting import invite, reply_to_invitation
from matcher.services.fairs.marking import close_fair, give_away_no_shows, mark_meeting
from matcher.services.fairs.opening import ANYBODY, FairDraft, add_booth, create_fair
from matcher.services.fairs.overriding import decide_pair
from matcher.services.fairs.planning import plan_fair
from matcher.services.fairs.printing import PrintKind, print_pack
from matcher.services.fairs.registering import Newcomer, register_newcomer
from matcher.services.fairs.suggesting import small_fairs, suggest_employers
from matcher.services.fairs.views import booth_sheets, fair_view, fairs, route_slips, wall_board
from matcher.services.fairs.walk_ins import walk_in
from matcher.services.runtime import Runtime
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(prefix="/fairs", tags=["招聘会"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.EVENTS))]
Region = Annotated[str, Query(pattern=r"^(\d{2,12})?$", description="行政区划代码前缀，2–12 位")]


@router.post("", summary="筹备招聘会", status_code=201)
def new_fair(request: Request, body: FairAsk, key: Caller) -> dict[str, int]:
    """422 for a time that is past or no slots."""
    draft = FairDraft(**body.model_dump())
    return {"event_id": create_fair(runtime_of(request).database, draft, actor=key.name)}


@router.get("", summary="招聘会列表")
def all_fairs(request: Request, _: Caller, region: Region = "") -> list[dict[str, Any]]:
    """The latest first."""
    with runtime_of(request).database.reading() as session:
        return [asdict(one) for one in fairs(session, region=region)]


@router.get("/suggestions/employers", summary="专场邀请单位建议")
def employers(
    request: Request, _: Caller, occupation: Annotated[list[str], Query(max_length=20)], region: Region = ""
) -> list[dict[str, Any]]:
    """Employers with live postings of the theme, with the flag of those who come and never hire."""
    with runtime_of(request).database.reading() as session:
        return [asdict(one) for one in suggest_employers(session, occupation, region, ANYBODY)]


@router.get("/suggestions/small", summary="小型专场建议")
def small(request: Request, _: Caller, count: int = 5) -> dict[str, Any]:
    """The set of small fairs that reaches most people, with its bound."""
    with runtime_of(request).database.reading() as session:
        return asdict(small_fairs(session, ANYBODY, count))


@router.get("/{event_id}", summary="一场招聘会")
def one_fair(request: Request, event_id: int, _: Caller) -> dict[str, Any]:
    """Booths, flags and figures counted from rows."""
    with runtime_of(request).database.reading() as session:
        return asdict(fair_view(session, event_id))


@router.post("/{event_id}/booths", summary="排展位", status_code=201)
def booth(request: Request, event_id: int, body: BoothAsk, key: Caller) -> dict[str, int]:
    """409 for a booth or an employer taken twice, or an employer with nothing to show."""
    made = add_booth(runtime_of(request).database, event_id, **body.model_dump(), actor=key.name)
    return {"booth_id": made}


@router.post("/{event_id}/plan", summary="双向排定")
def plan(request: Request, event_id: int, key: Caller) -> dict[str, Any]:
    """The exact timetable with its proven gap; planned again, it keeps what it can."""
    runtime = runtime_of(request)
    return asdict(plan_fair(runtime.database, event_id, runtime.scorer, _pack(runtime), actor=key.name))


@router.post("/{event_id}/decisions", summary="人工指定或排除", status_code=201)
def decision(request: Request, event_id: int, body: DecisionAsk, key: Caller) -> dict[str, int]:
    """Kept as data; the next plan obeys."""
    made = decide_pair(
        runtime_of(request).database, event_id, body.worker_id, body.posting_id, body.kind,
        slot=body.slot, reason=body.reason, actor=key.name,
    )  # fmt: skip
    return {"decision_id": made}


@router.post("/{event_id}/invitations", summary="邀约")
def invitations(request: Request, event_id: int, key: Caller) -> dict[str, Any]:
    """Waves of arrival; more people than places wait."""
    return asdict(invite(runtime_of(request).database, event_id, actor=key.name))


@router.post("/{event_id}/replies", summary="登记答复")
def replies(request: Request, event_id: int, body: ReplyAsk, key: Caller) -> dict[str, str]:
    """Who moved up for somebody who does not come, "" for nobody."""
    database = runtime_of(request).database
    return {"moved_up": reply_to_invitation(database, event_id, body.worker_id, coming=body.coming, actor=key.name)}


@router.post("/{event_id}/checkins", summary="签到")
def checkins(request: Request, event_id: int, body: CheckinAsk, key: Caller) -> dict[str, Any]:
    """Several candidates: nobody was checked in, ask and send the person's id."""
    database = runtime_of(request).database
    if body.worker_id:
        return asdict(check_in_person(database, event_id, body.worker_id, actor=key.name))
    if body.said:
        return asdict(check_in(database, event_id, body.said, actor=key.name))
    return {"visitors": count_visitor(database, event_id, actor=key.name)}


@router.post("/{event_id}/walk-ins", summary="现场来人")
def walk_ins(request: Request, event_id: int, body: PersonAsk, key: Caller) -> dict[str, Any]:
    """Checked in and seated at free tables; 409 without a consent."""
    runtime = runtime_of(request)
    return asdict(walk_in(runtime.database, event_id, body.worker_id, runtime.scorer, actor=key.name))


@router.post("/{event_id}/newcomers", summary="现场建档")
def newcomers(request: Request, event_id: int, body: NewcomerAsk, key: Caller) -> dict[str, Any]:
    """A file of what they say, checked in and seated; 409 without the consent to matching.

    known: who has the phone already; then nobody was registered.
    """
    runtime, said = runtime_of(request), body.model_dump() | {"agreed": frozenset(body.agreed)}
    made = register_newcomer(runtime.database, event_id, Newcomer(**said), Sight(everyone=True), actor=key.name)
    seated = None
    if made.worker_id:
        seated = asdict(walk_in(runtime.database, event_id, made.worker_id, runtime.scorer, actor=key.name))
    return asdict(made) | {"checked_in": seated}


@router.post("/{event_id}/marks", summary="展位标记")
def marks(request: Request, event_id: int, body: MarkAsk, key: Caller) -> dict[str, Any]:
    """A hiring becomes an outcome; who was interested is asked 3 and 30 days after."""
    done = mark_meeting(
        runtime_of(request).database, event_id, body.worker_id, body.posting_id, body.state,
        reason=body.reason, actor=key.name,
    )  # fmt: skip
    return asdict(done)


@router.post("/{event_id}/release", summary="让出未到人员的时段")
def release(request: Request, event_id: int, key: Caller) -> dict[str, int]:
    """How many places are free now."""
    return {"freed": give_away_no_shows(runtime_of(request).database, event_id, actor=key.name)}


@router.post("/{event_id}/close", summary="结束")
def close(request: Request, event_id: int, key: Caller) -> dict[str, int]:
    """How many meetings never came about."""
    return {"absent": close_fair(runtime_of(request).database, event_id, actor=key.name)}


@router.get("/{event_id}/sheets", summary="展位单")
def sheets(request: Request, event_id: int, _: Caller) -> list[dict[str, Any]]:
    """Who comes to which booth when; only what may be shown now."""
    with runtime_of(request).database.reading() as session:
        return [asdict(one) for one in booth_sheets(session, event_id)]


@router.get("/{event_id}/slips", summary="个人路线")
def slips(request: Request, event_id: int, _: Caller) -> list[dict[str, Any]]:
    """Everybody's way; only what may be shown now."""
    with runtime_of(request).database.reading() as session:
        return [asdict(one) for one in route_slips(session, event_id)]


@router.get("/{event_id}/board", summary="墙上大表")
def board(request: Request, event_id: int, _: Caller) -> list[dict[str, Any]]:
    """Postings by the number called out; only what may be shown now."""
    with runtime_of(request).database.reading() as session:
        return [asdict(one) for one in wall_board(session, event_id)]


@router.get("/{event_id}/print/{kind}", summary="打印材料", response_class=Response)
def printed(request: Request, event_id: int, kind: PrintKind, _: Caller) -> Response:
    """A PDF on A4."""
    runtime = runtime_of(request)
    pdf = print_pack(
        runtime.database, event_id, kind, office=_pack(runtime).office, font_folder=runtime.config.font_folder
    )
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "no-store"})


def _pack(runtime: Runtime) -> RegionPack:
    return load_pack(runtime.config.region, runtime.config.home)
