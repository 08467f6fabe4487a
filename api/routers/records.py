"""Stored postings and workers, personal values masked (查询接口)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.encoders import jsonable_encoder

from api.schemas import RecordBody
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.store.repositories.api_keys import ApiKey
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

router = APIRouter(tags=["数据"])
Id = Annotated[str, Path(max_length=200)]


@router.get("/postings/{posting_id}", summary="一个岗位")
def posting(
    request: Request, posting_id: Id, _: Annotated[ApiKey, Depends(allowed(Scope.READ_POSTINGS))]
) -> RecordBody:
    """All fields of a posting, its contact masked."""
    with runtime_of(request).database.reading() as session:
        return RecordBody(record=jsonable_encoder(PostingRepository(session).get_masked(posting_id)))


@router.get("/workers/{worker_id}", summary="一个劳动者(脱敏)")
def worker(
    request: Request, worker_id: Id, _: Annotated[ApiKey, Depends(allowed(Scope.READ_WORKERS))]
) -> RecordBody:
    """The matching facts of a worker, identity masked."""
    with runtime_of(request).database.reading() as session:
        return RecordBody(record=jsonable_encoder(WorkerRepository(session).get_masked(worker_id)))
