"""Matching in both directions, for integrators (双向匹配接口)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.schemas import DescribedPosting, JobsRequest, MatchesBody, WorkersRequest
from api.security import allowed
from api.state import runtime_of
from matcher.domain.posting import Posting
from matcher.domain.service_terms import Scope
from matcher.services.answers import jobs_for_worker, workers_for_job
from matcher.store.repositories.api_keys import ApiKey
from matcher.text.posting_reader import posting_from_row
from matcher.text.worker_reader import worker_from_row

router = APIRouter(prefix="/match", tags=["匹配"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.MATCH))]


@router.post("/jobs-for-worker", summary="给劳动者找岗位")
def match_jobs(request: Request, body: JobsRequest, _: Caller) -> MatchesBody:
    """The best postings for a stored worker or for one sentence, with reasons, gaps and what was widened."""
    runtime = runtime_of(request)
    now = runtime.database.clock.now()
    described = body.worker and worker_from_row({"id": body.worker.id, "text": body.worker.text}, now=now)
    answer = jobs_for_worker(
        runtime,
        described or body.worker_id or "",
        top=body.top,
        filters=body.filters.to_filters(),
        personalised=body.personalised,
    )
    return MatchesBody.of(answer)


@router.post("/workers-for-job", summary="给岗位找劳动者")
def match_workers(request: Request, body: WorkersRequest, _: Caller) -> MatchesBody:
    """The best workers for a stored or a described posting: ids and reasons, no identity."""
    runtime = runtime_of(request)
    described = _described(body.posting) if body.posting else None
    answer = workers_for_job(
        runtime, described or body.posting_id or "", top=body.top, filters=body.filters.to_filters()
    )
    return MatchesBody.of(answer)


def _described(body: DescribedPosting) -> Posting:
    row = body.model_dump()
    row["external_id"] = row.pop("id")
    return posting_from_row(row)
