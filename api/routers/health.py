"""Health for whoever watches the service; no key needed, nothing told but sizes."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.schemas import Liveness, Readiness
from api.state import runtime_of

router = APIRouter(prefix="/health", tags=["健康检查"])


@router.get("/live", summary="进程是否存活")
def live() -> Liveness:
    """Answers as long as the process runs."""
    return Liveness()


@router.get("/ready", summary="是否可以接受请求")
def ready(request: Request) -> Readiness:
    """503 until the index is up."""
    runtime = runtime_of(request)
    runtime.index.refresh()
    status = runtime.index.status()
    return Readiness(
        postings=status.postings,
        workers=status.workers,
        high_water_mark=status.high_water_mark,
        degraded=runtime.scorer.degraded,
    )
