"""Hands lent between firms, work out of town and buses over HTTP (余缺调剂接口)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.instant_schemas import BalanceAsk, BusesAsk, SwapMove
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.regions.loading import load_pack
from matcher.services.swaps.out_of_town import MOST_LISTED, out_of_town
from matcher.services.swaps.planning import add_balance, move_swap, plan_swaps
from matcher.services.swaps.travelling import plan_buses
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(prefix="/swaps", tags=["余缺调剂"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.EVENTS))]


@router.post("/balances", summary="登记富余或短缺", status_code=201)
def balances(request: Request, body: BalanceAsk, key: Caller) -> dict[str, int]:
    """404 for an unknown employer, 422 for a number, trade or period that makes no sense."""
    number = add_balance(
        runtime_of(request).database,
        body.employer_id,
        body.direction,
        headcount=body.headcount,
        occupation_code=body.occupation_code,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        actor=key.name,
    )
    return {"balance_id": number}


@router.post("/plans", summary="试算调剂")
def plan(request: Request, key: Caller) -> dict[str, Any]:
    """Who lends whom to whom; proposals nobody agreed to are replaced."""
    planned = plan_swaps(runtime_of(request).database, actor=key.name)
    return {
        "swaps": [asdict(one) for one in planned.proposals],
        "unmet": planned.unmet,
        "idle": planned.idle,
        "optimal": planned.certificate.holds,
    }


@router.post("/{swap_id}/state", summary="改调剂状态", status_code=204)
def move(request: Request, swap_id: int, body: SwapMove, key: Caller) -> None:
    """409 without the three-sided agreement, for a step that is not possible, or when the heads are gone."""
    move_swap(
        runtime_of(request).database,
        swap_id,
        body.state,
        tripartite_signed=body.tripartite_signed,
        actor=key.name,
    )


@router.get("/out-of-town", summary="外地岗位")
def far(
    request: Request, _: Caller, limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100
) -> list[dict[str, Any]]:
    """With lodging, travel and how many from here are there already."""
    runtime = runtime_of(request)
    pack = load_pack(runtime.config.region, runtime.config.home)
    with runtime.database.reading() as session:
        return [one.to_json() for one in out_of_town(session, pack.region_prefixes, limit=limit)]


@router.post("/buses", summary="排接送车(名单脱敏)")
def buses(request: Request, body: BusesAsk, key: Caller) -> list[dict[str, Any]]:
    """New vehicles for placements that have none."""
    made = plan_buses(
        runtime_of(request).database, first=body.first, last=body.last, sizes=body.sizes, actor=key.name
    )
    return [asdict(one) for one in made]
