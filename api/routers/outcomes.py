"""Care over HTTP: the queue, contacts, households, outcomes and the monthly report (帮扶接口)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.care_schemas import (
    ContactBody,
    ContactRequest,
    HouseholdsBody,
    MonthlyBody,
    OutcomeResultBody,
    OutcomesBody,
    OutcomesRequest,
    QueueBody,
)
from api.security import allowed
from api.state import runtime_of
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import Scope
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.care.follow_up_queue import MOST_LINES, Page, log_contact, queue
from matcher.services.care.household_care import board
from matcher.services.care.outcomes import record_each
from matcher.services.reports.monthly_report import monthly_report, write_monthly_report
from matcher.services.runtime import Runtime
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(tags=["帮扶"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.CARE))]
Region = Annotated[str, Query(pattern=r"^(\d{2,12})?$", description="行政区划代码前缀，2–12 位")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/follow-ups", summary="帮扶待办(脱敏)")
def follow_ups(
    request: Request,
    _: Caller,
    caseworker: Annotated[str, Query(max_length=80, description="帮扶干部登录名")] = "",
    region: Region = "",
    kind: Annotated[QueueKind | None, Query(description="只看这一类")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> QueueBody:
    """Who is owed a contact now and why, the most pressing first."""
    runtime = runtime_of(request)
    with runtime.database.reading() as session:
        page = queue(
            session,
            _pack(runtime),
            runtime.database.clock.now(),
            caseworker=caseworker or None,
            region=region or None,
            kind=kind,
            page=Page(limit, offset),
        )
    return QueueBody.of(page)


@router.post("/follow-ups", summary="登记一次回访")
def log_follow_up(request: Request, body: ContactRequest, key: Caller) -> ContactBody:
    """409 when the line is not in the queue (any more)."""
    runtime = runtime_of(request)
    next_at = log_contact(runtime.database, _pack(runtime), body.to_contact(), actor=key.name)
    return ContactBody(next_at=next_at)


@router.get("/households", summary="零就业家庭看板")
def households(request: Request, _: Caller, region: Region = "") -> HouseholdsBody:
    """Counts, and every open household with its term."""
    runtime = runtime_of(request)
    with runtime.database.reading() as session:
        found = board(session, _pack(runtime), runtime.database.clock.now(), region=region or None)
    return HouseholdsBody.of(found)


@router.post("/outcomes", summary="登记面试、录用、上岗、在岗、离岗")
def outcomes(request: Request, body: OutcomesRequest, key: Caller) -> OutcomesBody:
    """Row by row: one with a problem keeps no other out; the same row again changes nothing."""
    statements = [row.to_statement() for row in body.rows]
    known = [one for one in statements if one is not None]
    done = iter(record_each(runtime_of(request).database, known, actor=key.name))
    results = [
        OutcomeResultBody.of(number, None if statement is None else next(done))
        for number, statement in enumerate(statements, start=1)
    ]
    return OutcomesBody(rows=results)


@router.get(
    "/reports/monthly",
    summary="月报",
    response_model=MonthlyBody,
    responses={200: {"content": {XLSX: {}}}},
)
def monthly(
    request: Request,
    _: Caller,
    ym: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", description="月份，如 2026-03")],
    format: Annotated[Literal["json", "xlsx"], Query(description="xlsx = 带明细表的工作簿")] = "json",
) -> Response | MonthlyBody:
    """The figures under the headings of the region's plan; as xlsx with the rows behind each."""
    runtime = runtime_of(request)
    pack = _pack(runtime)
    if format == "json":
        with runtime.database.reading() as session:
            return MonthlyBody.of(monthly_report(session, pack, ym))
    with tempfile.TemporaryDirectory(dir=runtime.config.home) as folder:
        path = Path(folder) / "monthly.xlsx"
        write_monthly_report(runtime.database, pack, ym, path)
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="monthly-{ym}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _pack(runtime: Runtime) -> RegionPack:
    return load_pack(runtime.config.region, runtime.config.home)
